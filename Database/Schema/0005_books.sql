-- The books: what was checked of them, when, and what was found. Written by the workers that check, so that asking costs next to nothing.

-- One round after the other goes through each stream's alerts, a stretch at a time.
CREATE TABLE stream_checks (
  stream_id          INT UNSIGNED NOT NULL,
  -- Of the round under way: the last alert that was looked at; NULL before the first.
  place_timestamp    DATETIME(3) NULL,
  place_precedence   TINYINT UNSIGNED NULL,
  place_alert_id     BINARY(16) NULL,
  place_alerts       BIGINT UNSIGNED NOT NULL DEFAULT 0,
  place_trades       BIGINT UNSIGNED NOT NULL DEFAULT 0,
  place_status       ENUM('ok', 'repaired', 'wrong') NOT NULL DEFAULT 'ok',
  -- Of the last round that came to its end.
  checked_at         DATETIME(3) NULL COMMENT 'NULL before the first has',
  alerts             BIGINT UNSIGNED NOT NULL DEFAULT 0,
  trades             BIGINT UNSIGNED NOT NULL DEFAULT 0,
  status             ENUM('ok', 'repaired', 'wrong') NOT NULL DEFAULT 'ok' COMMENT 'worsened at once by a round that finds something',
  PRIMARY KEY (stream_id),
  KEY stream_checks_oldest (checked_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Each time that every row of a ledger was read and its sums by period were drawn.
CREATE TABLE ledger_checks (
  batch_id           INT UNSIGNED NOT NULL,
  generation         BIGINT UNSIGNED NOT NULL,
  checked_at         DATETIME(3) NOT NULL,
  checked_rows       BIGINT UNSIGNED NOT NULL,
  -- Of all rows' pnl, in UTC, each made for itself.
  total              DECIMAL(38, 8) NOT NULL COMMENT 'available capital after the last row less the capital before the first',
  by_day             DECIMAL(38, 8) NOT NULL,
  by_week            DECIMAL(38, 8) NOT NULL,
  by_month           DECIMAL(38, 8) NOT NULL,
  status             ENUM('ok', 'repaired', 'wrong') NOT NULL,
  PRIMARY KEY (batch_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE book_findings (
  finding_id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  found_at           DATETIME(3) NOT NULL,
  repaired_at        DATETIME(3) NULL COMMENT 'NULL while it is as it was found',
  batch_id           INT UNSIGNED NULL COMMENT 'of a ledger',
  stream_id          INT UNSIGNED NULL COMMENT 'of a stream',
  what               VARCHAR(1000) NOT NULL,
  PRIMARY KEY (finding_id),
  KEY book_findings_batch (batch_id, repaired_at),
  KEY book_findings_stream (stream_id, repaired_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
