using MassTransit;

namespace PnlPipeline.Analytics.Worker.Grouping;

/// <summary>The order in which the broker sent messages.</summary>
public static class DeliveryOrder
{
    /// <summary>The message's number among those the broker sent over this connection.</summary>
    public static ulong Of(PipeContext context) => context.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivery) ? delivery.DeliveryTag : 0;
}
