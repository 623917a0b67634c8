-- Times are UTC to the millisecond. Prices have 12 decimals and stay below 10^15, money has 8 and stays at or below 10^18,
-- changes have 8 and stay within ±10^15: the columns are as wide as that and no wider.
-- Ids are the 16 bytes of an alert's id; BINARY compares them as unsigned bytes, the order the rules ask for.

-- A stream is one symbol on one timeframe. Pairing locks this row; it carries what the next alert in order needs to know.
CREATE TABLE streams (
  stream_id          INT UNSIGNED NOT NULL AUTO_INCREMENT,
  symbol             VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  timeframe          VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- The position of the last alert applied, voided ones too; NULL before the first.
  last_timestamp     DATETIME(3) NULL,
  last_precedence    TINYINT UNSIGNED NULL,
  last_alert_id      BINARY(16) NULL,
  -- The open trade after it; NULL where none is open.
  open_trade_id      BINARY(16) NULL,
  open_side          ENUM('long', 'short') NULL,
  open_price         DECIMAL(28, 12) NULL,
  open_time          DATETIME(3) NULL,
  PRIMARY KEY (stream_id),
  UNIQUE KEY streams_symbol_timeframe (symbol, timeframe)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Every alert, in the order in which pairing applies them: one key dedupes, replays and finds what comes before.
CREATE TABLE alerts (
  stream_id          INT UNSIGNED NOT NULL,
  timestamp          DATETIME(3) NOT NULL,
  precedence         TINYINT UNSIGNED NOT NULL COMMENT '0 exit and manual, 1 entry: exits come first within an instant',
  alert_id           BINARY(16) NOT NULL,
  action             ENUM('entry', 'exit', 'manual') NOT NULL,
  direction          ENUM('long', 'short') NULL,
  price              DECIMAL(28, 12) NOT NULL,
  side               VARCHAR(64) NULL COMMENT 'the body''s own word',
  type               VARCHAR(64) NULL COMMENT 'the body''s own word',
  closeonflip        BOOLEAN NULL COMMENT 'stored, never used',
  target_trade_id    BINARY(16) NULL COMMENT 'manual: the trade it closes',
  payload            BLOB NOT NULL COMMENT 'the body''s bytes as they arrived',
  received_at        DATETIME(3) NOT NULL,
  paired_at          DATETIME(3) NOT NULL COMMENT 'when pairing first stored it',
  voided_at          DATETIME(3) NULL COMMENT 'left out of the fold since then',
  -- What the fold made of it.
  outcome            ENUM('opened', 'closed', 'flipped', 'ignored', 'unmatched', 'voided') NOT NULL,
  trade_id           BINARY(16) NULL COMMENT 'opened, flipped: the one opened; closed: the one closed; ignored: the one open',
  closed_trade_id    BINARY(16) NULL COMMENT 'flipped: the one closed',
  PRIMARY KEY (stream_id, timestamp, precedence, alert_id),
  UNIQUE KEY alerts_alert_id (alert_id),
  KEY alerts_newest (timestamp, precedence, alert_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Derived from the alerts. Clustered by stream and entry, so that a stream's trades lie together and in order.
CREATE TABLE trades (
  stream_id          INT UNSIGNED NOT NULL,
  entry_time         DATETIME(3) NOT NULL,
  trade_id           BINARY(16) NOT NULL COMMENT 'the id of the alert that opened it',
  side               ENUM('long', 'short') NOT NULL,
  entry_price        DECIMAL(28, 12) NOT NULL,
  exit_time          DATETIME(3) NULL COMMENT 'NULL while open',
  exit_price         DECIMAL(28, 12) NULL,
  exit_reason        ENUM('exit', 'flip', 'manual') NULL,
  exit_alert_id      BINARY(16) NULL,
  change_percentage  DECIMAL(24, 8) NULL COMMENT 'gross, of the entry price',
  PRIMARY KEY (stream_id, entry_time, trade_id),
  UNIQUE KEY trades_trade_id (trade_id),
  KEY trades_exit (stream_id, exit_time),
  KEY trades_newest (entry_time, trade_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- What the administrator made. Written by the query API only.
CREATE TABLE batches (
  batch_id              INT UNSIGNED NOT NULL AUTO_INCREMENT,
  name                  VARCHAR(100) COLLATE utf8mb4_0900_bin NOT NULL,
  name_key              VARCHAR(200) COLLATE utf8mb4_0900_bin NOT NULL COMMENT 'invariant upper-case: names are unique by it',
  start_time            DATETIME(3) NULL COMMENT 'NULL is all history',
  capital               DECIMAL(27, 8) NOT NULL,
  allocation_percentage DECIMAL(11, 8) NOT NULL,
  fee_percentage        DECIMAL(10, 8) NOT NULL,
  revision              BIGINT UNSIGNED NOT NULL DEFAULT 1 COMMENT 'counts every change: the ETag',
  settings_revision     BIGINT UNSIGNED NOT NULL DEFAULT 1 COMMENT 'counts the changes of what the batch counts',
  created_at            DATETIME(3) NOT NULL,
  updated_at            DATETIME(3) NOT NULL,
  PRIMARY KEY (batch_id),
  UNIQUE KEY batches_name (name_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE batch_symbols (
  batch_id           INT UNSIGNED NOT NULL,
  symbol             VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (batch_id, symbol),
  KEY batch_symbols_symbol (symbol),
  CONSTRAINT batch_symbols_batch FOREIGN KEY (batch_id) REFERENCES batches (batch_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- No row: every timeframe.
CREATE TABLE batch_timeframes (
  batch_id           INT UNSIGNED NOT NULL,
  timeframe          VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (batch_id, timeframe),
  CONSTRAINT batch_timeframes_batch FOREIGN KEY (batch_id) REFERENCES batches (batch_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- What the ledgers' role keeps of each batch; written by it alone. The ledger is up to date in its settings exactly where
-- settings_revision equals the batch's: "building" is that comparison and no flag that could be left behind.
CREATE TABLE ledgers (
  batch_id           INT UNSIGNED NOT NULL,
  generation         BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'the one served; 0 before the first is built',
  settings_revision  BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'of the batch, as the served generation was built; 0 asks for a rebuild',
  last_seq           BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'rows of the served generation',
  ruined_seq         BIGINT UNSIGNED NULL COMMENT 'the row that brought capital to 0',
  capped_seq         BIGINT UNSIGNED NULL COMMENT 'the first row whose pnl was cut at the cap',
  progress           DOUBLE NOT NULL DEFAULT 0 COMMENT 'of the build under way, 0 to 1',
  -- Trades that closed or changed while a build was under way: the build catches up from the earliest exit before it is served.
  dirty_from         DATETIME(3) NULL,
  updated_at         DATETIME(3) NOT NULL,
  checked_at         DATETIME(3) NULL COMMENT 'when the reconciler last read every row',
  repaired_at        DATETIME(3) NULL COMMENT 'when it last found something to mend',
  PRIMARY KEY (batch_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Every generation that may still have rows, so that the old ones can be swept in slices.
CREATE TABLE ledger_generations (
  generation         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  batch_id           INT UNSIGNED NOT NULL,
  created_at         DATETIME(3) NOT NULL,
  retired_at         DATETIME(3) NULL COMMENT 'when another was served in its place; readers get a while to let go of it',
  PRIMARY KEY (generation),
  KEY ledger_generations_batch (batch_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- One row a counted trade, in the order (exit_time, entry_time, trade_id). Prices stand in the trade. A row carries the running
-- figures that a batch's headline needs, so that the last row is the headline and any row is enough to go on from.
CREATE TABLE ledger_rows (
  batch_id                INT UNSIGNED NOT NULL,
  generation              BIGINT UNSIGNED NOT NULL,
  seq                     BIGINT UNSIGNED NOT NULL COMMENT 'from 1, without gaps',
  trade_id                BINARY(16) NOT NULL,
  stream_id               INT UNSIGNED NOT NULL,
  side                    ENUM('long', 'short') NOT NULL,
  entry_time              DATETIME(3) NOT NULL,
  exit_time               DATETIME(3) NOT NULL,
  change_percentage       DECIMAL(24, 8) NOT NULL COMMENT 'net of fees',
  pnl                     DECIMAL(27, 8) NOT NULL,
  available_capital       DECIMAL(27, 8) NOT NULL,
  peak_capital            DECIMAL(27, 8) NOT NULL,
  drawdown                DECIMAL(27, 8) NOT NULL,
  drawdown_percentage     DECIMAL(11, 8) NOT NULL,
  max_drawdown_percentage DECIMAL(11, 8) NOT NULL COMMENT 'the highest so far',
  wins                    INT UNSIGNED NOT NULL COMMENT 'rows with pnl > 0 so far',
  posted_at               DATETIME(3) NOT NULL,
  PRIMARY KEY (batch_id, generation, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Bodies that ingest refused, as they arrived.
CREATE TABLE rejected_alerts (
  rejection_id       BINARY(16) NOT NULL,
  received_at        DATETIME(3) NOT NULL,
  body               MEDIUMBLOB NOT NULL,
  errors             JSON NOT NULL COMMENT 'field -> messages, as they were answered',
  PRIMARY KEY (rejection_id),
  KEY rejected_alerts_newest (received_at, rejection_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Messages that no retry can help: kept whole, with the reason, so that nothing is lost and the rest flows.
CREATE TABLE parked_messages (
  parked_id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  fingerprint        BINARY(32) NOT NULL COMMENT 'SHA-256 of queue, message id, content type and body: one that comes again is there once',
  parked_at          DATETIME(3) NOT NULL,
  queue              VARCHAR(255) NOT NULL,
  message_id         VARCHAR(64) NULL,
  content_type       VARCHAR(255) NULL,
  reason             TEXT NOT NULL,
  body               LONGBLOB NOT NULL,
  PRIMARY KEY (parked_id),
  UNIQUE KEY parked_messages_fingerprint (fingerprint)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
