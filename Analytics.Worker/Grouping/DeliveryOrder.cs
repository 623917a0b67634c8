using MassTransit;

namespace PnlPipeline.Analytics.Worker.Grouping;

/// <summary>The order in which messages are taken.</summary>
public static class DeliveryOrder
{
    /// <summary>
    /// When it was sent: what comes by several queues is taken as if it were one. A message that does not say goes
    /// before, in the order in which the broker sent it.
    /// </summary>
    public static ulong Of(ConsumeContext context) =>
        context.SentTime is { } sent ? (ulong)sent.Ticks : Of(context.ReceiveContext);

    /// <summary>The message's number among those that the broker sent over this channel.</summary>
    public static ulong Of(ReceiveContext context) =>
        context.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivery) ? delivery.DeliveryTag : 0;
}
