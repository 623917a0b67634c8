using System.Diagnostics;
using System.Globalization;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// An ingest beside the system's own, on the same broker, that takes so many alerts a second from one address and no
/// more.
/// </summary>
internal sealed class LimitedIngest : IDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly DirectoryInfo _spool = Directory.CreateTempSubdirectory("pnl-bench");

    private LimitedIngest(int port, int alertsPerSecondMax)
    {
        var token = RunningSystem.Setting("WEBHOOK_TOKEN");
        Webhook = new Uri($"http://127.0.0.1:{port}/webhooks/tradingview/{token}");
        // This assembly lies where the services do: artifacts/bin/<project>/<configuration>.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(own.Parent!.Parent!.FullName, "Ingest.Api", own.Name, "Ingest.Api.dll")]
        )
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (
            var (name, value) in (ReadOnlySpan<(string, string)>)
                [
                    ("ASPNETCORE_URLS", $"http://127.0.0.1:{port}"),
                    ("DOTNET_ENVIRONMENT", "Development"),
                    ("ASPNETCORE_ENVIRONMENT", "Development"),
                    ("ConnectionStrings__RabbitMq", RunningSystem.Setting("RABBITMQ_URL")),
                    ("Webhooks__Tokens__0", token),
                    ("Webhooks__AlertsPerSecondMax", alertsPerSecondMax.ToString(CultureInfo.InvariantCulture)),
                    ("Webhooks__BurstMax", alertsPerSecondMax.ToString(CultureInfo.InvariantCulture)),
                    ("Spool__Directory", _spool.FullName),
                ]
        )
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
    }

    public Uri Webhook { get; }

    public static async Task<LimitedIngest> StartAsync(int port, int alertsPerSecondMax)
    {
        var ingest = new LimitedIngest(port, alertsPerSecondMax);
        using var http = new HttpClient();
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            try
            {
                using var ready = await http.GetAsync(new Uri(ingest.Webhook, "/health/ready"));
                if (ready.IsSuccessStatusCode)
                    return ingest;
            }
            catch (HttpRequestException) when (clock.Elapsed < ReadyWithin)
            {
                // It is starting.
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _spool.Delete(recursive: true);
    }
}
