using MassTransit;
using Microsoft.Extensions.Logging.Abstractions;
using PnlPipeline.Contracts;

namespace PnlPipeline.Hosting;

/// <summary>
/// The queues, their arguments, and which message goes into which. The migrator declares all of it before a service starts, and the worker
/// whenever it starts. Ingest and the query API may not (deploy/rabbitmq-definitions.sh has the rights): what they publish is mandatory, so
/// that a message that no queue takes is an error and not lost.
/// </summary>
public static class Topology
{
    /// <summary>Alerts on their way to their trades.</summary>
    public const string Pairing = "pairing";

    /// <summary>What an administrator wants corrected. Apart from the alerts, so that he need not wait behind a backlog of them.</summary>
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
    /// What just happened, for those who look on: a stream, which every replica of the query API reads for itself, from where it likes. So an event's place
    /// in it means the same to all of them, and outlives them. News and no truth: bounded, the oldest go.
    /// </summary>
    public const string News = "news";

    /// <summary>The arguments of <see cref="News"/>. Whole segments go, the oldest first, where it grows past its length.</summary>
    internal static readonly IReadOnlyDictionary<string, object?> NewsArguments = new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["x-queue-type"] = "stream",
        ["x-max-length-bytes"] = 16L * 1024 * 1024,
        ["x-stream-max-segment-size-bytes"] = 2L * 1024 * 1024,
    };

    /// <summary>The exchanges whose messages are news.</summary>
    internal static readonly IReadOnlyList<string> NewsExchanges =
    [
        ExchangeOf<AlertsStored>(),
        ExchangeOf<TradesRevised>(),
        ExchangeOf<StreamCorrected>(),
        ExchangeOf<LedgerUpdated>(),
        ExchangeOf<LedgerBuilding>(),
        ExchangeOf<BatchChanged>(),
        ExchangeOf<SessionEnded>(),
    ];

    /// <summary>
    /// Quorum queues: durable on disk, confirmed only then. The delivery limit is lifted, because past it the broker drops a message and a
    /// killed consumer counts for everything it had prefetched; what can never be handled is parked by <see cref="IParkingLot"/>.
    /// </summary>
    public static void SetArguments(IRabbitMqQueueConfigurator queue)
    {
        queue.Durable = true;
        foreach (var (name, value) in Arguments)
            queue.SetQueueArgument(name, value);
    }

    /// <summary>Declares every queue and binding, with an account that may, and returns when they are there.</summary>
    /// <param name="brokerUrl"><c>amqp://user:password@host:port/vhost</c>.</param>
    /// <exception cref="FormatException">The text is no such URL.</exception>
    public static async Task DeployAsync(string? brokerUrl, CancellationToken cancellationToken)
    {
        var broker = BrokerUrl.Parse(brokerUrl);
        // Within this call alone: a bus logs where the last one of the same flow did, and that host may be gone.
        LogContext.ConfigureCurrentLogContext(NullLoggerFactory.Instance);
        var control = MassTransit.Bus.Factory.CreateUsingRabbitMq(bus =>
        {
            Bus.Connect(bus, broker);
            Declare(bus);
        });
        await control.StartAsync(cancellationToken);
        await control.StopAsync(cancellationToken);
    }

    /// <summary>The exchange that a message is published to, as the bus names it.</summary>
    public static string ExchangeOf<T>()
        where T : class => $"{typeof(T).Namespace}:{typeof(T).Name}";

    /// <summary>Has the bus declare every queue and binding when it starts.</summary>
    internal static void Declare(IRabbitMqBusFactoryConfigurator bus)
    {
        bus.DeployPublishTopology = true;
        Bind<AlertsReceived>(bus, Pairing);
        Bind<CorrectAlert>(bus, Corrections);
        Bind<CloseTrade>(bus, Corrections);
        Bind<AlertRejected>(bus, Rejections);
        Bind<TradesClosed>(bus, Ledgers);
        Bind<TradesRevised>(bus, Ledgers);
        Bind<BatchChanged>(bus, LedgerBuilds);
        BindNews<AlertsStored>(bus);
        BindNews<TradesRevised>(bus);
        BindNews<StreamCorrected>(bus);
        BindNews<LedgerUpdated>(bus);
        BindNews<LedgerBuilding>(bus);
        BindNews<BatchChanged>(bus);
        BindNews<SessionEnded>(bus);
    }

    private static void Bind<T>(IRabbitMqBusFactoryConfigurator bus, string queueName)
        where T : class =>
        // Straight to the message's own exchange. The worker's endpoint binds the queue once more, by way of an exchange of its own: the broker
        // puts a message into a queue once, however many ways lead there.
        bus.Publish<T>(message => message.BindQueue(message.Exchange.ExchangeName, queueName, SetArguments));

    private static void BindNews<T>(IRabbitMqBusFactoryConfigurator bus)
        where T : class =>
        bus.Publish<T>(message => message.BindQueue(message.Exchange.ExchangeName, News, queue =>
        {
            queue.Durable = true;
            foreach (var (name, value) in NewsArguments)
                queue.SetQueueArgument(name, value!);
        }));
}
