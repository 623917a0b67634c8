using MassTransit;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Grouping;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Partitions;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// The events that wait, a transaction's worth at a time, in the order in which they were sent: what arrives while one
/// lot is posted makes up the next. One lot at a time: two at once would only wait for the same ledgers.
/// </summary>
public sealed class LedgerGroups : IDisposable
{
    // Where trades come late, as from replicas of pairing of which one is behind, as many are taken as rows were
    // written again for the last: so what is written again stays in proportion to what there is to write. All of a
    // group's trades are in memory at once, hence not more than so many.
    private const int EventsMax = 8_000;

    private readonly GroupCommit<Delivery> _groups;

    // Whoever has the turn reads and writes these.
    private readonly Queue<Partition> _recent = new();
    private int _most;

    public LedgerGroups(LedgerPoster poster, LedgerUpdates updates, IOptions<LedgerOptions> options, TimeProvider clock)
    {
        var least = _most = options.Value.EventsPerTransactionMax;
        _groups = new GroupCommit<Delivery>(
            async (deliveries, cancellationToken) =>
            {
                var news = deliveries
                    .GroupBy(delivery => delivery.Partition)
                    .Select(some => new PartitionNews(
                        some.Key,
                        [.. some.SelectMany(delivery => delivery.Closed)],
                        [.. some.SelectMany(delivery => delivery.Revised)]
                    ))
                    .ToList();
                var result = await poster.PostAsync(news, cancellationToken);
                _most =
                    CountPartitions(news) * Math.Clamp((int)result.RewrittenOfOne, least, Math.Max(least, EventsMax));
                foreach (var delivery in deliveries)
                    LedgerMeters.RecordLag(delivery.SentTime);
                return updates.TellAsync(result);
            },
            // Faults of the database that pass are waited out before they come here.
            isOnesFault: _ => true,
            delivery => delivery.Closed.Count + delivery.Revised.Count,
            () => _most,
            TimeSpan.FromMilliseconds(options.Value.MinimumIntervalMs),
            clock
        );
    }

    // Each partition is told of the same trades by a message of its own: how many this replica has heard of lately.
    private int CountPartitions(IEnumerable<PartitionNews> news)
    {
        foreach (var part in news)
            _recent.Enqueue(part.Partition);
        while (_recent.Count > 2 * Partition.CountMax)
            _recent.Dequeue();
        return _recent.Distinct().Count();
    }

    private sealed record Delivery(
        Partition Partition,
        IReadOnlyList<TradeClosed> Closed,
        IReadOnlyList<StreamRevised> Revised,
        DateTime? SentTime
    );

    /// <summary>Returns when the ledgers hold the trades, and have been told of.</summary>
    /// <param name="partition">The batches it is meant for.</param>
    public Task PostAsync(
        TradesClosed message,
        Partition partition,
        DateTime? sentTime,
        ulong order,
        CancellationToken cancellationToken
    ) => _groups.CommitAsync(new Delivery(partition, message.Trades, [], sentTime), order, cancellationToken);

    /// <summary>Returns when the ledgers hold what the streams say, and have been told of.</summary>
    /// <param name="partition">The batches it is meant for.</param>
    public Task PostAsync(
        TradesRevised message,
        Partition partition,
        DateTime? sentTime,
        ulong order,
        CancellationToken cancellationToken
    ) => _groups.CommitAsync(new Delivery(partition, [], message.Streams, sentTime), order, cancellationToken);

    /// <summary>The batches for which a message came: its queue says it.</summary>
    public static Partition PartitionOf(ConsumeContext context) =>
        Topology.PartitionOf(context.ReceiveContext.InputAddress.Segments[^1]);

    public void Dispose() => _groups.Dispose();
}
