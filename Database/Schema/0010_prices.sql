-- Alerts that are nothing but a price of their symbol. They belong to no stream and are never paired. Alerts of the log give prices too, which are read from
-- there: what an alert costs does not change. Of several at one instant the lowest id counts.
CREATE TABLE prices (
  symbol             VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,
  timestamp          DATETIME(3) NOT NULL,
  alert_id           BINARY(16) NOT NULL,
  price              DECIMAL(28, 12) NOT NULL,
  PRIMARY KEY (symbol, timestamp, alert_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
