using System.Data.Common;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>What one transaction on a ledger led to.</summary>
/// <param name="Updated">The ledger serves other rows than before.</param>
/// <param name="BuildDue">It must be built anew.</param>
/// <param name="IsTooLong">Nothing was done: there are too many rows from the time in question on to compare them while the ledger is held.</param>
internal readonly record struct Posting(LedgerUpdated? Updated = null, BatchChanged? BuildDue = null, bool IsTooLong = false);

/// <summary>
/// One batch's ledger, held for one transaction: what is served of it is brought in line with the trades as they are now. While a build is due,
/// nothing is: the build is left word of where to look again.
/// </summary>
internal sealed class LedgerTransaction
{
    private readonly DbConnection _connection;
    private readonly HeldLedger _ledger;
    private readonly int _maxRewrittenRows;
    private readonly bool _mayLoad;

    private LedgerTransaction(DbConnection connection, HeldLedger ledger, int maxRewrittenRows, bool mayLoad)
    {
        _connection = connection;
        _ledger = ledger;
        _maxRewrittenRows = maxRewrittenRows;
        _mayLoad = mayLoad;
    }

    /// <summary>Posts the trades that closed within <paramref name="streams"/>: appended where they all belong at the end.</summary>
    public static async Task<Posting> PostAsync(
        DbConnection connection,
        long batchId,
        IReadOnlyCollection<StreamHint> streams,
        int maxRewrittenRows,
        bool mayLoad,
        CancellationToken cancellationToken)
    {
        if (await LedgerStore.LockAsync(connection, batchId, cancellationToken) is not { } ledger)
            return default;
        var transaction = new LedgerTransaction(connection, ledger, maxRewrittenRows, mayLoad);
        return ledger.NeedsBuild
            ? await transaction.LeaveWordAsync(streams.Min(stream => stream.From), cancellationToken)
            : await transaction.PostAsync(streams, cancellationToken);
    }

    /// <summary>Compares the rows with the trades from a time on, and writes them from the first that differs.</summary>
    /// <param name="isTooLongABuild">Whether a ledger too long to be compared is to be built anew.</param>
    public static async Task<Posting> CompareAsync(
        DbConnection connection,
        long batchId,
        DateTime from,
        bool isTooLongABuild,
        int maxRewrittenRows,
        bool mayLoad,
        CancellationToken cancellationToken)
    {
        if (await LedgerStore.LockAsync(connection, batchId, cancellationToken) is not { } ledger)
            return default;
        var transaction = new LedgerTransaction(connection, ledger, maxRewrittenRows, mayLoad);
        if (ledger.NeedsBuild)
            return await transaction.LeaveWordAsync(from, cancellationToken);
        var posting = await transaction.CompareAsync(from, cancellationToken);
        return posting.IsTooLong && isTooLongABuild ? await transaction.AskForBuildAsync(cancellationToken) : posting;
    }

    private async Task<Posting> PostAsync(IReadOnlyCollection<StreamHint> streams, CancellationToken cancellationToken)
    {
        // The last row, and none after it: whatever else stands there was altered by hand, and nothing can be added to it.
        var end = await _ledger.Rows.ReadAsync(_connection, Math.Max(1, _ledger.LastSeq), 2, cancellationToken);
        if (_ledger.LastSeq == 0 ? end is not [] : end is not [var only] || only.State.Seq != _ledger.LastSeq)
            return await AskForBuildAsync(cancellationToken);

        var closed = await CountedTrades.ReadAsync(_connection, _ledger, streams, cancellationToken);
        var last = end is [var row] ? row : (LedgerRow?)null;
        var late = last is { } behind
            ? closed.TakeWhile(trade => LedgerPosition.Of(trade) <= LedgerPosition.Of(behind)).ToList()
            : [];
        if (await FindMissingAsync(late, cancellationToken) is { } from)
            return await MergeAsync(from, closed, streams, cancellationToken);

        var added = closed.Skip(late.Count).ToList();
        if (added.Count > 0)
            return await AppendAsync(last?.State ?? LedgerState.Start(_ledger.Settings), added, cancellationToken);
        await LedgerStore.RollBackAsync(_connection, cancellationToken);
        return default;
    }

    private async Task<Posting> AppendAsync(LedgerState state, List<CountedTrade> added, CancellationToken cancellationToken)
    {
        var rows = new List<LedgerRow>(added.Count);
        foreach (var trade in added)
        {
            rows.Add(CapitalLedger.Next(_ledger.Settings, state, trade));
            state = rows[^1].State;
        }

        await _ledger.Rows.AddAsync(_connection, rows, _ledger.Now, _mayLoad, cancellationToken);
        return await ServeAsync(state, rows.Count, cancellationToken);
    }

