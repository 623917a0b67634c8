using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace PnlPipeline.Tests.Integration.Ingest;

/// <summary>What ingest answered.</summary>
/// <param name="ContentType">Without parameters.</param>
public sealed record Answer(
    HttpStatusCode Status,
    string? ContentType,
    JsonElement Body,
    TimeSpan Elapsed,
    TimeSpan? RetryAfter
)
{
    /// <summary>Of an alert that was accepted; <c>null</c> for any other answer.</summary>
    public string? AlertId => Body.TryGetProperty("alertId", out var id) ? id.GetString() : null;
}

/// <summary>Ingest as its own process on a free port, spoken to over HTTP.</summary>
public sealed class IngestProcess : IAsyncDisposable
{
    public const string Token = "a-token-of-the-tests-only";

    private const string Listening = "Now listening on: ";

    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    private IngestProcess(string brokerUrl, IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Assembly()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        // Servers that were given to the tests may have any password.
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ConnectionStrings__RabbitMq"] = brokerUrl;
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Exited += (_, _) => _listening.TrySetCanceled();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All that it has printed.</summary>
    public string Output => string.Join('\n', _output);

    public Uri Url => _listening.Task.Result;

    /// <summary>
    /// Starts ingest with <see cref="Token"/> and waits until it takes requests; the broker may be away.
    /// </summary>
    public static async Task<IngestProcess> StartAsync(string brokerUrl, params (string Name, string Value)[] settings)
    {
        var process = new IngestProcess(
            brokerUrl,
            settings.Prepend(("Webhooks__Tokens__0", Token)).ToDictionary(pair => pair.Item1, pair => pair.Item2)
        );
        try
        {
            await process._listening.Task.WaitAsync(StartWithin);
            return process;
        }
        catch (Exception fault)
        {
            var output = process.Output;
            await process.DisposeAsync();
            throw new InvalidOperationException($"Ingest did not start.\n{output}", fault);
        }
    }

    /// <summary>
    /// Starts ingest without a token of its own and waits until it ends: its exit code and what it printed.
    /// </summary>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(
        string brokerUrl,
        params (string Name, string Value)[] settings
    )
    {
        await using var process = new IngestProcess(
            brokerUrl,
            settings.ToDictionary(pair => pair.Name, pair => pair.Value)
        );
        await process._process.WaitForExitAsync().WaitAsync(StartWithin);
        return (process._process.ExitCode, process.Output);
    }

    public Task<Answer> PostAsync(string body, string token = Token) =>
        PostAsync(new ByteArrayContent(Encoding.UTF8.GetBytes(body)), token);

    public Task<Answer> PostAsync(HttpContent body, string token = Token) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/webhooks/tradingview/{token}") { Content = body });

    public Task<Answer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        request.RequestUri = new Uri(Url, request.RequestUri!);
        var watch = Stopwatch.StartNew();
        using var response = await _http.SendAsync(request);
        return new Answer(
            response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadFromJsonAsync<JsonElement>(),
            watch.Elapsed,
            response.Headers.RetryAfter?.Delta
        );
    }

    /// <summary>SIGTERM, as a container's stop; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(40));
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>The most that has been resident so far.</summary>
    public long PeakMemoryMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64 / 1024 / 1024;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _http.Dispose();
    }

    // The tests' own output folder says where the service's is: artifacts/bin/<project>/<configuration>.
    private static string Assembly()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, "Ingest.Api", own.Name, "Ingest.Api.dll");
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        // In JSON, a quotation mark stands behind the words, and in front of what follows the address.
        if (line.LastIndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            _listening.TrySetResult(new Uri(line[(at + Listening.Length)..].Trim('\\', '"', ' ').Split('\\', '"')[0]));
    }
}
