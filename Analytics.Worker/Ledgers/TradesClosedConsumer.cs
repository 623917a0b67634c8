using MassTransit;
using PnlPipeline.Analytics.Worker.Grouping;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>Trades that closed become rows of the ledgers of every batch they count in.</summary>
public sealed class TradesClosedConsumer(LedgerGroups groups) : IConsumer<TradesClosed>
{
    public Task Consume(ConsumeContext<TradesClosed> context) =>
        groups.PostAsync(
            context.Message,
            LedgerGroups.PartitionOf(context),
            context.SentTime,
            DeliveryOrder.Of(context),
            context.CancellationToken
        );
}
