using System.Data;
using System.Globalization;
using System.Runtime.CompilerServices;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Ledgers;

namespace PnlPipeline.Query.Api.Log;

/// <summary>Which trades are wanted.</summary>
/// <param name="State"><c>open</c>, <c>closed</c> or <c>null</c> for both.</param>
/// <param name="BatchId">Only those that count, or will, in this batch.</param>
/// <param name="IsAscending">Oldest entry first, else newest.</param>
/// <param name="After">The last one that was shown.</param>
/// <param name="Count">How many at most.</param>
public sealed record TradeQuery(
    LedgerFilter Filter,
    string? State,
    long? BatchId,
    bool IsAscending,
    TradeStore.Position? After,
    int Count
);

/// <summary>This room's SQL: trades in the order of their entries.</summary>
public sealed class TradeStore(MySqlDatabase database, TimeProvider clock)
{
    public const string Open = "open";
    public const string Closed = "closed";

    private const int StreamsPerStatement = 200;

    private static readonly Int128 Furthest = FixedPoint.Of(CapitalLedger.MaxChangePercentage).Units;

    internal const string Columns = """
        t.trade_id, s.symbol, s.timeframe, NULLIF(s.strategy, '') AS strategy, t.side, t.entry_price, t.entry_time, t.exit_price, t.exit_time, t.exit_reason,
        t.change_percentage, t.exit_alert_id
        """;

    /// <summary>A place in the list.</summary>
    public sealed record Position(DateTime EntryTime, AlertId TradeId);

    public async Task<Trade?> FindAsync(AlertId tradeId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<TradeRow>(
            $"SELECT {Columns} FROM trades t JOIN streams s ON s.stream_id = t.stream_id WHERE t.trade_id = @tradeId",
            new { tradeId = tradeId.ToByteArray() }
        );
        return row?.ToTrade(clock.GetUtcNow().UtcDateTime);
    }

