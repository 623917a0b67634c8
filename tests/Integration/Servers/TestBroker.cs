using System.Collections.Concurrent;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Servers;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace PnlPipeline.Tests.Integration.Servers;

/// <summary>
/// Tests that need the broker run one after the other, for they share its queues. Put
/// <c>[Collection(nameof(BrokerTests))]</c> on the class and take a <see cref="TestBroker"/> in its constructor.
/// </summary>
[CollectionDefinition(nameof(BrokerTests))]
public sealed class BrokerTests : ICollectionFixture<TestBroker>;

/// <summary>
/// The real broker, in a virtual host that belongs to this test run: what a test puts on a queue, and sees there, by
/// hand.
/// </summary>
public sealed class TestBroker : IAsyncLifetime
{
    private static readonly string[] Queues =
    [
        Topology.Pairing,
        Topology.Corrections,
        Topology.Rejections,
        Topology.Ledgers,
        Topology.LedgerBuilds,
        Topology.Events,
    ];

    private IConnection _connection = null!;

    /// <summary>As the administrator, as configuration has it: <c>ConnectionStrings:RabbitMq</c>.</summary>
    public static string Url => TestServers.Running.RabbitMqUrl;

    /// <summary>As ingest, with the rights it has in a deployment; likewise the other two.</summary>
    public static string IngestUrl => TestServers.Running.RabbitMqIngestUrl;

    public static string WorkerUrl => TestServers.Running.RabbitMqWorkerUrl;

    public static string QueryUrl => TestServers.Running.RabbitMqQueryUrl;

    /// <summary>
    /// Deletes the pipeline's queues with all they hold, and declares them anew as the migrator does. For the beginning
    /// of a test, before its hosts start.
    /// </summary>
    public async Task DeleteQueuesAsync(bool declareAnew = true)
    {
        await using var channel = await _connection.CreateChannelAsync();
        foreach (var queue in Queues)
        {
            await channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false, noWait: false);
            await channel.QueueDeleteAsync(queue + "_error", ifUnused: false, ifEmpty: false, noWait: false);
            await channel.QueueDeleteAsync(queue + "_skipped", ifUnused: false, ifEmpty: false, noWait: false);
        }

        if (declareAnew)
            await Topology.DeployAsync(Url, PartitionCounts.Undivided, TestContext.Current.CancellationToken);
    }

    /// <summary>Deletes one of the queues, with all it holds.</summary>
    public async Task DeleteQueueAsync(string queue)
    {
        await using var channel = await _connection.CreateChannelAsync();
        await channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false, noWait: false);
    }

    /// <summary>
    /// Takes away what other tests left on the queues. The events stay: whoever reads them would take a stream that
    /// begins anew for a loss.
    /// </summary>
    public async Task EmptyQueuesAsync()
    {
        await Topology.DeployAsync(Url, PartitionCounts.Undivided, TestContext.Current.CancellationToken);
        await using var channel = await _connection.CreateChannelAsync();
        foreach (var queue in Queues.Where(queue => queue != Topology.Events))
            await channel.QueuePurgeAsync(queue);
    }

    /// <summary>Puts bytes straight on a queue, past every exchange, and returns when the broker has them.</summary>
    public async Task SendRawAsync(string queue, byte[] body, BasicProperties properties)
    {
        await using var channel = await _connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)
        );
        await channel.BasicPublishAsync(
            exchange: "",
            routingKey: queue,
            mandatory: true,
            basicProperties: properties,
            body: body
        );
    }

    /// <summary>
    /// Messages ready on a queue (not those that a consumer holds); <c>null</c> where there is no such queue.
    /// </summary>
    public async Task<uint?> CountAsync(string queue)
    {
        await using var channel = await _connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (OperationInterruptedException fault) when (fault.ShutdownReason?.ReplyCode == 404)
        {
            return null;
        }
    }

    /// <summary>Takes the next message off a queue, <c>null</c> where there is none.</summary>
    public async Task<BasicGetResult?> TakeAsync(string queue)
    {
        await using var channel = await _connection.CreateChannelAsync();
        return await channel.BasicGetAsync(queue, autoAck: true);
    }

    /// <summary>
    /// Takes whatever the broker sends to one more consumer of a queue, one of no rank among the replicas, and keeps it
    /// in <paramref name="taken"/>.
    /// </summary>
    /// <returns>The consumer, until it is disposed.</returns>
    public async Task<IAsyncDisposable> StandByAsync(string queue, ConcurrentQueue<byte[]> taken)
    {
        var channel = await _connection.CreateChannelAsync();
        await channel.BasicQosAsync(prefetchSize: 0, prefetchCount: 100, global: false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            taken.Enqueue(message.Body.ToArray());
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
        return channel;
    }

    /// <summary>
    /// Takes the next message and gives it back by breaking off, as a worker does that is killed: the broker marks it
    /// as redelivered.
    /// </summary>
    public async Task TakeAndReturnAsync(string queue)
    {
        var (held, _) = await HoldAsync(queue) ?? throw new InvalidOperationException($"There is nothing on {queue}.");
        await held.DisposeAsync();
    }

    /// <summary>
    /// Takes the next message, and gives it back so when what is returned with it is disposed; <c>null</c> where there
    /// is none.
    /// </summary>
    public async Task<(IAsyncDisposable Held, BasicGetResult Message)?> HoldAsync(string queue)
    {
        var channel = await _connection.CreateChannelAsync();
        if (await channel.BasicGetAsync(queue, autoAck: false) is { } message)
            return (channel, message);
        await channel.DisposeAsync();
        return null;
    }

    /// <summary>How many consumers a queue has by what the broker says; 0 where there is none.</summary>
    public async Task<uint> CountConsumersAsync(string queue)
    {
        await using var channel = await _connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).ConsumerCount;
        }
        catch (OperationInterruptedException fault) when (fault.ShutdownReason?.ReplyCode == 404)
        {
            return 0;
        }
    }

    /// <summary>
    /// Has a queue's leader answer nobody, as where its node is busy or out of hearing, until it is disposed.
    /// </summary>
    public static async Task<IAsyncDisposable> SilenceAsync(string queue)
    {
        var leader = $"whereis('{new Uri(Url).AbsolutePath.Trim('/')}_{queue}')";
        await ControlAsync("eval", $"sys:suspend({leader}).");
        return new Silence(leader);
    }

    private sealed class Silence(string leader) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await ControlAsync("eval", $"sys:resume({leader}).");
    }

    private static Task ControlAsync(params string[] arguments)
    {
        Assert.SkipWhen(TestServers.Running.RabbitMqControl is null, "There is no command line to the broker.");
        return TestServers.Running.ControlRabbitMqAsync(arguments);
    }

    public async ValueTask InitializeAsync()
    {
        _connection = await new ConnectionFactory { Uri = new Uri(Url) }.CreateConnectionAsync();
        await DeleteQueuesAsync();
    }

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();
}
