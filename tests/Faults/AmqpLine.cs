using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace PnlPipeline.Tests.Faults;

/// <summary>
/// A line between a worker and the broker that knows their protocol as far as is needed to lose acknowledgements, of
/// messages or of publishes, and carry everything else: which is what either side sees that lost the other in just that
/// moment.
/// </summary>
public sealed class AmqpLine : IAsyncDisposable
{
    private const int FrameHeadBytes = 7;
    private const byte MethodFrame = 1;

    // basic.ack, the same number both ways: class 60, method 80.
    private const uint BasicAck = (60 << 16) | 80;

    private static readonly int InitialEventBytes = "AMQP0091"u8.Length;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _broker;
    private readonly Task _accepting;
    private volatile bool _losesAcknowledgements;
    private volatile bool _losesConfirmations;
    private int _lost;

    public AmqpLine(string brokerUrl)
    {
        _broker = new Uri(brokerUrl);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The broker's URL by way of this line.</summary>
    public string Url =>
        new UriBuilder(_broker) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }
            .Uri
            .AbsoluteUri;

    /// <summary>How many acknowledgements were lost, either way.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>
    /// From now on no acknowledgement reaches the broker: what the worker has done with stays on its queue.
    /// </summary>
    public void LoseAcknowledgements() => _losesAcknowledgements = true;

    /// <summary>From now on the worker does not hear that what it published is there.</summary>
    public void LoseConfirmations() => _losesConfirmations = true;

    public void CarryAll() => _losesAcknowledgements = _losesConfirmations = false;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var lines = new List<Task>();
        try
        {
            for (; ; )
                lines.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception stopped)
            when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
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
            await far.ConnectAsync(_broker.Host, _broker.Port, _stop.Token);
            near.NoDelay = far.NoDelay = true;
            var greeting = new byte[InitialEventBytes];
            await near.GetStream().ReadExactlyAsync(greeting, _stop.Token);
            await far.GetStream().WriteAsync(greeting, _stop.Token);
            await Task.WhenAny(
                PumpAsync(near.GetStream(), far.GetStream(), () => _losesAcknowledgements),
                PumpAsync(far.GetStream(), near.GetStream(), () => _losesConfirmations)
            );
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
        {
            // Either end went away: so does the line.
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Func<bool> losesAcks)
    {
        var frame = new byte[256 * 1024];
        for (; ; )
        {
            // Type, channel, size; the payload; an end mark of one byte.
            await from.ReadExactlyAsync(frame.AsMemory(0, FrameHeadBytes), _stop.Token);
            var payload = (int)BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(3));
            await from.ReadExactlyAsync(frame.AsMemory(FrameHeadBytes, payload + 1), _stop.Token);
            if (
                frame[0] == MethodFrame
                && BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(FrameHeadBytes)) == BasicAck
                && losesAcks()
            )
                Interlocked.Increment(ref _lost);
            else
                await to.WriteAsync(frame.AsMemory(0, FrameHeadBytes + payload + 1), _stop.Token);
        }
    }
}
