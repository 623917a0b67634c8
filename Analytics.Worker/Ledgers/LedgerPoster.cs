using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Outbox;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Partitions;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>What posting led to, for the bus to announce.</summary>
/// <param name="Updated">Ledgers that now serve other rows than before.</param>
/// <param name="BuildsDue">Batches whose ledger must be built.</param>
public sealed record PostingResult(IReadOnlyList<LedgerUpdated> Updated, IReadOnlyList<BatchChanged> BuildsDue)
{
    public static readonly PostingResult Nothing = new([], []);

    /// <summary>Batches whose ledgers are still to be brought in line.</summary>
    internal IReadOnlyList<long> Left { get; init; } = [];

    /// <summary>Of the ledger that had most rows written again, how many.</summary>
    internal long RewrittenOfOne { get; init; }

    internal static PostingResult Of(IReadOnlyCollection<PostingResult> parts) =>
        new(
            [.. parts.SelectMany(part => part.Updated).OrderBy(updated => updated.BatchId)],
            [.. parts.SelectMany(part => part.BuildsDue).OrderBy(due => due.BatchId)]
        )
        {
            Left = [.. parts.SelectMany(part => part.Left)],
            RewrittenOfOne = parts.Select(part => part.RewrittenOfOne).DefaultIfEmpty().Max(),
        };
}

/// <summary>What came for the batches of one partition.</summary>
public sealed record PartitionNews(
    Partition Partition,
    IReadOnlyCollection<TradeClosed> Closed,
    IReadOnlyCollection<StreamRevised> Revised
)
{
    /// <summary>Of each stream the times that any of the events speak of.</summary>
    public Dictionary<StreamKey, AffectedRange> ToHints()
    {
        var hints = new Dictionary<StreamKey, AffectedRange>();
        foreach (var trade in Closed)
            Add(new StreamKey(trade.Symbol, trade.Timeframe, trade.Strategy), trade.ExitTime, trade.ExitTime);
        foreach (var stream in Revised)
            Add(
                new StreamKey(stream.Symbol, stream.Timeframe, stream.Strategy),
                stream.From,
                stream.To ?? DateTime.MaxValue
            );
        return hints;

        void Add(StreamKey stream, DateTime from, DateTime to) =>
            hints[stream] = hints.TryGetValue(stream, out var so)
                ? AffectedRange.Around(so, new AffectedRange(0, from, to))
                : new AffectedRange(0, from, to);
    }
}