    /// <summary>
    /// Puts trades among the rows, where all that closed before a time are held. Only these, and not whatever else is stored by now: a ledger that ran ahead of
    /// the events would have to be searched for what each of them says.
    /// </summary>
    private async Task<Posting> MergeAsync(
        DateTime from, List<CountedTrade> closed, IReadOnlyCollection<StreamHint> streams, CancellationToken cancellationToken)
    {
        var first = await _ledger.Rows.FindFirstAsync(_connection, from, _ledger.LastSeq, cancellationToken);
        var start = Math.Max(1, first - 1);
        var count = _ledger.LastSeq - start + 1;
        if (count > _maxRewrittenRows)
        {
            await LedgerStore.RollBackAsync(_connection, cancellationToken);
            return new Posting(IsTooLong: true);
        }

        var tail = await _ledger.Rows.ReadAsync(_connection, start, (int)count, cancellationToken);
        if (tail.Count != count || !TailMerge.Reaches(tail, from))
            return await AskForBuildAsync(cancellationToken);

        var merge = new TailMerge(
            _ledger.Settings,
            tail,
            closed,
            [.. Enumerable.Range(0, closed.Count).Where(index => closed[index].ExitTime >= from)],
            streams.Where(stream => stream.To >= from).ToDictionary(stream => stream.StreamId, stream => stream with { From = stream.From > from ? stream.From : from }));
        await _ledger.Rows.DeleteAsync(_connection, merge.FromSeq, cancellationToken);
        var written = merge.LastSeq - merge.FromSeq + 1;
        await using var writer = new LedgerRows.Writer(_connection, _mayLoad && LedgerRows.Writer.IsWorthALoad(written));
        var state = await writer.AddAsync(_ledger, merge, cancellationToken);
        await writer.FlushAsync(cancellationToken);
        return await ServeAsync(state, written, cancellationToken);
    }

    private async Task<Posting> CompareAsync(DateTime from, CancellationToken cancellationToken)
    {
        var first = await _ledger.Rows.FindFirstAsync(_connection, from, _ledger.LastSeq, cancellationToken);
        var before = await _ledger.Rows.StateBeforeAsync(_connection, first, _ledger.Settings, cancellationToken);
        if (before is not { } state)
            return await AskForBuildAsync(cancellationToken);

        if (_ledger.LastSeq - state.Seq > _maxRewrittenRows)
        {
            await LedgerStore.RollBackAsync(_connection, cancellationToken);
            return new Posting(IsTooLong: true);
        }

        var trades = await CountedTrades.ReadAsync(_connection, _ledger, from, _maxRewrittenRows + 1, cancellationToken);
        if (trades.Count > _maxRewrittenRows)
            return await AskForBuildAsync(cancellationToken);

        var result = await LedgerSync.RewriteAsync(
            _connection, _ledger.Rows, _ledger.Settings, state, CountedTrades.Slice(trades), _ledger.Now, _mayLoad, cancellationToken);
        var isSame = result.Difference is null
            && (result.State.Seq, result.State.RuinedSeq, result.State.CappedSeq) == (_ledger.LastSeq, _ledger.RuinedSeq, _ledger.CappedSeq);
        if (!isSame)
            return await ServeAsync(result.State, result.Written, cancellationToken);
        await LedgerStore.RollBackAsync(_connection, cancellationToken);
        return default;
    }

    /// <summary>The exit of the first of these trades that is not held as it is; <c>null</c> where all are.</summary>
    private async Task<DateTime?> FindMissingAsync(List<CountedTrade> late, CancellationToken cancellationToken)
    {
        if (late.Count == 0)
            return null;

        var first = await _ledger.Rows.FindFirstAsync(_connection, late[0].ExitTime, _ledger.LastSeq, cancellationToken);
        var pages = new LedgerPages(_connection, _ledger.Rows, first);
        var found = 0;
        for (var read = 0; found < late.Count && read <= _maxRewrittenRows; read++)
        {
            if (await pages.NextAsync(cancellationToken) is not { } row || LedgerPosition.Of(row) > LedgerPosition.Of(late[found]))
                return late[found].ExitTime;
            if (LedgerPosition.Of(row) < LedgerPosition.Of(late[found]))
                continue;
            if (!CapitalLedger.IsOf(row, late[found], _ledger.Settings))
                return late[found].ExitTime;
            found++;
        }

        return found < late.Count ? late[found].ExitTime : null;
    }

    private async Task<Posting> ServeAsync(LedgerState state, long written, CancellationToken cancellationToken)
    {
        await LedgerStore.UpdateAndCommitAsync(_connection, _ledger, state, cancellationToken);
        var posted = Math.Max(0, state.Seq - _ledger.LastSeq);
        LedgerMeters.Posted.Add(posted);
        LedgerMeters.Rewritten.Add(Math.Max(0, written - posted));
        return new Posting(Updated: new LedgerUpdated(_ledger.BatchId, _ledger.Generation, state.Seq));
    }

    private async Task<Posting> LeaveWordAsync(DateTime from, CancellationToken cancellationToken)
    {
        await LedgerStore.MarkDirtyAndCommitAsync(_connection, _ledger, from, cancellationToken);
        return default;
    }

    private async Task<Posting> AskForBuildAsync(CancellationToken cancellationToken)
    {
        await LedgerStore.AskForBuildAndCommitAsync(_connection, _ledger, cancellationToken);
        return new Posting(BuildDue: new BatchChanged(_ledger.BatchId, _ledger.BatchRevision));
    }
}
