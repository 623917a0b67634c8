using System.Data.Common;
using PnlPipeline.Contracts;
using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>What transactions on several ledgers led to.</summary>
/// <param name="Left">Batches whose ledgers they did not bring in line: held by somebody else, in need of a build, altered, or with news of long before their end.</param>
internal sealed record SharedPosting(IReadOnlyList<LedgerUpdated> Updated, IReadOnlyList<long> Left);

/// <summary>
/// News that concern the end of several batches' ledgers, or what is near it, posted to all of them in one transaction, or a few side by side: the trades are
/// read once, the rows loaded together, the disk waited for once. What is not that simple is left to <see cref="LedgerTransaction"/>, ledger by ledger.
/// </summary>
internal sealed class SharedPost
{
    // Of many symbols bars close at one instant, and their alerts come in any order: most of what is late belongs near the end. A message that another group
    // has overtaken is as late as that group is large. First a few rows back, then some more; further back is no matter of the end.
    private static readonly int[] TailRows = [1, 64, 512, 2_048, 8_192];

    // So deep in few ledgers only: all of it is in memory, and written anew.
    private const int MaxDeepTailRows = 50_000;

    // More would take too much memory: a stream with that much news is compared by itself.
    private const int MaxTrades = 20_000;

    private readonly DbConnection _connection;
    private readonly IReadOnlyDictionary<long, IReadOnlyList<StreamHint>> _batches;
    private readonly int _maxRewrittenRows;
    private readonly List<(HeldLedger Ledger, List<LedgerRow> Tail)> _ledgers = [];

    private SharedPost(DbConnection connection, IReadOnlyDictionary<long, IReadOnlyList<StreamHint>> batches, int maxRewrittenRows)
    {
        _connection = connection;
        _batches = batches;
        _maxRewrittenRows = maxRewrittenRows;
    }

    /// <param name="parts">
    /// What each batch has news of, by the transactions that they go in side by side: one computes while the server stores what another has sent. All of them
    /// hold their ledgers before the trades are read, once for all.
    /// </param>
    public static async Task<SharedPosting> PostAsync(
        MySqlDatabase database,
        IReadOnlyList<IReadOnlyDictionary<long, IReadOnlyList<StreamHint>>> parts,
        int maxRewrittenRows,
        CancellationToken cancellationToken)
    {
        var mayLoad = await database.TakesBulkLoadsAsync(cancellationToken);
        var posts = new List<SharedPost>(parts.Count);
        try
        {
            foreach (var batches in parts)
                posts.Add(new SharedPost(await database.OpenAsync(cancellationToken), batches, maxRewrittenRows));
            await Task.WhenAll(posts.Select(post => post.HoldAsync(cancellationToken)));
            var shared = await ReadTradesAsync(posts, cancellationToken);
            var postings = await Task.WhenAll(posts.Select(post => Task.Run(() => post.PostAsync(shared, mayLoad, cancellationToken), cancellationToken)));
            return new SharedPosting([.. postings.SelectMany(posting => posting.Updated)], [.. postings.SelectMany(posting => posting.Left)]);
        }
        finally
        {
            foreach (var post in posts)
                await post._connection.DisposeAsync();
        }
    }

    /// <summary>Holds the ledgers that can be posted to, each with its last rows back to where the news begin.</summary>
    private async Task HoldAsync(CancellationToken cancellationToken)
    {
        var held = await LedgerStore.LockFreeAsync(_connection, _batches.Keys, cancellationToken);
        var open = held.FindAll(ledger => !ledger.NeedsBuild);
        foreach (var count in TailRows)
        {
            if (open.Count == 0 || (count > 1 && count > _maxRewrittenRows) || (count > 2_048 && (long)count * open.Count > MaxDeepTailRows))
                break;
            var tails = await LedgerRows.ReadTailsAsync(_connection, open, count, cancellationToken);
            var further = new List<HeldLedger>();
            foreach (var ledger in open)
            {
                // These rows, and none after them: whatever else stands there was altered by hand.
                var tail = tails[ledger.BatchId].ToList();
                if (tail.Count != Math.Min(count, ledger.LastSeq) || (tail.Count > 0 && tail[^1].State.Seq != ledger.LastSeq))
                    continue;
                if (TailMerge.Reaches(tail, _batches[ledger.BatchId].Min(hint => hint.From)))
                    _ledgers.Add((ledger, tail));
                else
                    further.Add(ledger);
            }

            open = further;
        }
    }

