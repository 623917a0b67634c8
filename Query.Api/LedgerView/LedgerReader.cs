using System.Buffers;
using System.Data;
using System.Data.Common;
using Dapper;
using PnlPipeline.Database;

namespace PnlPipeline.Query.Api.LedgerView;

/// <summary>Reads a batch's ledger into columns: whole, or what changed since it was read before.</summary>
/// <param name="rowsAText">
/// Rows that the server packs together. Enough that the way there and back does not count; the driver allocates each text, and past 85,000 bytes that would be where it
/// is not collected soon.
/// </param>
public sealed class LedgerReader(MySqlDatabase database, int rowsAText = 700)
{
    /// <summary>What is served of a batch now; <c>null</c> where there is no such batch.</summary>
    public async Task<LedgerVersion?> FindVersionAsync(long batchId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await FindVersionAsync(connection, batchId);
    }

    /// <summary>Reads what is served of a batch now.</summary>
    /// <param name="held">What was read of it before, by nobody else gone on from; <c>null</c> where nothing was.</param>
    /// <returns><c>null</c> where there is no such batch.</returns>
    public async Task<LedgerColumns?> ReadAsync(long batchId, LedgerColumns? held, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // One snapshot: a build may switch the generation, and an append or a revision change its rows, while they are read.
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        if (await FindVersionAsync(connection, batchId) is not { } version)
            return null;
        if (version.LastSeq == 0)
            return LedgerColumns.Empty(version);
        if (held?.Version.HasRowsOf(version) == true)
            return held with { Version = version };

        var kept = held is null ? 0 : await CountUnchangedAsync(connection, batchId, version, held);
        var columns = new ColumnsBuilder(kept == 0 ? null : held, kept, (int)version.LastSeq);
        await ReadRowsAsync(connection, batchId, version, columns, cancellationToken);
        return columns.Build(version);
    }

    private static async Task<LedgerVersion?> FindVersionAsync(DbConnection connection, long batchId) =>
        await connection.QuerySingleOrDefaultAsync<(long Revision, long Generation, long LastSeq, DateTime UpdatedAt)?>(
            """
            SELECT CAST(b.revision AS SIGNED), CAST(COALESCE(l.generation, 0) AS SIGNED), CAST(COALESCE(l.last_seq, 0) AS SIGNED),
                   COALESCE(l.updated_at, b.created_at)
              FROM batches b LEFT JOIN ledgers l ON l.batch_id = b.batch_id
             WHERE b.batch_id = @batchId
            """,
            new { batchId }) is { } row
            ? new LedgerVersion(row.Revision, row.Generation, row.LastSeq, row.UpdatedAt)
            : null;

    /// <summary>
    /// How many rows from the first on are still as they were read. Whoever writes rows writes all from the first that changes, and gives them a
    /// <c>posted_at</c> later than any before: it ascends with seq, and what is not later than the columns is in them.
    /// </summary>
    private static async Task<int> CountUnchangedAsync(DbConnection connection, long batchId, LedgerVersion version, LedgerColumns held)
    {
        // An earlier time than before is that of another database, put in the place of the one read.
        if (held.Generation != version.Generation || held.Version.UpdatedAt > version.UpdatedAt)
            return 0;

        var (low, high) = (0L, Math.Min(held.Count, version.LastSeq));
        // Nearly always all of them are.
        for (var seq = high; low < high; seq = low + ((high - low + 1) / 2))
        {
            var isUnchanged = await connection.ExecuteScalarAsync<bool>(
                "SELECT posted_at <= @UpdatedAt FROM ledger_rows WHERE batch_id = @batchId AND generation = @Generation AND seq = @seq",
                new { batchId, version.Generation, seq, held.Version.UpdatedAt });
            if (isUnchanged)
                low = seq;
            else
                high = seq - 1;
        }

        return (int)low;
    }

    private async Task ReadRowsAsync(
        DbConnection connection, long batchId, LedgerVersion version, ColumnsBuilder columns, CancellationToken cancellationToken)
    {
        var rows = new List<PackedRow>(rowsAText);
        // The texts are too many to be kept, and would be too large for the garbage collector to be quick about: one buffer takes them all.
        var buffer = ArrayPool<byte>.Shared.Rent(rowsAText * PackedRow.MaxBytes);
        try
        {
            while (columns.Count < version.LastSeq)
            {
                var from = columns.Count + 1L;
                var to = Math.Min(from + rowsAText - 1, version.LastSeq);
                var length = await ReadTextAsync(connection, batchId, version.Generation, from, to, buffer, cancellationToken);
                rows.Clear();
                PackedRow.Read(buffer.AsSpan(0, length), rows);
                await KnowStreamsAsync(connection, rows, columns);
                foreach (var row in rows)
                {
                    if (row.Seq != columns.Count + 1)
                        break;
                    columns.Add(row);
                }

                if (columns.Count != to)
                    throw new InvalidOperationException($"Batch {batchId} lacks ledger row {columns.Count + 1}: its rows were changed by hand. The reconciler will mend it.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<int> ReadTextAsync(
        DbConnection connection, long batchId, long generation, long from, long to, byte[] buffer, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        // All of these are numbers of our own.
        command.CommandText =
            $"""
            SELECT /*+ SET_VAR(group_concat_max_len = {buffer.Length}) */
                   CAST(GROUP_CONCAT({PackedRow.Expression} ORDER BY seq SEPARATOR '{PackedRow.Separator}') AS BINARY)
              FROM ledger_rows
             WHERE batch_id = {batchId} AND generation = {generation} AND seq BETWEEN {from} AND {to}
            """;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && !reader.IsDBNull(0) ? (int)reader.GetBytes(0, 0, buffer, 0, buffer.Length) : 0;
    }

    private static async Task KnowStreamsAsync(DbConnection connection, List<PackedRow> rows, ColumnsBuilder columns)
    {
        var unknown = new HashSet<long>();
        foreach (var row in rows)
        {
            if (!columns.Knows(row.StreamId))
                unknown.Add(row.StreamId);
        }

        if (unknown.Count == 0)
            return;
        foreach (var stream in await connection.QueryAsync<(long Id, string Symbol, string Timeframe)>(
            "SELECT stream_id, symbol, timeframe FROM streams WHERE stream_id IN @unknown ORDER BY stream_id", new { unknown }))
        {
            columns.Know(new LedgerStream(stream.Symbol, stream.Timeframe, stream.Id));
        }
    }
}
