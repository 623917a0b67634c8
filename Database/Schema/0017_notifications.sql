-- Where notifications go. Written by the query API only; what is secret in it is read by the workers and shown to nobody.
CREATE TABLE notification_channels (
  channel_id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name               VARCHAR(100) NOT NULL,
  type               ENUM('webhook', 'telegram', 'discord', 'slack', 'email') NOT NULL,
  target             VARCHAR(255) NOT NULL COMMENT 'what may be shown of where it goes: a host, a chat, an address',
  settings           JSON NOT NULL COMMENT 'as its type needs them, secrets among them',
  created_at         DATETIME(3) NOT NULL,
  PRIMARY KEY (channel_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- What is told of. Written by the query API only.
CREATE TABLE notification_rules (
  rule_id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  channel_id         BIGINT UNSIGNED NOT NULL,
  kind               ENUM('tradeOpened', 'tradeClosed', 'drawdown', 'dailyLoss', 'exposure', 'ruin', 'silence', 'rejectedAlert', 'unmatchedExit', 'integrity', 'dailySummary') NOT NULL,
  batch_id           INT UNSIGNED NULL COMMENT 'NULL: of all',
  limit_percentage   DECIMAL(18, 8) NULL,
  time_of_day        VARCHAR(5) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'HH:mm',
  time_zone          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  enabled            BOOLEAN NOT NULL,
  created_at         DATETIME(3) NOT NULL COMMENT 'also when it was last changed: what was before is no news',
  PRIMARY KEY (rule_id),
  CONSTRAINT notification_rules_channel FOREIGN KEY (channel_id) REFERENCES notification_channels (channel_id) ON DELETE CASCADE,
  CONSTRAINT notification_rules_batch FOREIGN KEY (batch_id) REFERENCES batches (batch_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Where a rule with a limit stands in a batch; written in the transaction that posts the ledger, under its lock.
CREATE TABLE notification_states (
  rule_id            BIGINT UNSIGNED NOT NULL,
  batch_id           INT UNSIGNED NOT NULL,
  is_over            BOOLEAN NOT NULL,
  day                INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'of a daily loss: yyyymmdd',
  day_capital        DECIMAL(27, 8) NOT NULL DEFAULT 0,
  PRIMARY KEY (rule_id, batch_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- The outbox, and what came of it: written in the transaction of what is told, sent by the role notifications. The query API adds tests.
CREATE TABLE notification_deliveries (
  delivery_id        BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  channel_id         BIGINT UNSIGNED NOT NULL,
  rule_id            BIGINT UNSIGNED NULL COMMENT 'NULL: a test',
  cause              VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  batch_id           INT UNSIGNED NULL COMMENT 'whose capital is told',
  notice             JSON NOT NULL,
  state              ENUM('pending', 'sent', 'failed') NOT NULL DEFAULT 'pending',
  attempts           INT UNSIGNED NOT NULL DEFAULT 0,
  created_at         DATETIME(3) NOT NULL,
  next_attempt_at    DATETIME(3) NOT NULL,
  ended_at           DATETIME(3) NULL COMMENT 'sent, or given up',
  error              VARCHAR(500) NULL COMMENT 'of the last attempt that failed; no secret in it',
  PRIMARY KEY (delivery_id),
  -- A rule tells of a cause once.
  UNIQUE KEY notification_deliveries_cause (rule_id, cause),
  KEY notification_deliveries_due (state, channel_id, next_attempt_at),
  KEY notification_deliveries_old (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- What stands in the inbox is told of once; what stands there now is no news.
ALTER TABLE inbox_items
  ADD COLUMN is_told BOOLEAN NOT NULL DEFAULT FALSE,
  ADD KEY inbox_items_untold (is_told, item_id);

UPDATE inbox_items SET is_told = TRUE;
