-- A link by which somebody without a key reads one batch's report. Of the token only its SHA-256 is kept; a revoked link is a row that is gone.
CREATE TABLE shares (
  share_id           BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  batch_id           INT UNSIGNED NOT NULL,
  token_hash         BINARY(32) NOT NULL,
  created_at         DATETIME(3) NOT NULL,
  expires_at         DATETIME(3) NULL COMMENT 'NULL: it does not expire',
  amounts            BOOLEAN NOT NULL COMMENT 'money, or percentages only',
  as_of              DATETIME(3) NULL COMMENT 'only trades that closed before; NULL: as it is when it is opened',
  PRIMARY KEY (share_id),
  UNIQUE KEY shares_token_hash (token_hash),
  KEY shares_batch (batch_id, share_id),
  CONSTRAINT shares_batch FOREIGN KEY (batch_id) REFERENCES batches (batch_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
