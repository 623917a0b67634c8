using System.Data.Common;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>A batch and its ledger as they stood when the ledger's row was locked, or read.</summary>
internal sealed class LockedLedger
{
    public long BatchId { get; init; }

    /// <summary>The batch's ETag.</summary>
    public long BatchRevision { get; init; }

    public long BatchSettingsRevision { get; init; }

    /// <summary>UTC; <c>null</c>: all history.</summary>
    public DateTime? StartTime { get; init; }

    public decimal Capital { get; init; }

    public decimal AllocationPercentage { get; init; }

    public decimal FeePercentage { get; init; }

    public long Generation { get; init; }

    public long SettingsRevision { get; init; }

    public long LastSeq { get; init; }

    public long? RuinedSeq { get; init; }

    public long? CappedSeq { get; init; }

    /// <summary>UTC. Only while a build is due: the earliest exit that a change came of since it began.</summary>
    public DateTime? DirtyFrom { get; init; }

    /// <summary>UTC.</summary>
    public DateTime? CheckedAt { get; init; }

    /// <summary>UTC: now, and later than any earlier write to this ledger, whatever the clock does.</summary>
    public DateTime Now { get; init; }

    /// <summary>What is served was made with other settings than the batch has now, or was found wanting.</summary>
    public bool NeedsBuild => SettingsRevision != BatchSettingsRevision;

    // Without the zeros that the columns have at their end: products of short numbers nearly always fit 127 bits
    // (FixedPoint).
    public LedgerSettings Settings => new(Short(Capital), Short(AllocationPercentage), Short(FeePercentage));

    public LedgerRows Rows => new(BatchId, Generation, RuinedSeq, CappedSeq);

    private static decimal Short(decimal value) => ExactNumber.WithoutTrailingZeros(value);
}

/// <summary>
/// The statements on <c>ledgers</c>, whose row of a batch is the lock on everything that is served of it.
/// </summary>
internal static class LedgerStore
{
    private const string Select = """
        SELECT b.batch_id, b.revision AS batch_revision, b.settings_revision AS batch_settings_revision,
               b.start_time, b.capital, b.allocation_percentage, b.fee_percentage,
               l.generation, l.settings_revision, l.last_seq, l.ruined_seq, l.capped_seq, l.dirty_from, l.checked_at,
               GREATEST(UTC_TIMESTAMP(3), l.updated_at + INTERVAL 1000 MICROSECOND) AS now
        FROM batches b JOIN ledgers l FORCE INDEX (PRIMARY) ON l.batch_id = b.batch_id
        """;

    /// <summary>
    /// Begins a transaction that holds the batch's ledger, and reads it with its last row. The batch's settings stay as
    /// they are until it ends.
    /// </summary>
    /// <returns><c>null</c> where the batch is gone; the transaction is then over.</returns>
    public static async Task<LockedLedger?> LockAsync(
        DbConnection connection,
        long batchId,
        CancellationToken cancellationToken
    )
    {
        for (var made = false; ; made = true)
        {
            // FOR SHARE: an edit of the batch waits, so that the rows are all of the settings read here.
            var ledger = await connection.QuerySingleOrDefaultAsync<LockedLedger>(
                new CommandDefinition(
                    $"START TRANSACTION; {Select} WHERE b.batch_id = @batchId FOR UPDATE OF l FOR SHARE OF b",
                    new { batchId },
                    cancellationToken: cancellationToken
                )
            );
            if (ledger is not null)
                return ledger;

            await RollBackAsync(connection, cancellationToken);
            if (made || !await EnsureAsync(connection, batchId, cancellationToken))
                return null;
        }
    }

