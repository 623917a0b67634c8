using System.Globalization;
using MassTransit;
using Microsoft.Extensions.Logging.Abstractions;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Partitions;
using RabbitMQ.Client;

namespace PnlPipeline.Hosting;

/// <summary>
/// The queues, their arguments, and which message goes into which. The migrator declares all of it before a service
/// starts, and the worker whenever it starts. Ingest and the query API may not (deploy/rabbitmq-definitions.sh has the
/// rights): what they publish is mandatory, so that a message that no queue takes is an error and not lost.
/// </summary>
public static class Topology
{
    /// <summary>
    /// Alerts on their way to their trades: those that are not divided by their streams. Where streams are divided,
    /// imports and what comes out of ingest's spool.
    /// </summary>
    public const string Pairing = "pairing";

    /// <summary>
    /// Where ingest publishes alerts whose stream is in the partition that the routing key names
    /// (<see cref="KeyOf"/>). Whatever the number of partitions that ingest goes by, a queue takes them.
    /// </summary>
    public const string PairingPartitions = "pairing-partitions";

    /// <summary>
    /// What an administrator wants corrected. Apart from the alerts, so that he need not wait behind a backlog of them.
    /// </summary>
    public const string Corrections = "corrections";

    /// <summary>Refused bodies on their way to the log.</summary>
    public const string Rejections = "rejections";

    /// <summary>Closed and revised trades on their way to the ledgers.</summary>
    public const string Ledgers = "ledgers";

    /// <summary>Batches whose ledger may have to be built anew.</summary>
    public const string LedgerBuilds = "ledger-builds";

    private static readonly Dictionary<string, object?> Arguments = new(StringComparer.Ordinal)
    {
        ["x-queue-type"] = "quorum",
        ["x-delivery-limit"] = -1,
    };

    /// <summary>
    /// What just happened, for those who look on: a stream, which every replica of the query API reads for itself, from
    /// where it likes. So an event's place in it means the same to all of them, and outlives them. Events, not the
    /// truth: bounded, the oldest go.
    /// </summary>
    public const string Events = "news";

    /// <summary>
    /// The arguments of <see cref="Events"/>. Whole segments go, the oldest first, where it grows past its length.
    /// </summary>
    internal static readonly IReadOnlyDictionary<string, object?> NewsArguments = new Dictionary<string, object?>(
        StringComparer.Ordinal
    )
    {
        ["x-queue-type"] = "stream",
        ["x-max-length-bytes"] = 16L * 1024 * 1024,
        ["x-stream-max-segment-size-bytes"] = 2L * 1024 * 1024,
    };

    /// <summary>The exchanges whose messages are events.</summary>
    internal static readonly IReadOnlyList<string> NewsExchanges =
    [
        ExchangeOf<AlertsStored>(),
        ExchangeOf<PricesStored>(),
        ExchangeOf<TradesRevised>(),
        ExchangeOf<StreamCorrected>(),
        ExchangeOf<LedgerUpdated>(),
        ExchangeOf<LedgerBuilding>(),
        ExchangeOf<BatchChanged>(),
        ExchangeOf<SessionEnded>(),
    ];

    /// <summary>
    /// Quorum queues: durable on disk, confirmed only then. The delivery limit is lifted, because past it the broker
    /// drops a message and a killed consumer counts for everything it had prefetched; what can never be handled becomes
    /// a dead letter by <see cref="IDeadLetterStore"/>.
    /// </summary>
    public static void SetArguments(IRabbitMqQueueConfigurator queue, Partition partition)
    {
        queue.Durable = true;
        foreach (var (name, value) in Arguments)
            queue.SetQueueArgument(name, value);
        // One replica at a time has a partition: the one that wants it most.
        if (partition.Count > 1)
            queue.SetQueueArgument("x-single-active-consumer", true);
    }

    /// <summary>
    /// The queue of one partition: of <see cref="Pairing"/> or <see cref="Ledgers"/>, each with one active consumer.
    /// What was put there while the work was divided otherwise still means the same: the name says it.
    /// </summary>
    public static string QueueOf(string queue, Partition partition) =>
        partition.Count == 1 ? queue : $"{queue}-{KeyOf(partition)}";

    /// <summary>The partition whose queue this is; the whole where it is nobody's.</summary>
    public static Partition PartitionOf(string queue) =>
        queue.Split('-') is [.., var index, "of", var count]
            ? new Partition(
                int.Parse(index, CultureInfo.InvariantCulture) - 1,
                int.Parse(count, CultureInfo.InvariantCulture)
            )
            : Partition.Whole;

    /// <summary>Counted from 1: <c>3-of-4</c>.</summary>
    public static string KeyOf(Partition partition) =>
        string.Create(CultureInfo.InvariantCulture, $"{partition.Index + 1}-of-{partition.Count}");

    /// <summary>
    /// The keys of the alerts that a partition's queue takes: its own, and of those that an ingest divides otherwise
    /// its share.
    /// </summary>
    public static IEnumerable<string> KeysOf(Partition partition) =>
        Partition
            .Counts.SelectMany(Partition.All)
            .Where(other =>
                other.Count == partition.Count ? other == partition : other.Index % partition.Count == partition.Index
            )
            .Select(KeyOf);

