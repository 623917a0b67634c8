using System.Data.Common;
using PnlPipeline.Contracts;
using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>What a transaction on several ledgers led to.</summary>
/// <param name="Left">Batches whose ledgers it did not bring in line: held by somebody else, in need of a build, altered, or with a trade that is late in them by far.</param>
internal sealed record SharedPosting(IReadOnlyList<LedgerUpdated> Updated, IReadOnlyList<long> Left);

/// <summary>
/// Trades that belong at or near the end of several batches' ledgers, put into all of them in one transaction, or a few: the trades are read once, the rows
/// loaded together, the disk waited for once. What is not that simple is left to <see cref="LedgerTransaction"/>, ledger by ledger.
/// </summary>
internal static class SharedAppend
{
    // Of many symbols bars close at one instant, and their alerts come in any order: near the end is where most of what is late belongs. First a
    // few rows back, then some more; further back is no matter of the end.
    private static readonly int[] TailRows = [1, 128, 2_048];

    private readonly record struct Terms(int MaxRewrittenRows, bool MayLoad);

    /// <summary>
    /// Posts in as many transactions side by side as there are parts: one computes while the server stores what another has sent. All of them hold their ledgers
    /// before the trades are read, once for all.
    /// </summary>
    /// <param name="parts">What each batch has news of, by the transactions that they go in.</param>
    public static async Task<SharedPosting> PostAsync(
        MySqlDatabase database,
        IReadOnlyList<IReadOnlyDictionary<long, IReadOnlyList<StreamHint>>> parts,
        int maxRewrittenRows,
        CancellationToken cancellationToken)
    {
        var terms = new Terms(maxRewrittenRows, await database.TakesBulkLoadsAsync(cancellationToken));
        var connections = new List<DbConnection>(parts.Count);
        try
        {
            foreach (var _ in parts)
                connections.Add(await database.OpenAsync(cancellationToken));
            var held = await Task.WhenAll(parts.Select(async (batches, i) =>
                (await LedgerStore.LockFreeAsync(connections[i], batches.Keys, cancellationToken)).FindAll(ledger => !ledger.NeedsBuild)));
            var ready = held.SelectMany(ledgers => ledgers).ToList();
            var shared = ready.Count == 0 ? null : await CountedTrades.ReadSharedAsync(
                connections[0],
                ready,
                ready.SelectMany(ledger => parts.First(batches => batches.ContainsKey(ledger.BatchId))[ledger.BatchId]).DistinctBy(hint => hint.StreamId).ToList(),
                cancellationToken);
            var postings = await Task.WhenAll(parts.Select((batches, i) => shared is null
                ? LeaveAsync(connections[i], batches.Keys, cancellationToken)
                : Task.Run(() => PostPartAsync(connections[i], batches.Keys, held[i], shared, terms, cancellationToken), cancellationToken)));
            return new SharedPosting(
                [.. postings.SelectMany(posting => posting.Updated)], [.. postings.SelectMany(posting => posting.Left)]);
        }
        finally
        {
            foreach (var connection in connections)
                await connection.DisposeAsync();
        }
    }

    private static async Task<SharedPosting> PostPartAsync(
        DbConnection connection,
        IEnumerable<long> batchIds,
        List<HeldLedger> ledgers,
        CountedTrades.SharedTrades shared,
        Terms terms,
        CancellationToken cancellationToken)
    {
        try
        {
            var posted = await WriteAsync(connection, ledgers, shared, terms, cancellationToken);
            var served = posted.Where(ledger => ledger.State.Seq > ledger.Ledger.LastSeq).ToList();
            if (served.Count > 0)
                await LedgerStore.UpdateAndCommitAsync(connection, served, cancellationToken);
            else
                await LedgerStore.RollBackAsync(connection, cancellationToken);

            LedgerMeters.Posted.Add(served.Sum(ledger => ledger.State.Seq - ledger.Ledger.LastSeq));
            return new SharedPosting(
                served.ConvertAll(ledger => new LedgerUpdated(ledger.Ledger.BatchId, ledger.Ledger.Generation, ledger.State.Seq)),
                [.. batchIds.Except(posted.Select(ledger => ledger.Ledger.BatchId))]);
        }
        catch (Exception fault) when (MySqlDatabase.IsTransient(fault) && !cancellationToken.IsCancellationRequested)
        {
            // The other parts may be committed, and are told of; these are tried again one by one, however long it takes.
            return new SharedPosting([], [.. batchIds]);
        }
    }

