using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace PnlPipeline.Tests.EndToEnd.System;

/// <summary>One service as its own process, started, killed and started again by the tests.</summary>
public sealed class ServiceProcess : IDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(180);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };

    private readonly string _project;
    private readonly Dictionary<string, string> _environment;
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _process;

    public ServiceProcess(string project, Dictionary<string, string> environment)
    {
        _project = project;
        Url = new Uri($"http://127.0.0.1:{FreePort()}");
        _environment = new(environment) { ["ASPNETCORE_URLS"] = Url.ToString() };
    }

    public Uri Url { get; }

    /// <summary>All that it has printed, over all its lives.</summary>
    public string Output => string.Join('\n', _output);

    public int ProcessId => _process!.Id;

    /// <summary>A setting from its next start on.</summary>
    public void Set(string name, string value) => _environment[name] = value;

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet", [Assembly(_project)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Runs to its end; fails the test where it does not end well.</summary>
    public void RunToEnd()
    {
        Start();
        Assert.True(_process!.WaitForExit(TimeSpan.FromSeconds(90)), $"{_project} did not end.\n{Output}");
        Assert.True(_process.ExitCode == 0, $"{_project} ended with {_process.ExitCode}.\n{Output}");
    }

    /// <param name="isRun">As by ./run: one that ends by itself, to be started anew, is.</param>
    public async Task WaitUntilReadyAsync(bool isRun = false)
    {
        var url = new Uri(Url, "/health/ready");
        await Eventually.TrueAsync(
            async () =>
            {
                if (isRun && _process is { HasExited: true, ExitCode: 1 })
                    Start();
                Assert.False(
                    _process!.HasExited,
                    $"{_project} ended with {(_process.HasExited ? _process.ExitCode : 0)}.\n{Output}"
                );
                try
                {
                    using var response = await Http.GetAsync(url);
                    return response.IsSuccessStatusCode;
                }
                catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
                {
                    return false;
                }
            },
            ReadyWithin,
            () => $"{_project} is not ready.\n{Output}"
        );
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGSTOP or SIGCONT: paused, as a machine that is frozen, until it is let go on.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <inheritdoc cref="PauseAsync"/>
    public Task GoOnAsync() => SignalAsync("CONT");

    /// <summary>SIGTERM, as where a replica is taken away: it ends by itself.</summary>
    public async Task StopAsync()
    {
        await SignalAsync("TERM");
        await _process!.WaitForExitAsync().WaitAsync(ReadyWithin);
        Assert.True(_process.ExitCode == 0, $"{_project} ended with {_process.ExitCode}.\n{Output}");
    }

    /// <summary>Waits until it has ended by itself; its exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(ReadyWithin);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
            Kill();
        _process?.Dispose();
        // The system disposes what a test has disposed already.
        _process = null;
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{ProcessId}"]);
        await kill.WaitForExitAsync();
    }

    // The tests' own output folder says where the services' are: artifacts/bin/<project>/<configuration>.
    private static string Assembly(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, project + ".dll");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _output.Enqueue(line);
    }
}
