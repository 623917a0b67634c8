-- What wants a look, with its cause: once each, written in the transaction of what caused it. Reading it touches no alert that is not in it.
CREATE TABLE inbox_items (
  item_id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  kind               ENUM('unmatched', 'repeated', 'rejected', 'failed', 'inactive', 'check', 'late', 'undelivered') NOT NULL,
  cause              VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the id of what it comes of: an alert, a trade, a stream, …',
  stream_id          INT UNSIGNED NULL,
  batch_id           INT UNSIGNED NULL,
  since              DATETIME(3) NOT NULL COMMENT 'the instant it speaks of: of the alert, of the last alert of a silence',
  found_at           DATETIME(3) NOT NULL,
  detail             VARCHAR(1000) NULL COMMENT 'what only the finder knows',
  dismissed_at       DATETIME(3) NULL COMMENT 'the one column that the query API writes; the row stays, so that the same is not found again',
  PRIMARY KEY (item_id),
  UNIQUE KEY inbox_items_cause (kind, cause),
  KEY inbox_items_open (dismissed_at, item_id),
  KEY inbox_items_open_kind (dismissed_at, kind, item_id),
  KEY inbox_items_found_at (found_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- What the page has listed until now. Older unmatched exits stay in the log of alerts.
INSERT INTO inbox_items (kind, cause, stream_id, since, found_at)
SELECT 'unmatched', LOWER(HEX(alert_id)), stream_id, timestamp, paired_at FROM alerts
 WHERE outcome = 'unmatched' AND action = 'exit' AND timestamp >= UTC_TIMESTAMP(3) - INTERVAL 30 DAY
 ORDER BY timestamp DESC LIMIT 10000;

INSERT INTO inbox_items (kind, cause, since, found_at, detail)
SELECT 'rejected', LOWER(HEX(rejection_id)), received_at, received_at, NULL FROM rejected_alerts WHERE received_at >= UTC_TIMESTAMP(3) - INTERVAL 30 DAY;

INSERT INTO inbox_items (kind, cause, since, found_at, detail)
SELECT 'failed', parked_id, parked_at, parked_at, LEFT(CONCAT(queue, ': ', reason), 1000) FROM parked_messages WHERE parked_at >= UTC_TIMESTAMP(3) - INTERVAL 30 DAY;

INSERT INTO inbox_items (kind, cause, stream_id, batch_id, since, found_at, detail)
SELECT 'check', finding_id, stream_id, batch_id, found_at, found_at, what FROM book_findings WHERE repaired_at IS NULL;
