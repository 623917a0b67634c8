using System.Net;
using System.Net.Sockets;

namespace PnlPipeline.Tests.Integration.Ingest;

/// <summary>
/// The line between ingest and the real broker. Held, it carries nothing either way, as a broker that is paused; down,
/// it takes no connection, as a broker that is away.
/// </summary>
public sealed class BrokerLine : IAsyncDisposable
{
    private readonly Uri _broker;
    private readonly int _port;
    private TcpListener? _listener;
    private CancellationTokenSource _down = new();
    private volatile TaskCompletionSource _open = new();

    public BrokerLine(string brokerUrl, bool isUp = true)
    {
        _broker = new Uri(brokerUrl);
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            _port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        _open.SetResult();
        if (isUp)
            Up();
    }

    /// <summary>The broker's URL by way of this line.</summary>
    public string Url =>
        new UriBuilder(_broker) { Host = "127.0.0.1", Port = _port }
            .Uri
            .AbsoluteUri;

    public void Hold() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo() => _open.TrySetResult();

    public void Up()
    {
        _down = new CancellationTokenSource();
        _listener = new TcpListener(IPAddress.Loopback, _port);
        _listener.Start();
        _ = AcceptAsync(_listener, _down.Token);
    }

    /// <summary>Breaks every connection, and takes no other.</summary>
    public async Task DownAsync()
    {
        _listener?.Stop();
        await _down.CancelAsync();
        LetGo();
    }

    public async ValueTask DisposeAsync()
    {
        await DownAsync();
        _down.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken down)
    {
        try
        {
            for (; ; )
                _ = CarryAsync(await listener.AcceptTcpClientAsync(down), down);
        }
        catch (Exception stopped)
            when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The line is down.
        }
    }

    private async Task CarryAsync(TcpClient client, CancellationToken down)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(_broker.Host, _broker.Port, down);
            await Task.WhenAny(
                PumpAsync(near.GetStream(), far.GetStream(), down),
                PumpAsync(far.GetStream(), near.GetStream(), down)
            );
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
        {
            // Either end went away: so does the connection.
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, CancellationToken down)
    {
        var buffer = new byte[64 * 1024];
        for (int read; (read = await from.ReadAsync(buffer, down)) > 0; )
        {
            await _open.Task.WaitAsync(down);
            await to.WriteAsync(buffer.AsMemory(0, read), down);
        }
    }
}
