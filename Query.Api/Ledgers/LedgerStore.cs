using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>This room's SQL: pages of a ledger.</summary>
public sealed class LedgerStore(MySqlDatabase database, LedgerCache ledgers)
{
    private const int MaxAttempts = 3;

    /// <summary>
    /// A row that was shown. A trade that comes late before it makes its seq another; its place in the order stays.
    /// </summary>
    public sealed record Shown(long Seq, DateTime ExitTime, DateTime EntryTime, AlertId TradeId)
    {
        public static Shown Of(LedgerRow row) => new(row.Seq, row.ExitTime, row.EntryTime, AlertId.Parse(row.TradeId));
    }

    /// <summary>A place in the list, in one of its orders.</summary>
    /// <param name="Last">In the order of the ledger: its last row that was shown.</param>
    public sealed record Position(RowSort Sort, bool IsAscending, RowPlace Place, Shown? Last = null)
        : IPosition<Position>
    {
        private const char Oldest = 'l';
        private const char Newest = 'L';
        private const char Lowest = 'o';
        private const char Highest = 'O';

        public static Position? Read(string cursor)
        {
            var isUp = Cursor.TryRead(cursor, Oldest) is not null;
            if (Cursor.TryRead(cursor, isUp ? Oldest : Newest) is { } parts)
                return ReadShown(parts) is { } last
                    ? new Position(RowSort.Seq, isUp, new RowPlace(0, last.Seq), last)
                    : null;
            var isAscending = Cursor.TryRead(cursor, Lowest) is not null;
            return
                Cursor.TryRead(cursor, isAscending ? Lowest : Highest) is [var sort, var key, var seq]
                && Enum.TryParse<RowSort>(sort, out var by)
                && Enum.IsDefined(by)
                && RowPlaceText.TryRead(key, seq, out var place)
                ? new Position(by, isAscending, place)
                : null;
        }

        public string ToCursor() =>
            Last is { } last
                ? Cursor.Write(
                    IsAscending ? Oldest : Newest,
                    last.Seq,
                    last.ExitTime.ToUnixMilliseconds(),
                    last.EntryTime.ToUnixMilliseconds(),
                    last.TradeId
                )
                : Cursor.Write(IsAscending ? Lowest : Highest, Sort, Place.Key, Place.Seq);
    }

    private static Shown? ReadShown(string[] parts) =>
        parts is [var seq, var exit, var entry, var trade]
        && IsNumber(seq, out var row)
        && IsNumber(exit, out var exited)
        && IsNumber(entry, out var entered)
        && AlertId.TryParse(trade, out var tradeId)
            ? new Shown(row, UnixTime.FromUnixMilliseconds(exited), UnixTime.FromUnixMilliseconds(entered), tradeId)
            : null;

    // A time beyond those that there are is none.
    private static bool IsNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && number <= DateTime.MaxValue.ToUnixMilliseconds();

    /// <summary>
    /// Up to <paramref name="count"/> rows after the position, oldest or newest first; <c>null</c> where there is no
    /// such batch.
    /// </summary>
    /// <param name="after">The last row that was shown.</param>
    public async Task<IReadOnlyList<LedgerRow>?> ReadAsync(
        long batchId,
        LedgerFilter filter,
        bool ascending,
        Shown? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        // The columns know where the rows are, wherever that is. A span of time alone is not worth reading them: it is
        // a span of the key.
        if (filter.IsOfSome || ((filter.From ?? filter.To) is not null && ledgers.Holds(batchId)))
        {
            for (var attempt = 1; attempt <= MaxAttempts; attempt++)
            {
                if (await ledgers.ReadAsync(batchId, cancellationToken) is not { } ledger)
                    return null;
                var from = after is { } last
                    ? Selection.SeqOf(
                        ledger,
                        last.Seq,
                        last.ExitTime.ToUnixMilliseconds(),
                        last.EntryTime.ToUnixMilliseconds(),
                        ascending
                    )
                    : (long?)null;
                var seqs = Selection.SeqsOf(ledger, filter, ascending, from, count);
                if (await ReadRowsAsync(batchId, ledger.Version, seqs, ascending, cancellationToken) is { } found)
                    return found;
            }
        }

        return await WalkAsync(batchId, filter, ascending, after, count, cancellationToken);
    }

