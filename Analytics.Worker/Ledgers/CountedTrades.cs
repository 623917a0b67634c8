using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// The trades that count in a batch, read from the database as they are now, in the order of its ledger. What counts is
/// said here and nowhere else.
/// </summary>
public sealed class CountedTrades(MySqlDatabase database)
{
    // A stream counts that is of one of the batch's symbols, of one of its timeframes and of one of its strategies;
    // where none is named, of every one.
    private const string StreamRule = """
        FROM batch_symbols bs JOIN streams s ON s.symbol = bs.symbol
        WHERE (NOT EXISTS (SELECT * FROM batch_timeframes f WHERE f.batch_id = bs.batch_id)
               OR EXISTS (SELECT * FROM batch_timeframes f WHERE f.batch_id = bs.batch_id AND f.timeframe = s.timeframe))
          AND (NOT EXISTS (SELECT * FROM batch_strategies g WHERE g.batch_id = bs.batch_id)
               OR EXISTS (SELECT * FROM batch_strategies g WHERE g.batch_id = bs.batch_id AND g.strategy = s.strategy))
        """;

    /// <summary>
    /// Of such a stream every trade <c>t</c> that is closed and was entered at <c>@start</c>, when the batch starts, or
    /// later.
    /// </summary>
    internal const string TradeRule = "t.exit_time IS NOT NULL AND t.entry_time >= @start";

    internal const string Columns =
        "t.trade_id, t.stream_id, t.side, t.entry_time, t.exit_time, t.entry_price, t.exit_price, t.change_percentage";

    private const string Order = "ORDER BY t.exit_time, t.entry_time, t.trade_id";

    /// <summary>Before the earliest time that an alert may have.</summary>
    internal static readonly DateTime Ever = DateTime.UnixEpoch;

    /// <summary>Which batches count which of these streams; of a stream without a batch there is nothing.</summary>
    public static async Task<IReadOnlyList<(long BatchId, StreamKey Stream, long StreamId)>> FindConcernedAsync(
        DbConnection connection,
        IReadOnlyCollection<StreamKey> concerned,
        CancellationToken cancellationToken
    )
    {
        var parameters = new DynamicParameters();
        var streams = new List<string>(concerned.Count);
        foreach (var (symbol, timeframe, strategy) in concerned)
        {
            var name = streams.Count.ToString(CultureInfo.InvariantCulture);
            streams.Add($"(@s{name}, @t{name}, @g{name})");
            parameters.Add("s" + name, symbol);
            parameters.Add("t" + name, timeframe);
            parameters.Add("g" + name, strategy ?? "");
        }

        // A batch edited after this needs a build, which sees every trade that was committed before it began.
        var rows = await connection.QueryAsync<(
            long BatchId,
            long StreamId,
            string Symbol,
            string Timeframe,
            string? Strategy
        )>(
            new CommandDefinition(
                $"SELECT bs.batch_id, s.stream_id, s.symbol, s.timeframe, NULLIF(s.strategy, '') {StreamRule} AND "
                    + $"(s.symbol, s.timeframe, s.strategy) IN ({string.Join(", ", streams)})",
                parameters,
                cancellationToken: cancellationToken
            )
        );
        return
        [
            .. rows.Select(row => (row.BatchId, new StreamKey(row.Symbol, row.Timeframe, row.Strategy), row.StreamId)),
        ];
    }

    /// <summary>How many open trades count in each of these batches; of one without any there is nothing.</summary>
    public static async Task<IReadOnlyDictionary<long, long>> CountOpenAsync(
        DbConnection connection,
        IEnumerable<long> batchIds,
        CancellationToken cancellationToken
    ) =>
        (
            await connection.QueryAsync<(long BatchId, long Count)>(
                new CommandDefinition(
                    $"SELECT bs.batch_id, COUNT(*) {StreamRule} AND s.open_trade_id IS NOT NULL "
                        + "AND s.open_time >= COALESCE("
                        + "(SELECT b.start_time FROM batches b WHERE b.batch_id = bs.batch_id), @Ever) "
                        + "AND bs.batch_id IN @batchIds GROUP BY bs.batch_id",
                    new { batchIds, Ever },
                    cancellationToken: cancellationToken
                )
            )
        ).ToDictionary(row => row.BatchId, row => row.Count);

