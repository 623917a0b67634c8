using MassTransit;
using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>Trades that closed become rows of the ledgers of every batch they count in.</summary>
public sealed class TradesClosedConsumer(LedgerPoster poster, LedgerNews news) : IConsumer<Batch<TradesClosed>>
{
    public async Task Consume(ConsumeContext<Batch<TradesClosed>> context)
    {
        var result = await poster.PostAsync(context.Message.SelectMany(message => message.Message.Trades), context.CancellationToken);
        LedgerMeters.RecordLag(context.Message);
        await news.TellAsync(result);
    }
}

/// <summary>One batch at a time and the next one gathering: two at once would only wait for the same ledgers.</summary>
public sealed class TradesClosedConsumerDefinition(IOptions<LedgerOptions> options) : ConsumerDefinition<TradesClosedConsumer>
{
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<TradesClosedConsumer> consumerConfigurator,
        IRegistrationContext context) =>
        consumerConfigurator.Options<BatchOptions>(batch => batch
            .SetMessageLimit(options.Value.MessageLimit)
            .SetTimeLimit(TimeSpan.FromMilliseconds(options.Value.MessageTimeLimitMs))
            .SetConcurrencyLimit(1));
}
