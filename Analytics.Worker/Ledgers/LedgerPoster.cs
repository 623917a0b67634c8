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
    private readonly LedgerOptions _options = options.Value;

    /// <summary>Trades that closed, in the ledgers of every batch they count in.</summary>
    public Task<PostingResult> PostAsync(IEnumerable<TradeClosed> closed, CancellationToken cancellationToken) => PostAsync(
        closed
            .GroupBy(trade => (trade.Symbol, trade.Timeframe))
            .ToDictionary(stream => stream.Key, stream => (stream.Min(trade => trade.ExitTime), stream.Max(trade => trade.ExitTime))),
        PostToAsync,
        cancellationToken);

    /// <summary>Streams whose history was derived again, in the ledgers of every batch that counts them.</summary>
    public Task<PostingResult> PostAsync(IEnumerable<StreamRevised> revised, CancellationToken cancellationToken) => PostAsync(
        revised
            .GroupBy(stream => (stream.Symbol, stream.Timeframe))
            .ToDictionary(stream => stream.Key, stream => (stream.Min(revision => revision.From), DateTime.MaxValue)),
        (batchId, streams, lane) => CompareAsync(batchId, streams.Min(stream => stream.From), lane),
        cancellationToken);

    /// <summary>Compares one batch's ledger with the trades from a time on, and writes it from the first row that differs.</summary>
    public async Task<PostingResult> MendAsync(long batchId, DateTime from, CancellationToken cancellationToken) =>
        Gather([await CompareAsync(batchId, from, cancellationToken)]);

    private async Task<PostingResult> PostAsync(
        Dictionary<(string Symbol, string Timeframe), (DateTime From, DateTime To)> hints,
        Func<long, IReadOnlyList<StreamHint>, CancellationToken, Task<Posting>> post,
        CancellationToken cancellationToken)
    {
        if (hints.Count == 0)
            return PostingResult.Nothing;

        var concerned = await RetryAsync(
            async attempt =>
            {
                await using var connection = await database.OpenAsync(attempt);
                return await CountedTrades.FindConcernedAsync(connection, hints, attempt);
            },
            cancellationToken);
        var postings = new ConcurrentBag<Posting>();
        await Parallel.ForEachAsync(
            concerned,
            new ParallelOptions { MaxDegreeOfParallelism = _options.Lanes, CancellationToken = cancellationToken },
            async (batch, lane) => postings.Add(await post(batch.Key, batch.Value, lane)));
        return Gather(postings);
    }

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
            trades.StreamAsync(ledger, from, _options.SortBufferMebibytes, cancellationToken),
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
