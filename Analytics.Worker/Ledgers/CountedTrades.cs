using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Dapper;
using PnlPipeline.Alerts;
using PnlPipeline.Contracts;
using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// The trades that count in a batch, read from the database as they are now, in the order of its ledger. What counts is said here and
/// nowhere else.
/// </summary>
public sealed class CountedTrades(MySqlDatabase database)
{
    // Closed, of one of the batch's symbols and timeframes (none named: every one), entered when the batch starts or later.
    private const string Rule =
        """
        FROM batches b
        JOIN batch_symbols bs ON bs.batch_id = b.batch_id
        JOIN streams s ON s.symbol = bs.symbol
        JOIN trades t ON t.stream_id = s.stream_id
        WHERE b.batch_id = @batchId
          AND (NOT EXISTS (SELECT * FROM batch_timeframes f WHERE f.batch_id = b.batch_id)
               OR EXISTS (SELECT * FROM batch_timeframes f WHERE f.batch_id = b.batch_id AND f.timeframe = s.timeframe))
          AND t.exit_time IS NOT NULL
          AND (b.start_time IS NULL OR t.entry_time >= b.start_time)
        """;

    private const string Columns =
        "t.trade_id, t.stream_id, t.side, t.entry_time, t.exit_time, t.entry_price, t.exit_price, t.change_percentage";

    private const string Order = "ORDER BY t.exit_time, t.entry_time, t.trade_id";

    // Slices of a stream of trades, and how many of them wait to be taken: what bounds the memory of a build.
    private const int SliceTrades = 1_000;
    private const int SlicesAhead = 8;

    // Millions of trades take their time; a server that is gone is noticed some day.
    private const int LongTimeoutSeconds = 3_600;

    /// <summary>Those of <paramref name="streams"/> that closed within the times given for each.</summary>
    public static async Task<List<CountedTrade>> ReadAsync(
        DbConnection connection, long batchId, IReadOnlyCollection<StreamHint> streams, CancellationToken cancellationToken)
    {
        // A range of the index (stream, exit time) for each stream; numbers and times of our own are safe as literals.
        var ranges = string.Join(" OR ", streams.Select(stream => string.Create(
            CultureInfo.InvariantCulture,
            $"(t.stream_id = {stream.StreamId} AND t.exit_time BETWEEN '{stream.From:yyyy-MM-dd HH:mm:ss.fff}' AND '{stream.To:yyyy-MM-dd HH:mm:ss.fff}')")));
        return await ReadAsync(connection, $"SELECT {Columns} {Rule} AND ({ranges}) {Order}", new { batchId }, cancellationToken);
    }

    /// <summary>All that closed at <paramref name="from"/> or later, <paramref name="limit"/> at most.</summary>
    public static Task<List<CountedTrade>> ReadAsync(
        DbConnection connection, long batchId, DateTime from, int limit, CancellationToken cancellationToken) =>
        ReadAsync(
            connection, $"SELECT {Columns} {Rule} AND t.exit_time >= @from {Order} LIMIT @limit", new { batchId, from, limit }, cancellationToken);

    /// <summary>How many there are and when the last one closed: from the index alone.</summary>
    public static Task<(long Count, DateTime? LastExitTime)> CountAsync(
        DbConnection connection, long batchId, CancellationToken cancellationToken) =>
        connection.QuerySingleAsync<(long, DateTime?)>(new CommandDefinition(
            $"SELECT COUNT(*), MAX(t.exit_time) {Rule}", new { batchId }, commandTimeout: LongTimeoutSeconds, cancellationToken: cancellationToken));

    /// <summary>
    /// All that closed at <paramref name="from"/> or later, in slices, as they were at one instant after the first slice was asked for. Holds a
    /// connection of its own, and a few thousand trades, however many there are.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<CountedTrade>> StreamAsync(
        long batchId, DateTime from, int sortBufferMebibytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var slices = Channel.CreateBounded<IReadOnlyList<CountedTrade>>(
            new BoundedChannelOptions(SlicesAhead) { SingleReader = true, SingleWriter = true });
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A thread of its own, reading synchronously: a million awaits cost the driver as much as the rows themselves.
        var producing = Task.Factory.StartNew(
            () => Produce(batchId, from, sortBufferMebibytes, slices.Writer, abandoned.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
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

    private void Produce(
        long batchId, DateTime from, int sortBufferMebibytes, ChannelWriter<IReadOnlyList<CountedTrade>> slices, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = database.OpenAsync(cancellationToken).GetAwaiter().GetResult();
            using var command = connection.CreateCommand();
            command.CommandTimeout = LongTimeoutSeconds;
            command.CommandText =
                $"SELECT /*+ SET_VAR(sort_buffer_size = {sortBufferMebibytes * 1024L * 1024L}) */ {Columns} {Rule} AND t.exit_time >= @from {Order}";
            AddParameter(command, "batchId", batchId);
            AddParameter(command, "from", from);
            using var reader = command.ExecuteReader();
            var row = new TradeReader(reader);
            var slice = new List<CountedTrade>(SliceTrades);
            while (reader.Read())
            {
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

    private static async Task<List<CountedTrade>> ReadAsync(
        DbConnection connection, string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var reader = await connection.ExecuteReaderAsync(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        var row = new TradeReader(reader);
        var trades = new List<CountedTrade>();
        while (await reader.ReadAsync(cancellationToken))
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

/// <summary>Where an event says that a stream has news: trades that closed from <paramref name="From"/> to <paramref name="To"/>.</summary>
public readonly record struct StreamHint(long StreamId, DateTime From, DateTime To);
