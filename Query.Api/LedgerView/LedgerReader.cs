using System.Data;
using System.Data.Common;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.LedgerView;

/// <summary>Reads a batch's ledger into columns.</summary>
public sealed class LedgerReader(MySqlDatabase database) : IDisposable
{
    private const int RowsPerCheck = 10_000;

    // A million rows are 70 MB while they are read: no more at once than there are processors to read them.
    private readonly SemaphoreSlim _atOnce = new(Math.Max(2, Environment.ProcessorCount));

    /// <returns>The generation being served, without rows before the first; <c>null</c> where there is no such batch.</returns>
    public async Task<LedgerColumns?> ReadAsync(long batchId, CancellationToken cancellationToken)
    {
        await _atOnce.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            // One snapshot: a build may switch the generation, and an append or a revision change its rows, while they are read.
            await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var served = await connection.QuerySingleOrDefaultAsync<(long BatchId, long Generation, long LastSeq)?>(
                """
                SELECT b.batch_id, COALESCE(l.generation, 0), COALESCE(l.last_seq, 0)
                  FROM batches b LEFT JOIN ledgers l ON l.batch_id = b.batch_id
                 WHERE b.batch_id = @batchId
                """,
                new { batchId });
            if (served is not { } ledger)
                return null;
            if (ledger.LastSeq == 0)
                return LedgerColumns.Empty;

            var columns = new Columns((int)ledger.LastSeq);
            await ReadRowsAsync(connection, batchId, ledger.Generation, columns, cancellationToken);
            var streams = await connection.QueryAsync<(long StreamId, string Symbol, string Timeframe)>(
                "SELECT stream_id, symbol, timeframe FROM streams WHERE stream_id IN @ids", new { ids = columns.StreamIds.Keys });
            return columns.Build(ledger.Generation, streams.ToDictionary(row => row.StreamId, row => new LedgerStream(row.Symbol, row.Timeframe)));
        }
        finally
        {
            _atOnce.Release();
        }
    }

    public void Dispose() => _atOnce.Dispose();

    private static async Task ReadRowsAsync(
        DbConnection connection, long batchId, long generation, Columns columns, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        // Both are numbers of our own. The order is that of the primary key.
        command.CommandText =
            $"""
            SELECT stream_id, side = 'short', entry_time, exit_time, change_percentage, pnl, available_capital
              FROM ledger_rows
             WHERE batch_id = {batchId} AND generation = {generation}
             ORDER BY seq
            """;
        // Prepared, the rows come in the binary protocol: times and numbers cost less to read than their text.
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        // Row by row without a task for each: the rows come in packets that are there already.
        while (reader.Read())
        {
            columns.Add(reader);
            if (columns.Count % RowsPerCheck == 0)
                cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private sealed class Columns(int capacity)
    {
        private readonly List<long> _exitTime = new(capacity);
        private readonly List<long> _entryTime = new(capacity);
        private readonly List<int> _stream = new(capacity);
        private readonly List<bool> _isShort = new(capacity);
        private readonly List<Amount> _changePercentage = new(capacity);
        private readonly List<Amount> _pnl = new(capacity);
        private readonly List<Amount> _availableCapital = new(capacity);

        public int Count => _exitTime.Count;

        /// <summary>The position each stream has in the column.</summary>
        public Dictionary<long, int> StreamIds { get; } = [];

        public void Add(DbDataReader row)
        {
            var streamId = row.GetInt64(0);
            if (!StreamIds.TryGetValue(streamId, out var stream))
                StreamIds[streamId] = stream = StreamIds.Count;
            _stream.Add(stream);
            _isShort.Add(row.GetInt64(1) != 0);
            _entryTime.Add(row.GetDateTime(2).ToUnixMilliseconds());
            _exitTime.Add(row.GetDateTime(3).ToUnixMilliseconds());
            _changePercentage.Add(Amount.Of(row.GetDecimal(4)));
            _pnl.Add(Amount.Of(row.GetDecimal(5)));
            _availableCapital.Add(Amount.Of(row.GetDecimal(6)));
        }

        public LedgerColumns Build(long generation, Dictionary<long, LedgerStream> streams) => new(
            generation,
            [.. _exitTime],
            [.. _entryTime],
            [.. _stream],
            [.. _isShort],
            [.. _changePercentage],
            [.. _pnl],
            [.. _availableCapital],
            [.. StreamIds.OrderBy(stream => stream.Value).Select(stream => streams[stream.Key])]);
    }
}
