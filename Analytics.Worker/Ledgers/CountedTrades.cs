using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Dapper;
using PnlPipeline.Alerts;
using PnlPipeline.Contracts;
using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>Where an event says that a stream has news: trades that closed from <paramref name="From"/> to <paramref name="To"/>.</summary>
/// <param name="IsRevised">Whether trades that closed then may be others than before, or gone; otherwise they only came.</param>
public readonly record struct StreamHint(long StreamId, DateTime From, DateTime To, bool IsRevised = false);

/// <summary>
/// The trades that count in a batch, read from the database as they are now, in the order of its ledger. What counts is said here and
/// nowhere else.
/// </summary>
public sealed class CountedTrades(MySqlDatabase database)
{
    // A stream counts that is of one of the batch's symbols and of one of its timeframes; no timeframe named is every one.
    private const string StreamRule =
        """
        FROM batch_symbols bs JOIN streams s ON s.symbol = bs.symbol
        WHERE (NOT EXISTS (SELECT * FROM batch_timeframes f WHERE f.batch_id = bs.batch_id)
               OR EXISTS (SELECT * FROM batch_timeframes f WHERE f.batch_id = bs.batch_id AND f.timeframe = s.timeframe))
        """;

    /// <summary>Of such a stream every trade <c>t</c> that is closed and was entered at <c>@start</c>, when the batch starts, or later.</summary>
    internal const string TradeRule = "t.exit_time IS NOT NULL AND t.entry_time >= @start";

    internal const string Columns =
        "t.trade_id, t.stream_id, t.side, t.entry_time, t.exit_time, t.entry_price, t.exit_price, t.change_percentage";

    private const string Order = "ORDER BY t.exit_time, t.entry_time, t.trade_id";

    // Slices of a history that wait to be taken: what bounds the memory of a build.
    private const int SlicesAhead = 2;

    /// <summary>Before the earliest time that an alert may have.</summary>
    internal static readonly DateTime Ever = DateTime.UnixEpoch;

    /// <summary>The hints by the batches in which their streams count; of a stream without a batch there is nothing.</summary>
    public static async Task<IReadOnlyDictionary<long, IReadOnlyList<StreamHint>>> FindConcernedAsync(
        DbConnection connection,
        IReadOnlyDictionary<(string Symbol, string Timeframe), StreamHint> hints,
        CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters();
        var streams = new List<string>(hints.Count);
        foreach (var (symbol, timeframe) in hints.Keys)
        {
            var name = streams.Count.ToString(CultureInfo.InvariantCulture);
            streams.Add($"(@s{name}, @t{name})");
            parameters.Add("s" + name, symbol);
            parameters.Add("t" + name, timeframe);
        }

        // A batch edited after this needs a build, which sees every trade that was committed before it began.
        var rows = await connection.QueryAsync<(long BatchId, long StreamId, string Symbol, string Timeframe)>(new CommandDefinition(
            $"SELECT bs.batch_id, s.stream_id, s.symbol, s.timeframe {StreamRule} AND (s.symbol, s.timeframe) IN ({string.Join(", ", streams)})",
            parameters,
            cancellationToken: cancellationToken));
        return rows
            .GroupBy(row => row.BatchId, row => hints[(row.Symbol, row.Timeframe)] with { StreamId = row.StreamId })
            .ToDictionary(batch => batch.Key, batch => (IReadOnlyList<StreamHint>)batch.ToList());
    }

    /// <summary>Those that closed within <paramref name="hints"/>, of the streams that count.</summary>
    internal static async Task<List<CountedTrade>> ReadAsync(
        DbConnection connection, HeldLedger ledger, IReadOnlyCollection<StreamHint> hints, CancellationToken cancellationToken)
    {
        // The hints were found before the ledger was held; the batch may have been edited, and built, in between.
        var streams = (await FindStreamsAsync(connection, ledger.BatchId, $"AND s.stream_id IN ({Join(hints.Select(hint => hint.StreamId))})", cancellationToken))
            .ToHashSet();
        if (streams.Count == 0)
            return [];

        var ranges = Ranges(hints.Where(hint => streams.Contains(hint.StreamId)));
        return await ReadAsync(
            connection,
            $"SELECT {Columns} FROM trades t WHERE ({ranges}) AND {TradeRule} {Order}",
            new { start = ledger.StartTime ?? Ever },
            cancellationToken);
    }

