using System.Data.Common;
using PnlPipeline.Contracts;
using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>What one transaction on several ledgers led to.</summary>
/// <param name="Left">Batches whose ledgers it did not bring in line: held by somebody else, in need of a build, altered, or with a trade that is late in them.</param>
internal sealed record SharedPosting(IReadOnlyList<LedgerUpdated> Updated, IReadOnlyList<long> Left);

/// <summary>
/// Trades that belong at the end of several batches' ledgers, appended to all of them in one transaction: the trades are read once, the rows loaded
/// together, the disk waited for once. What is not that simple is left to <see cref="LedgerTransaction"/>, ledger by ledger.
/// </summary>
internal static class SharedAppend
{
    /// <param name="batches">What each batch has news of.</param>
    public static async Task<SharedPosting> PostAsync(
        DbConnection connection, IReadOnlyDictionary<long, IReadOnlyList<StreamHint>> batches, bool mayLoad, CancellationToken cancellationToken)
    {
        var held = await LedgerStore.LockFreeAsync(connection, batches.Keys, cancellationToken);
        var ready = held.Where(ledger => !ledger.NeedsBuild).ToList();
        var appended = ready.Count == 0 ? [] : await AppendAsync(connection, batches, ready, mayLoad, cancellationToken);
        var served = appended.Where(append => append.State.Seq > append.Ledger.LastSeq).ToList();
        if (served.Count > 0)
            await LedgerStore.UpdateAndCommitAsync(connection, served, cancellationToken);
        else
            await LedgerStore.RollBackAsync(connection, cancellationToken);

        LedgerMeters.Posted.Add(served.Sum(append => append.State.Seq - append.Ledger.LastSeq));
        return new SharedPosting(
            served.ConvertAll(append => new LedgerUpdated(append.Ledger.BatchId, append.Ledger.Generation, append.State.Seq)),
            [.. batches.Keys.Except(appended.Select(append => append.Ledger.BatchId))]);
    }

    /// <returns>The ledgers that now hold all of these trades, with their state after them.</returns>
    private static async Task<List<(HeldLedger Ledger, LedgerState State)>> AppendAsync(
        DbConnection connection,
        IReadOnlyDictionary<long, IReadOnlyList<StreamHint>> batches,
        List<HeldLedger> ledgers,
        bool mayLoad,
        CancellationToken cancellationToken)
    {
        var ends = await LedgerRows.ReadEndsAsync(connection, ledgers, cancellationToken);
        var hints = ledgers.SelectMany(ledger => batches[ledger.BatchId]).DistinctBy(hint => hint.StreamId).ToList();
        var shared = await CountedTrades.ReadSharedAsync(connection, ledgers, hints, cancellationToken);
        var appended = new List<(HeldLedger Ledger, LedgerState State)>(ledgers.Count);
        using var writer = new LedgerRows.Writer(connection, mayLoad && LedgerRows.Writer.IsWorthALoad((long)shared.Trades.Count * ledgers.Count));
        foreach (var ledger in ledgers)
        {
            // The last row, and none after it: whatever else stands there was altered by hand.
            var end = ends[ledger.BatchId].ToList();
            if (ledger.LastSeq == 0 ? end.Count > 0 : end is not [var only] || only.State.Seq != ledger.LastSeq)
                continue;
            var first = shared.FirstOf(ledger);
            if (end is [var last] && first is { } trade && LedgerPosition.Of(trade) <= LedgerPosition.Of(last))
                continue;

            var rows = ledger.Rows;
            var settings = ledger.Settings;
            var state = end is [var row] ? row.State : LedgerState.Start(settings);
            foreach (var index in shared.IndexesOf(ledger))
            {
                var next = CapitalLedger.Next(settings, state, shared.Trades[index]);
                state = next.State;
                writer.Add(rows, next, ledger.Now);
                if (writer.IsFull)
                    await writer.FlushAsync(cancellationToken);
            }

            appended.Add((ledger, state));
        }

        await writer.FlushAsync(cancellationToken);
        return appended;
    }
}
