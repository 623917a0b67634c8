using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;
using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>What posting led to, for the bus to tell.</summary>
/// <param name="Updated">Ledgers that now serve other rows than before.</param>
/// <param name="BuildsDue">Batches whose ledger must be built anew.</param>
public sealed record PostingResult(IReadOnlyList<LedgerUpdated> Updated, IReadOnlyList<BatchChanged> BuildsDue)
{
    public static readonly PostingResult Nothing = new([], []);
}

/// <summary>
/// Brings the ledgers served in line with the trades. Events only say where to look: what is written is what the trades say under the ledger's
/// lock, so that an event may come twice, late, out of order, or on two replicas at once.
/// </summary>
public sealed partial class LedgerPoster(
    MySqlDatabase database, CountedTrades trades, IOptions<LedgerOptions> options, ILogger<LedgerPoster> log)
{
    // More in one transaction would hold too many ledgers, or one for too long.
    private const int MaxSharedLedgers = 64;
    private const int MaxSharedRows = 100_000;
    private const int RowsInOneTransaction = 2_000;

    private readonly LedgerOptions _options = options.Value;

    /// <summary>Trades that closed, in the ledgers of every batch they count in.</summary>
    public Task<PostingResult> PostAsync(IReadOnlyCollection<TradeClosed> closed, CancellationToken cancellationToken) =>
        PostAsync(closed, [], cancellationToken);

    /// <summary>Streams whose history was derived again, in the ledgers of every batch that counts them.</summary>
    public Task<PostingResult> PostAsync(IReadOnlyCollection<StreamRevised> revised, CancellationToken cancellationToken) =>
        PostAsync([], revised, cancellationToken);

    /// <summary>Both together.</summary>
    public async Task<PostingResult> PostAsync(
        IReadOnlyCollection<TradeClosed> closed, IReadOnlyCollection<StreamRevised> revised, CancellationToken cancellationToken)
    {
        var concerned = await FindConcernedAsync(Hints(closed, revised), cancellationToken);
        var postings = new ConcurrentBag<Posting>();
        var left = new List<long>();
        foreach (var batchIds in Share(concerned.Keys, closed.Count + revised.Count))
        {
            var posting = await PostToAllAsync(batchIds.ConvertAll(part => part.ToDictionary(batchId => batchId, batchId => concerned[batchId])), cancellationToken);
            foreach (var updated in posting.Updated)
                postings.Add(new Posting(Updated: updated));
            left.AddRange(posting.Left);
        }

        await InLanesAsync(
            left.Order(),
            async (batchId, lane) => postings.Add(concerned[batchId].Any(stream => stream.IsRevised)
                ? await CompareAsync(batchId, concerned[batchId].Min(stream => stream.From), lane)
                : await PostToAsync(batchId, concerned[batchId], lane)),
            cancellationToken);
        return Gather(postings);
    }

    // Of each stream the times that any of the events speak of.
    private static Dictionary<(string Symbol, string Timeframe), StreamHint> Hints(
        IReadOnlyCollection<TradeClosed> closed, IReadOnlyCollection<StreamRevised> revised)
    {
        var hints = new Dictionary<(string Symbol, string Timeframe), StreamHint>();
        foreach (var trade in closed)
            Add(trade.Symbol, trade.Timeframe, new StreamHint(0, trade.ExitTime, trade.ExitTime));
        foreach (var stream in revised)
            Add(stream.Symbol, stream.Timeframe, new StreamHint(0, stream.From, stream.To ?? DateTime.MaxValue, IsRevised: true));
        return hints;

        void Add(string symbol, string timeframe, StreamHint hint) => hints[(symbol, timeframe)] = hints.TryGetValue((symbol, timeframe), out var so)
            ? new StreamHint(
                0, so.From < hint.From ? so.From : hint.From, so.To > hint.To ? so.To : hint.To, so.IsRevised || hint.IsRevised)
            : hint;
    }

    /// <summary>Compares one batch's ledger with the trades from a time on, and writes it from the first row that differs.</summary>
    public async Task<PostingResult> MendAsync(long batchId, DateTime from, CancellationToken cancellationToken) =>
        Gather([await CompareAsync(batchId, from, cancellationToken)]);

    private async Task<IReadOnlyDictionary<long, IReadOnlyList<StreamHint>>> FindConcernedAsync(
        Dictionary<(string Symbol, string Timeframe), StreamHint> hints, CancellationToken cancellationToken) =>
        hints.Count == 0
            ? new Dictionary<long, IReadOnlyList<StreamHint>>()
            : await RetryAsync(
                async attempt =>
                {
                    await using var connection = await database.OpenAsync(attempt);
                    return await CountedTrades.FindConcernedAsync(connection, hints, attempt);
                },
                cancellationToken);

    private Task InLanesAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, ValueTask> work, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            items, new ParallelOptions { MaxDegreeOfParallelism = _options.Lanes, CancellationToken = cancellationToken }, work);

    /// <summary>
    /// The batches by the transactions they share, and those by what goes side by side. Few rows go in one transaction, which waits for the disk once; of many,
    /// each lane takes its share.
    /// </summary>
    private IEnumerable<List<long[]>> Share(IEnumerable<long> batchIds, int trades)
    {
        var most = Math.Clamp(MaxSharedRows / Math.Max(1, trades), 1, MaxSharedLedgers);
        foreach (var ids in batchIds.Order().Chunk(most))
        {
            var isOne = (long)trades * ids.Length <= RowsInOneTransaction;
            yield return [.. ids.Chunk(isOne ? ids.Length : (ids.Length + _options.Lanes - 1) / _options.Lanes)];
        }
    }

    private Task<SharedPosting> PostToAllAsync(
        IReadOnlyList<IReadOnlyDictionary<long, IReadOnlyList<StreamHint>>> parts, CancellationToken cancellationToken) =>
        RetryAsync(attempt => SharedPost.PostAsync(database, parts, _options.MaxRewrittenRows, attempt), cancellationToken);

    private async Task<Posting> PostToAsync(long batchId, IReadOnlyList<StreamHint> streams, CancellationToken cancellationToken)
    {
        var posting = await RetryAsync(
            async attempt =>
            {
                await using var connection = await database.OpenAsync(attempt);
                var mayLoad = await database.TakesBulkLoadsAsync(attempt);
                return await LedgerTransaction.PostAsync(connection, batchId, streams, _options.MaxRewrittenRows, mayLoad, attempt);
            },
            cancellationToken);
        return posting.IsTooLong ? await CompareLongAsync(batchId, streams.Min(stream => stream.From), cancellationToken) : posting;
    }

    private async Task<Posting> CompareAsync(long batchId, DateTime from, CancellationToken cancellationToken)
    {
        var posting = await CompareHeldAsync(batchId, from, isTooLongABuild: false, cancellationToken);
        return posting.IsTooLong ? await CompareLongAsync(batchId, from, cancellationToken) : posting;
    }

    /// <summary>
    /// So many rows are first compared without holding the ledger. What was right stays right: news that come meanwhile bring their own event.
    /// </summary>
    private async Task<Posting> CompareLongAsync(long batchId, DateTime from, CancellationToken cancellationToken)
    {
        var difference = await RetryAsync(attempt => FindDifferenceAsync(batchId, from, attempt), cancellationToken);
        return difference is null
            ? default
            : await CompareHeldAsync(batchId, difference.From, isTooLongABuild: true, cancellationToken);
    }

    private Task<Posting> CompareHeldAsync(long batchId, DateTime from, bool isTooLongABuild, CancellationToken cancellationToken) => RetryAsync(
        async attempt =>
        {
            await using var connection = await database.OpenAsync(attempt);
            var mayLoad = await database.TakesBulkLoadsAsync(attempt);
            return await LedgerTransaction.CompareAsync(
                connection, batchId, from, isTooLongABuild, _options.MaxRewrittenRows, mayLoad, attempt);
        },
        cancellationToken);

    /// <summary>
    /// The first row served, of those from a time on, that is not what the trades say. Nothing is held: a row or a trade written meanwhile may show as a difference.
    /// </summary>
    internal async Task<Difference?> FindDifferenceAsync(long batchId, DateTime from, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (await LedgerStore.FindAsync(connection, batchId, cancellationToken) is not { NeedsBuild: false } ledger)
            return null;

        var first = await ledger.Rows.FindFirstAsync(connection, from, ledger.LastSeq, cancellationToken);
        var before = await ledger.Rows.StateBeforeAsync(connection, first, ledger.Settings, cancellationToken);
        if (before is not { } state)
            return new Difference(first - 1, from, null, null);

        var result = await LedgerSync.CompareAsync(
            connection,
            ledger.Rows,
            ledger.Settings,
            state,
            trades.StreamAsync(ledger, from, cancellationToken),
            cancellationToken);
        if (result.Difference is not null || result.State.Seq == ledger.LastSeq)
            return result.Difference;

        // Every row is right, and the ledger's own row counts them otherwise.
        var last = await ledger.Rows.FindAsync(connection, result.State.Seq, cancellationToken);
        return new Difference(ledger.LastSeq, last?.ExitTime ?? from, null, null);
    }

    private static PostingResult Gather(IReadOnlyCollection<Posting> postings) => new(
        [.. postings.Select(posting => posting.Updated).OfType<LedgerUpdated>().OrderBy(updated => updated.BatchId)],
        [.. postings.Select(posting => posting.BuildDue).OfType<BatchChanged>().OrderBy(due => due.BatchId)]);

    private Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        MySqlDatabase.RetryWhileTransientAsync(work, LogRetry, cancellationToken);

    [LoggerMessage(LogLevel.Warning, "Posting waits for the database, {Pause}")]
    private partial void LogRetry(Exception fault, TimeSpan pause);
}
