using System.Data.Common;
using System.Globalization;
using Dapper;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>A batch and its ledger as they stood when the ledger's row was locked, or read.</summary>
internal sealed class HeldLedger
{
    public long BatchId { get; init; }

    /// <summary>The batch's ETag.</summary>
    public long BatchRevision { get; init; }

    public long BatchSettingsRevision { get; init; }

    public decimal Capital { get; init; }

    public decimal AllocationPercentage { get; init; }

    public decimal FeePercentage { get; init; }

    public long Generation { get; init; }

    public long SettingsRevision { get; init; }

    public long LastSeq { get; init; }

    public long? RuinedSeq { get; init; }

    public long? CappedSeq { get; init; }

    /// <summary>UTC. Only while a build is due: the earliest exit that news came of since it began.</summary>
    public DateTime? DirtyFrom { get; init; }

    /// <summary>UTC.</summary>
    public DateTime? CheckedAt { get; init; }

    /// <summary>UTC: now, and later than any earlier write to this ledger, whatever the clock does.</summary>
    public DateTime Now { get; init; }

    /// <summary>What is served was made with other settings than the batch has now, or was found wanting.</summary>
    public bool NeedsBuild => SettingsRevision != BatchSettingsRevision;

    public LedgerSettings Settings => new(Capital, AllocationPercentage, FeePercentage);

    public LedgerRows Rows => new(BatchId, Generation, RuinedSeq, CappedSeq);
}

/// <summary>The statements on <c>ledgers</c>, whose row of a batch is the lock on everything that is served of it.</summary>
internal static class LedgerStore
{
    private const string Select =
        """
        SELECT b.batch_id, b.revision AS batch_revision, b.settings_revision AS batch_settings_revision,
               b.capital, b.allocation_percentage, b.fee_percentage,
               l.generation, l.settings_revision, l.last_seq, l.ruined_seq, l.capped_seq, l.dirty_from, l.checked_at,
               GREATEST(UTC_TIMESTAMP(3), l.updated_at + INTERVAL 1000 MICROSECOND) AS now
        FROM batches b JOIN ledgers l ON l.batch_id = b.batch_id
        """;

    /// <summary>
    /// The streams' hints by the batches that count such streams, in order of their ids; of a stream without a batch there is nothing.
    /// </summary>
    public static async Task<SortedDictionary<long, List<StreamHint>>> FindConcernedAsync(
        DbConnection connection,
        IReadOnlyDictionary<(string Symbol, string Timeframe), (DateTime From, DateTime To)> hints,
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
            $"""
             SELECT bs.batch_id, s.stream_id, s.symbol, s.timeframe
             FROM streams s JOIN batch_symbols bs ON bs.symbol = s.symbol
             WHERE (s.symbol, s.timeframe) IN ({string.Join(", ", streams)})
               AND (NOT EXISTS (SELECT * FROM batch_timeframes f WHERE f.batch_id = bs.batch_id)
                    OR EXISTS (SELECT * FROM batch_timeframes f WHERE f.batch_id = bs.batch_id AND f.timeframe = s.timeframe))
             """,
            parameters,
            cancellationToken: cancellationToken));
        var concerned = new SortedDictionary<long, List<StreamHint>>();
        foreach (var (batchId, streamId, symbol, timeframe) in rows)
        {
            if (!concerned.TryGetValue(batchId, out var streamHints))
                concerned.Add(batchId, streamHints = []);
            var (from, to) = hints[(symbol, timeframe)];
            streamHints.Add(new StreamHint(streamId, from, to));
        }

        return concerned;
    }

    /// <summary>
    /// Begins a transaction that holds the batch's ledger, and reads it with its last row. The batch's settings stay as they are until it ends.
    /// </summary>
    /// <returns><c>null</c> where the batch is gone; the transaction is then over.</returns>
    public static async Task<HeldLedger?> LockAsync(DbConnection connection, long batchId, CancellationToken cancellationToken)
    {
        for (var made = false; ; made = true)
        {
            // FOR SHARE: an edit of the batch waits, so that the rows are all of the settings read here.
            var ledger = await connection.QuerySingleOrDefaultAsync<HeldLedger>(new CommandDefinition(
                $"START TRANSACTION; {Select} WHERE b.batch_id = @batchId FOR UPDATE OF l FOR SHARE OF b",
                new { batchId },
                cancellationToken: cancellationToken));
            if (ledger is not null)
                return ledger;

            await RollBackAsync(connection, cancellationToken);
            if (made || !await EnsureAsync(connection, batchId, cancellationToken))
                return null;
        }
    }

    /// <summary>The ledger without its lock; <c>null</c> where the batch is gone.</summary>
    public static async Task<HeldLedger?> FindAsync(DbConnection connection, long batchId, CancellationToken cancellationToken)
    {
        var command = new CommandDefinition($"{Select} WHERE b.batch_id = @batchId", new { batchId }, cancellationToken: cancellationToken);
        var ledger = await connection.QuerySingleOrDefaultAsync<HeldLedger>(command);
        if (ledger is null && await EnsureAsync(connection, batchId, cancellationToken))
            ledger = await connection.QuerySingleOrDefaultAsync<HeldLedger>(command);
        return ledger;
    }

    public static Task CommitAsync(DbConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition("COMMIT", cancellationToken: cancellationToken));

    public static Task RollBackAsync(DbConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition("ROLLBACK", cancellationToken: cancellationToken));

    /// <summary>Says what the served generation holds now, and commits.</summary>
    public static Task UpdateAndCommitAsync(DbConnection connection, HeldLedger ledger, LedgerState state, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE ledgers SET last_seq = @Seq, ruined_seq = @RuinedSeq, capped_seq = @CappedSeq, updated_at = @Now WHERE batch_id = @BatchId;
            COMMIT
            """,
            new { ledger.BatchId, ledger.Now, state.Seq, state.RuinedSeq, state.CappedSeq },
            cancellationToken: cancellationToken));

    /// <summary>While a build is due: leaves word for it of news from <paramref name="from"/> on, and commits.</summary>
    public static Task MarkDirtyAndCommitAsync(DbConnection connection, HeldLedger ledger, DateTime from, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE ledgers SET dirty_from = LEAST(COALESCE(dirty_from, @from), @from) WHERE batch_id = @BatchId; COMMIT",
            new { ledger.BatchId, from },
            cancellationToken: cancellationToken));

    /// <summary>Has the ledger built anew, and commits. What it serves stays until then.</summary>
    public static Task AskForBuildAndCommitAsync(DbConnection connection, HeldLedger ledger, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE ledgers SET settings_revision = 0, progress = 0, updated_at = @Now WHERE batch_id = @BatchId; COMMIT",
            new { ledger.BatchId, ledger.Now },
            cancellationToken: cancellationToken));

    private static async Task<bool> EnsureAsync(DbConnection connection, long batchId, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO ledgers (batch_id, updated_at) SELECT batch_id, UTC_TIMESTAMP(3) FROM batches WHERE batch_id = @batchId
            ON DUPLICATE KEY UPDATE batch_id = ledgers.batch_id
            """,
            new { batchId },
            cancellationToken: cancellationToken));
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT * FROM batches WHERE batch_id = @batchId)", new { batchId }, cancellationToken: cancellationToken));
    }
}
