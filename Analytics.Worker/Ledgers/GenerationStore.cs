using System.Data.Common;
using Dapper;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>A generation that is no longer wanted.</summary>
internal sealed record RetiredGeneration(long Generation, long BatchId);

/// <summary>The statements on <c>ledger_generations</c>: which there are, which is served, which may go.</summary>
internal static class GenerationStore
{
    private const string Unserved = """
        FROM ledger_generations g
        LEFT JOIN ledgers l ON l.batch_id = g.batch_id AND l.generation = g.generation
        LEFT JOIN batches b ON b.batch_id = g.batch_id
        WHERE (l.batch_id IS NULL OR b.batch_id IS NULL)
        """;

    public static Task<long> CreateAsync(DbConnection connection, long batchId, CancellationToken cancellationToken) =>
        connection.QuerySingleAsync<long>(
            new CommandDefinition(
                """
                INSERT INTO ledger_generations (batch_id, created_at) VALUES (@batchId, UTC_TIMESTAMP(3));
                SELECT LAST_INSERT_ID()
                """,
                new { batchId },
                cancellationToken: cancellationToken
            )
        );

    public static Task RetireAsync(DbConnection connection, long generation, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            new CommandDefinition(
                "UPDATE ledger_generations SET retired_at = UTC_TIMESTAMP(3) WHERE generation = @generation",
                new { generation },
                cancellationToken: cancellationToken
            )
        );

    /// <summary>
    /// Retires all of a batch but the one served; of a batch that is deleted, all. For whoever holds the batch's build
    /// lock: nobody else is making one.
    /// </summary>
    public static async Task RetireOthersAsync(
        DbConnection connection,
        long batchId,
        CancellationToken cancellationToken
    )
    {
        // Found without locks and retired one by one: a statement that held ledgers while it waits for batches could
        // deadlock with an edit.
        var others = await connection.QueryAsync<long>(
            new CommandDefinition(
                $"SELECT g.generation {Unserved} AND g.retired_at IS NULL AND g.batch_id = @batchId",
                new { batchId },
                cancellationToken: cancellationToken
            )
        );
        foreach (var generation in others.ToList())
            await RetireAsync(connection, generation, cancellationToken);
    }

    /// <summary>Whether nobody has retired it; it stays so until the transaction ends.</summary>
    public static Task<bool> IsUnretiredAsync(
        DbConnection connection,
        long generation,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                "SELECT retired_at IS NULL FROM ledger_generations WHERE generation = @generation FOR UPDATE",
                new { generation },
                cancellationToken: cancellationToken
            )
        );

    /// <summary>Takes the word left for a build, which now owes to act on it, and commits.</summary>
    public static Task TakeWordAndCommitAsync(
        DbConnection connection,
        long batchId,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            new CommandDefinition(
                "UPDATE ledgers SET dirty_from = NULL WHERE batch_id = @batchId; COMMIT",
                new { batchId },
                cancellationToken: cancellationToken
            )
        );

    /// <summary>
    /// Serves a generation in place of the one so far, which is retired, and commits. Made of all trades, it is as good
    /// as checked.
    /// </summary>
    public static Task ServeAndCommitAsync(
        DbConnection connection,
        LockedLedger held,
        long generation,
        LedgerState state,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            new CommandDefinition(
                """
                UPDATE ledgers
                SET generation = @generation, settings_revision = @BatchSettingsRevision, last_seq = @Seq, ruined_seq = @RuinedSeq, capped_seq = @CappedSeq,
                    progress = 0, dirty_from = NULL, updated_at = @Now, checked_at = @Now
                WHERE batch_id = @BatchId;
                UPDATE ledger_generations SET retired_at = @Now WHERE batch_id = @BatchId AND generation <> @generation AND retired_at IS NULL;
                COMMIT
                """,
                new
                {
                    held.BatchId,
                    held.BatchSettingsRevision,
                    held.Now,
                    generation,
                    state.Seq,
                    state.RuinedSeq,
                    state.CappedSeq,
                },
                cancellationToken: cancellationToken
            )
        );

    /// <summary>
    /// Batches of generations that are neither served nor retired: being built, left behind by a build that ended
    /// badly, or of a deleted batch.
    /// </summary>
    public static Task<IEnumerable<long>> FindBatchesWithOthersAsync(
        DbConnection connection,
        CancellationToken cancellationToken
    ) =>
        connection.QueryAsync<long>(
            new CommandDefinition(
                $"SELECT DISTINCT g.batch_id {Unserved} AND g.retired_at IS NULL",
                cancellationToken: cancellationToken
            )
        );

    /// <summary>Those retired for longer than readers are given.</summary>
    public static Task<IEnumerable<RetiredGeneration>> FindRetiredAsync(
        DbConnection connection,
        int graceSeconds,
        CancellationToken cancellationToken
    ) =>
        connection.QueryAsync<RetiredGeneration>(
            new CommandDefinition(
                $"""
                SELECT g.generation AS Generation, g.batch_id AS BatchId {Unserved}
                  AND g.retired_at <= UTC_TIMESTAMP(3) - INTERVAL @graceSeconds SECOND
                ORDER BY g.generation
                """,
                new { graceSeconds },
                cancellationToken: cancellationToken
            )
        );

    /// <returns>How many rows there were, <paramref name="limit"/> at most.</returns>
    public static Task<int> DeleteSliceAsync(
        DbConnection connection,
        RetiredGeneration retired,
        int limit,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            new CommandDefinition(
                "DELETE FROM ledger_rows WHERE batch_id = @BatchId AND generation = @Generation ORDER BY seq LIMIT "
                    + "@limit",
                new
                {
                    retired.BatchId,
                    retired.Generation,
                    limit,
                },
                cancellationToken: cancellationToken
            )
        );

    /// <summary>Forgets a generation whose rows are all gone.</summary>
    public static Task ForgetAsync(
        DbConnection connection,
        RetiredGeneration retired,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            new CommandDefinition(
                "DELETE FROM ledger_generations WHERE generation = @Generation",
                new { retired.Generation },
                cancellationToken: cancellationToken
            )
        );

    /// <summary>
    /// Removes the ledgers of deleted batches whose rows are all gone. No batch ever gets the id of a deleted one.
    /// </summary>
    public static async Task DeleteLeftLedgersAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var left = await connection.QueryAsync<long>(
            new CommandDefinition(
                """
                SELECT l.batch_id FROM ledgers l
                WHERE NOT EXISTS (SELECT * FROM batches b WHERE b.batch_id = l.batch_id)
                  AND NOT EXISTS (SELECT * FROM ledger_generations g WHERE g.batch_id = l.batch_id)
                """,
                cancellationToken: cancellationToken
            )
        );
        foreach (var batchId in left.ToList())
        {
            await connection.ExecuteAsync(
                new CommandDefinition(
                    "DELETE FROM ledgers WHERE batch_id = @batchId; DELETE FROM ledger_checks WHERE batch_id = @batchId",
                    new { batchId },
                    cancellationToken: cancellationToken
                )
            );
        }
    }
}
