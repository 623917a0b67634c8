using MassTransit;
using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>A batch that changed has its ledger built, where what it counts changed.</summary>
public sealed class BatchChangedConsumer(LedgerBuilder builder, LedgerUpdates updates) : IConsumer<BatchChanged>
{
    public async Task Consume(ConsumeContext<BatchChanged> context)
    {
        // Deserializers do not heed what is missing. No batch has such an id, deleted or not.
        if (context.Message.BatchId <= 0)
            throw new FormatException("The message names no batch.");
        if (await builder.BuildAsync(context.Message.BatchId, context.CancellationToken) is { } served)
            await updates.TellAsync(new PostingResult([served], []));
    }
}

/// <summary>
/// As many builds at once as a replica is given; further ones wait in the queue for whichever replica is free.
/// </summary>
public sealed class BatchChangedConsumerDefinition(IOptions<LedgerOptions> options)
    : ConsumerDefinition<BatchChangedConsumer>
{
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<BatchChangedConsumer> consumerConfigurator,
        IRegistrationContext context
    )
    {
        endpointConfigurator.PrefetchCount = options.Value.ConcurrentBuilds;
        endpointConfigurator.ConcurrentMessageLimit = options.Value.ConcurrentBuilds;
    }
}