    private static async Task<SharedPosting> LeaveAsync(DbConnection connection, IEnumerable<long> batchIds, CancellationToken cancellationToken)
    {
        await LedgerStore.RollBackAsync(connection, cancellationToken);
        return new SharedPosting([], [.. batchIds]);
    }

    /// <returns>The ledgers that now hold all of these trades, with their state after them.</returns>
    private static async Task<List<(HeldLedger Ledger, LedgerState State)>> WriteAsync(
        DbConnection connection, List<HeldLedger> ledgers, CountedTrades.SharedTrades shared, Terms terms, CancellationToken cancellationToken)
    {
        var merges = await FindMergesAsync(connection, ledgers, shared, terms, cancellationToken);
        var rewritten = merges.FindAll(pair => pair.Merge.FromSeq <= pair.Ledger.LastSeq);
        if (rewritten.Count > 0)
        {
            await LedgerRows.DeleteAsync(connection, rewritten.Select(pair => (pair.Ledger.Rows, pair.Merge.FromSeq)), cancellationToken);
            LedgerMeters.Rewritten.Add(rewritten.Sum(pair => pair.Ledger.LastSeq - pair.Merge.FromSeq + 1));
        }

        var posted = new List<(HeldLedger Ledger, LedgerState State)>(merges.Count);
        await using var writer = new LedgerRows.Writer(connection, terms.MayLoad && LedgerRows.Writer.IsWorthALoad((long)shared.Trades.Count * merges.Count));
        foreach (var (ledger, merge) in merges)
        {
            var (rows, now) = (ledger.Rows, ledger.Now);
            var state = merge.Before;
            foreach (var row in merge.Rows())
            {
                state = row.State;
                if (state.Seq < merge.FromSeq)
                    continue;
                writer.Add(rows, row, now);
                if (writer.IsFull)
                    await writer.SendAsync(cancellationToken);
            }

            posted.Add((ledger, state));
        }

        await writer.FlushAsync(cancellationToken);
        return posted;
    }

    /// <summary>For each ledger where its trades belong. One that is not as it should be, or in which they belong further back, has none.</summary>
    private static async Task<List<(HeldLedger Ledger, TailMerge Merge)>> FindMergesAsync(
        DbConnection connection, List<HeldLedger> ledgers, CountedTrades.SharedTrades shared, Terms terms, CancellationToken cancellationToken)
    {
        var merges = new List<(HeldLedger Ledger, TailMerge Merge)>(ledgers.Count);
        var open = ledgers.ConvertAll(ledger => (Ledger: ledger, Trades: shared.IndexesOf(ledger)));
        foreach (var count in TailRows)
        {
            if (open.Count == 0 || (count > 1 && count > terms.MaxRewrittenRows))
                break;
            var tails = await LedgerRows.ReadTailsAsync(connection, open.ConvertAll(pair => pair.Ledger), count, cancellationToken);
            var further = new List<(HeldLedger Ledger, List<int> Trades)>();
            foreach (var (ledger, trades) in open)
            {
                var tail = tails[ledger.BatchId].ToList();
                // These rows, and none after them: whatever else stands there was altered by hand.
                if (tail.Count != Math.Min(count, ledger.LastSeq) || (tail.Count > 0 && tail[^1].State.Seq != ledger.LastSeq))
                    continue;
                var merge = new TailMerge(ledger.Settings, tail, shared.Trades, trades);
                if (merge.IsBehindTail)
                    further.Add((ledger, trades));
                else if (merge.HoldsWhatItShould())
                    merges.Add((ledger, merge));
            }

            open = further;
        }

        return merges;
    }
}