    /// <summary>
    /// Those that closed within <paramref name="hints"/> of the streams that count in any of these ledgers, which are
    /// held; read once for all of them.
    /// </summary>
    /// <returns><c>null</c> where they are more than <paramref name="limit"/>.</returns>
    internal static async Task<SharedTrades?> ReadSharedAsync(
        DbConnection connection,
        IReadOnlyCollection<LockedLedger> ledgers,
        IReadOnlyCollection<AffectedRange> hints,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // The hints were found before the ledgers were locked; a batch may have been edited, and built, in between.
        var counted = (
            await connection.QueryAsync<(long BatchId, long StreamId)>(
                new CommandDefinition(
                    $"SELECT bs.batch_id, s.stream_id {StreamRule} "
                        + $"AND bs.batch_id IN ({Join(ledgers.Select(ledger => ledger.BatchId))}) AND s.stream_id IN "
                        + $"({Join(hints.Select(hint => hint.StreamId))})",
                    flags: CommandFlags.NoCache,
                    cancellationToken: cancellationToken
                )
            )
        ).ToLookup(pair => pair.BatchId, pair => pair.StreamId);
        var streams = counted.SelectMany(batch => batch).ToHashSet();
        var trades =
            streams.Count == 0
                ? []
                : await ReadAsync(
                    connection,
                    $"SELECT {Columns} FROM trades t WHERE "
                        + $"({Ranges(hints.Where(hint => streams.Contains(hint.StreamId)))}) AND {TradeRule} {Order} "
                        + $"LIMIT @most",
                    new { start = Ever, most = limit + 1 },
                    cancellationToken
                );
        return trades.Count > limit ? null : new SharedTrades(trades, counted);
    }

    /// <summary>All that closed at <paramref name="from"/> or later, <paramref name="limit"/> at most.</summary>
    internal static async Task<List<CountedTrade>> ReadAsync(
        DbConnection connection,
        LockedLedger ledger,
        DateTime from,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var streams = await FindStreamsAsync(connection, ledger.BatchId, cancellationToken);
        return streams.Count == 0
            ? []
            : await ReadAsync(
                connection,
                $"SELECT {Columns} FROM trades t WHERE t.stream_id IN ({Join(streams)}) AND t.exit_time >= @from AND "
                    + $"{TradeRule} {Order} LIMIT @limit",
                new
                {
                    from,
                    start = ledger.StartTime ?? Ever,
                    limit,
                },
                cancellationToken
            );
    }

    /// <summary>How many there are and when the last one closed: from the index alone.</summary>
    internal static async Task<(long Count, DateTime? LastExitTime)> CountAsync(
        DbConnection connection,
        LockedLedger ledger,
        CancellationToken cancellationToken
    )
    {
        var streams = await FindStreamsAsync(connection, ledger.BatchId, cancellationToken);
        return streams.Count == 0
            ? (0, null)
            : await connection.QuerySingleAsync<(long, DateTime?)>(
                new CommandDefinition(
                    $"SELECT COUNT(*), MAX(t.exit_time) FROM trades t WHERE t.stream_id IN ({Join(streams)}) AND "
                        + $"{TradeRule}",
                    new { start = ledger.StartTime ?? Ever },
                    cancellationToken: cancellationToken
                )
            );
    }

