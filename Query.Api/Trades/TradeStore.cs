using System.Data;
using System.Runtime.CompilerServices;
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
public sealed class TradeStore(MySqlDatabase database, TimeProvider clock)
{
    public const string Open = "open";
    public const string Closed = "closed";

    private const char CursorKind = 't';

    private const int StreamsPerStatement = 200;

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
        return row?.ToTrade(clock.GetUtcNow().UtcDateTime);
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
        var parameters = new
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
        };
        var (ofStream, ofTrade) = (StreamConditions(filter, batch), TradeConditions(query, batch));

        // A stream has at most one open trade, and says which: never search the closed ones for it.
        if (query.State == Open)
        {
            return await ReadAsync(
                $"""
                SELECT {Columns}
                  FROM streams s
                  JOIN trades t ON t.stream_id = s.stream_id AND t.entry_time = s.open_time AND t.trade_id = s.open_trade_id
                {Where([.. ofStream, .. ofTrade])}
                {NewestFirst}
                """);
        }

        // All streams together: straight down the index trades_newest.
        if (ofStream.Count == 0 && filter is { From: null, To: null })
        {
            return await ReadAsync(
                $"""
                SELECT {Columns}
                  FROM (SELECT * FROM trades t {Where(ofTrade)} {NewestFirst}) t
                  JOIN streams s ON s.stream_id = t.stream_id
                 {NewestFirst}
                """);
        }

        // Some streams, or a span of time: down the primary key of each stream, and the newest of those.
        var streamIds = await connection.QueryAsync<long>($"SELECT s.stream_id FROM streams s {Where(ofStream)}", parameters);
        var newest = new List<Trade>();
        foreach (var some in streamIds.Chunk(StreamsPerStatement))
        {
            newest.AddRange(await ReadAsync(
                $"""
                SELECT {Columns}
                  FROM ({string.Join("\n UNION ALL ", some.Select(id => OfStream(id, filter, ofTrade)))}) t
                  JOIN streams s ON s.stream_id = t.stream_id
                {NewestFirst}
                """));
        }

        return [.. newest.OrderByDescending(trade => trade.EntryTime).ThenByDescending(trade => trade.TradeId, StringComparer.Ordinal).Take(query.Count)];

        async Task<IReadOnlyList<Trade>> ReadAsync(string sql) =>
            [.. (await connection.QueryAsync<TradeRow>(sql, parameters)).Select(row => row.ToTrade(clock.GetUtcNow().UtcDateTime))];
    }

    /// <summary>Every trade that is wanted, page by page.</summary>
    /// <param name="firstPage">What <see cref="ListAsync"/> answered to the same query.</param>
    public async IAsyncEnumerable<Trade> StreamAsync(
        TradeQuery query, IReadOnlyList<Trade> firstPage, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var page = firstPage; ;)
        {
            foreach (var trade in page)
                yield return trade;
            if (page.Count < query.Count)
                yield break;
            var after = new Position(page[^1].EntryTime, AlertId.Parse(page[^1].TradeId));
            page = await ListAsync(query with { After = after }, cancellationToken) ?? [];
        }
    }

    private static List<string> StreamConditions(LedgerFilter filter, BatchScope? batch)
    {
        var conditions = new List<string>();
        if (batch is not null)
            conditions.Add("s.symbol IN (SELECT symbol FROM batch_symbols WHERE batch_id = @batchId)");
        if (batch is { HasTimeframes: true })
            conditions.Add("s.timeframe IN (SELECT timeframe FROM batch_timeframes WHERE batch_id = @batchId)");
        if (filter.Symbols.Count > 0)
            conditions.Add("s.symbol IN @symbols");
        if (filter.Timeframes.Count > 0)
            conditions.Add("s.timeframe IN @timeframes");
        return conditions;
    }

    private static List<string> TradeConditions(TradeQuery query, BatchScope? batch)
    {
        var conditions = new List<string>();
        if (query.State is { } state)
            conditions.Add(state == Open ? "t.exit_time IS NULL" : "t.exit_time IS NOT NULL");
        if (query.Filter.Sides.Count > 0)
            conditions.Add("t.side IN @sides");
        if (batch?.StartTime is not null)
            conditions.Add("t.entry_time >= @StartTime");
        if (query.Filter.From is not null)
            conditions.Add("t.exit_time >= @from");
        // No trade exits before its entry.
        if (query.Filter.To is not null)
            conditions.Add("t.exit_time < @to AND t.entry_time < @to");
        if (query.After is not null)
            conditions.Add("t.entry_time <= @afterTime AND (t.entry_time < @afterTime OR t.trade_id < @afterId)");
        return conditions;
    }

    // Its id is a number of our own. Standing there as one, it and the bounds make a range of the primary key; joined, they would not.
    private static string OfStream(long streamId, LedgerFilter filter, List<string> ofTrade)
    {
        List<string> conditions = [$"t.stream_id = {streamId}", .. ofTrade];
        // A stream's trades follow one another: before the last one entered before @from, all have exited before it too.
        if (filter.From is not null)
        {
            conditions.Add(
                $"""
                t.entry_time >= COALESCE(
                  (SELECT MAX(p.entry_time) FROM trades p WHERE p.stream_id = {streamId} AND p.entry_time < @from), '2000-01-01')
                """);
        }

        return $"(SELECT * FROM trades t {Where(conditions)} {NewestFirst})";
    }

    private static string Where(IReadOnlyCollection<string> conditions) =>
        conditions.Count == 0 ? "" : "WHERE " + string.Join("\n AND ", conditions);

    private sealed class BatchScope
    {
        public DateTime? StartTime { get; init; }

        public bool HasTimeframes { get; init; }
    }
}
