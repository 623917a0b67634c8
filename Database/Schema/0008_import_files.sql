-- How a file is read is decided once, when it has come whole, and kept with it. Its format is known from then on.
ALTER TABLE imports
  MODIFY format ENUM('csv', 'ndjson', 'trades', 'json', 'log') NULL,
  MODIFY position BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'of the file in UTF-8, as its chunks have it',
  MODIFY accepted BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'rows that made alerts or trades, duplicates among them',
  MODIFY duplicates BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'of these, rows whose alert or trade was stored before',
  MODIFY skipped BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'rows that say nothing or were left out',
  ADD COLUMN merged BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'rows of trades that are part of another one' AFTER skipped,
  ADD COLUMN overlap ENUM('skip', 'take') NOT NULL DEFAULT 'skip' COMMENT 'with what came by webhook' AFTER time_zone,
  ADD COLUMN form JSON NULL COMMENT 'FileForm',
  -- What an import brought in is told from what came by webhook by when it was received.
  ADD KEY imports_created_at (created_at);

-- One that was under way knows nothing of its form. What is stored of it stays stored.
UPDATE imports
   SET state = 'failed', failure = 'An update of the installation came between. Send the file again: what is stored is stored once.',
       finished_at = UTC_TIMESTAMP(3), lease_owner = NULL, lease_until = NULL
 WHERE state IN ('receiving', 'running');
