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

    // Of such a stream every trade that is closed and was entered when the batch starts, or later.
    private const string TradeRule = "t.exit_time IS NOT NULL AND t.entry_time >= @start";

    private const string Columns =
        "t.trade_id, t.stream_id, t.side, t.entry_time, t.exit_time, t.entry_price, t.exit_price, t.change_percentage";

    private const string Order = "ORDER BY t.exit_time, t.entry_time, t.trade_id";

    // Slices of a stream of trades, and how many of them wait to be taken: what bounds the memory of a build.
    private const int SliceTrades = 1_000;
    private const int SlicesAhead = 8;

    // Before the earliest time that an alert may have.
    private static readonly DateTime Ever = DateTime.UnixEpoch;

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
    /// for. Read a window of time after the other: to sort a million trades before the first of them comes would take as long as reading them. Holds a connection of its own, and a few thousand trades, however many there are.
    /// </summary>
    internal async IAsyncEnumerable<IReadOnlyList<CountedTrade>> StreamAsync(
        HeldLedger ledger, DateTime? from, int sortBufferMebibytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var streams = await FindStreamsAsync(connection, ledger.BatchId, "", cancellationToken);
        if (streams.Count == 0)
            yield break;

        var statement =
            $"""
             SELECT /*+ SET_VAR(sort_buffer_size = {sortBufferMebibytes * 1024L * 1024L}) */ {Columns} FROM trades t
             WHERE t.stream_id IN ({Join(streams)}) AND t.exit_time >= @from AND t.exit_time < @until AND {TradeRule} {Order}
             """;
        var (first, last) = await FindSpanAsync(connection, streams, cancellationToken);
        var windows = new Windows(from > first ? from.Value : first, last, streams.Count);
        var slices = Channel.CreateBounded<IReadOnlyList<CountedTrade>>(
            new BoundedChannelOptions(SlicesAhead) { SingleReader = true, SingleWriter = true });
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A thread of its own, reading synchronously: a million awaits cost the driver as much as the rows themselves.
        var producing = Task.Factory.StartNew(
            () => Produce(connection, statement, ledger.StartTime ?? Ever, windows, slices.Writer, abandoned.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
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

    private static void Produce(
        DbConnection connection,
        string statement,
        DateTime start,
        Windows windows,
        ChannelWriter<IReadOnlyList<CountedTrade>> slices,
        CancellationToken cancellationToken)
    {
        try
        {
            // All windows see the trades as they were when the first was read.
            connection.Execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
            var slice = new List<CountedTrade>(SliceTrades);
            while (windows.Next() is var (from, until))
            {
                using var command = connection.CreateCommand();
                command.CommandText = statement;
                AddParameter(command, "start", start);
                AddParameter(command, "from", from);
                AddParameter(command, "until", until);
                using var reader = command.ExecuteReader();
                var row = new TradeReader(reader);
                while (reader.Read())
                {
                    windows.Count();
                    slice.Add(row.Current());
                    if (slice.Count < SliceTrades)
                        continue;
                    if (!Hand(slice))
                    {
                        // Closing the reader alone would read the rest of the rows first.
                        command.Cancel();
                        return;
                    }

                    slice = new List<CountedTrade>(SliceTrades);
                }
            }

            connection.Execute("COMMIT");
            if (slice.Count > 0)
                Hand(slice);
            slices.Complete();
        }
        catch (Exception fault)
        {
            // Told to whoever reads the slices; nobody does any more where it was abandoned.
            slices.TryComplete(fault);
        }

        bool Hand(List<CountedTrade> full)
        {
            while (!slices.TryWrite(full))
            {
                if (cancellationToken.IsCancellationRequested || !slices.WaitToWriteAsync(cancellationToken).AsTask().GetAwaiter().GetResult())
                    return false;
            }

            return !cancellationToken.IsCancellationRequested;
        }
    }

    // From the ends of the index, from stream to stream: by grouping alone does the server skip what lies between. Asked for the first and the last of each by order, it took all
    // streams to be short where most were, and read and sorted each whole. Trades that close after this are no matter of the stream that is to be read.
    private static async Task<(DateTime First, DateTime Last)> FindSpanAsync(
        DbConnection connection, IReadOnlyCollection<long> streams, CancellationToken cancellationToken)
    {
        var (first, last) = await connection.QuerySingleAsync<(DateTime?, DateTime?)>(new CommandDefinition(
            $"""
            SELECT MIN(ends.first), MAX(ends.last) FROM (
              SELECT MIN(t.exit_time) AS first, MAX(t.exit_time) AS last FROM trades t FORCE INDEX (trades_exit)
              WHERE t.stream_id IN ({Join(streams)}) GROUP BY t.stream_id) AS ends
            """,
            flags: CommandFlags.NoCache,
            cancellationToken: cancellationToken));
        return (first ?? Ever, last ?? Ever);
    }

    /// <summary>Windows of time, one after the other, as wide as it takes for some tens of thousands of trades in each.</summary>
    private sealed class Windows
    {
        private readonly DateTime _last;

        // A window asks for a range of the index of each stream: with many streams it is to be worth that.
        private readonly int _wanted;
        private TimeSpan _width;
        private DateTime _next;
        private long? _count;

        public Windows(DateTime first, DateTime last, int streams)
        {
            (_next, _last, _width) = (first, last, (last - first) / 50);
            _wanted = Math.Max(20_000, 20 * streams);
        }

        public void Count() => _count++;

        public (DateTime From, DateTime Until)? Next()
        {
            if (_next > _last)
                return null;
            if (_count is { } count)
                _width *= Math.Clamp((double)_wanted / Math.Max(1, count), 0.2, 5);
            if (_width < TimeSpan.FromSeconds(1))
                _width = TimeSpan.FromSeconds(1);
            var from = _next;
            // Whole milliseconds, as times are stored. The last one goes past the end.
            _next = _last - from < _width ? _last.AddMilliseconds(1) : new DateTime((from + _width).Ticks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond);
            _count = 0;
            return (from, _next);
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
    private static List<CountedTrade> ReadAll(DbDataReader reader)
    {
        var row = new TradeReader(reader);
        var trades = new List<CountedTrade>();
        while (reader.Read())
            trades.Add(row.Current());
        return trades;
    }

    private static void AddParameter(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
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
