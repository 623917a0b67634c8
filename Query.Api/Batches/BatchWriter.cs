using System.Data;
using System.Data.Common;
using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Audit;

namespace PnlPipeline.Query.Api.Batches;

/// <summary>What became of a change.</summary>
public enum ChangeOutcome
{
    Changed,
    Unchanged,
    NotFound,

    /// <summary>The batch is not the one the caller read.</summary>
    MovedOn,

    /// <summary>Another batch has the name.</summary>
    NameTaken,

    /// <summary>The edit itself did not want it.</summary>
    Refused,
}

/// <param name="BatchId">The batch; where the name is taken, the batch that has it.</param>
/// <param name="Revision">After the change.</param>
public sealed record ChangeResult(ChangeOutcome Outcome, long BatchId = 0, long Revision = 0);

/// <summary>This room's SQL: making, changing and deleting batches, each in one transaction under the batch's row lock, with its line in the audit trail.</summary>
public sealed class BatchWriter(MySqlDatabase database)
{
    public async Task<ChangeResult> CreateAsync(Author by, BatchSettings settings, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        long batchId;
        try
        {
            batchId = await connection.ExecuteScalarAsync<long>(
                """
                INSERT INTO batches (name, name_key, start_time, capital, allocation_percentage, fee_percentage, created_at, updated_at)
                VALUES (@Name, @NameKey, @StartTime, @Capital, @AllocationPercentage, @FeePercentage, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3));
                SELECT LAST_INSERT_ID()
                """,
                settings,
                transaction);
        }
        catch (DbException fault) when (MySqlDatabase.IsDuplicateKey(fault))
        {
            return await NameTakenAsync(connection, transaction, settings);
        }

        await InsertAsync(connection, transaction, "batch_symbols", "symbol", batchId, settings.Symbols, cancellationToken);
        await InsertAsync(connection, transaction, "batch_timeframes", "timeframe", batchId, settings.Timeframes, cancellationToken);
        await AuditTrail.RecordAsync(connection, transaction, by, AuditActions.BatchCreate, SubjectOf(batchId), settings.ToDetail());
        await transaction.CommitAsync(cancellationToken);
        return new ChangeResult(ChangeOutcome.Changed, batchId, Revision: 1);
    }

    /// <summary>Changes a batch to what <paramref name="edit"/> makes of it; where that is the same, nothing moves.</summary>
    /// <param name="edit">May refuse, by <c>null</c>.</param>
    public async Task<ChangeResult> ChangeAsync(
        Author by, long batchId, IfMatch ifMatch, Func<BatchSettings, BatchSettings?> edit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        if (await HoldAsync(connection, transaction, batchId) is not var (before, revision))
            return new ChangeResult(ChangeOutcome.NotFound);
        if (!ifMatch.Matches(revision))
            return new ChangeResult(ChangeOutcome.MovedOn);

        var after = edit(before);
        if (after is null)
            return new ChangeResult(ChangeOutcome.Refused);
        var countsAlike = after.CountsLike(before);
        if (countsAlike && after.Name == before.Name)
            return new ChangeResult(ChangeOutcome.Unchanged, batchId, revision);

        try
        {
            await connection.ExecuteAsync(
                """
                UPDATE batches
                   SET name = @Name, name_key = @NameKey, start_time = @StartTime, capital = @Capital,
                       allocation_percentage = @AllocationPercentage, fee_percentage = @FeePercentage,
                       revision = revision + 1, settings_revision = settings_revision + @rebuild, updated_at = UTC_TIMESTAMP(3)
                 WHERE batch_id = @batchId
                """,
                new
                {
                    after.Name,
                    after.NameKey,
                    after.StartTime,
                    after.Capital,
                    after.AllocationPercentage,
                    after.FeePercentage,
                    rebuild = countsAlike ? 0 : 1,
                    batchId,
                },
                transaction);
        }
        catch (DbException fault) when (MySqlDatabase.IsDuplicateKey(fault))
        {
            return await NameTakenAsync(connection, transaction, after);
        }

        await ReplaceAsync(connection, transaction, "batch_symbols", "symbol", batchId, before.Symbols, after.Symbols, cancellationToken);
        await ReplaceAsync(connection, transaction, "batch_timeframes", "timeframe", batchId, before.Timeframes, after.Timeframes, cancellationToken);
        await AuditTrail.RecordAsync(connection, transaction, by, AuditActions.BatchChange, SubjectOf(batchId), after.ToDetail(before));
        await transaction.CommitAsync(cancellationToken);
        return new ChangeResult(ChangeOutcome.Changed, batchId, revision + 1);
    }

