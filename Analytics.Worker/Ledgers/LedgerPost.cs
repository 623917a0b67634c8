using System.Data.Common;
using PnlPipeline.Analytics.Worker.Outbox;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// The one way for trades into ledgers that are served: the ledgers of some batches, locked for one transaction, are
/// made what the trades say for the streams and times that there are changes to. The trades are read once, the rows
/// written together, the disk waited for once; appending is a merge at the end. While a build is due, the build is told
/// where to look again instead.
/// </summary>
internal sealed class LedgerPost : IAsyncDisposable
{
    // Of many symbols bars close at one instant, and their alerts come in any order: most of what is late belongs near
    // the end. A message that another group has overtaken is as late as that group is large. First a few rows back,
    // then some more.
    private static readonly int[] TailRows = [1, 64, 512, 2_048, 8_192];

    // So deep in few ledgers only: all of it is in memory, and written again.
    private const int MaxDeepTailRows = 50_000;

    // More would take too much memory: a stream with so many changes is compared by itself.
    private const int MaxTrades = 20_000;

    private readonly DbConnection _connection;
    private readonly IReadOnlyDictionary<long, IReadOnlyList<AffectedRange>> _updates;
    private readonly int _maxRewrittenRows;
    private readonly RuleSet _rules;
    private readonly bool _waits;
    private readonly List<(LockedLedger Ledger, List<LedgerRow> Tail)> _near = [];
    private readonly List<LockedLedger> _far = [];
    private readonly List<LockedLedger> _building = [];
    private readonly List<LockedLedger> _altered = [];
    private readonly List<long> _left = [];
    private long _rewrittenOfOne;

    private LedgerPost(
        DbConnection connection,
        IReadOnlyDictionary<long, IReadOnlyList<AffectedRange>> changes,
        int maxRewrittenRows,
        RuleSet rules,
        bool waits
    )
    {
        (_connection, _updates, _maxRewrittenRows, _rules, _waits) = (
            connection,
            changes,
            maxRewrittenRows,
            rules,
            waits
        );
    }

    /// <summary>
    /// Posts to several ledgers at once. Those that somebody else has locked, a build that is about to be served
    /// perhaps, and those with changes of long before their end are left.
    /// </summary>
    /// <param name="parts">
    /// What each batch has changes to, by the transactions that they go in side by side: one computes while the server
    /// stores what another has sent. All of them lock their ledgers before the trades are read, once for all.
    /// </param>
    public static Task<PostingResult> PostAsync(
        MySqlDatabase database,
        IReadOnlyList<IReadOnlyDictionary<long, IReadOnlyList<AffectedRange>>> parts,
        int maxRewrittenRows,
        RuleSet rules,
        CancellationToken cancellationToken
    ) => PostAsync(database, parts, maxRewrittenRows, rules, waits: false, cancellationToken);

    /// <summary>Posts to one ledger, however far from its end; waits for whoever has locked it.</summary>
    /// <returns>
    /// It is left where more rows would have to be looked at, or written, than are while it is locked.
    /// </returns>
    public static Task<PostingResult> PostAsync(
        MySqlDatabase database,
        long batchId,
        IReadOnlyList<AffectedRange> changes,
        int maxRewrittenRows,
        RuleSet rules,
        CancellationToken cancellationToken
    ) =>
        PostAsync(
            database,
            [new Dictionary<long, IReadOnlyList<AffectedRange>> { [batchId] = changes }],
            maxRewrittenRows,
            rules,
            waits: true,
            cancellationToken
        );

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task<PostingResult> PostAsync(
        MySqlDatabase database,
        IReadOnlyList<IReadOnlyDictionary<long, IReadOnlyList<AffectedRange>>> parts,
        int maxRewrittenRows,
        RuleSet rules,
        bool waits,
        CancellationToken cancellationToken
    )
    {
        var mayLoad = await database.TakesBulkLoadsAsync(cancellationToken);
        var posts = new List<LedgerPost>(parts.Count);
        try
        {
            foreach (var changes in parts)
                posts.Add(
                    new LedgerPost(await database.OpenAsync(cancellationToken), changes, maxRewrittenRows, rules, waits)
                );
            await Task.WhenAll(posts.Select(post => post.LockAsync(cancellationToken)));
            var trades = await ReadTradesAsync(
                posts,
                waits ? Math.Max(maxRewrittenRows, MaxTrades) : MaxTrades,
                cancellationToken
            );
            return PostingResult.Of(
                await Task.WhenAll(
                    posts.Select(post =>
                        Task.Run(() => post.PostAsync(trades, mayLoad, cancellationToken), cancellationToken)
                    )
                )
            );
        }
        finally
        {
            foreach (var post in posts)
                await post.DisposeAsync();
        }
    }