    /// <summary>
    /// Up to <paramref name="count"/> rows after the place in another order, and the place of each; <c>null</c> where
    /// there is no such batch.
    /// </summary>
    public async Task<IReadOnlyList<(LedgerRow Row, RowPlace Place)>?> ReadSortedAsync(
        long batchId,
        LedgerFilter filter,
        RowSort sort,
        bool ascending,
        RowPlace? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await ledgers.ReadAsync(batchId, cancellationToken) is not { } ledger)
                return null;
            using var selected = Selection.Of(ledger, filter);
            var places = RowSorting.Page(selected, sort, ascending, after, count);
            if (
                await ReadRowsAsync(
                    batchId,
                    ledger.Version,
                    [.. places.Select(place => place.Seq)],
                    ascending: true,
                    cancellationToken
                ) is
                { } found
            )
            {
                var rows = found.ToDictionary(row => row.Seq);
                return [.. places.Select(place => (rows[place.Seq], place))];
            }
        }

        throw new InvalidOperationException(
            $"The ledger of batch {batchId} was another each of the {MaxAttempts} times it was read."
        );
    }

    /// <summary>These rows, by key; <c>null</c> where one of them is not any more what it was.</summary>
    private async Task<IReadOnlyList<LedgerRow>?> ReadRowsAsync(
        long batchId,
        LedgerVersion version,
        List<long> seqs,
        bool ascending,
        CancellationToken cancellationToken
    )
    {
        if (seqs is [])
            return [];
        await using var connection = await database.OpenAsync(cancellationToken);
        // Numbers of our own. What is written anew is posted later than what the columns were read of.
        var rows = (
            await connection.QueryAsync<Row>(
                $"{Select} AND r.seq IN ({string.Join(',', seqs)}) AND r.posted_at <= @UpdatedAt {Order(ascending)}",
                new
                {
                    BatchId = batchId,
                    version.Generation,
                    version.UpdatedAt,
                }
            )
        ).AsList();
        return rows.Count == seqs.Count ? [.. rows.Select(row => row.ToLedgerRow())] : null;
    }

    // Down the key until the page is full.
    private async Task<IReadOnlyList<LedgerRow>?> WalkAsync(
        long batchId,
        LedgerFilter filter,
        bool ascending,
        Shown? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // One snapshot: the rows are of the generation that is read first.
        await using var snapshot = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancellationToken
        );
        if (await FindSpanAsync(connection, batchId, filter, after, ascending) is not { } span)
            return null;

        var streams = await StreamsAsync(connection, filter);
        if (streams is [])
            return [];
        var rows = await connection.QueryAsync<Row>(
            Sql(filter, streams, ascending),
            Parameters(span, filter, streams, count)
        );
        return [.. rows.Select(row => row.ToLedgerRow())];
    }

    /// <summary>
    /// Every row that the filter selects, oldest first, while they are read; none where there is no such batch.
    /// </summary>
    public async IAsyncEnumerable<LedgerRow> StreamAsync(
        long batchId,
        LedgerFilter filter,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancellationToken
        );
        if (await FindSpanAsync(connection, batchId, filter) is not { } span)
            yield break;

        var streams = await StreamsAsync(connection, filter);
        if (streams is [])
            yield break;
        var rows = connection.QueryUnbufferedAsync<Row>(
            Sql(filter, streams, ascending: true),
            Parameters(span, filter, streams, long.MaxValue)
        );
        await foreach (var row in rows.WithCancellation(cancellationToken))
            yield return row.ToLedgerRow();
    }

    // Exit times ascend with seq: a span of time is a span of the key, and no row outside it is touched.
    private static async Task<Span?> FindSpanAsync(
        DbConnection connection,
        long batchId,
        LedgerFilter filter,
        Shown? after = null,
        bool ascending = true
    )
    {
        var ledger = await connection.QuerySingleOrDefaultAsync<LedgerPosition.Ledger>(
            """
            SELECT b.batch_id AS BatchId, COALESCE(l.generation, 0) AS Generation,
                   COALESCE(l.last_seq, 0) AS LastSeq
              FROM batches b LEFT JOIN ledgers l ON l.batch_id = b.batch_id
             WHERE b.batch_id = @batchId
            """,
            new { batchId }
        );
        if (ledger is null)
            return null;

        var span = new Span(
            batchId,
            ledger.Generation,
            filter.From is { } from ? await FirstAtAsync(new(UnixTime.FromUnixMilliseconds(from))) : 1,
            filter.To is { } to ? await FirstAtAsync(new(UnixTime.FromUnixMilliseconds(to))) : ledger.LastSeq + 1
        );
        if (after is not { } last)
            return span;
        var id = last.TradeId.ToByteArray();
        return ascending
            ? span with
            {
                First = Math.Max(span.First, await FirstAtAsync(new(last.ExitTime, last.EntryTime, [.. id, 0]))),
            }
            : span with
            {
                End = Math.Min(span.End, await FirstAtAsync(new(last.ExitTime, last.EntryTime, id))),
            };

        async Task<long> FirstAtAsync(LedgerPosition.Place place) =>
            (await LedgerPosition.FirstAtOrAfterAsync(connection, [ledger], place))[batchId];
    }

    /// <summary>The streams that the filter selects; <c>null</c> where it does not ask for any.</summary>
    private static async Task<IReadOnlyList<long>?> StreamsAsync(DbConnection connection, LedgerFilter filter) =>
        !filter.IsOfStreams
            ? null
            : (
                await connection.QueryAsync<long>(
                    $"""
                    SELECT stream_id FROM streams
                     WHERE TRUE
                     {(filter.Symbols.Count > 0 ? "AND symbol IN @symbols" : "")}
                     {(filter.Timeframes.Count > 0 ? "AND timeframe IN @timeframes" : "")}
                     {(filter.Strategies.Count > 0 ? "AND strategy IN @strategies" : "")}
                    """,
                    new
                    {
                        symbols = filter.Symbols,
                        timeframes = filter.Timeframes,
                        strategies = filter.Strategies,
                    }
                )
            ).AsList();

    // Down the primary key until the page is full: what is joined has the order of what it is joined to. Left to
    // choose, the server may begin with the streams, read all of their rows, and sort them.
    private static string Sql(LedgerFilter filter, IReadOnlyList<long>? streams, bool ascending) =>
        $"""
            {Select} AND r.seq >= @First AND r.seq < @End
             {(streams is not null ? "AND r.stream_id IN @streams" : "")}
             {(filter.Sides.Count > 0 ? "AND r.side IN @sides" : "")}
             {(filter.Tags.Count > 0 ? "AND r.trade_id IN (SELECT trade_id FROM trade_tags WHERE tag IN @tags)" : "")}
             {Order(ascending)}
             LIMIT @count
            """;

    private const string Select = """
        SELECT r.seq, r.trade_id, s.symbol, s.timeframe, NULLIF(s.strategy, '') AS strategy, r.side, r.entry_time, r.exit_time, r.entry_price, r.exit_price,
               r.change_percentage, r.pnl, r.fee, r.available_capital, r.peak_capital, r.drawdown, r.drawdown_percentage
          FROM ledger_rows r
          STRAIGHT_JOIN streams s ON s.stream_id = r.stream_id
         WHERE r.batch_id = @BatchId AND r.generation = @Generation
        """;

    private static string Order(bool ascending) => $"ORDER BY r.seq {(ascending ? "ASC" : "DESC")}";

    private static object Parameters(Span span, LedgerFilter filter, IReadOnlyList<long>? streams, long count) =>
        new
        {
            span.BatchId,
            span.Generation,
            span.First,
            span.End,
            streams,
            sides = filter.Sides,
            tags = filter.Tags,
            count,
        };

    /// <summary>Rows of a generation by seq, <paramref name="End"/> not among them.</summary>
    private sealed record Span(long BatchId, long Generation, long First, long End);

    private sealed class Row
    {
        public long Seq { get; init; }

        public byte[] TradeId { get; init; } = [];

        public string Symbol { get; init; } = "";

        public string Timeframe { get; init; } = "";

        public string? Strategy { get; init; }

        public string Side { get; init; } = "";

        public DateTime EntryTime { get; init; }

        public DateTime ExitTime { get; init; }

        public decimal? EntryPrice { get; init; }

        public decimal? ExitPrice { get; init; }

        public decimal ChangePercentage { get; init; }

        public decimal Pnl { get; init; }

        public decimal Fee { get; init; }

        public decimal AvailableCapital { get; init; }

        public decimal PeakCapital { get; init; }

        public decimal Drawdown { get; init; }

        public decimal DrawdownPercentage { get; init; }

        public LedgerRow ToLedgerRow() =>
            new(
                Seq,
                new AlertId(TradeId).ToString(),
                Symbol,
                Timeframe,
                Strategy,
                Side,
                EntryTime,
                ExitTime,
                EntryPrice,
                ExitPrice,
                ChangePercentage,
                Pnl,
                Fee,
                AvailableCapital,
                PeakCapital,
                Drawdown,
                DrawdownPercentage
            );
    }
}