/// <summary>
/// Brings the ledgers served in line with the trades. Events only say where to look: what is written is what the trades
/// say under the ledger's lock, so that an event may come twice, late, out of order, or on two replicas at once.
/// </summary>
public sealed partial class LedgerPoster(
    MySqlDatabase database,
    LedgerComparison comparison,
    IOptions<LedgerOptions> options,
    ILogger<LedgerPoster> log,
    NotificationRules? rules = null
)
{
    // More in one transaction would lock too many ledgers, or one for too long.
    private const int MaxSharedLedgers = 64;
    private const int MaxSharedRows = 100_000;
    private const int RowsInOneTransaction = 2_000;

    private readonly LedgerOptions _options = options.Value;

    /// <summary>Trades that closed, in the ledgers of every batch they count in.</summary>
    public Task<PostingResult> PostAsync(
        IReadOnlyCollection<TradeClosed> closed,
        CancellationToken cancellationToken
    ) => PostAsync(closed, [], cancellationToken);

    /// <summary>Streams whose history was derived again, in the ledgers of every batch that counts them.</summary>
    public Task<PostingResult> PostAsync(
        IReadOnlyCollection<StreamRevised> revised,
        CancellationToken cancellationToken
    ) => PostAsync([], revised, cancellationToken);

    /// <summary>Both together.</summary>
    public Task<PostingResult> PostAsync(
        IReadOnlyCollection<TradeClosed> closed,
        IReadOnlyCollection<StreamRevised> revised,
        CancellationToken cancellationToken
    ) => PostAsync([new PartitionNews(Partition.Whole, closed, revised)], cancellationToken);

    /// <summary>What several partitions' queues brought, each in the ledgers of its own batches.</summary>
    public async Task<PostingResult> PostAsync(
        IReadOnlyCollection<PartitionNews> news,
        CancellationToken cancellationToken
    )
    {
        var changes = await FindConcernedAsync(news, cancellationToken);
        var trades = news.Max(part => part.Closed.Count + part.Revised.Count);
        var results = new ConcurrentBag<PostingResult>();
        foreach (var batchIds in Share(changes.Keys, trades))
        {
            var parts = batchIds.ConvertAll(part => part.ToDictionary(batchId => batchId, batchId => changes[batchId]));
            results.Add(
                await RetryAsync(
                    async attempt =>
                        await LedgerPost.PostAsync(
                            database,
                            parts,
                            _options.MaxRewrittenRows,
                            await RulesAsync(attempt),
                            attempt
                        ),
                    cancellationToken
                )
            );
        }

        await Parallel.ForEachAsync(
            results.SelectMany(result => result.Left).Order().ToList(),
            new ParallelOptions
            {
                MaxDegreeOfParallelism = _options.ParallelBatches,
                CancellationToken = cancellationToken,
            },
            async (batchId, token) => results.Add(await PostAloneAsync(batchId, changes[batchId], token))
        );
        return PostingResult.Of(results) with { Left = [] };
    }

    private async Task<PostingResult> PostAloneAsync(
        long batchId,
        IReadOnlyList<AffectedRange> changes,
        CancellationToken cancellationToken
    )
    {
        var result = await RetryAsync(
            async attempt =>
                await LedgerPost.PostAsync(
                    database,
                    batchId,
                    changes,
                    _options.MaxRewrittenRows,
                    await RulesAsync(attempt),
                    attempt
                ),
            cancellationToken
        );
        return result.Left.Count == 0
            ? result
            : await RetryAsync(
                attempt => comparison.RepairLongAsync(batchId, changes.Min(stream => stream.From), attempt),
                cancellationToken
            );
    }

    private async Task<IReadOnlyDictionary<long, IReadOnlyList<AffectedRange>>> FindConcernedAsync(
        IReadOnlyCollection<PartitionNews> news,
        CancellationToken cancellationToken
    )
    {
        var hints = news.Select(part => (part.Partition, Hints: part.ToHints())).ToList();
        var streams = hints.SelectMany(part => part.Hints.Keys).ToHashSet();
        if (streams.Count == 0)
            return new Dictionary<long, IReadOnlyList<AffectedRange>>();
        var counting = await RetryAsync(
            async attempt =>
            {
                await using var connection = await database.OpenAsync(attempt);
                return await CountedTrades.FindConcernedAsync(connection, streams, attempt);
            },
            cancellationToken
        );
        // A batch hears of a stream only what came for it. What came for others it is told of by messages of its own:
        // a ledger that runs ahead of those would have each of them searched for later.
        return counting
            .SelectMany(
                one => hints.Where(part => part.Partition.Has(one.BatchId) && part.Hints.ContainsKey(one.Stream)),
                (one, part) => (one.BatchId, Range: part.Hints[one.Stream] with { StreamId = one.StreamId })
            )
            .GroupBy(one => one.BatchId, one => one.Range)
            .ToDictionary(
                batch => batch.Key,
                batch =>
                    (IReadOnlyList<AffectedRange>)
                        [
                            .. batch
                                .GroupBy(range => range.StreamId)
                                .Select(ranges => ranges.Aggregate(AffectedRange.Around)),
                        ]
            );
    }

    /// <summary>
    /// The batches by the transactions they share, and those by what goes side by side. Few rows go in one transaction,
    /// which waits for the disk once; of many, each worker takes its share.
    /// </summary>
    private IEnumerable<List<long[]>> Share(IEnumerable<long> batchIds, int trades)
    {
        var most = Math.Clamp(MaxSharedRows / Math.Max(1, trades), 1, MaxSharedLedgers);
        foreach (var ids in batchIds.Order().Chunk(most))
        {
            var isOne = (long)trades * ids.Length <= RowsInOneTransaction;
            yield return
            [
                .. ids.Chunk(
                    isOne ? ids.Length : (ids.Length + _options.ParallelBatches - 1) / _options.ParallelBatches
                ),
            ];
        }
    }

    private ValueTask<RuleSet> RulesAsync(CancellationToken cancellationToken) =>
        rules?.CurrentAsync(cancellationToken) ?? new ValueTask<RuleSet>(RuleSet.None);

    private Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        MySqlDatabase.RetryWhileTransientAsync(work, LogRetry, cancellationToken);

    [LoggerMessage(LogLevel.Warning, "Posting waits for the database, {Pause}")]
    private partial void LogRetry(Exception fault, TimeSpan pause);
}
