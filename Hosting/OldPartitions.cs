using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PnlPipeline.Domain.Partitions;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace PnlPipeline.Hosting;

/// <summary>
/// Where the work is divided into another number of partitions than before: nothing more comes to the queues that there
/// were, what waits there is handled, and then they go.
/// </summary>
internal sealed partial class OldPartitions(
    PartitionedQueue current,
    IBusControl bus,
    IBusRegistrationContext context,
    ConnectionFactory broker,
    ILogger<OldPartitions> log
) : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(10);

    // An endpoint is let go when its queue was seen empty at so many looks in a row.
    private const int EmptyLooks = 2;

    // What waits is sent to a consumer as soon as it is there.
    private static readonly TimeSpan ForTheProbe = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Draining> _draining = new(StringComparer.Ordinal);

    private sealed class Draining(HostReceiveEndpointHandle endpoint)
    {
        public HostReceiveEndpointHandle Endpoint => endpoint;

        public int EmptyLooks { get; set; }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var looks = new PeriodicTimer(BetweenLooks);
        while (await looks.WaitForNextTickAsync(stoppingToken))
        {
            // What takes their place is declared when the bus starts.
            if (bus.CheckHealth().Status != BusHealthStatus.Healthy)
                continue;
            try
            {
                await using var connection = await broker.CreateConnectionAsync(stoppingToken);
                // Two versions of the number run side by side while it changes: only who has the new one does this.
                if (!await IsCurrentAsync(connection, stoppingToken))
                    continue;
                foreach (var count in Partition.Counts.Where(count => count != current.Partitions))
                {
                    foreach (var partition in Partition.All(count))
                        await LookAsync(connection, Topology.QueueOf(current.Name, partition), stoppingToken);
                }
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFault(fault.GetType().Name, current.Name);
            }
        }
    }

    private async Task<bool> IsCurrentAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var mark = Topology.MarkOf(current.Name, current.Partitions);
        return await FindAsync(channel, mark, cancellationToken) is not null;
    }

    private async Task LookAsync(IConnection connection, string queue, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        if (await FindAsync(channel, queue, cancellationToken) is not { } found)
            return;

        // The undivided queue stays, and is received from always; alerts come there that nobody divides.
        if (queue == Topology.Pairing)
            return;
        foreach (var (exchange, key) in Topology.SourcesOf(current.Name))
        {
            await channel.QueueUnbindAsync(queue, exchange, key, cancellationToken: cancellationToken);
            // The endpoint's own exchange, by which the queue is bound once more.
            await channel.ExchangeUnbindAsync(queue, exchange, key, cancellationToken: cancellationToken);
        }

        if (queue == current.Name)
            return;
        if (_draining.TryGetValue(queue, out var draining))
            await LetGoIfEmptyAsync(channel, queue, draining, found, cancellationToken);
        else if (found.MessageCount > 0 || found.ConsumerCount == 0)
        {
            LogDraining(queue, found.MessageCount);
            _draining.Add(queue, new Draining(current.Drain(bus, context, queue)));
        }

        // Else it is empty, and somebody receives from it: it is his to delete.
    }

    private async Task LetGoIfEmptyAsync(
        IChannel channel,
        string queue,
        Draining draining,
        QueueDeclareOk found,
        CancellationToken cancellationToken
    )
    {
        draining.EmptyLooks = IsEmpty(found) ? draining.EmptyLooks + 1 : 0;
        if (draining.EmptyLooks < EmptyLooks)
            return;
        // However the stop ends: the next look begins anew with whatever is then there.
        _draining.Remove(queue);
        await draining.Endpoint.StopAsync(cancellationToken);
        if (!await IsProvedLeftAsync(channel, queue, cancellationToken))
            return;
        await channel.ExchangeDeleteAsync(queue, cancellationToken: cancellationToken);
        await channel.QueueDeleteAsync(queue, cancellationToken: cancellationToken);
        LogGone(queue);
    }

    // For a quorum queue whose leader is not heard within a quarter of a second the broker answers that nothing waits
    // there and nobody receives from it. Whoever looks while a consumer of his own is there knows which it was.
    private static bool IsEmpty(QueueDeclareOk found) => found is { MessageCount: 0, ConsumerCount: > 0 };

    /// <summary>
    /// Whether nothing is on the queue and nobody else receives from it: another replica may be draining it, or the
    /// endpoint that was stopped may have given back what it had.
    /// </summary>
    private static async Task<bool> IsProvedLeftAsync(
        IChannel channel,
        string queue,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(channel, queue, cancellationToken) is not { MessageCount: 0, ConsumerCount: 0 })
            return false;
        var isAnythingThere = false;
        var probe = new AsyncEventingBasicConsumer(channel);
        probe.ReceivedAsync += (_, _) =>
        {
            isAnythingThere = true;
            return Task.CompletedTask;
        };
        // What it is sent it never acknowledges: that goes back with the channel.
        await channel.BasicQosAsync(prefetchSize: 0, prefetchCount: 1, global: false, cancellationToken);
        await channel.BasicConsumeAsync(queue, autoAck: false, probe, cancellationToken);
        await Task.Delay(ForTheProbe, cancellationToken);
        return await FindAsync(channel, queue, cancellationToken) is { } found && IsEmpty(found) && !isAnythingThere;
    }

    private static async Task<QueueDeclareOk?> FindAsync(
        IChannel channel,
        string queue,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
        }
        catch (OperationInterruptedException none) when (none.ShutdownReason?.ReplyCode == 404)
        {
            return null;
        }
    }

    [LoggerMessage(LogLevel.Information, "{Messages} messages seen on {Queue}, from when work was divided otherwise")]
    private partial void LogDraining(string queue, uint messages);

    [LoggerMessage(LogLevel.Information, "{Queue} is empty and gone")]
    private partial void LogGone(string queue);

    [LoggerMessage(LogLevel.Warning, "Looking for the former partitions of {Queue} failed ({Fault}); it goes on")]
    private partial void LogFault(string fault, string queue);
}
