using MassTransit;

namespace PnlPipeline.Analytics.Worker.Grouping;

/// <summary>
/// Lets messages on to be deserialized, in the order in which the broker sent them, only as far as their bodies
/// together stay within a bound. A message holds an alert or hundreds: a number of messages that is right for groups of
/// small ones would be too many of large ones in memory.
/// </summary>
/// <param name="maxBytes">A body that is longer by itself goes alone.</param>
public sealed class InFlightBytes(long maxBytes) : IFilter<ReceiveContext>
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<(TaskCompletionSource Turn, long Bytes), ulong> _waiting = new();
    private long _bytes;

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var bytes = context.Body.Length ?? 0;
        await EnterAsync(bytes, DeliveryOrder.Of(context));
        try
        {
            await next.Send(context);
        }
        finally
        {
            Leave(bytes);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("bytesAtWork");

    /// <summary>
    /// Returns when there is room. Nobody waits for good: whoever is at work leaves, however that ends.
    /// </summary>
    public Task EnterAsync(long bytes, ulong order)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 && HasRoom(bytes))
            {
                _bytes += bytes;
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((turn, bytes), order);
            return turn.Task;
        }
    }

    /// <summary>Makes room again.</summary>
    public void Leave(long bytes)
    {
        lock (_lock)
        {
            _bytes -= bytes;
            while (_waiting.TryPeek(out var next, out _) && HasRoom(next.Bytes))
            {
                _bytes += next.Bytes;
                _waiting.Dequeue().Turn.SetResult();
            }
        }
    }

    private bool HasRoom(long bytes) => _bytes == 0 || _bytes + bytes <= maxBytes;
}

internal static class InFlightBytesExtensions
{
    /// <summary>
    /// Bounds what the endpoint's messages take while they are handled, by the length of their bodies.
    /// </summary>
    public static void LimitInFlightBytes(this IReceiveEndpointConfigurator endpoint, long maxBytes) =>
        endpoint.ConfigureReceive(pipe => pipe.UseFilter(new InFlightBytes(maxBytes)));
}
