using MassTransit;
using PnlPipeline.Analytics.Worker.Grouping;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>
/// Alerts from the bus become rows and trades; the message is acknowledged when they are stored and announced.
/// </summary>
public sealed class PairingConsumer(PairingGroups groups) : IConsumer<AlertsReceived>
{
    public Task Consume(ConsumeContext<AlertsReceived> context)
    {
        AlertCheck.ThrowIfInvalid(context.Message);
        return groups.PairAsync(
            context.Message.Alerts,
            context.ReceiveContext.Redelivered,
            DeliveryOrder.Of(context),
            context.CancellationToken
        );
    }
}