    /// <summary>Those that closed within <paramref name="hints"/> of the streams that count in any of these ledgers, which are held; read once for all of them.</summary>
    /// <returns><c>null</c> where they are more than <paramref name="limit"/>.</returns>
    internal static async Task<SharedTrades?> ReadSharedAsync(
        DbConnection connection,
        IReadOnlyCollection<HeldLedger> ledgers,
        IReadOnlyCollection<StreamHint> hints,
        int limit,
        CancellationToken cancellationToken)
    {
        // Asked again, as above, now that the batches are held.
        var counted = (await connection.QueryAsync<(long BatchId, long StreamId)>(new CommandDefinition(
            $"SELECT CAST(bs.batch_id AS SIGNED), CAST(s.stream_id AS SIGNED) {StreamRule} "
                + $"AND bs.batch_id IN ({Join(ledgers.Select(ledger => ledger.BatchId))}) AND s.stream_id IN ({Join(hints.Select(hint => hint.StreamId))})",
            flags: CommandFlags.NoCache,
            cancellationToken: cancellationToken))).ToLookup(pair => pair.BatchId, pair => pair.StreamId);
        var streams = counted.SelectMany(batch => batch).ToHashSet();
        var trades = streams.Count == 0
            ? []
            : await ReadAsync(
                connection,
                $"SELECT {Columns} FROM trades t WHERE ({Ranges(hints.Where(hint => streams.Contains(hint.StreamId)))}) AND {TradeRule} {Order} LIMIT @most",
                new { start = Ever, most = limit + 1 },
                cancellationToken);
        return trades.Count > limit ? null : new SharedTrades(trades, counted);
    }

    /// <summary>All that closed at <paramref name="from"/> or later, <paramref name="limit"/> at most.</summary>
    internal static async Task<List<CountedTrade>> ReadAsync(
        DbConnection connection, HeldLedger ledger, DateTime from, int limit, CancellationToken cancellationToken)
    {
        var streams = await FindStreamsAsync(connection, ledger.BatchId, "", cancellationToken);
        return streams.Count == 0
            ? []
            : await ReadAsync(
                connection,
                $"SELECT {Columns} FROM trades t WHERE t.stream_id IN ({Join(streams)}) AND t.exit_time >= @from AND {TradeRule} {Order} LIMIT @limit",
                new { from, start = ledger.StartTime ?? Ever, limit },
                cancellationToken);
    }

    /// <summary>How many there are and when the last one closed: from the index alone.</summary>
    internal static async Task<(long Count, DateTime? LastExitTime)> CountAsync(
        DbConnection connection, HeldLedger ledger, CancellationToken cancellationToken)
    {
        var streams = await FindStreamsAsync(connection, ledger.BatchId, "", cancellationToken);
        return streams.Count == 0
            ? (0, null)
            : await connection.QuerySingleAsync<(long, DateTime?)>(new CommandDefinition(
                $"SELECT COUNT(*), MAX(t.exit_time) FROM trades t WHERE t.stream_id IN ({Join(streams)}) AND {TradeRule}",
                new { start = ledger.StartTime ?? Ever },
                cancellationToken: cancellationToken));
    }

