using Dapper;
using PnlPipeline.Alerts;
using PnlPipeline.Database;

namespace PnlPipeline.Query.Api.Reconciliation;

/// <summary>This room's SQL: the trades of a stream in a span of time, with when their alerts came.</summary>
public sealed class DeliveredTrades(MySqlDatabase database)
{
    /// <returns>The trades entered in the span, and when the alerts of the stream begin.</returns>
    public async Task<(IReadOnlyList<DeliveredTrade> Trades, DateTime? FirstAlert)> ReadAsync(
        string symbol, string timeframe, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var stream = await connection.ExecuteScalarAsync<long?>(
            "SELECT stream_id FROM streams WHERE symbol = @symbol AND timeframe = @timeframe", new { symbol, timeframe });
        if (stream is null)
            return ([], null);

        var first = await connection.ExecuteScalarAsync<DateTime?>("SELECT MIN(timestamp) FROM alerts WHERE stream_id = @stream", new { stream });
        // A range of the primary key of trades; each alert by its id.
        var rows = await connection.QueryAsync<Row>(
            """
            SELECT t.trade_id, t.side, t.entry_time, t.entry_price, n.received_at AS entry_received_at, t.exit_time, t.exit_price, x.received_at AS exit_received_at
              FROM trades t
              JOIN alerts n ON n.alert_id = t.trade_id
              LEFT JOIN alerts x ON x.alert_id = t.exit_alert_id
             WHERE t.stream_id = @stream AND t.entry_time BETWEEN @from AND @to
             ORDER BY t.entry_time
            """,
            new { stream, from, to });
        return ([.. rows.Select(row => row.ToTrade())], first);
    }

    private sealed class Row
    {
        public byte[] TradeId { get; init; } = [];

        public string Side { get; init; } = "";

        public DateTime EntryTime { get; init; }

        public decimal EntryPrice { get; init; }

        public DateTime EntryReceivedAt { get; init; }

        public DateTime? ExitTime { get; init; }

        public decimal? ExitPrice { get; init; }

        public DateTime? ExitReceivedAt { get; init; }

        public DeliveredTrade ToTrade() => new(
            new AlertId(TradeId).ToString(), Side == "long", EntryTime, EntryPrice, EntryReceivedAt, ExitTime, ExitPrice, ExitReceivedAt);
    }
}
