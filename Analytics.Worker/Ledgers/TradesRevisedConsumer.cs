using MassTransit;
using PnlPipeline.Analytics.Worker.Grouping;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// Histories that were derived again have the ledgers compared from there on, and rewritten where they differ: a
/// hundred together cost one comparison.
/// </summary>
public sealed class TradesRevisedConsumer(LedgerGroups groups) : IConsumer<TradesRevised>
{
    public Task Consume(ConsumeContext<TradesRevised> context) =>
        groups.PostAsync(
            context.Message,
            LedgerGroups.PartitionOf(context),
            context.SentTime,
            DeliveryOrder.Of(context),
            context.CancellationToken
        );
}