    /// <summary>
    /// Locks the ledgers, and reads the last rows of each back to where the changes begin, where that is not far.
    /// </summary>
    private async Task LockAsync(CancellationToken cancellationToken)
    {
        if (_waits)
        {
            // Of a batch that is gone nothing is left to do.
            if (await LedgerStore.LockAsync(_connection, _updates.Keys.Single(), cancellationToken) is { } only)
                (only.NeedsBuild ? _building : _far).Add(only);
            return;
        }

        var locked = await LedgerStore.LockFreeAsync(_connection, _updates.Keys, cancellationToken);
        _left.AddRange(_updates.Keys.Except(locked.Select(ledger => ledger.BatchId)));
        _building.AddRange(locked.Where(ledger => ledger.NeedsBuild));
        var open = locked.FindAll(ledger => !ledger.NeedsBuild);
        foreach (var count in TailRows)
        {
            if (
                open.Count == 0
                || (count > 1 && count > _maxRewrittenRows)
                || (count > 2_048 && (long)count * open.Count > MaxDeepTailRows)
            )
            {
                break;
            }

            var tails = await LedgerRows.ReadTailsAsync(_connection, open, count, cancellationToken);
            var further = new List<LockedLedger>();
            foreach (var ledger in open)
            {
                var tail = tails[ledger.BatchId].ToList();
                if (!IsEndOf(ledger, tail) || tail.Count != Math.Min(count, ledger.LastSeq))
                    _altered.Add(ledger);
                else if (TailMerge.Reaches(tail, FirstNews(ledger)))
                    _near.Add((ledger, tail));
                else
                    further.Add(ledger);
            }

            open = further;
        }

        _left.AddRange(open.Select(ledger => ledger.BatchId));
    }

    /// <summary>The trades that the locked ledgers have changes to; <c>null</c> where they are too many.</summary>
    private static async Task<CountedTrades.SharedTrades?> ReadTradesAsync(
        List<LedgerPost> posts,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var open = posts
            .SelectMany(
                post => post._near.Select(near => near.Ledger).Concat(post._far),
                (post, ledger) => (ledger, Changes: post._updates[ledger.BatchId])
            )
            .ToList();
        return open.Count == 0
            ? null
            : await CountedTrades.ReadSharedAsync(
                posts[0]._connection,
                open.ConvertAll(pair => pair.ledger),
                // Batches of several partitions have been told of other times of one stream.
                [
                    .. open.SelectMany(pair => pair.Changes)
                        .GroupBy(range => range.StreamId)
                        .Select(ranges => ranges.Aggregate(AffectedRange.Around)),
                ],
                limit,
                cancellationToken
            );
    }

