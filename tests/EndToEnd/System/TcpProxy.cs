using System.Net;
using System.Net.Sockets;

namespace PnlPipeline.Tests.EndToEnd.System;

/// <summary>
/// A line between a service and a server that a test can hold: what is sent while it is held is not delivered until it
/// is let go.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = Opened();

    public TcpProxy(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>From now on nothing the client sends reaches the server.</summary>
    public void HoldRequests() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _open.TrySetResult();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        var lines = new List<Task>();
        try
        {
            for (; ; )
                lines.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(lines);
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(_host, _port, _stop.Token);
            await Task.WhenAny(
                PumpAsync(near.GetStream(), far.GetStream(), () => _open.Task),
                PumpAsync(far.GetStream(), near.GetStream(), () => Task.CompletedTask)
            );
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
        {
            // Either end went away: so does the line.
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Func<Task> open)
    {
        var buffer = new byte[16 * 1024];
        for (int read; (read = await from.ReadAsync(buffer, _stop.Token)) > 0; )
        {
            await open();
            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
