-- Who did what, and when. Rows are added and never changed or deleted; the query API's account has no right to.
CREATE TABLE audit_trail (
  audit_id           BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  occurred_at        DATETIME(3) NOT NULL,
  role               VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  key_fingerprint    VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the first digits of the SHA-256 of the key',
  action             VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'alert.void, batch.change, ...',
  subject            VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'its address under /api/v1: alerts/..., batches/1',
  detail             MEDIUMTEXT NULL COMMENT 'JSON; as text, because the type JSON would round its numbers',
  PRIMARY KEY (audit_id),
  KEY audit_trail_action (action, audit_id),
  KEY audit_trail_subject (subject, audit_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- What came of each correction that was asked for. The first row of an id settles it, for good: pairing writes it together with what the
-- correction does, the query API where it waited in vain. So a correction is applied once, or never.
CREATE TABLE corrections (
  correction_id      BINARY(16) NOT NULL,
  outcome            ENUM('applied', 'unchanged', 'missing', 'closed', 'taken', 'withdrawn') NOT NULL,
  settled_at         DATETIME(3) NOT NULL,
  PRIMARY KEY (correction_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
