using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Grouping;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// The events that wait, a transaction's worth at a time, in the order in which they were sent: what arrives while one lot is posted makes up the next. One lot at
/// a time: two at once would only wait for the same ledgers.
/// </summary>
public sealed class LedgerGroups : IDisposable
{
    private readonly GroupCommit<Delivery> _groups;

    public LedgerGroups(LedgerPoster poster, LedgerNews news, IOptions<LedgerOptions> options, TimeProvider clock) => _groups = new GroupCommit<Delivery>(
        async (deliveries, cancellationToken) =>
        {
            var result = await poster.PostAsync(
                [.. deliveries.SelectMany(delivery => delivery.Closed)], [.. deliveries.SelectMany(delivery => delivery.Revised)], cancellationToken);
            foreach (var delivery in deliveries)
                LedgerMeters.RecordLag(delivery.SentTime);
            return news.TellAsync(result);
        },
        // Faults of the database that pass are waited out before they come here.
        isOnesFault: _ => true,
        delivery => delivery.Closed.Count + delivery.Revised.Count,
        options.Value.EventsPerTransactionMax,
        TimeSpan.FromMilliseconds(options.Value.PaceMs),
        clock);

    private sealed record Delivery(IReadOnlyList<TradeClosed> Closed, IReadOnlyList<StreamRevised> Revised, DateTime? SentTime);

    /// <summary>Returns when the ledgers hold the trades, and have been told of.</summary>
    public Task PostAsync(TradesClosed message, DateTime? sentTime, ulong order, CancellationToken cancellationToken) =>
        _groups.CommitAsync(new Delivery(message.Trades, [], sentTime), order, cancellationToken);

    /// <summary>Returns when the ledgers hold what the streams say, and have been told of.</summary>
    public Task PostAsync(TradesRevised message, DateTime? sentTime, ulong order, CancellationToken cancellationToken) =>
        _groups.CommitAsync(new Delivery([], message.Streams, sentTime), order, cancellationToken);

    public void Dispose() => _groups.Dispose();
}
