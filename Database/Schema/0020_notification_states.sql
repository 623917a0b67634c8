-- A rule that is changed begins as things stand: a state that is older than the rule as it is now is of another rule.
ALTER TABLE notification_states
  ADD COLUMN rule_created_at DATETIME(3) NOT NULL DEFAULT '1970-01-01' COMMENT 'of the rule that it was written for';