    /// <summary>
    /// Begins a transaction that holds those of these batches' ledgers that nobody else holds; in the order of their
    /// ids. Whoever holds one, a build that is about to be served perhaps, is not waited for.
    /// </summary>
    public static async Task<List<LockedLedger>> LockFreeAsync(
        DbConnection connection,
        IEnumerable<long> batchIds,
        CancellationToken cancellationToken
    ) =>
        (
            await connection.QueryAsync<LockedLedger>(
                new CommandDefinition(
                    $"START TRANSACTION; {Select} WHERE b.batch_id IN @batchIds ORDER BY b.batch_id FOR UPDATE OF l "
                        + $"SKIP LOCKED FOR SHARE OF b SKIP LOCKED",
                    new { batchIds },
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();

    /// <summary>The ledger without its lock; <c>null</c> where the batch is gone.</summary>
    public static async Task<LockedLedger?> FindAsync(
        DbConnection connection,
        long batchId,
        CancellationToken cancellationToken
    )
    {
        var command = new CommandDefinition(
            $"{Select} WHERE b.batch_id = @batchId",
            new { batchId },
            cancellationToken: cancellationToken
        );
        var ledger = await connection.QuerySingleOrDefaultAsync<LockedLedger>(command);
        if (ledger is null && await EnsureAsync(connection, batchId, cancellationToken))
            ledger = await connection.QuerySingleOrDefaultAsync<LockedLedger>(command);
        return ledger;
    }

    public static Task CommitAsync(DbConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition("COMMIT", cancellationToken: cancellationToken));

    public static Task RollBackAsync(DbConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition("ROLLBACK", cancellationToken: cancellationToken));

    /// <summary>Says what ledgers, locked together, hold now, and commits.</summary>
    public static async Task UpdateAndCommitAsync(
        DbConnection connection,
        IReadOnlyCollection<(LockedLedger Ledger, LedgerState State)> served,
        CancellationToken cancellationToken
    )
    {
        using var update = new RowWriter(
            "UPDATE (VALUES ",
            """
            ) AS served (batch_id, last_seq, ruined_seq, capped_seq, updated_at)
            STRAIGHT_JOIN ledgers l FORCE INDEX (PRIMARY) ON l.batch_id = served.batch_id
            SET l.last_seq = served.last_seq, l.ruined_seq = served.ruined_seq, l.capped_seq = served.capped_seq, l.updated_at = served.updated_at
            """,
            row: "ROW"
        );
        foreach (var (ledger, state) in served)
            update
                .Row()
                .Value(ledger.BatchId)
                .Value(state.Seq)
                .Value(state.RuinedSeq)
                .Value(state.CappedSeq)
                .Value(ledger.Now);
        await update.SendAsync(connection, cancellationToken);
        await CommitAsync(connection, cancellationToken);
    }

    /// <summary>While a build is due: tells it of changes from <paramref name="from"/> on.</summary>
    public static Task MarkDirtyAsync(
        DbConnection connection,
        LockedLedger ledger,
        DateTime from,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            new CommandDefinition(
                "UPDATE ledgers SET dirty_from = LEAST(COALESCE(dirty_from, @from), @from) WHERE batch_id = @BatchId",
                new { ledger.BatchId, from },
                cancellationToken: cancellationToken
            )
        );

    /// <summary>Has the ledger built again. What it serves stays until then.</summary>
    public static Task AskForBuildAsync(
        DbConnection connection,
        LockedLedger ledger,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            new CommandDefinition(
                "UPDATE ledgers SET settings_revision = 0, progress = 0, updated_at = @Now WHERE batch_id = @BatchId",
                new { ledger.BatchId, ledger.Now },
                cancellationToken: cancellationToken
            )
        );

    private static async Task<bool> EnsureAsync(
        DbConnection connection,
        long batchId,
        CancellationToken cancellationToken
    )
    {
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                INSERT INTO ledgers (batch_id, updated_at) SELECT batch_id, UTC_TIMESTAMP(3) FROM batches WHERE batch_id = @batchId
                ON DUPLICATE KEY UPDATE batch_id = ledgers.batch_id
                """,
                new { batchId },
                cancellationToken: cancellationToken
            )
        );
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                "SELECT EXISTS (SELECT * FROM batches WHERE batch_id = @batchId)",
                new { batchId },
                cancellationToken: cancellationToken
            )
        );
    }
}
