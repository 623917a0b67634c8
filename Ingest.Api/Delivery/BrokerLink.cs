using RabbitMQ.Client;

namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>
/// One connection to the broker with one channel that confirms. Once anything is wrong with it, it is broken for good
/// and the next one is opened: nothing that hangs in it is waited for.
/// </summary>
internal sealed class BrokerLink : IDisposable
{
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(2);

    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly CancellationTokenSource _broken = new();
    private volatile bool _isBlocked;

    private BrokerLink(IConnection connection, IChannel channel)
    {
        _connection = connection;
        _channel = channel;
        Broken = _broken.Token;
        connection.ConnectionShutdownAsync += (_, _) => BreakAsync();
        channel.ChannelShutdownAsync += (_, _) => BreakAsync();
        // Out of disk or memory, the broker stops reading from whoever publishes, and says so.
        connection.ConnectionBlockedAsync += (_, _) =>
        {
            _isBlocked = true;
            return Task.CompletedTask;
        };
        connection.ConnectionUnblockedAsync += (_, _) =>
        {
            _isBlocked = false;
            return Task.CompletedTask;
        };
    }

    /// <summary>Cancelled when the link is of no use any more.</summary>
    public CancellationToken Broken { get; }

    /// <summary>Whether a publish may well be confirmed soon.</summary>
    public bool IsUsable => !_isBlocked && !Broken.IsCancellationRequested && _channel.IsOpen;

    /// <summary>
    /// Connects. It declares nothing: who may declare a queue may delete it. Where one is missing, what is published
    /// comes back.
    /// </summary>
    public static async Task<BrokerLink> OpenAsync(ConnectionFactory broker, CancellationToken cancellationToken)
    {
        var connection = await broker.CreateConnectionAsync(cancellationToken);
        try
        {
            var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(
                    publisherConfirmationsEnabled: true,
                    publisherConfirmationTrackingEnabled: true
                ),
                cancellationToken
            );
            return new BrokerLink(connection, channel);
        }
        catch
        {
            _ = AbortAsync(connection);
            throw;
        }
    }

    /// <summary>Returns when the broker has confirmed that the message is in a queue and on disk.</summary>
    /// <param name="body">Belongs to the link until this returns well; after an exception it may be read still.</param>
    public async Task PublishAsync(
        Address address,
        Guid messageId,
        ReadOnlyMemory<byte> body,
        CancellationToken deadline
    )
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(deadline, Broken);
        var properties = new BasicProperties
        {
            ContentType = Envelope.ContentType,
            DeliveryMode = DeliveryModes.Persistent,
            MessageId = messageId.ToString("D"),
        };
        // A confirm alone does not say that a queue has it: mandatory makes "no queue" an error. The client heeds its
        // token late, or never where the connection breaks in the wrong moment.
        await _channel
            .BasicPublishAsync(address.Exchange, address.Key, mandatory: true, properties, body, end.Token)
            .AsTask()
            .WaitAsync(end.Token);
    }

    public void Break() => _broken.Cancel();

    public void Dispose()
    {
        Break();
        _ = AbortAsync(_connection);
    }

    /// <summary>It was given up; how and when it ends is nobody's.</summary>
    private static async Task AbortAsync(IConnection connection)
    {
        await Task.WhenAny(connection.AbortAsync(AbortTimeout));
        await Task.WhenAny(connection.DisposeAsync().AsTask());
    }

    private async Task BreakAsync() => await _broken.CancelAsync();
}
