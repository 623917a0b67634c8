using System.Net.Http.Headers;
using System.Security.Cryptography;
using PnlPipeline.Database;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Servers;
using RabbitMQ.Client;

[assembly: AssemblyFixture(typeof(PipelineSystem))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace PnlPipeline.Tests.EndToEnd.System;

/// <summary>
/// The whole pipeline as processes, on a database of its own: started once for all tests. Tests keep out of each
/// other's way by their symbols.
/// </summary>
public sealed class PipelineSystem : RunningPipeline, IAsyncLifetime
{
    private static readonly string[] Queues =
    [
        "pairing",
        "corrections",
        "rejections",
        "ledgers",
        "ledger-builds",
        "news",
    ];

    private readonly Func<Task<TestServers>> _startServers;
    private readonly string _kept = Directory.CreateTempSubdirectory("pnl-end-to-end").FullName;
    private readonly List<ServiceProcess> _started = [];
    private HttpClient _webhook = null!;
    private HttpClient _admin = null!;
    private HttpClient _viewer = null!;

    public PipelineSystem()
        : this(TestServers.StartAsync) { }

    /// <summary>On other servers than those of this process, which end with it.</summary>
    internal PipelineSystem(Func<Task<TestServers>> startServers) => _startServers = startServers;

    /// <summary>Worker's and query's database passwords, token, admin's and viewer's key: none may ever show.</summary>
    public IReadOnlyList<string> Secrets { get; } =
    [.. Enumerable.Range(0, 5).Select(_ => RandomNumberGenerator.GetHexString(32, lowercase: true))];

    public override string Token => Secrets[2];

    public string AdminKey => Secrets[3];

    public string ViewerKey => Secrets[4];

    /// <summary>What it runs on.</summary>
    public TestServers Servers { get; private set; } = null!;

    /// <summary>The test's database, by its owner's account.</summary>
    public MySqlUrl Database { get; private set; } = null!;

    public ServiceProcess Migrator { get; private set; } = null!;

    public ServiceProcess Ingest { get; private set; } = null!;

    public ServiceProcess Pairing { get; private set; } = null!;

    public ServiceProcess Ledgers { get; private set; } = null!;

    public ServiceProcess Query { get; private set; } = null!;

    public override HttpClient Webhook => _webhook;

    public override HttpClient Admin => _admin;

    public override HttpClient Viewer => _viewer;

    public override string IngestLog => Ingest.Output;

    public IEnumerable<ServiceProcess> Started => _started;

    /// <summary>Another ingest, with a spool of its own, not started yet.</summary>
    public ServiceProcess NewIngest() =>
        NewService(
            "Ingest.Api",
            new(StringComparer.Ordinal)
            {
                ["ConnectionStrings__RabbitMq"] = Servers.RabbitMqIngestUrl,
                ["Webhooks__Tokens__0"] = Token,
                ["Spool__Directory"] = Path.Combine(_kept, $"spool-{_started.Count}"),
            }
        );

    /// <summary>
    /// Another worker of this role, not started yet; to another broker URL where the test puts something in between.
    /// </summary>
    public ServiceProcess NewWorker(string role, string? broker = null, params (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ConnectionStrings__MySql"] = Url(
                Database with
                {
                    User = $"{Database.Database}_worker",
                    Password = Secrets[0],
                }
            ),
            ["ConnectionStrings__RabbitMq"] = broker ?? Servers.RabbitMqWorkerUrl,
            ["Worker__Roles__0"] = role,
        };
        foreach (var (name, value) in settings)
            environment[name] = value;
        return NewService("Analytics.Worker", environment);
    }

    /// <summary>Where the broker is; not where it is several.</summary>
    public Uri Broker => new(Servers.RabbitMqUrl);

    public async ValueTask InitializeAsync()
    {
        Servers = await _startServers();
        Compose();
        await DeleteQueuesAsync();
        Migrator.RunToEnd();
        foreach (var service in (ServiceProcess[])[Ingest, Pairing, Ledgers, Query])
            service.Start();
        foreach (var service in (ServiceProcess[])[Ingest, Pairing, Ledgers, Query])
            await service.WaitUntilReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _started)
            service.Dispose();
        Migrator.Dispose();
        await DeleteQueuesAsync();
        var database = new MySqlDatabase(MySqlUrl.Parse(Servers.MySqlUrl));
        await using var connection = await database.OpenAsync(CancellationToken.None);
        foreach (
            var statement in (string[])
                [
                    $"DROP DATABASE IF EXISTS `{Database.Database}`",
                    $"DROP USER IF EXISTS '{Database.Database}_worker'@'%', '{Database.Database}_query'@'%'",
                ]
        )
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            await command.ExecuteNonQueryAsync();
        }

        await Servers.DisposeAsync();
        Directory.Delete(_kept, recursive: true);
        Webhook.Dispose();
        Admin.Dispose();
        Viewer.Dispose();
    }

    /// <summary>A channel straight to the broker, past the pipeline.</summary>
    /// <param name="node">Of several the one at this place in their order; otherwise any.</param>
    public async Task<IConnection> ConnectToBrokerAsync(int? node = null)
    {
        var broker = BrokerUrl.Parse(Servers.RabbitMqUrl);
        return await new ConnectionFactory
        {
            UserName = broker.User,
            Password = broker.Password,
            VirtualHost = broker.VirtualHost,
        }.CreateConnectionAsync(
            broker
                .Nodes.Where((_, index) => node is null || index == node)
                .Select(one => new AmqpTcpEndpoint(one.Host, one.Port))
        );
    }

    private void Compose()
    {
        Database = MySqlUrl.Parse(Servers.MySqlUrl) with { Database = $"pnl_e_{Random.Shared.Next(0x1000000):x6}" };
        Migrator = new ServiceProcess(
            "Migrator",
            new(StringComparer.Ordinal)
            {
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["ConnectionStrings__MySql"] = Url(Database),
                ["ConnectionStrings__RabbitMq"] = Servers.RabbitMqUrl,
                ["Accounts__WorkerPassword"] = Secrets[0],
                ["Accounts__QueryPassword"] = Secrets[1],
            }
        );
        Ingest = NewIngest();
        Pairing = NewWorker("pairing");
        Ledgers = NewWorker("ledgers");
        Query = NewService(
            "Query.Api",
            new(StringComparer.Ordinal)
            {
                ["ConnectionStrings__RabbitMq"] = Servers.RabbitMqQueryUrl,
                ["ConnectionStrings__MySql"] = Url(
                    Database with
                    {
                        User = $"{Database.Database}_query",
                        Password = Secrets[1],
                    }
                ),
                ["Access__AdminKeys__0"] = AdminKey,
                ["Access__ViewerKeys__0"] = ViewerKey,
                ["Access__SessionKeysDirectory"] = Path.Combine(_kept, "session-keys"),
                ["Webhook__Url"] = Ingest.Url.ToString().TrimEnd('/'),
                ["Webhook__Token"] = Token,
                // Channels of the tests are on this machine.
                ["Notifications__AllowedNetworks__0"] = "127.0.0.0/8",
                // Where there is none the API is there all the same.
                ["Dashboard__Directory"] = Repository.PathOf("Dashboard", "dist"),
            }
        );
        _admin = Client(AdminKey);
        _viewer = Client(ViewerKey);
        _webhook = new HttpClient { BaseAddress = Ingest.Url, Timeout = TimeSpan.FromSeconds(5) };
    }

    // The virtual host outlives this run where it came from the environment: another run's leftovers must not flow into
    // this one.
    private async Task DeleteQueuesAsync()
    {
        await using var connection = await ConnectToBrokerAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var queue in Queues)
            await channel.QueueDeleteAsync(queue);
    }

    private ServiceProcess NewService(string project, Dictionary<string, string> environment)
    {
        environment["DOTNET_ENVIRONMENT"] = "Development";
        environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        var service = new ServiceProcess(project, environment);
        _started.Add(service);
        return service;
    }

    private HttpClient Client(string key)
    {
        var client = new HttpClient { BaseAddress = Query.Url, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static string Url(MySqlUrl url) =>
        $"mysql://{Uri.EscapeDataString(url.User)}:{Uri.EscapeDataString(url.Password)}@{url.Servers}/{url.Database}";
}
