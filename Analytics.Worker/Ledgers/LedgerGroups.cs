using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Grouping;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// The events that wait, a transaction's worth at a time: what arrives while one lot is posted makes up the next. One lot of a kind at a time: two at once would
/// only wait for the same ledgers.
/// </summary>
public sealed class LedgerGroups : IDisposable
{
    private readonly GroupCommit<Delivery<TradeClosed>> _closed;
    private readonly GroupCommit<Delivery<StreamRevised>> _revised;

    public LedgerGroups(LedgerPoster poster, LedgerNews news, IOptions<LedgerOptions> options)
    {
        _closed = Create<TradeClosed>(poster.PostAsync, news, options.Value.EventsPerTransactionMax);
        _revised = Create<StreamRevised>(poster.PostAsync, news, options.Value.EventsPerTransactionMax);
    }

    private sealed record Delivery<T>(IReadOnlyList<T> Events, DateTime? SentTime);

    /// <summary>Returns when the ledgers hold the trades, and have been told of.</summary>
    public Task PostAsync(TradesClosed message, DateTime? sentTime, ulong order, CancellationToken cancellationToken) =>
        _closed.CommitAsync(new Delivery<TradeClosed>(message.Trades, sentTime), order, cancellationToken);

    /// <summary>Returns when the ledgers hold what the streams say, and have been told of.</summary>
    public Task PostAsync(TradesRevised message, DateTime? sentTime, ulong order, CancellationToken cancellationToken) =>
        _revised.CommitAsync(new Delivery<StreamRevised>(message.Streams, sentTime), order, cancellationToken);

    public void Dispose()
    {
        _closed.Dispose();
        _revised.Dispose();
    }

    private static GroupCommit<Delivery<T>> Create<T>(
        Func<IReadOnlyCollection<T>, CancellationToken, Task<PostingResult>> post, LedgerNews news, int maxEvents) => new(
        async (deliveries, cancellationToken) =>
        {
            var result = await post([.. deliveries.SelectMany(delivery => delivery.Events)], cancellationToken);
            foreach (var delivery in deliveries)
                LedgerMeters.RecordLag(delivery.SentTime);
            return news.TellAsync(result);
        },
        // Faults of the database that pass are waited out before they come here.
        isOnesFault: _ => true,
        delivery => delivery.Events.Count,
        maxEvents);
}
