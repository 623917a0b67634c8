using MassTransit;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Grouping;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>Alerts from the bus become rows and trades; the message is acknowledged when they are stored and announced.</summary>
public sealed class PairingConsumer(PairingGroups groups) : IConsumer<AlertsReceived>
{
    public Task Consume(ConsumeContext<AlertsReceived> context)
    {
        AlertCheck.ThrowIfInvalid(context.Message);
        return groups.PairAsync(
            context.Message.Alerts, context.ReceiveContext.Redelivered, DeliveryOrder.Of(context), context.CancellationToken);
    }
}

/// <summary>How many messages come ahead. All of them are at work at once: they wait for the next transaction together.</summary>
public sealed class PairingConsumerDefinition : ConsumerDefinition<PairingConsumer>
{
    private readonly PairingOptions _options;

    public PairingConsumerDefinition(IOptions<PairingOptions> options)
    {
        _options = options.Value;
        ConcurrentMessageLimit = _options.PrefetchMessages;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<PairingConsumer> consumerConfigurator,
        IRegistrationContext context) =>
        endpointConfigurator.PrefetchCount = _options.PrefetchMessages;
}
