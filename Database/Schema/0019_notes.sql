-- What somebody wrote down of a trade. By the trade's id, which is that of the alert that opened it and stays the same however often its stream is derived
-- again: no foreign key, for a trade whose alert is excluded is gone until it is included again, and its note is there then. A row is never deleted: the sum of
-- all revisions says whether anything changed.
CREATE TABLE trade_notes (
  trade_id           BINARY(16) NOT NULL,
  note               VARCHAR(2000) NOT NULL COMMENT 'empty: none',
  revision           INT UNSIGNED NOT NULL,
  updated_at         DATETIME(3) NOT NULL,
  PRIMARY KEY (trade_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE trade_tags (
  trade_id           BINARY(16) NOT NULL,
  tag                VARCHAR(32) COLLATE utf8mb4_bin NOT NULL COMMENT 'lower-case',
  PRIMARY KEY (trade_id, tag),
  KEY trade_tags_tag (tag, trade_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- What somebody wrote down of a day in a batch's calendar. A date on whatever clock it was looked at.
CREATE TABLE day_notes (
  batch_id           INT UNSIGNED NOT NULL,
  day                DATE NOT NULL,
  note               VARCHAR(2000) NOT NULL,
  updated_at         DATETIME(3) NOT NULL,
  PRIMARY KEY (batch_id, day),
  CONSTRAINT day_notes_batch FOREIGN KEY (batch_id) REFERENCES batches (batch_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