    /// <summary>
    /// All that closed at <paramref name="from"/> or later (<c>null</c>: ever), in slices, as they were at one instant after the first slice was asked
    /// for. Holds a connection of its own, and some ten thousand trades, however many there are.
    /// </summary>
    internal async IAsyncEnumerable<IReadOnlyList<CountedTrade>> StreamAsync(
        HeldLedger ledger, DateTime? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var streams = await FindStreamsAsync(connection, ledger.BatchId, "", cancellationToken);
        if (streams.Count == 0)
            yield break;

        var history = new TradeHistory(connection, streams, ledger.StartTime, from);
        var slices = Channel.CreateBounded<IReadOnlyList<CountedTrade>>(
            new BoundedChannelOptions(SlicesAhead) { SingleReader = true, SingleWriter = true });
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A thread of its own, reading synchronously: it does nothing else until it is done, and awaits cost the driver dearly.
        var producing = Task.Factory.StartNew(
            () => Produce(history, slices.Writer, abandoned.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await foreach (var slice in slices.Reader.ReadAllAsync(cancellationToken))
                yield return slice;
        }
        finally
        {
            await abandoned.CancelAsync();
            await producing;
        }
    }

    /// <summary>Trades in hand, as a stream of them comes.</summary>
    public static IAsyncEnumerable<IReadOnlyList<CountedTrade>> Slice(IReadOnlyList<CountedTrade> trades) =>
        new[] { trades }.ToAsyncEnumerable();

    private static void Produce(TradeHistory history, ChannelWriter<IReadOnlyList<CountedTrade>> slices, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var slice in history.Read())
            {
                while (!slices.TryWrite(slice))
                {
                    if (cancellationToken.IsCancellationRequested || !slices.WaitToWriteAsync(cancellationToken).AsTask().GetAwaiter().GetResult())
                        return;
                }
            }

            slices.Complete();
        }
        catch (Exception fault)
        {
            // Told to whoever reads the slices; nobody does any more where it was abandoned.
            slices.TryComplete(fault);
        }
    }

    private static async Task<List<long>> FindStreamsAsync(
        DbConnection connection, long batchId, string condition, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<long>(new CommandDefinition(
            $"SELECT CAST(s.stream_id AS SIGNED) {StreamRule} AND bs.batch_id = @batchId {condition}", new { batchId }, cancellationToken: cancellationToken)))
        .AsList();

    // A range of the index (stream, exit time) for each stream; numbers and times of our own are safe as literals.
    private static string Ranges(IEnumerable<StreamHint> hints) => string.Join(" OR ", hints.Select(hint => string.Create(
        CultureInfo.InvariantCulture,
        $"(t.stream_id = {hint.StreamId} AND t.exit_time BETWEEN '{hint.From:yyyy-MM-dd HH:mm:ss.fff}' AND '{hint.To:yyyy-MM-dd HH:mm:ss.fff}')")));

    // Constants, and no join: only so does the server go to the end of each stream in the index, instead of through all of it.
    private static string Join(IEnumerable<long> streams) => string.Join(", ", streams);

    private static async Task<List<CountedTrade>> ReadAsync(
        DbConnection connection, string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var reader = await connection.ExecuteReaderAsync(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken, flags: CommandFlags.NoCache));
        return ReadAll(reader);
    }

    // The rows are on their way: awaiting each would cost the driver as much as reading it.
    internal static List<CountedTrade> ReadAll(DbDataReader reader)
    {
        var row = new TradeReader(reader);
        var trades = new List<CountedTrade>();
        while (reader.Read())
            trades.Add(row.Current());
        return trades;
    }

    /// <summary>Trades, in the order of a ledger, of which each ledger counts its own.</summary>
    internal sealed class SharedTrades(IReadOnlyList<CountedTrade> trades, ILookup<long, long> streamsOfBatches)
    {
        public IReadOnlyList<CountedTrade> Trades => trades;

        /// <summary>Where in <see cref="Trades"/> those stand that count in a ledger.</summary>
        public List<int> IndexesOf(HeldLedger ledger)
        {
            var streams = streamsOfBatches[ledger.BatchId].ToHashSet();
            var indexes = new List<int>(trades.Count);
            for (var i = 0; i < trades.Count; i++)
            {
                if ((ledger.StartTime is null || trades[i].EntryTime >= ledger.StartTime) && streams.Contains(trades[i].StreamId))
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
                DateTime.SpecifyKind(reader.GetDateTime(3), DateTimeKind.Utc),
                DateTime.SpecifyKind(reader.GetDateTime(4), DateTimeKind.Utc),
                reader.GetDecimal(5),
                reader.GetDecimal(6),
                reader.GetDecimal(7));
        }
    }
}
