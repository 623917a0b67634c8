using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PnlPipeline.Hosting;

/// <summary>The bus, set up once for all hosts.</summary>
public static class Bus
{
    // Of this process among the replicas, the same on every queue. Drawn, so that nobody has to hand them out; two
    // alike share the work, as they would without.
    private static readonly int Rank = Random.Shared.Next(1, int.MaxValue);

    /// <summary>
    /// Adds a room's consumers and endpoints to the bus that <see cref="AddBus"/>, called after it, sets up.
    /// </summary>
    /// <param name="addConsumers">Adds consumers with their definitions.</param>
    /// <param name="configureEndpoints">Configures the receive endpoints, each through
    /// <see cref="ReceiveFrom"/>.</param>
    public static IHostApplicationBuilder AddBusEndpoints(
        this IHostApplicationBuilder builder,
        Action<IBusRegistrationConfigurator> addConsumers,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator> configureEndpoints
    )
    {
        builder.Services.AddSingleton(new Room(addConsumers, configureEndpoints));
        return builder;
    }

    /// <summary>
    /// Adds MassTransit over RabbitMQ from <c>ConnectionStrings:RabbitMq</c>
    /// (<c>amqp://user:password@host:port/vhost</c>). The host starts also while the broker is away; its health says
    /// so.
    /// </summary>
    /// <param name="addConsumers">Adds consumers with their definitions; none for a host that only publishes.</param>
    /// <param name="configureEndpoints">Configures the receive endpoints, each through
    /// <see cref="ReceiveFrom"/>.</param>
    /// <param name="declaresQueues">
    /// Whether it declares all queues when it starts, which takes the rights of the worker; and lives by them: it ends
    /// where it is without them although the broker answers.
    /// </param>
    public static IHostApplicationBuilder AddBus(
        this IHostApplicationBuilder builder,
        Action<IBusRegistrationConfigurator>? addConsumers = null,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator>? configureEndpoints = null,
        bool declaresQueues = false
    )
    {
        var broker = BrokerUrl.Parse(builder.Configuration.GetConnectionString("RabbitMq"));
        var rooms = builder.Services.Select(service => service.ImplementationInstance).OfType<Room>().ToList();
        builder.Services.AddMassTransit(registration =>
        {
            addConsumers?.Invoke(registration);
            rooms.ForEach(room => room.AddConsumers(registration));
            // The bus would report how it is used to its maker, some minutes after the start. What runs here is nobody
            // else's business.
            registration.DisableUsageTelemetry();
            registration.ConfigureHealthCheckOptions(health => health.Tags.Add(PipelineHost.NotADependency));
            registration.UsingRabbitMq(
                (context, bus) =>
                {
                    Connect(bus, broker);
                    if (declaresQueues)
                        Topology.Declare(bus, PartitionCounts.Read(builder.Configuration));
                    configureEndpoints?.Invoke(context, bus);
                    rooms.ForEach(room => room.ConfigureEndpoints(context, bus));
                }
            );
        });
        builder
            .Services.AddHealthChecks()
            .Add(
                new HealthCheckRegistration(
                    "rabbitmq",
                    services => new BrokerHealthCheck(
                        services.GetRequiredService<IBusControl>(),
                        broker.ToFactory("health")
                    ),
                    failureStatus: null,
                    tags: null
                )
            );
        if (declaresQueues)
        {
            builder
                .Services.AddOptions<BusOptions>()
                .BindConfiguration(BusOptions.Section)
                .ValidateDataAnnotations()
                .ValidateOnStart();
            builder.Services.AddHostedService(services => new BusWatch(
                services.GetRequiredService<IBusControl>(),
                broker.ToFactory("watch"),
                services.GetRequiredService<IOptions<BusOptions>>().Value,
                services.GetRequiredService<IHostApplicationLifetime>(),
                services.GetRequiredService<ILogger<BusWatch>>()
            ));
        }

        builder.Services.AddSingleton(_ => new EventStream(broker.ToFactory("news")));
        builder.Services.Configure<MassTransitHostOptions>(options =>
        {
            options.WaitUntilStarted = false;
            options.StopTimeout = TimeSpan.FromSeconds(20);
            // A stop that runs out of time with a message in hand leaves its consumer connected, and the message with
            // it, until the process ends.
            options.ConsumerStopTimeout = TimeSpan.FromSeconds(15);
        });
        return builder;
    }

