using MassTransit;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>Tells the bus what pairing did.</summary>
public sealed class PairingAnnouncer(IBus bus)
{
    /// <summary>Returns when it is published and confirmed.</summary>
    /// <exception cref="PublishException">Never the fault of the message that led to it: it goes back, and is announced when it comes again.</exception>
    public async Task AnnounceAsync(Announcement announcement, CancellationToken cancellationToken)
    {
        try
        {
            if (announcement.Closed.Count > 0)
            {
                var id = PairingEvents.MessageId(announcement.Closed.Select(trade => trade.EventId));
                await bus.Publish(new TradesClosed(announcement.Closed), message => message.MessageId = id, cancellationToken);
            }

            if (announcement.Revised.Count > 0)
            {
                var id = PairingEvents.MessageId(announcement.Revised.Select(stream => stream.EventId));
                await bus.Publish(new TradesRevised(announcement.Revised), message => message.MessageId = id, cancellationToken);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new PublishException("What pairing did could not be published.", fault);
        }
    }
}