    /// <summary>
    /// Says into how many partitions the work is divided from now on: the workers that were told so empty the queues of
    /// any other number, and no others do. The migrator's to say, after <see cref="DeployAsync"/>.
    /// </summary>
    public static async Task SetCurrentAsync(
        string? brokerUrl,
        PartitionCounts partitions,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await BrokerUrl
            .Parse(brokerUrl)
            .ToFactory("migrator")
            .CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        (string Queue, int Current)[] divided = [(Pairing, partitions.Pairing), (Ledgers, partitions.Ledgers)];
        foreach (var (queue, current) in divided)
        {
            await channel.QueueDeclareAsync(
                MarkOf(queue, current),
                durable: true,
                exclusive: false,
                autoDelete: false,
                cancellationToken: cancellationToken
            );
            foreach (var count in Partition.Counts.Where(count => count != current))
                await channel.QueueDeleteAsync(MarkOf(queue, count), cancellationToken: cancellationToken);
        }
    }

    /// <summary>A queue that holds nothing: where it is there, the work is divided into so many.</summary>
    internal static string MarkOf(string queue, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{queue}-divided-by-{count}");

    /// <summary>The exchanges and keys by which messages come to the queues of partitions.</summary>
    internal static IEnumerable<(string Exchange, string Key)> SourcesOf(string queue) =>
        queue == Pairing
            ? Partition.Counts.SelectMany(Partition.All).Select(partition => (PairingPartitions, KeyOf(partition)))
            : [(ExchangeOf<TradesClosed>(), ""), (ExchangeOf<TradesRevised>(), "")];

    /// <summary>Declares every queue and binding, with an account that may, and returns when they are there.</summary>
    /// <param name="brokerUrl"><c>amqp://user:password@host:port/vhost</c>.</param>
    /// <exception cref="FormatException">The text is no such URL.</exception>
    public static async Task DeployAsync(
        string? brokerUrl,
        PartitionCounts partitions,
        CancellationToken cancellationToken
    )
    {
        var broker = BrokerUrl.Parse(brokerUrl);
        // Within this call alone: a bus logs where the last one of the same flow did, and that host may be gone.
        LogContext.ConfigureCurrentLogContext(NullLoggerFactory.Instance);
        var control = MassTransit.Bus.Factory.CreateUsingRabbitMq(bus =>
        {
            Bus.Connect(bus, broker);
            Declare(bus, partitions);
        });
        await control.StartAsync(cancellationToken);
        await control.StopAsync(cancellationToken);
    }

    /// <summary>The exchange that a message is published to, as the bus names it.</summary>
    public static string ExchangeOf<T>()
        where T : class => $"{typeof(T).Namespace}:{typeof(T).Name}";

    /// <summary>Has the bus declare every queue and binding when it starts.</summary>
    internal static void Declare(IRabbitMqBusFactoryConfigurator bus, PartitionCounts partitions)
    {
        bus.DeployPublishTopology = true;
        Bind<AlertsReceived>(bus, Pairing);
        foreach (var partition in Partition.All(partitions.Pairing))
            BindKeys(bus, partition);
        Bind<CorrectAlert>(bus, Corrections);
        Bind<CloseTrade>(bus, Corrections);
        Bind<AlertRejected>(bus, Rejections);
        foreach (var partition in Partition.All(partitions.Ledgers))
        {
            // Every partition hears of every trade, and posts to its own batches: who publishes need not know which
            // batches there are.
            Bind<TradesClosed>(bus, QueueOf(Ledgers, partition), partition);
            Bind<TradesRevised>(bus, QueueOf(Ledgers, partition), partition);
        }

        Bind<BatchChanged>(bus, LedgerBuilds);
        BindEvents<AlertsStored>(bus);
        BindEvents<PricesStored>(bus);
        BindEvents<TradesRevised>(bus);
        BindEvents<StreamCorrected>(bus);
        BindEvents<LedgerUpdated>(bus);
        BindEvents<LedgerBuilding>(bus);
        BindEvents<BatchChanged>(bus);
        BindEvents<SessionEnded>(bus);
    }

    private static void Bind<T>(IRabbitMqBusFactoryConfigurator bus, string queueName, Partition? partition = null)
        where T : class =>
        // Straight to the message's own exchange. The worker's endpoint binds the queue once more, by way of an
        // exchange of its own: the broker puts a message into a queue once, however many ways lead there.
        bus.Publish<T>(message =>
            message.BindQueue(
                message.Exchange.ExchangeName,
                queueName,
                queue => SetArguments(queue, partition ?? Partition.Whole)
            )
        );

    private static void BindKeys(IRabbitMqBusFactoryConfigurator bus, Partition partition) =>
        bus.Publish<AlertsReceived>(message =>
        {
            foreach (var key in KeysOf(partition))
            {
                message.BindQueue(
                    PairingPartitions,
                    QueueOf(Pairing, partition),
                    queue =>
                    {
                        queue.ExchangeType = RabbitMQ.Client.ExchangeType.Direct;
                        queue.RoutingKey = key;
                        SetArguments(queue, partition);
                    }
                );
            }
        });

    private static void BindEvents<T>(IRabbitMqBusFactoryConfigurator bus)
        where T : class =>
        bus.Publish<T>(message =>
            message.BindQueue(
                message.Exchange.ExchangeName,
                Events,
                queue =>
                {
                    queue.Durable = true;
                    foreach (var (name, value) in NewsArguments)
                        queue.SetQueueArgument(name, value!);
                }
            )
        );
}
