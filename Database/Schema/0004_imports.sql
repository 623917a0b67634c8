-- Files of alerts that were uploaded, written by the query API only.
CREATE TABLE imports (
  import_id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  state              ENUM('receiving', 'running', 'done', 'failed') NOT NULL,
  format             ENUM('csv', 'ndjson', 'trades') NOT NULL,
  file_name          VARCHAR(255) NULL,
  -- Of a list of trades, which does not carry them.
  symbol             VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  timeframe          VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  time_zone          VARCHAR(64) NULL,
  created_at         DATETIME(3) NOT NULL COMMENT 'its alerts'' received_at: what was stored at another time was there before',
  finished_at        DATETIME(3) NULL,
  failure            VARCHAR(500) NULL COMMENT 'why it failed, and what to do',
  bytes              BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'received so far; the whole file once it is running',
  -- Everything before this byte is done: its alerts are stored, its errors written. Whoever takes over goes on from here.
  position           BIGINT UNSIGNED NOT NULL DEFAULT 0,
  lines_read         BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'up to the position',
  accepted           BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'alerts, duplicates among them',
  duplicates         BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'alerts that were stored before',
  rejected           BIGINT UNSIGNED NOT NULL DEFAULT 0,
  skipped            BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'rows that say nothing: the last of a trade that is still open',
  -- One replica at a time receives or runs it, and loses it when it is not heard of.
  lease_owner        BINARY(16) NULL,
  lease_until        DATETIME(3) NULL,
  PRIMARY KEY (import_id),
  KEY imports_state (state, import_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- The file, compressed, until its import has ended.
CREATE TABLE import_chunks (
  import_id          BIGINT UNSIGNED NOT NULL,
  first_byte         BIGINT UNSIGNED NOT NULL COMMENT 'where in the file it begins',
  length             INT UNSIGNED NOT NULL COMMENT 'uncompressed',
  data               MEDIUMBLOB NOT NULL COMMENT 'Brotli',
  PRIMARY KEY (import_id, first_byte)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- The first lines of each import that could not be taken.
CREATE TABLE import_errors (
  import_id          BIGINT UNSIGNED NOT NULL,
  line               BIGINT UNSIGNED NOT NULL COMMENT 'in the file, from 1',
  text               VARBINARY(1024) NOT NULL COMMENT 'the beginning of the line, as it was',
  errors             JSON NOT NULL COMMENT 'field -> messages',
  PRIMARY KEY (import_id, line)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
