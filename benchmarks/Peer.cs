using System.Diagnostics;
using System.Globalization;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// The peer, as its own process beside the system: <c>benchmarks/peer</c>, on the same MySQL in a database of its own.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    private Peer(Process process, Uri webhook)
    {
        _process = process;
        Webhook = webhook;
    }

    public Uri Webhook { get; }

    /// <summary><c>null</c> where it cannot be had: Node.js or its packages are not there.</summary>
    public static async Task<Peer?> StartAsync(int port)
    {
        if (
            Environment.GetEnvironmentVariable("PEER_DIRECTORY") is not { Length: > 0 } directory
            || !Directory.Exists(Path.Combine(directory, "node_modules"))
        )
            return null;
        var start = new ProcessStartInfo("node", [Path.Combine(directory, "server.js")])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["NODE_ENV"] = "production";
        var process = Process.Start(start)!;
        var peer = new Peer(process, new Uri($"http://127.0.0.1:{port}/webhooks/tradingview/none"));
        if (await process.StandardOutput.ReadLineAsync() == "listening")
            return peer;
        peer.Dispose();
        throw new InvalidOperationException("The peer did not start.");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