    /// <summary>The trades that the held ledgers have news of; <c>null</c> where they are none, or too many.</summary>
    private static async Task<CountedTrades.SharedTrades?> ReadTradesAsync(List<SharedPost> posts, CancellationToken cancellationToken)
    {
        var ledgers = posts.SelectMany(post => post._ledgers, (post, held) => (Hints: post._batches[held.Ledger.BatchId], held.Ledger)).ToList();
        if (ledgers.Count == 0)
            return null;
        var hints = ledgers.SelectMany(ledger => ledger.Hints).DistinctBy(hint => hint.StreamId).ToList();
        return await CountedTrades.ReadSharedAsync(posts[0]._connection, ledgers.ConvertAll(pair => pair.Ledger), hints, MaxTrades, cancellationToken);
    }

    private async Task<SharedPosting> PostAsync(CountedTrades.SharedTrades? shared, bool mayLoad, CancellationToken cancellationToken)
    {
        try
        {
            var posted = shared is null ? [] : await WriteAsync(shared, mayLoad, cancellationToken);
            var served = posted.FindAll(post => post.IsChanged);
            if (served.Count > 0)
                await LedgerStore.UpdateAndCommitAsync(_connection, served.ConvertAll(post => (post.Ledger, post.State)), cancellationToken);
            else
                await LedgerStore.RollBackAsync(_connection, cancellationToken);

            LedgerMeters.Posted.Add(served.Sum(post => Math.Max(0, post.State.Seq - post.Ledger.LastSeq)));
            return new SharedPosting(
                served.ConvertAll(post => new LedgerUpdated(post.Ledger.BatchId, post.Ledger.Generation, post.State.Seq)),
                [.. _batches.Keys.Except(posted.Select(post => post.Ledger.BatchId))]);
        }
        catch (Exception fault) when (MySqlDatabase.IsTransient(fault) && !cancellationToken.IsCancellationRequested)
        {
            // The other parts may be committed, and are told of; these are tried again one by one, however long it takes.
            return new SharedPosting([], [.. _batches.Keys]);
        }
    }

    /// <returns>The ledgers as they are with these trades, and whether they were otherwise before.</returns>
    private async Task<List<(HeldLedger Ledger, LedgerState State, bool IsChanged)>> WriteAsync(
        CountedTrades.SharedTrades shared, bool mayLoad, CancellationToken cancellationToken)
    {
        var merges = _ledgers.ConvertAll(held => (held.Ledger, Merge: new TailMerge(
            held.Ledger.Settings,
            held.Tail,
            shared.Trades,
            shared.IndexesOf(held.Ledger),
            _batches[held.Ledger.BatchId].ToDictionary(hint => hint.StreamId))));
        var rewritten = merges.FindAll(pair => pair.Merge.FromSeq <= pair.Ledger.LastSeq);
        if (rewritten.Count > 0)
        {
            await LedgerRows.DeleteAsync(_connection, rewritten.Select(pair => (pair.Ledger.Rows, pair.Merge.FromSeq)), cancellationToken);
            LedgerMeters.Rewritten.Add(rewritten.Sum(pair => pair.Ledger.LastSeq - pair.Merge.FromSeq + 1));
        }

        var posted = new List<(HeldLedger Ledger, LedgerState State, bool IsChanged)>(merges.Count);
        await using var writer = new LedgerRows.Writer(_connection, mayLoad && LedgerRows.Writer.IsWorthALoad(merges.Sum(pair => pair.Merge.LastSeq - pair.Merge.FromSeq + 1)));
        foreach (var (ledger, merge) in merges)
        {
            var state = await writer.AddAsync(ledger, merge, cancellationToken);
            posted.Add((ledger, state, merge.FromSeq <= Math.Max(merge.LastSeq, ledger.LastSeq)));
        }

        await writer.FlushAsync(cancellationToken);
        return posted;
    }
}
