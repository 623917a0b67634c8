using System.Diagnostics.CodeAnalysis;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;

namespace PnlPipeline.Hosting;

/// <summary>The bus, set up once for all hosts.</summary>
public static class Bus
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Adds a room's consumers and endpoints to the bus that <see cref="AddBus"/>, called after it, sets up.</summary>
    /// <param name="addConsumers">Adds consumers with their definitions.</param>
    /// <param name="configureEndpoints">Configures the receive endpoints, each through <see cref="ReceiveFrom"/>.</param>
    public static IHostApplicationBuilder AddBusRoom(
        this IHostApplicationBuilder builder,
        Action<IBusRegistrationConfigurator> addConsumers,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator> configureEndpoints)
    {
        builder.Services.AddSingleton(new Room(addConsumers, configureEndpoints));
        return builder;
    }

    /// <summary>
    /// Adds MassTransit over RabbitMQ from <c>ConnectionStrings:RabbitMq</c> (<c>amqp://user:password@host:port/vhost</c>). The host starts
    /// also while the broker is away; its health says so.
    /// </summary>
    /// <param name="addConsumers">Adds consumers with their definitions; none for a host that only publishes.</param>
    /// <param name="configureEndpoints">Configures the receive endpoints, each through <see cref="ReceiveFrom"/>.</param>
    public static IHostApplicationBuilder AddBus(
        this IHostApplicationBuilder builder,
        Action<IBusRegistrationConfigurator>? addConsumers = null,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator>? configureEndpoints = null)
    {
        var broker = ParseUrl(builder.Configuration.GetConnectionString("RabbitMq"));
        var rooms = builder.Services.Select(service => service.ImplementationInstance).OfType<Room>().ToList();
        builder.Services.AddMassTransit(registration =>
        {
            addConsumers?.Invoke(registration);
            rooms.ForEach(room => room.AddConsumers(registration));
            // The bus would report how it is used to its maker, some minutes after the start. What runs here is nobody else's business.
            registration.DisableUsageTelemetry();
            registration.ConfigureHealthCheckOptions(health => health.Tags.Add(PipelineHost.NotADependency));
            registration.UsingRabbitMq((context, bus) =>
            {
                bus.Host(broker.Host, (ushort)broker.Port, broker.VirtualHost, host =>
                {
                    host.Username(broker.User);
                    host.Password(broker.Password);
                    host.PublisherConfirmation = true;
                    host.Heartbeat(TimeSpan.FromSeconds(10));
                    host.RequestedConnectionTimeout(AnswerTimeout);
                });
                Topology.Declare(bus);
                configureEndpoints?.Invoke(context, bus);
                rooms.ForEach(room => room.ConfigureEndpoints(context, bus));
            });
        });
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "rabbitmq",
            services => new BrokerHealthCheck(services.GetRequiredService<IBusControl>(), ForProbes(broker)),
            failureStatus: null,
            tags: null));
        builder.Services.AddSingleton(_ => new NewsStream(ForNews(broker)));
        builder.Services.Configure<MassTransitHostOptions>(options =>
        {
            options.WaitUntilStarted = false;
            options.StopTimeout = TimeSpan.FromSeconds(20);
        });
        return builder;
    }

    /// <summary>Receives from one of <see cref="Topology"/>'s queues; what can never be handled is parked.</summary>
    public static void ReceiveFrom(
        this IRabbitMqBusFactoryConfigurator bus,
        IBusRegistrationContext context,
        string queue,
        Action<IRabbitMqReceiveEndpointConfigurator> configure) =>
        bus.ReceiveEndpoint(queue, endpoint =>
        {
            Topology.SetArguments(endpoint);
            var parking = new ParkingFilter(context.GetRequiredService<IParkingLot>(), queue);
            // What cannot be handled is parked; nobody listens for a message about it.
            endpoint.PublishFaults = false;
            endpoint.ConfigureError(pipe => pipe.UseFilter(parking));
            endpoint.ConfigureDeadLetter(pipe => pipe.UseFilter(parking));
            configure(endpoint);
        });

    private static ConnectionFactory ForProbes(Broker broker) => new()
    {
        HostName = broker.Host,
        Port = broker.Port,
        VirtualHost = broker.VirtualHost,
        UserName = broker.User,
        Password = broker.Password,
        AutomaticRecoveryEnabled = false,
        ClientProvidedName = "health",
        // A broker that is paused accepts the connection and then says nothing.
        RequestedConnectionTimeout = AnswerTimeout,
        HandshakeContinuationTimeout = AnswerTimeout,
        ContinuationTimeout = AnswerTimeout,
    };

    private static ConnectionFactory ForNews(Broker broker)
    {
        var factory = ForProbes(broker);
        factory.ClientProvidedName = "news";
        factory.RequestedHeartbeat = TimeSpan.FromSeconds(10);
        return factory;
    }

    private sealed record Room(
        Action<IBusRegistrationConfigurator> AddConsumers, Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator> ConfigureEndpoints);

    private sealed record Broker(string Host, int Port, string User, string Password, string VirtualHost);

    [SuppressMessage("Usage", "CA2208", Justification = "The configuration's key is what the reader knows.")]
    private static Broker ParseUrl(string? text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != "amqp" || uri.Host.Length == 0)
            throw new FormatException("ConnectionStrings:RabbitMq must read amqp://user:password@host:port/vhost.");

        var account = uri.UserInfo.Split(':', 2);
        if (account.Length != 2)
            throw new FormatException("ConnectionStrings:RabbitMq must name a user and a password: amqp://user:password@host:port/vhost.");

        var virtualHost = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        return new Broker(
            uri.Host,
            uri.Port < 0 ? 5672 : uri.Port,
            Uri.UnescapeDataString(account[0]),
            Uri.UnescapeDataString(account[1]),
            virtualHost.Length == 0 ? "/" : virtualHost);
    }
}