    /// <summary>
    /// All that closed at <paramref name="from"/> or later (<c>null</c>: ever), in slices, as they were at one instant
    /// after the first slice was asked for. Holds a connection of its own, and some ten thousand trades, however many
    /// there are.
    /// </summary>
    internal async IAsyncEnumerable<IReadOnlyList<CountedTrade>> StreamAsync(
        LockedLedger ledger,
        DateTime? from,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var streams = await FindStreamsAsync(connection, ledger.BatchId, cancellationToken);
        if (streams.Count == 0)
            yield break;

        await foreach (
            var slice in new TradeHistory(connection, streams, ledger.StartTime, from).ReadAsync(cancellationToken)
        )
            yield return slice;
    }

    /// <summary>Trades in hand, as a stream of them comes.</summary>
    public static IAsyncEnumerable<IReadOnlyList<CountedTrade>> Slice(IReadOnlyList<CountedTrade> trades) =>
        new[] { trades }.ToAsyncEnumerable();

    private static async Task<List<long>> FindStreamsAsync(
        DbConnection connection,
        long batchId,
        CancellationToken cancellationToken
    ) =>
        (
            await connection.QueryAsync<long>(
                new CommandDefinition(
                    $"SELECT s.stream_id {StreamRule} AND bs.batch_id = @batchId",
                    new { batchId },
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();

    // A range of the index (stream, exit time) for each stream; numbers and times of our own are safe as literals.
    private static string Ranges(IEnumerable<AffectedRange> hints) =>
        string.Join(
            " OR ",
            hints.Select(hint =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"(t.stream_id = {hint.StreamId} AND t.exit_time BETWEEN '{hint.From:yyyy-MM-dd HH:mm:ss.fff}' "
                        + $"AND '{hint.To:yyyy-MM-dd HH:mm:ss.fff}')"
                )
            )
        );

    // Constants, and no join: only so does the server go to the end of each stream in the index, instead of through all
    // of it.
    private static string Join(IEnumerable<long> streams) => string.Join(", ", streams);

    internal static async Task<List<CountedTrade>> ReadAsync(
        DbConnection connection,
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        await using var reader = await connection.ExecuteReaderAsync(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken, flags: CommandFlags.NoCache)
        );
        var row = new TradeReader(reader);
        var trades = new List<CountedTrade>();
        while (await reader.ReadAsync(cancellationToken))
            trades.Add(row.Current());
        return trades;
    }

    /// <summary>Trades, in the order of a ledger, of which each ledger counts its own.</summary>
    internal sealed class SharedTrades(IReadOnlyList<CountedTrade> trades, ILookup<long, long> streamsOfBatches)
    {
        public IReadOnlyList<CountedTrade> Trades => trades;

        /// <summary>
        /// Where in <see cref="Trades"/> those stand that count in a ledger and are among what it has changes to: the
        /// trades were read for all ledgers, and another may have been told of more.
        /// </summary>
        public List<int> IndexesOf(LockedLedger ledger, IReadOnlyDictionary<long, AffectedRange> changes)
        {
            var streams = streamsOfBatches[ledger.BatchId].ToHashSet();
            var indexes = new List<int>(trades.Count);
            for (var i = 0; i < trades.Count; i++)
            {
                var trade = trades[i];
                if (
                    (ledger.StartTime is null || trade.EntryTime >= ledger.StartTime)
                    && streams.Contains(trade.StreamId)
                    && changes.TryGetValue(trade.StreamId, out var range)
                    && range.Has(trade.ExitTime)
                )
                    indexes.Add(i);
            }

            return indexes;
        }
    }

    private sealed class TradeReader(DbDataReader reader)
    {
        private readonly byte[] _id = new byte[AlertId.Length];

        public CountedTrade Current()
        {
            reader.GetBytes(0, 0, _id, 0, _id.Length);
            return new CountedTrade(
                new AlertId(_id),
                reader.GetInt64(1),
                reader.GetString(2) == "long" ? Direction.Long : Direction.Short,
                reader.GetDateTime(3),
                reader.GetDateTime(4),
                reader.GetDecimal(5),
                reader.GetDecimal(6),
                reader.GetDecimal(7)
            );
        }
    }
}