    /// <summary>
    /// Receives from one of <see cref="Topology"/>'s queues; what can never be handled becomes a dead letter.
    /// </summary>
    public static void ReceiveFrom(
        this IRabbitMqBusFactoryConfigurator bus,
        IBusRegistrationContext context,
        string queue,
        Action<IRabbitMqReceiveEndpointConfigurator> configure
    ) =>
        bus.ReceiveEndpoint(
            queue,
            endpoint =>
            {
                Prepare(endpoint, context, queue);
                configure(endpoint);
            }
        );

    /// <summary>
    /// Receives from a queue whose work replicas share, and from what is left of the partitions that there were before.
    /// Before <see cref="AddBus"/>.
    /// </summary>
    public static IHostApplicationBuilder AddPartitionedQueue(
        this IHostApplicationBuilder builder,
        PartitionedQueue queue,
        Action<IBusRegistrationConfigurator> addConsumers
    )
    {
        builder.AddBusEndpoints(addConsumers, queue.ReceiveFrom);
        builder.Services.AddSingleton<IHostedService>(services => new OldPartitions(
            queue,
            services.GetRequiredService<IBusControl>(),
            services.GetRequiredService<IBusRegistrationContext>(),
            BrokerUrl.Parse(builder.Configuration.GetConnectionString("RabbitMq")).ToFactory("partitions"),
            services.GetRequiredService<ILogger<OldPartitions>>()
        ));
        return builder;
    }

    /// <summary>
    /// Has one replica take what is on the queue for as long as it keeps up, while the others stand by: the broker
    /// sends to another than the first only what that one's prefetch has no room for, and everything once it is gone.
    /// For queues whose messages lead to the same rows: dealt out in turns, they are done in another order than they
    /// came, and again.
    /// </summary>
    public static void PreferOneReplica(this IRabbitMqReceiveEndpointConfigurator endpoint) =>
        endpoint.ConsumerPriority = Rank;

    internal static void Prepare(
        IRabbitMqReceiveEndpointConfigurator endpoint,
        IRegistrationContext context,
        string queue
    )
    {
        Topology.SetArguments(endpoint, Topology.PartitionOf(queue));
        var parking = new DeadLetterFilter(context.GetRequiredService<IDeadLetterStore>(), queue);
        // What cannot be handled is a dead letter; nobody listens for a message about it.
        endpoint.PublishFaults = false;
        endpoint.ConfigureError(pipe => pipe.UseFilter(parking));
        endpoint.ConfigureDeadLetter(pipe => pipe.UseFilter(parking));
    }

    /// <summary>Has a bus connect there.</summary>
    internal static void Connect(IRabbitMqBusFactoryConfigurator bus, BrokerUrl broker) =>
        bus.Host(
            broker.Nodes[0].Host,
            (ushort)broker.Nodes[0].Port,
            broker.VirtualHost,
            host =>
            {
                host.Username(broker.User);
                host.Password(broker.Password);
                host.PublisherConfirmation = true;
                host.Heartbeat(TimeSpan.FromSeconds(10));
                host.RequestedConnectionTimeout(BrokerUrl.AnswerTimeout);
                if (broker.Nodes.Count == 1)
                    return;
                host.UseCluster(cluster =>
                {
                    foreach (var (name, port) in broker.Nodes)
                        cluster.Node($"{name}:{port}");
                });
            }
        );

    private sealed record Room(
        Action<IBusRegistrationConfigurator> AddConsumers,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator> ConfigureEndpoints
    );
}
