using System.Data;
using Dapper;
using PnlPipeline.Alerts;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.LedgerView;

namespace PnlPipeline.Query.Api.Trades;

/// <summary>Which trades are wanted.</summary>
/// <param name="State"><c>open</c>, <c>closed</c> or <c>null</c> for both.</param>
/// <param name="BatchId">Only those that count, or will, in this batch.</param>
/// <param name="After">The last one that was shown.</param>
/// <param name="Count">How many at most.</param>
public sealed record TradeQuery(LedgerFilter Filter, string? State, long? BatchId, TradeStore.Position? After, int Count);

/// <summary>This room's SQL: trades, newest entry first.</summary>
public sealed class TradeStore(MySqlDatabase database)
{
    public const string Open = "open";
    public const string Closed = "closed";

    private const char CursorKind = 't';

    private const string Columns =
        """
        t.trade_id, s.symbol, s.timeframe, t.side, t.entry_price, t.entry_time, t.exit_price, t.exit_time, t.exit_reason,
        t.change_percentage, t.exit_alert_id
        """;

    private const string NewestFirst = "ORDER BY t.entry_time DESC, t.trade_id DESC LIMIT @count";

    /// <summary>A place in the list.</summary>
    public sealed record Position(DateTime EntryTime, AlertId TradeId);

    public static string CursorOf(Trade trade) => Cursor.Write(CursorKind, trade.EntryTime.ToUnixMilliseconds(), trade.TradeId);

    public static Position? ReadCursor(QueryReader query) => query.Position(CursorKind, parts =>
        parts is [var time, var id] && UnixTime.TryParse(time, out var entryTime) && AlertId.TryParse(id, out var tradeId)
            ? new Position(entryTime, tradeId)
            : null);

    public async Task<Trade?> FindAsync(AlertId tradeId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<TradeRow>(
            $"SELECT {Columns} FROM trades t JOIN streams s ON s.stream_id = t.stream_id WHERE t.trade_id = @tradeId",
            new { tradeId = tradeId.ToByteArray() });
        return row?.ToTrade();
    }

    /// <returns>The trades; <c>null</c> where there is no such batch.</returns>
    public async Task<IReadOnlyList<Trade>?> ListAsync(TradeQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        BatchScope? batch = null;
        if (query.BatchId is { } batchId)
        {
            batch = await connection.QuerySingleOrDefaultAsync<BatchScope>(
                """
                SELECT start_time, EXISTS (SELECT 1 FROM batch_timeframes f WHERE f.batch_id = b.batch_id) AS has_timeframes
                  FROM batches b WHERE batch_id = @batchId
                """,
                new { batchId });
            if (batch is null)
                return null;
        }

        var (filter, after) = (query.Filter, query.After);
        var rows = await connection.QueryAsync<TradeRow>(Sql(query, batch), new
        {
            batchId = query.BatchId,
            batch?.StartTime,
            from = filter.From is { } from ? UnixTime.FromUnixMilliseconds(from) : (DateTime?)null,
            to = filter.To is { } to ? UnixTime.FromUnixMilliseconds(to) : (DateTime?)null,
            symbols = filter.Symbols,
            timeframes = filter.Timeframes,
            sides = filter.Sides,
            afterTime = after?.EntryTime,
            afterId = after?.TradeId.ToByteArray(),
            count = query.Count,
        });
        return [.. rows.Select(row => row.ToTrade())];
    }

    private static string Sql(TradeQuery query, BatchScope? batch)
    {
        var filter = query.Filter;
        var ofStream = new List<string>();
        if (batch is not null)
            ofStream.Add("s.symbol IN (SELECT symbol FROM batch_symbols WHERE batch_id = @batchId)");
        if (batch is { HasTimeframes: true })
            ofStream.Add("s.timeframe IN (SELECT timeframe FROM batch_timeframes WHERE batch_id = @batchId)");
        if (filter.Symbols.Count > 0)
            ofStream.Add("s.symbol IN @symbols");
        if (filter.Timeframes.Count > 0)
            ofStream.Add("s.timeframe IN @timeframes");

        var ofTrade = new List<string>();
        if (query.State is { } state)
            ofTrade.Add(state == Open ? "t.exit_time IS NULL" : "t.exit_time IS NOT NULL");
        if (filter.Sides.Count > 0)
            ofTrade.Add("t.side IN @sides");
        if (batch?.StartTime is not null)
            ofTrade.Add("t.entry_time >= @StartTime");
        // No trade exits before its entry.
        if (filter.To is not null)
            ofTrade.Add("t.exit_time < @to AND t.entry_time < @to");
        if (query.After is not null)
            ofTrade.Add("t.entry_time <= @afterTime AND (t.entry_time < @afterTime OR t.trade_id < @afterId)");
        if (filter.From is not null)
            ofTrade.Add("t.exit_time >= @from");

        // A stream has at most one open trade, and says which: never search the closed ones for it.
        if (query.State == Open)
        {
            return $"""
                SELECT {Columns}
                  FROM streams s
                  JOIN trades t ON t.stream_id = s.stream_id AND t.entry_time = s.open_time AND t.trade_id = s.open_trade_id
                {Where([.. ofStream, .. ofTrade])}
                {NewestFirst}
                """;
        }

        // All streams together: straight down the index trades_newest.
        if (ofStream.Count == 0 && filter is { From: null, To: null })
        {
            return $"""
                SELECT {Columns}
                  FROM (SELECT * FROM trades t {Where(ofTrade)} {NewestFirst}) t
                  JOIN streams s ON s.stream_id = t.stream_id
                 ORDER BY t.entry_time DESC, t.trade_id DESC
                """;
        }

        // Some streams, or a span of time: down the primary key of each stream, and the newest of those. A stream's trades follow one another, so
        // whatever was entered before the last trade entered before @from has exited before it too.
        if (filter.From is not null)
        {
            ofTrade.Add(
                """
                t.entry_time >= COALESCE(
                  (SELECT MAX(p.entry_time) FROM trades p WHERE p.stream_id = s.stream_id AND p.entry_time < @from), '2000-01-01')
                """);
        }

        return $"""
            SELECT {Columns}
              FROM streams s
              JOIN LATERAL (SELECT * FROM trades t {Where(["t.stream_id = s.stream_id", .. ofTrade])} {NewestFirst}) t ON TRUE
            {Where(ofStream)}
            {NewestFirst}
            """;
    }

    private static string Where(IReadOnlyCollection<string> conditions) =>
        conditions.Count == 0 ? "" : "WHERE " + string.Join("\n AND ", conditions);

    private sealed class BatchScope
    {
        public DateTime? StartTime { get; init; }

        public bool HasTimeframes { get; init; }
    }
}
