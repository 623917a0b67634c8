using MassTransit;
using PnlPipeline.Contracts;
using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Rejections;

/// <summary>Refused bodies go into the log.</summary>
public sealed class RejectionConsumer(RejectionStore store, ILogger<RejectionConsumer> log) : IConsumer<AlertRejected>
{
    public Task Consume(ConsumeContext<AlertRejected> context) =>
        MySqlDatabase.RetryWhileTransientAsync(
            async attempt =>
            {
                await store.AddAsync(context.Message, attempt);
                return true;
            },
            (fault, pause) =>
                log.LogWarning(
                    fault,
                    "Storing the refused body {RejectionId} waits {Pause} and is tried again",
                    context.Message.RejectionId,
                    pause
                ),
            context.CancellationToken
        );
}

/// <summary>A trickle: a few at once are enough, and must not take the connections that alerts need.</summary>
public sealed class RejectionConsumerDefinition : ConsumerDefinition<RejectionConsumer>
{
    private const int Concurrency = 4;

    public RejectionConsumerDefinition()
    {
        ConcurrentMessageLimit = Concurrency;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<RejectionConsumer> consumerConfigurator,
        IRegistrationContext context
    ) => endpointConfigurator.PrefetchCount = 2 * Concurrency;
}
