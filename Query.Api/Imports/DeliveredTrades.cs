using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>
/// The SQL of a stream in a span of time: its trades, with when their alerts came, and the alerts that made none.
/// </summary>
public sealed class DeliveredTrades(MySqlDatabase database)
{
    /// <returns><c>null</c> where there is no such stream.</returns>
    public async Task<long?> FindStreamAsync(
        string symbol,
        string timeframe,
        string? strategy,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long?>(
            "SELECT stream_id FROM streams WHERE symbol = @symbol AND timeframe = @timeframe AND strategy = @strategy",
            new
            {
                symbol,
                timeframe,
                strategy = strategy ?? "",
            }
        );
    }

    /// <summary>When the alerts of the stream begin; what a list recorded is no delivery.</summary>
    public async Task<DateTime?> FirstAlertAsync(long? stream, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<DateTime?>(
            "SELECT timestamp FROM alerts WHERE stream_id = @stream AND action <> 'recorded' ORDER BY timestamp LIMIT 1",
            new { stream }
        );
    }

    /// <summary>The trades entered in the span; what a list recorded is no delivery.</summary>
    public async Task<IReadOnlyList<DeliveredTrade>> TradesAsync(
        long? stream,
        DateTime from,
        DateTime to,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // A range of the primary key of trades; each alert by its id.
        var rows = await connection.QueryAsync<TradeRow>(
            """
            SELECT t.trade_id, t.side, t.entry_time, t.entry_price, n.received_at AS entry_received_at, t.exit_time, t.exit_price, x.received_at AS exit_received_at
              FROM trades t
              JOIN alerts n ON n.alert_id = t.trade_id
              LEFT JOIN alerts x ON x.alert_id = t.exit_alert_id
             WHERE t.stream_id = @stream AND t.entry_time BETWEEN @from AND @to AND n.action <> 'recorded'
             ORDER BY t.entry_time
            """,
            new
            {
                stream,
                from,
                to,
            }
        );
        return [.. rows.Select(row => row.ToTrade())];
    }

    /// <summary>The alerts of the span that made no trade.</summary>
    public async Task<IReadOnlyList<UnusedAlert>> UnusedAsync(
        long? stream,
        DateTime from,
        DateTime to,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<AlertRow>(
            """
            SELECT alert_id, action, direction, timestamp, outcome FROM alerts
             WHERE stream_id = @stream AND timestamp BETWEEN @from AND @to AND outcome IN ('ignored', 'unmatched', 'voided') AND action IN ('entry', 'exit')
             ORDER BY timestamp
            """,
            new
            {
                stream,
                from,
                to,
            }
        );
        return [.. rows.Select(row => row.ToAlert())];
    }

    private sealed class TradeRow
    {
        public byte[] TradeId { get; init; } = [];

        public string Side { get; init; } = "";

        public DateTime EntryTime { get; init; }

        public decimal EntryPrice { get; init; }

        public DateTime EntryReceivedAt { get; init; }

        public DateTime? ExitTime { get; init; }

        public decimal? ExitPrice { get; init; }

        public DateTime? ExitReceivedAt { get; init; }

        public DeliveredTrade ToTrade() =>
            new(
                new AlertId(TradeId).ToString(),
                Side == "long",
                EntryTime,
                EntryPrice,
                EntryReceivedAt,
                ExitTime,
                ExitPrice,
                ExitReceivedAt
            );
    }

    private sealed class AlertRow
    {
        public byte[] AlertId { get; init; } = [];

        public string Action { get; init; } = "";

        public string? Direction { get; init; }

        public DateTime Timestamp { get; init; }

        public string Outcome { get; init; } = "";

        public UnusedAlert ToAlert() =>
            new(
                new AlertId(AlertId).ToString(),
                Action == "entry",
                Direction is null ? null : Direction == "long",
                Timestamp,
                Enum.Parse<UnusedOutcome>(Outcome, ignoreCase: true)
            );
    }
}