    /// <returns>The trades; <c>null</c> where there is no such batch.</returns>
    public async Task<IReadOnlyList<Trade>?> ListAsync(TradeQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancellationToken
        );
        BatchScope? batch = null;
        if (query.BatchId is { } batchId)
        {
            batch = await connection.QuerySingleOrDefaultAsync<BatchScope>(
                """
                SELECT start_time, EXISTS (SELECT 1 FROM batch_timeframes f WHERE f.batch_id = b.batch_id) AS has_timeframes,
                       EXISTS (SELECT 1 FROM batch_strategies f WHERE f.batch_id = b.batch_id) AS has_strategies
                  FROM batches b WHERE batch_id = @batchId
                """,
                new { batchId }
            );
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
            strategies = filter.Strategies,
            sides = filter.Sides,
            tags = filter.Tags,
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
                {Order(query)}
                """
            );
        }

        // All streams together: straight down the index trades_newest.
        if (ofStream.Count == 0 && filter is { From: null, To: null })
        {
            return await ReadAsync(
                $"""
                SELECT {Columns}
                  FROM (SELECT * FROM trades t {Where(ofTrade)} {Order(query)}) t
                  JOIN streams s ON s.stream_id = t.stream_id
                 {Order(query)}
                """
            );
        }

        // Some streams, or a span of time: down the primary key of each stream, and the newest of those.
        var streams = await connection.QueryAsync<(long Id, bool HasRecorded)>(
            $"SELECT s.stream_id, s.has_recorded FROM streams s {Where(ofStream)}",
            parameters
        );
        var newest = new List<Trade>();
        foreach (var some in streams.Chunk(StreamsPerStatement))
        {
            newest.AddRange(
                await ReadAsync(
                    $"""
                    SELECT {Columns}
                      FROM ({string.Join(
                        "\n UNION ALL ",
                        some.Select(stream => OfStream(stream.Id, stream.HasRecorded, query, ofTrade))
                    )}) t
                      JOIN streams s ON s.stream_id = t.stream_id
                    {Order(query)}
                    """
                )
            );
        }

        var ordered = query.IsAscending
            ? newest.OrderBy(trade => trade.EntryTime).ThenBy(trade => trade.TradeId, StringComparer.Ordinal)
            : newest
                .OrderByDescending(trade => trade.EntryTime)
                .ThenByDescending(trade => trade.TradeId, StringComparer.Ordinal);
        return [.. ordered.Take(query.Count)];

        async Task<IReadOnlyList<Trade>> ReadAsync(string sql) =>
            [
                .. (await connection.QueryAsync<TradeRow>(sql, parameters)).Select(row =>
                    row.ToTrade(clock.GetUtcNow().UtcDateTime)
                ),
            ];
    }

    /// <summary>
    /// Closed trades in another order than that of their entries: all that the filter selects are looked at, so it
    /// names a symbol.
    /// </summary>
    public async Task<IReadOnlyList<Trade>> SortedAsync(BatchTradeQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var filter = query.Filter;
        var key = query.Sort switch
        {
            TradeSort.ExitTime => "t.exit_time",
            TradeSort.Holding => "TIMESTAMPDIFF(MICROSECOND, t.entry_time, t.exit_time)",
            _ => "t.change_percentage",
        };
        var all = new TradeQuery(filter, Closed, null, query.IsAscending, null, query.Limit + 1);
        List<string> conditions = [.. StreamConditions(filter, null), .. TradeConditions(all, null)];
        if (query.After is not null)
            conditions.Add($"({key}, t.trade_id) {(query.IsAscending ? '>' : '<')} (@afterKey, @afterId)");
        var direction = query.IsAscending ? "ASC" : "DESC";
        var rows = await connection.QueryAsync<TradeRow>(
            $"""
            SELECT {Columns}
              FROM streams s
              JOIN trades t ON t.stream_id = s.stream_id
            {Where(conditions)}
             ORDER BY {key} {direction}, t.trade_id {direction} LIMIT @count
            """,
            new
            {
                from = filter.From is { } from ? UnixTime.FromUnixMilliseconds(from) : (DateTime?)null,
                to = filter.To is { } to ? UnixTime.FromUnixMilliseconds(to) : (DateTime?)null,
                symbols = filter.Symbols,
                timeframes = filter.Timeframes,
                strategies = filter.Strategies,
                sides = filter.Sides,
                tags = filter.Tags,
                afterKey = query.After is { } after ? ValueOf(after) : null,
                afterId = query.After is { } shown ? AlertId.Parse(shown.Trade).ToByteArray() : null,
                count = query.Limit + 1,
            }
        );
        return [.. rows.Select(row => row.ToTrade(clock.GetUtcNow().UtcDateTime))];
    }

    /// <summary>Of a closed trade in an order of <see cref="SortedAsync"/>.</summary>
    public static TradePosition PositionOf(Trade trade, TradeSort sort, bool isAscending) =>
        new(
            sort,
            isAscending,
            sort switch
            {
                TradeSort.ExitTime => trade.ExitTime!.Value.ToUnixMilliseconds(),
                TradeSort.Holding => (trade.ExitTime!.Value - trade.EntryTime).Ticks / TimeSpan.TicksPerMicrosecond,
                _ => FixedPoint.Of(trade.ChangePercentage!.Value).Units,
            },
            trade.TradeId
        );

    // A cursor may hold any number: what no trade has is the nearest that one could.
    private static object ValueOf(TradePosition place) =>
        place.Sort switch
        {
            TradeSort.ExitTime => UnixTime.TryParse(place.Key.ToString(CultureInfo.InvariantCulture), out var time)
                ? time
                : DateTime.UnixEpoch,
            TradeSort.Holding => (long)Int128.Clamp(place.Key, long.MinValue, long.MaxValue),
            _ => (decimal)Int128.Clamp(place.Key, -Furthest, Furthest) / 100_000_000m,
        };

    private static List<string> StreamConditions(LedgerFilter filter, BatchScope? batch)
    {
        var conditions = new List<string>();
        if (batch is not null)
            conditions.Add("s.symbol IN (SELECT symbol FROM batch_symbols WHERE batch_id = @batchId)");
        if (batch is { HasTimeframes: true })
            conditions.Add("s.timeframe IN (SELECT timeframe FROM batch_timeframes WHERE batch_id = @batchId)");
        if (batch is { HasStrategies: true })
            conditions.Add("s.strategy IN (SELECT strategy FROM batch_strategies WHERE batch_id = @batchId)");
        if (filter.Strategies.Count > 0)
            conditions.Add("s.strategy IN @strategies");
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
        if (query.Filter.Tags.Count > 0)
            conditions.Add("t.trade_id IN (SELECT trade_id FROM trade_tags WHERE tag IN @tags)");
        if (batch?.StartTime is not null)
            conditions.Add("t.entry_time >= @StartTime");
        if (query.Filter.From is not null)
            conditions.Add("t.exit_time >= @from");
        // No trade exits before its entry.
        if (query.Filter.To is not null)
            conditions.Add("t.exit_time < @to AND t.entry_time < @to");
        if (query.After is not null)
        {
            conditions.Add(
                query.IsAscending
                    ? "t.entry_time >= @afterTime AND (t.entry_time > @afterTime OR t.trade_id > @afterId)"
                    : "t.entry_time <= @afterTime AND (t.entry_time < @afterTime OR t.trade_id < @afterId)"
            );
        }

        return conditions;
    }

    // Its id is a number of our own. Standing there as one, it and the bounds make a range of the primary key; joined,
    // they would not.
    private static string OfStream(long streamId, bool hasRecorded, TradeQuery query, List<string> ofTrade)
    {
        List<string> conditions = [$"t.stream_id = {streamId}", .. ofTrade];
        // A stream's trades follow one another: before the last one entered before @from, all have exited before it
        // too. Recorded ones may overlap.
        if (query.Filter.From is not null && !hasRecorded)
        {
            conditions.Add(
                $"""
                t.entry_time >= COALESCE(
                  (SELECT MAX(p.entry_time) FROM trades p WHERE p.stream_id = {streamId} AND p.entry_time < @from), '2000-01-01')
                """
            );
        }

        return $"(SELECT * FROM trades t {Where(conditions)} {Order(query)})";
    }

    private static string Order(TradeQuery query)
    {
        var direction = query.IsAscending ? "ASC" : "DESC";
        return $"ORDER BY t.entry_time {direction}, t.trade_id {direction} LIMIT @count";
    }

    private static string Where(IReadOnlyCollection<string> conditions) =>
        conditions.Count == 0 ? "" : "WHERE " + string.Join("\n AND ", conditions);

    private sealed class BatchScope
    {
        public DateTime? StartTime { get; init; }

        public bool HasTimeframes { get; init; }

        public bool HasStrategies { get; init; }
    }
}
