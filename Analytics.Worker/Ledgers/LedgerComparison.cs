using System.Data.Common;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Outbox;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// Compares every row of a ledger from a time on with what the trades say, and writes them from the first that differs.
/// </summary>
public sealed class LedgerComparison(
    MySqlDatabase database,
    CountedTrades trades,
    IOptions<LedgerOptions> options,
    NotificationRules? rules = null
)
{
    private readonly int _maxRewrittenRows = options.Value.MaxRewrittenRows;

    /// <summary>
    /// Makes a ledger from a time on what the trades say. Where that takes too many rows, it is built again.
    /// </summary>
    public async Task<PostingResult> RepairAsync(long batchId, DateTime from, CancellationToken cancellationToken) =>
        await RewriteAsync(batchId, from, isTooLongABuild: false, cancellationToken)
        ?? await RepairLongAsync(batchId, from, cancellationToken);

    /// <summary>
    /// The same of so many rows that they are first compared without locking the ledger. What was right stays right:
    /// changes that comes meanwhile brings its own event.
    /// </summary>
    public async Task<PostingResult> RepairLongAsync(long batchId, DateTime from, CancellationToken cancellationToken)
    {
        var difference = await FindDifferenceAsync(batchId, from, cancellationToken);
        return (
                difference is null
                    ? null
                    : await RewriteAsync(batchId, difference.From, isTooLongABuild: true, cancellationToken)
            ) ?? PostingResult.Nothing;
    }

    /// <summary>
    /// The first row served, of those from a time on, that is not what the trades say. Nothing is locked: a row or a
    /// trade written meanwhile may show as a difference.
    /// </summary>
    internal async Task<Difference?> FindDifferenceAsync(
        long batchId,
        DateTime from,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (await LedgerStore.FindAsync(connection, batchId, cancellationToken) is not { NeedsBuild: false } ledger)
            return null;

        var first = await ledger.Rows.FindFirstAsync(connection, from, ledger.LastSeq, cancellationToken);
        if (await ledger.Rows.StateBeforeAsync(connection, first, ledger.Settings, cancellationToken) is not { } state)
            return new Difference(first - 1, from, null, null);

        var result = await LedgerSync.CompareAsync(
            connection,
            ledger.Rows,
            ledger.Settings,
            state,
            LongWait.Through(trades.StreamAsync(ledger, from, cancellationToken), connection.SayAsync),
            cancellationToken
        );
        if (result.Difference is not null || result.State.Seq == ledger.LastSeq)
            return result.Difference;

        // Every row is right, and the ledger's own row counts them otherwise.
        var last = await ledger.Rows.FindAsync(connection, result.State.Seq, cancellationToken);
        return new Difference(ledger.LastSeq, last?.ExitTime ?? from, null, null);
    }

    /// <returns>
    /// <c>null</c> where the rows are too many to be compared while the ledger is locked, and that does not mean a
    /// build.
    /// </returns>
    private async Task<PostingResult?> RewriteAsync(
        long batchId,
        DateTime from,
        bool isTooLongABuild,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var mayLoad = await database.TakesBulkLoadsAsync(cancellationToken);
        if (await LedgerStore.LockAsync(connection, batchId, cancellationToken) is not { } ledger)
            return PostingResult.Nothing;
        if (ledger.NeedsBuild)
        {
            await LedgerStore.MarkDirtyAsync(connection, ledger, from, cancellationToken);
            await LedgerStore.CommitAsync(connection, cancellationToken);
            return PostingResult.Nothing;
        }

        var first = await ledger.Rows.FindFirstAsync(connection, from, ledger.LastSeq, cancellationToken);
        if (await ledger.Rows.StateBeforeAsync(connection, first, ledger.Settings, cancellationToken) is not { } state)
            return await AskForBuildAsync(connection, ledger, cancellationToken);
        if (ledger.LastSeq - state.Seq > _maxRewrittenRows)
        {
            if (isTooLongABuild)
                return await AskForBuildAsync(connection, ledger, cancellationToken);
            await LedgerStore.RollBackAsync(connection, cancellationToken);
            return null;
        }

        var read = await CountedTrades.ReadAsync(connection, ledger, from, _maxRewrittenRows + 1, cancellationToken);
        if (read.Count > _maxRewrittenRows)
            return await AskForBuildAsync(connection, ledger, cancellationToken);

        var current = rules is null ? RuleSet.None : await rules.CurrentAsync(cancellationToken);
        var before = current.OfLedgers.Contains(batchId)
            ? await ServedBefore.OfRepairAsync(connection, ledger, cancellationToken)
            : null;
        var result = await LedgerSync.RewriteAsync(
            connection,
            ledger.Rows,
            ledger.Settings,
            state,
            CountedTrades.Slice(read),
            ledger.Now,
            mayLoad,
            cancellationToken
        );
        if (
            result.Difference is null
            && (result.State.Seq, result.State.RuinedSeq, result.State.CappedSeq)
                == (ledger.LastSeq, ledger.RuinedSeq, ledger.CappedSeq)
        )
        {
            await LedgerStore.RollBackAsync(connection, cancellationToken);
            return PostingResult.Nothing;
        }

        if (before is not null)
            await before.NotifyAsync(
                connection,
                current,
                ledger.Rows with
                {
                    RuinedSeq = result.State.RuinedSeq,
                    CappedSeq = result.State.CappedSeq,
                },
                result.State,
                cancellationToken
            );
        await LedgerStore.UpdateAndCommitAsync(connection, [(ledger, result.State)], cancellationToken);
        var posted = Math.Max(0, result.State.Seq - ledger.LastSeq);
        LedgerMeters.Posted.Add(posted);
        LedgerMeters.Rewritten.Add(Math.Max(0, result.Written - posted));
        return new PostingResult([new LedgerUpdated(ledger.BatchId, ledger.Generation, result.State.Seq)], []);
    }

    private static async Task<PostingResult> AskForBuildAsync(
        DbConnection connection,
        LockedLedger ledger,
        CancellationToken cancellationToken
    )
    {
        await LedgerStore.AskForBuildAsync(connection, ledger, cancellationToken);
        await LedgerStore.CommitAsync(connection, cancellationToken);
        return new PostingResult([], [new BatchChanged(ledger.BatchId, ledger.BatchRevision)]);
    }
}
