using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>
/// The query API as a process of its own, on a database of its own, with the rights it has in a deployment. Its broker
/// is away: none of what it answers depends on it.
/// </summary>
public class QueryApi : IAsyncLifetime
{
    public const string AdminKey = "an-admin-key-of-this-test-run";
    public const string ViewerKey = "a-viewer-key-of-this-test-run";

    private const string NoBroker = "amqp://nobody:nothing@127.0.0.1:1/";

    private readonly ConcurrentQueue<string> _output = new();
    private readonly string _sessionKeys = Path.Combine(Path.GetTempPath(), $"pnl-session-keys-{Guid.NewGuid():N}");
    private Process? _process;

    public virtual TestDatabase Database { get; } = new();

    /// <summary>The folder of the keys that encrypt cookies.</summary>
    public string SessionKeys => _sessionKeys;

    /// <summary>What lies in the database as if the workers had written it.</summary>
    public Stage Stage { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    /// <summary>Sends an admin's key.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <summary>Sends a viewer's key.</summary>
    public HttpClient Viewer { get; private set; } = null!;

    /// <summary>Sends no key, and keeps cookies only where a test does.</summary>
    public HttpClient Nobody { get; private set; } = null!;

    /// <summary>Everything the process has logged.</summary>
    public string Log => string.Join('\n', _output);

    protected virtual string BrokerUrl => NoBroker;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        Stage = new Stage(Database);
        await StartAsync();
    }

    /// <summary>
    /// Starts the process, again where it ran before, with these environment variables beside its own.
    /// </summary>
    public async Task StartAsync(params (string Name, string Value)[] environment)
    {
        await StopAsync();
        _output.Clear();
        var start = StartInfo();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        const string listening = "Now listening on: ";
        await Eventually.BecomesAsync(() =>
            Task.FromResult(_process.HasExited || Log.Contains(listening, StringComparison.Ordinal))
        );
        Assert.False(_process.HasExited, Log);

        Address = new Uri(
            _output.First(line => line.Contains(listening, StringComparison.Ordinal)).Split(listening)[1]
        );
        Admin = Client(AdminKey);
        Viewer = Client(ViewerKey);
        Nobody = Client(null);
    }

    /// <summary>Runs the process with these variables until it ends by itself.</summary>
    public async Task<(int ExitCode, string Output)> RunToItsEndAsync(params (string Name, string Value)[] environment)
    {
        var start = StartInfo();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancellation);
        var error = process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        return (process.ExitCode, await output + await error);
    }

    /// <summary>A client with a key, or none; it follows no redirect and keeps no cookie.</summary>
    public HttpClient Client(string? key)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = Address,
        };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Database.DisposeAsync();
        if (Directory.Exists(_sessionKeys))
            Directory.Delete(_sessionKeys, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the process as a deployment does; returns when it has ended.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start(
            "kill",
            ["-TERM", _process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]
        );
        await _process.WaitForExitAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    /// <summary>Kills the process.</summary>
    public async Task StopAsync()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _process = null;
    }

    private ProcessStartInfo StartInfo() =>
        new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Query.Api.dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
            Environment =
            {
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                // Servers that were given to the tests may have any password.
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                ["ConnectionStrings__MySql"] = TestDatabase.ConnectionString(Database.QueryUrl),
                ["ConnectionStrings__RabbitMq"] = BrokerUrl,
                ["Access__AdminKeys__0"] = AdminKey,
                ["Access__ViewerKeys__0"] = ViewerKey,
                ["Access__SessionKeysDirectory"] = _sessionKeys,
            },
        };
}

/// <summary>The query API with the real broker.</summary>
public sealed class QueryApiWithBroker : QueryApi
{
    protected override string BrokerUrl => TestBroker.QueryUrl;
}

/// <summary>Short ways to ask and to look at what comes back.</summary>
internal static class Asking
{
    public static async Task<HttpResponseMessage> SendAsync(
        this HttpClient client,
        string method,
        string path,
        string? body = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request, QueryApi.Cancellation);
    }

    /// <summary>The body of an answer that must have this status.</summary>
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync(QueryApi.Cancellation);
        Assert.True((int)response.StatusCode == status, $"Expected {status}, got {(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public static async Task<JsonElement> GetJsonAsync(this HttpClient client, string path) =>
        await (await client.SendAsync("GET", path)).JsonAsync(200);

    /// <summary>A problem of this status: a title, a detail, and the fields in error.</summary>
    public static async Task<string> ProblemAsync(this HttpResponseMessage response, int status)
    {
        var problem = await response.JsonAsync(status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.GetProperty("title").GetString());
        Assert.NotEqual("", problem.GetProperty("detail").GetString());
        return problem.TryGetProperty("errors", out var errors)
            ? string.Join(' ', errors.EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal))
            : "";
    }

    /// <summary>The lines of a download, without the empty one at its end.</summary>
    public static async Task<string[]> CsvAsync(this HttpClient client, string path)
    {
        var response = await client.SendAsync("GET", path, null, ("Accept", "text/csv"));
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        return (await response.Content.ReadAsStringAsync(QueryApi.Cancellation)).Split("\r\n")[..^1];
    }

    /// <summary>The texts of a property of each item.</summary>
    public static List<string> Items(this JsonElement page, string property) =>
        [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty(property).ToString())];
}
