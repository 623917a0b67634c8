using System.Globalization;
using System.Runtime.ExceptionServices;
using MassTransit;

namespace PnlPipeline.Hosting;

/// <summary>Where a message goes that no retry can help.</summary>
public interface IDeadLetterStore
{
    /// <summary>Keeps the message for good; returns only when it is stored.</summary>
    Task ParkAsync(FailedMessage message, CancellationToken cancellationToken);
}

/// <summary>A message taken off its queue, whole, with the reason.</summary>
/// <param name="Reason">What went wrong, in words for a person; no secret in it.</param>
public sealed record FailedMessage(string Queue, string? MessageId, string? ContentType, string Reason, byte[] Body);

/// <summary>
/// In place of MassTransit's <c>_error</c> and <c>_skipped</c> queues: a message whose consumer failed for good, that
/// no consumer of the queue knows, or that cannot be read at all is stored as a dead letter once, and the rest flows.
/// Where storing fails, the message goes back to its queue.
/// </summary>
internal sealed class DeadLetterFilter(IDeadLetterStore deadLetters, string queue)
    : IFilter<ExceptionReceiveContext>,
        IFilter<ReceiveContext>
{
    private static readonly TimeSpan PauseBeforeReturn = TimeSpan.FromSeconds(1);

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        var fault = context.Exception;
        // A host that stops is no reason to park: thrown on, the message goes back to the queue.
        if (fault is OperationCanceledException or ConsumerCanceledException)
            ExceptionDispatchInfo.Throw(fault);

        // Nor is a broker that does not take what the consumer publishes. The pause keeps the message from running in a
        // circle.
        if (BrokerFaults.IsOne(fault))
        {
            await Task.Delay(PauseBeforeReturn, context.CancellationToken);
            ExceptionDispatchInfo.Throw(fault);
        }

        var cause = fault.GetBaseException();
        await ParkAsync(context, $"{cause.GetType().Name}: {cause.Message}");
        // A message that could not even be read counts as one nobody took, and would be stored a second time.
        if (!context.IsFaulted)
            await context.NotifyFaulted(fault);
    }

    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) =>
        ParkAsync(context, "No consumer of this queue knows a message of this type.");

    public void Probe(ProbeContext context) => context.CreateFilterScope("parking");

    private Task ParkAsync(ReceiveContext context, string reason) =>
        deadLetters.ParkAsync(
            new FailedMessage(
                queue,
                context.TransportHeaders.TryGetHeader("MessageId", out var id)
                    ? Convert.ToString(id, CultureInfo.InvariantCulture)
                    : null,
                context.ContentType?.ToString(),
                reason,
                context.Body.GetBytes()
            ),
            context.CancellationToken
        );
}
