-- A stream is one symbol on one timeframe for one strategy, or for none. Symbols and timeframes may be of any script; they are compared as they are stored.
ALTER TABLE streams
  MODIFY symbol VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,
  MODIFY timeframe VARCHAR(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,
  ADD COLUMN strategy VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL DEFAULT '' COMMENT 'empty for none: a key takes no NULL' AFTER timeframe,
  ADD COLUMN has_recorded BOOLEAN NOT NULL DEFAULT FALSE COMMENT 'recorded trades came once: its trades may overlap',
  DROP KEY streams_symbol_timeframe,
  ADD UNIQUE KEY streams_key (symbol, timeframe, strategy);

-- A recorded trade is one alert with both of its ends. New words at the end of their lists and new columns at the end of the row: no row is written again.
ALTER TABLE alerts
  MODIFY action ENUM('entry', 'exit', 'manual', 'recorded') NOT NULL,
  MODIFY outcome ENUM('opened', 'closed', 'flipped', 'ignored', 'unmatched', 'voided', 'recorded') NOT NULL,
  ADD COLUMN exit_price DECIMAL(28, 12) NULL COMMENT 'recorded: as price and timestamp are of its entry',
  ADD COLUMN exit_time DATETIME(3) NULL COMMENT 'recorded',
  ADD COLUMN exit_number INT UNSIGNED NULL COMMENT 'recorded: counts equal trades of one file, from 1';

ALTER TABLE trades
  MODIFY exit_reason ENUM('exit', 'flip', 'manual', 'recorded') NULL;

ALTER TABLE batch_symbols
  MODIFY symbol VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL;

ALTER TABLE batch_timeframes
  MODIFY timeframe VARCHAR(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL;

-- No row: every strategy, and none. The empty name: what has none.
CREATE TABLE batch_strategies (
  batch_id           INT UNSIGNED NOT NULL,
  strategy           VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,
  PRIMARY KEY (batch_id, strategy),
  CONSTRAINT batch_strategies_batch FOREIGN KEY (batch_id) REFERENCES batches (batch_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

ALTER TABLE imports
  MODIFY symbol VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NULL,
  MODIFY timeframe VARCHAR(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NULL,
  ADD COLUMN strategy VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NULL AFTER timeframe;