    /// <summary>Deletes a batch. Its ledger goes when the ledgers' role hears of it, or looks by itself.</summary>
    public async Task<ChangeResult> DeleteAsync(Author by, long batchId, IfMatch ifMatch, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        if (await HoldAsync(connection, transaction, batchId) is not var (settings, revision))
            return new ChangeResult(ChangeOutcome.NotFound);
        if (!ifMatch.Matches(revision))
            return new ChangeResult(ChangeOutcome.MovedOn);

        // Symbols and timeframes go with it, by their foreign keys.
        await connection.ExecuteAsync("DELETE FROM batches WHERE batch_id = @batchId", new { batchId }, transaction);
        await AuditTrail.RecordAsync(connection, transaction, by, AuditActions.BatchDelete, SubjectOf(batchId), settings.ToDetail());
        await transaction.CommitAsync(cancellationToken);
        return new ChangeResult(ChangeOutcome.Changed, batchId, revision + 1);
    }

    private static string SubjectOf(long batchId) => $"batches/{batchId}";

    private static async Task<(BatchSettings Settings, long Revision)?> HoldAsync(DbConnection connection, DbTransaction transaction, long batchId)
    {
        // Lock before reading: two changes of one batch come one after the other, and each sees what the other made.
        var held = await connection.QuerySingleOrDefaultAsync<HeldBatch>(
            """
            SELECT name, start_time, capital, allocation_percentage, fee_percentage, revision
              FROM batches WHERE batch_id = @batchId FOR UPDATE
            """,
            new { batchId },
            transaction);
        if (held is null)
            return null;

        var settings = new BatchSettings(
            held.Name,
            [.. (await BatchStore.SymbolsAsync(connection, batchId)).Order(StringComparer.Ordinal)],
            [.. (await BatchStore.TimeframesAsync(connection, batchId)).Order(StringComparer.Ordinal)],
            held.StartTime,
            held.Capital,
            held.AllocationPercentage,
            held.FeePercentage);
        return (settings, held.Revision);
    }

    private static async Task<ChangeResult> NameTakenAsync(DbConnection connection, DbTransaction transaction, BatchSettings settings)
    {
        // 0 where it was renamed or deleted since: the caller is told all the same, and may try again.
        var other = await connection.ExecuteScalarAsync<long?>(
            "SELECT batch_id FROM batches WHERE name_key = @NameKey", settings, transaction);
        return new ChangeResult(ChangeOutcome.NameTaken, other ?? 0);
    }

    private static async Task ReplaceAsync(
        DbConnection connection,
        DbTransaction transaction,
        string table,
        string column,
        long batchId,
        IReadOnlyList<string> before,
        IReadOnlyList<string> after,
        CancellationToken cancellationToken)
    {
        var gone = before.Except(after, StringComparer.Ordinal).ToList();
        if (gone.Count > 0)
            await connection.ExecuteAsync($"DELETE FROM {table} WHERE batch_id = @batchId AND {column} IN @gone", new { batchId, gone }, transaction);
        await InsertAsync(
            connection, transaction, table, column, batchId, after.Except(before, StringComparer.Ordinal).ToList(), cancellationToken);
    }

    private static Task<int> InsertAsync(
        DbConnection connection,
        DbTransaction transaction,
        string table,
        string column,
        long batchId,
        IReadOnlyList<string> values,
        CancellationToken cancellationToken)
    {
        var insert = new BulkInsert($"INSERT INTO {table} (batch_id, {column}) VALUES ");
        foreach (var value in values)
            insert.Row().Value(batchId).Value(value);
        return insert.ExecuteAsync(connection, transaction, cancellationToken);
    }

    private sealed record HeldBatch
    {
        public string Name { get; init; } = "";

        public DateTime? StartTime { get; init; }

        public decimal Capital { get; init; }

        public decimal AllocationPercentage { get; init; }

        public decimal FeePercentage { get; init; }

        public long Revision { get; init; }
    }
}
