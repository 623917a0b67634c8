-- A row carries its trade's prices, so that its figures follow from the row before it and itself, and a ledger is read without a look into its trades.
-- New columns at the end of the row: no row is written again. NULL in rows of before, until their ledger is built again.
ALTER TABLE ledger_rows
  ADD COLUMN entry_price DECIMAL(28, 12) NULL,
  ADD COLUMN exit_price  DECIMAL(28, 12) NULL,
  ADD COLUMN fee         DECIMAL(27, 8) NOT NULL DEFAULT 0 COMMENT 'the part of pnl that the fees took';

-- Ledgers of before are served until the workers have built them again, beside them.
UPDATE ledgers SET settings_revision = 0, progress = 0, updated_at = GREATEST(UTC_TIMESTAMP(3), updated_at + INTERVAL 1000 MICROSECOND);
