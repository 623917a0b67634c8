using MassTransit;
using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>Histories that were derived again have the ledgers compared from there on, and rewritten where they differ.</summary>
public sealed class TradesRevisedConsumer(LedgerPoster poster, LedgerNews news) : IConsumer<Batch<TradesRevised>>
{
    public async Task Consume(ConsumeContext<Batch<TradesRevised>> context)
    {
        var result = await poster.PostAsync(context.Message.SelectMany(message => message.Message.Streams), context.CancellationToken);
        LedgerMeters.RecordLag(context.Message);
        await news.TellAsync(result);
    }
}

/// <summary>As <see cref="TradesClosedConsumerDefinition"/>: a hundred revisions together cost one comparison.</summary>
public sealed class TradesRevisedConsumerDefinition(IOptions<LedgerOptions> options) : ConsumerDefinition<TradesRevisedConsumer>
{
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<TradesRevisedConsumer> consumerConfigurator,
        IRegistrationContext context) =>
        consumerConfigurator.Options<BatchOptions>(batch => batch
            .SetMessageLimit(options.Value.MessageLimit)
            .SetTimeLimit(TimeSpan.FromMilliseconds(options.Value.MessageTimeLimitMs))
            .SetConcurrencyLimit(1));
}
