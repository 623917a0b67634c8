// The same job as it is commonly built: one handler that parses, stores the alert, pairs it and appends to the ledger, in one transaction,
// and then answers. MYSQL_URL names an account that may create a database.
const express = require('express');
const mysql = require('mysql2/promise');
const { createHash } = require('node:crypto');

const url = new URL(process.env.MYSQL_URL);
const database = `${url.pathname.slice(1)}_peer`;

const schema = [
  'CREATE TABLE alerts (id BINARY(16) PRIMARY KEY, symbol VARCHAR(64), timeframe VARCHAR(16), type VARCHAR(64), price DECIMAL(28,12), at DATETIME(3), payload TEXT)',
  'CREATE TABLE streams (symbol VARCHAR(64), timeframe VARCHAR(16), PRIMARY KEY (symbol, timeframe))',
  'CREATE TABLE trades (id BINARY(16) PRIMARY KEY, symbol VARCHAR(64), timeframe VARCHAR(16), side VARCHAR(5), entry_price DECIMAL(28,12), entry_at DATETIME(3), exit_price DECIMAL(28,12), exit_at DATETIME(3), pnl DOUBLE, INDEX (symbol, timeframe, exit_at))',
  'CREATE TABLE ledger (symbol VARCHAR(64), seq BIGINT, trade_id BINARY(16), capital DOUBLE, PRIMARY KEY (symbol, seq))',
];

async function receive(pool, alert) {
  const { symbol, timeframe, type, price } = alert;
  const at = new Date(typeof alert.timestamp === 'number' ? alert.timestamp : Date.parse(alert.timestamp));
  const side = type === 'bullish' ? 'long' : type === 'bearish' ? 'short' : null;
  if (!symbol || !timeframe || !side || !(price > 0) || Number.isNaN(at.getTime())) return null;
  const id = createHash('sha256').update(`${symbol}|${timeframe}|entry|${side}|${price}|${at.getTime()}`).digest().subarray(0, 16);

  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    await connection.execute('INSERT IGNORE INTO streams VALUES (?, ?)', [symbol, timeframe]);
    await connection.execute('SELECT 1 FROM streams WHERE symbol = ? AND timeframe = ? FOR UPDATE', [symbol, timeframe]);
    const [inserted] = await connection.execute(
      'INSERT IGNORE INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?)', [id, symbol, timeframe, type, price, at, JSON.stringify(alert)]);
    if (inserted.affectedRows) {
      const [[open]] = await connection.execute(
        'SELECT id, side, entry_price FROM trades WHERE symbol = ? AND timeframe = ? AND exit_at IS NULL', [symbol, timeframe]);
      if (open && open.side !== side) {
        const change = (open.side === 'long' ? 1 : -1) * (price - open.entry_price) / open.entry_price;
        const [[last]] = await connection.execute('SELECT seq, capital FROM ledger WHERE symbol = ? ORDER BY seq DESC LIMIT 1', [symbol]);
        const capital = last ? last.capital : 100000;
        await connection.execute('UPDATE trades SET exit_price = ?, exit_at = ?, pnl = ? WHERE id = ?', [price, at, capital * change, open.id]);
        await connection.execute(
          'INSERT INTO ledger VALUES (?, ?, ?, ?)', [symbol, last ? last.seq + 1 : 1, open.id, Math.max(0, capital * (1 + change))]);
      }
      if (!open || open.side !== side) {
        await connection.execute(
          'INSERT INTO trades (id, symbol, timeframe, side, entry_price, entry_at) VALUES (?, ?, ?, ?, ?, ?)',
          [id, symbol, timeframe, side, price, at]);
      }
    }
    await connection.commit();
    return id.toString('hex');
  } catch (error) {
    await connection.rollback();
    throw error;
  } finally {
    connection.release();
  }
}

async function main() {
  const options = {
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    timezone: 'Z',
  };
  const setup = await mysql.createConnection(options);
  await setup.query(`DROP DATABASE IF EXISTS \`${database}\``);
  await setup.query(`CREATE DATABASE \`${database}\``);
  await setup.changeUser({ database });
  for (const table of schema) await setup.query(table);
  await setup.end();

  const pool = mysql.createPool({ ...options, database, connectionLimit: 32 });
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json());
  app.post('/webhooks/tradingview/:token', async (request, response) => {
    try {
      const alertId = await receive(pool, request.body);
      if (alertId) response.status(202).json({ alertId, status: 'accepted' });
      else response.status(400).json({ title: 'The alert was refused' });
    } catch {
      response.status(503).json({ title: 'Not stored' });
    }
  });
  app.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
}

main().catch(error => {
  console.error(error.message);
  process.exit(1);
});
