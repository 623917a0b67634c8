using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades;

/// <summary>What there is to publish.</summary>
public sealed record Announcement(IReadOnlyList<TradeClosed> Closed, IReadOnlyList<StreamRevised> Revised)
{
    public static readonly Announcement Nothing = new([], []);
}

/// <summary>An alert that was stored.</summary>
public sealed record PairedAlert(AlertReceived Alert, AlertOutcome Became);

/// <summary>What a transaction did.</summary>
/// <param name="Paired">The alerts that were not stored before.</param>
/// <param name="Duplicates">How many of the alerts given were stored already, or were given twice.</param>
/// <param name="LateStreams">How many streams were derived again from a place before their end.</param>
public sealed record PairingResult(
    Announcement Announcement,
    IReadOnlyList<PairedAlert> Paired,
    int Duplicates,
    int LateStreams
)
{
    /// <summary>Those that are nothing but prices; some may have been stored before.</summary>
    public IReadOnlyList<AlertReceived> Prices { get; init; } = [];

    public static PairingResult OfPrices(IReadOnlyList<AlertReceived> prices) =>
        new(Announcement.Nothing, [], 0, 0) { Prices = prices };

    public static PairingResult Of(
        IReadOnlyList<StreamPairing> streams,
        Announcement again,
        Dictionary<AlertId, AlertReceived> received,
        int duplicates
    )
    {
        // At its end a stream only gains closed trades. Derived again, any of its trades may be others: those that care
        // read them anew.
        var closed = streams
            .Where(stream => !stream.IsLate)
            .SelectMany(stream =>
                stream
                    .Changes.SelectMany(changes => changes.ClosedTrades)
                    .Select(trade => PairingEvents.Closed(stream.Row.Key, trade))
            );
        var revised = streams
            .Where(stream => stream.IsLate && stream.Changes.Any(changes => changes.HasTrades))
            .Select(stream => PairingEvents.Revised(stream.Row.Key, stream.Earliest.Position, stream.LastExit));
        return new PairingResult(
            new Announcement(
                closed.Concat(again.Closed).DistinctBy(trade => trade.EventId).ToList(),
                // One a stream: the earlier place takes in the later one.
                revised
                    .Concat(again.Revised)
                    .GroupBy(stream => (stream.Symbol, stream.Timeframe, stream.Strategy))
                    .Select(stream =>
                        stream.MinBy(revision => revision.From)! with
                        {
                            To = stream.Max(revision => revision.To),
                        }
                    )
                    .ToList()
            ),
            streams
                .SelectMany(stream => stream.Added)
                .Select(added => new PairedAlert(received[added.Alert.AlertId], added.Became))
                .ToList(),
            duplicates,
            streams.Count(stream => stream.IsLate)
        );
    }
}
