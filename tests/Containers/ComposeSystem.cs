using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PnlPipeline.Tests.Containers;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Servers;

[assembly: AssemblyFixture(typeof(ComposeSystem))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace PnlPipeline.Tests.Containers;

/// <summary>
/// The system of the compose file, from nothing but <c>.env.example</c>: built and started once for all tests, by the
/// commands that the files themselves name. Tests leave it as they found it: all healthy, one replica of each.
/// </summary>
public sealed class ComposeSystem : RunningPipeline, IAsyncLifetime
{
    public static readonly string[] Services = ["ingest", "pairing", "ledgers", "notifications", "query"];
    public static readonly string[] Servers = ["mysql", "rabbitmq"];

    private static readonly TimeSpan HealthyWithin = TimeSpan.FromSeconds(180);

    // The same for each run of a checkout, so that what a killed run left behind is found and removed.
    private static readonly string Project =
        "pnl-containers-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Repository.Root)))[..8];

    /// <summary>A folder for what the tests write.</summary>
    public static readonly string Kept = Repository.PathOf(".test", "containers");

    private Dictionary<string, string> _env = [];
    private HttpClient? _webhook;
    private HttpClient? _admin;
    private HttpClient? _viewer;

    public static string EnvFile { get; } = Path.Combine(Kept, ".env");

    public override string Token => _env["WEBHOOK_TOKEN"];

    public override HttpClient Webhook => Ready(_webhook);

    public override HttpClient Admin => Ready(_admin);

    public override HttpClient Viewer => Ready(_viewer);

    public override string IngestLog =>
        ComposeAsync("logs", "--no-color", "--tail", "100", "ingest").GetAwaiter().GetResult();

    /// <summary>
    /// How long it took to build the images, as far as they were not the last run's, and until all was healthy.
    /// </summary>
    public TimeSpan StartedIn { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (Docker.Missing is not null)
            return;
        Directory.CreateDirectory(Kept);
        await FillInEnvAsync();
        await ComposeAsync("down", "--volumes", "--remove-orphans");

        var clock = Stopwatch.StartNew();
        await ComposeAsync("up", "--build", "--detach");
        await AllHealthyAsync();
        StartedIn = clock.Elapsed;

        (_webhook, _admin, _viewer) = (
            Client("INGEST_PORT", null),
            Client("QUERY_PORT", "ADMIN_KEY"),
            Client("QUERY_PORT", "VIEWER_KEY")
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (Docker.Missing is not null)
            return;
        await ComposeAsync("down", "--volumes", "--remove-orphans");
        _webhook?.Dispose();
        _admin?.Dispose();
        _viewer?.Dispose();
    }

    /// <summary><c>docker compose</c> for this system; fails the test where it fails.</summary>
    public static Task<string> ComposeAsync(params string[] arguments) =>
        Docker.RunAsync([.. Compose(EnvFile), .. arguments]);

    /// <summary>The beginning of a <c>docker compose</c> with that file of settings.</summary>
    public static string[] Compose(string envFile) =>
        [
            "compose",
            "--project-name",
            Project,
            "--file",
            Repository.PathOf("docker-compose.yml"),
            "--env-file",
            envFile,
        ];

    /// <summary>What the engine knows of a service's containers, or of all there are.</summary>
    public static async Task<IReadOnlyList<JsonElement>> ContainersAsync(params string[] services) =>
        await Docker.InspectAsync(
            (await ComposeAsync(["ps", "--all", "--quiet", .. services])).Split(
                '\n',
                StringSplitOptions.RemoveEmptyEntries
            )
        );

    /// <summary>Waits until each service has so many containers, all of them healthy.</summary>
    public static async Task HealthyAsync(int replicas, params string[] services)
    {
        var seen = "";
        await Eventually.TrueAsync(
            async () =>
            {
                var healthy = true;
                seen = "";
                foreach (var service in services)
                {
                    string[] states = [.. (await ContainersAsync(service)).Select(Health)];
                    seen += $"{service}: {string.Join(", ", states)}\n";
                    healthy &= states.Length == replicas && states.All(state => state == "healthy");
                }

                return healthy;
            },
            HealthyWithin,
            () => seen
        );
    }

    /// <summary>Waits until the whole system is as it was at the beginning.</summary>
    public static Task AllHealthyAsync() => HealthyAsync(1, [.. Servers, .. Services]);

    /// <summary>What the engine says of a container's health check, or of its state where it does not run.</summary>
    public static string Health(JsonElement container)
    {
        var state = container.GetProperty("State");
        return state.GetProperty("Running").GetBoolean() && state.TryGetProperty("Health", out var health)
            ? health.GetProperty("Status").GetString()!
            : state.GetProperty("Status").GetString()!;
    }

    // By the command that .env.example itself names.
    private async Task FillInEnvAsync()
    {
        var command = File.ReadLines(Repository.PathOf(".env.example"))
            .Single(line => line.Contains("grep -o", StringComparison.Ordinal));
        var start = new ProcessStartInfo("bash", ["-euc", command.TrimStart('#', ' ')])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var filledIn = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        string[] lines =
        [
            .. filledIn.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            "PNL_TAG=test",
            .. ((string[])["INGEST_PORT", "QUERY_PORT", "MYSQL_PORT", "RABBITMQ_PORT"]).Select(name =>
                $"{name}={FreePort()}"
            ),
        ];
        await File.WriteAllLinesAsync(EnvFile, lines);
        _env = lines
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }

    private HttpClient Client(string port, string? key)
    {
        var client = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{_env[port]}"),
            Timeout = TimeSpan.FromSeconds(10),
        };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _env[key]);
        return client;
    }

    private static HttpClient Ready(HttpClient? client) =>
        client ?? throw new InvalidOperationException("The system was not started.");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