    private async Task<PostingResult> PostAsync(
        CountedTrades.SharedTrades? trades,
        bool mayLoad,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var served = trades is null
                ? []
                : await WriteAsync(await MergeAsync(trades, cancellationToken), mayLoad, cancellationToken);
            if (trades is null)
                _left.AddRange(_near.Select(near => near.Ledger).Concat(_far).Select(ledger => ledger.BatchId));
            foreach (var ledger in _building)
                await LedgerStore.MarkDirtyAsync(_connection, ledger, FirstNews(ledger), cancellationToken);
            foreach (var ledger in _altered)
                await LedgerStore.AskForBuildAsync(_connection, ledger, cancellationToken);
            if (served.Count + _building.Count + _altered.Count > 0)
                await LedgerStore.UpdateAndCommitAsync(_connection, served, cancellationToken);
            else
                await LedgerStore.RollBackAsync(_connection, cancellationToken);

            LedgerMeters.Posted.Add(served.Sum(one => Math.Max(0, one.State.Seq - one.Ledger.LastSeq)));
            return new PostingResult(
                served.ConvertAll(one => new LedgerUpdated(one.Ledger.BatchId, one.Ledger.Generation, one.State.Seq)),
                _altered.ConvertAll(ledger => new BatchChanged(ledger.BatchId, ledger.BatchRevision))
            )
            {
                Left = _left,
                RewrittenOfOne = _rewrittenOfOne,
            };
        }
        catch (Exception fault)
            when (!_waits && MySqlDatabase.IsTransient(fault) && !cancellationToken.IsCancellationRequested)
        {
            // The other parts may be committed, and are announced; these are tried again one by one, however long it
            // takes.
            return PostingResult.Nothing with { Left = [.. _updates.Keys] };
        }
    }

    /// <summary>The merges that make another ledger of those that are locked.</summary>
    private async Task<List<(LockedLedger Ledger, TailMerge Merge)>> MergeAsync(
        CountedTrades.SharedTrades trades,
        CancellationToken cancellationToken
    )
    {
        var merges = new List<(LockedLedger Ledger, TailMerge Merge)>();
        foreach (var (ledger, tail) in _near)
        {
            var merge = Merge(ledger, tail, trades);
            if (Differs(merge, tail))
                merges.Add((ledger, merge));
        }

        foreach (var ledger in _far)
        {
            if (await MergeFarAsync(ledger, trades, cancellationToken) is { } merge)
                merges.Add((ledger, merge));
        }

        return merges;
    }

    /// <summary>
    /// Looks first only at the rows of the times that there are changes to: mostly an event that came again, and they
    /// are as they should be. The rest is read where they are not.
    /// </summary>
    /// <returns><c>null</c> where nothing is to be written here.</returns>
    private async Task<TailMerge?> MergeFarAsync(
        LockedLedger ledger,
        CountedTrades.SharedTrades trades,
        CancellationToken cancellationToken
    )
    {
        var last = _updates[ledger.BatchId].Max(hint => hint.To);
        var first = await ledger.Rows.FindFirstAsync(_connection, FirstNews(ledger), ledger.LastSeq, cancellationToken);
        var start = Math.Max(1, first - 1);
        var pages = new LedgerPages(_connection, ledger.Rows, start);
        var tail = new List<LedgerRow>();
        await ReadAsync(_maxRewrittenRows + 2L, () => tail is [.., var row] && row.ExitTime > last);
        if (tail.Count > _maxRewrittenRows + 1L)
            return Leave();
        if (!TailMerge.Reaches(tail, FirstNews(ledger)))
            return Alter();
        var merge = Merge(ledger, tail, trades);
        if (!Differs(merge, tail) && (tail.Count > 0 || ledger.LastSeq == 0))
            return null;
        if (ledger.LastSeq - merge.FromSeq + 1 > _maxRewrittenRows)
            return Leave();
        // One more than there should be: whatever else stands there was altered by hand.
        await ReadAsync(ledger.LastSeq - start + 2, () => false);
        return IsEndOf(ledger, tail) ? Merge(ledger, tail, trades) : Alter();

        async Task ReadAsync(long most, Func<bool> isEnough)
        {
            while (tail.Count < most && !isEnough() && await pages.NextAsync(cancellationToken) is { } row)
                tail.Add(row);
        }

        TailMerge? Leave()
        {
            _left.Add(ledger.BatchId);
            return null;
        }

        TailMerge? Alter()
        {
            _altered.Add(ledger);
            return null;
        }
    }

    private TailMerge Merge(LockedLedger ledger, IReadOnlyList<LedgerRow> tail, CountedTrades.SharedTrades trades)
    {
        var changes = _updates[ledger.BatchId].ToDictionary(range => range.StreamId);
        return new(ledger.Settings, tail, trades.Trades, trades.IndexesOf(ledger, changes), changes);
    }

    /// <returns>The ledgers as they are with these rows.</returns>
    private async Task<List<(LockedLedger Ledger, LedgerState State)>> WriteAsync(
        List<(LockedLedger Ledger, TailMerge Merge)> merges,
        bool mayLoad,
        CancellationToken cancellationToken
    )
    {
        var rewritten = merges.FindAll(pair => pair.Merge.FromSeq <= pair.Ledger.LastSeq);
        if (rewritten.Count > 0)
        {
            await LedgerRows.DeleteAsync(
                _connection,
                rewritten.Select(pair => (pair.Ledger.Rows, pair.Merge.FromSeq)),
                cancellationToken
            );
            var rows = rewritten.ConvertAll(pair => pair.Ledger.LastSeq - pair.Merge.FromSeq + 1);
            LedgerMeters.Rewritten.Add(rows.Sum());
            _rewrittenOfOne = rows.Max();
        }

        var written = new List<(LockedLedger Ledger, LedgerState State)>(merges.Count);
        var told = new List<(long BatchId, LedgerState Before, IReadOnlyList<LedgerRow> Rows)>();
        await using var writer = new LedgerRows.Writer(
            _connection,
            mayLoad && merges.Sum(pair => pair.Merge.LastSeq - pair.Merge.FromSeq + 1) >= RowWriter.MinRowsToLoad
        );
        foreach (var (ledger, merge) in merges)
        {
            var state = merge.Before;
            var (before, added) = (state, _rules.OfLedgers.Contains(ledger.BatchId) ? new List<LedgerRow>() : null);
            foreach (var row in merge.Rows())
            {
                state = row.State;
                if (state.Seq >= merge.FromSeq)
                    await writer.AddAsync(ledger.Rows, row, ledger.Now, cancellationToken);
                // Rows that stand in the place of others are history, told of when they were the last.
                if (state.Seq > ledger.LastSeq)
                    added?.Add(row);
                else
                    before = state;
            }

            if (added is { Count: > 0 })
                told.Add((ledger.BatchId, before, added));

            written.Add((ledger, state));
        }

        await writer.FlushAsync(cancellationToken);
        if (told.Count > 0)
            await OutboxWrites.WriteCrossingsAsync(_connection, _rules, told, merges[0].Ledger.Now, cancellationToken);
        return written;
    }

    private DateTime FirstNews(LockedLedger ledger) => _updates[ledger.BatchId].Min(hint => hint.From);

    // These rows, and none missing or after them, which only a change by hand leaves.
    private static bool IsEndOf(LockedLedger ledger, List<LedgerRow> tail) =>
        tail is [.., var last]
            ? last.State.Seq == ledger.LastSeq && last.State.Seq - tail[0].State.Seq + 1 == tail.Count
            : ledger.LastSeq == 0;

    private static bool Differs(TailMerge merge, List<LedgerRow> tail) =>
        merge.FromSeq <= Math.Max(merge.LastSeq, tail is [.., var last] ? last.State.Seq : 0);
}
