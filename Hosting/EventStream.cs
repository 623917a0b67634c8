using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace PnlPipeline.Hosting;

/// <summary>A message of the stream.</summary>
/// <param name="Offset">Its place: the next one's is higher, for whoever reads.</param>
/// <param name="Body">The bus's envelope.</param>
/// <param name="IsMark">The reader's own: whatever was in the stream when it began to read has come before
/// this.</param>
public readonly record struct EventMessage(long Offset, ReadOnlyMemory<byte> Body, bool IsMark);

/// <summary>
/// Reads <see cref="Topology.Events"/> past the bus, which knows queues that are emptied and not streams that are read
/// from a place on.
/// </summary>
public sealed class EventStream
{
    // Messages that the broker sends ahead, and how many are acknowledged at once: an acknowledgement takes nothing
    // from a stream, it asks for more.
    private const ushort Prefetch = 200;
    private const int Acknowledged = 50;

    private readonly ConnectionFactory _broker;

    internal EventStream(ConnectionFactory broker) => _broker = broker;

    /// <summary>
    /// The messages since a time, then those that come, until the connection breaks or
    /// <paramref name="cancellationToken"/> says so.
    /// </summary>
    /// <param name="since">
    /// By the broker's clock, and about: some from before may come too; <c>null</c>: all there are. A time and no
    /// offset, for of a stream that was made anew, and is shorter than that, a reader who asks for an offset is sent
    /// nothing, and never learns why.
    /// </param>
    public async IAsyncEnumerable<EventMessage> ReadAsync(
        DateTimeOffset? since,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var connection = await _broker.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await DeclareAsync(channel, cancellationToken);

        var mark = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        var consumer = new Consumer(channel, mark);
        await channel.BasicQosAsync(0, Prefetch, global: false, cancellationToken);
        await channel.BasicConsumeAsync(
            Topology.Events,
            autoAck: false,
            consumerTag: "",
            noLocal: false,
            exclusive: false,
            new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["x-stream-offset"] = since is { } time ? new AmqpTimestamp(time.ToUnixTimeSeconds()) : "first",
            },
            consumer,
            cancellationToken
        );
        // In an envelope like the bus's, with nothing in it.
        var envelope = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                messageType = Array.Empty<string>(),
                sentTime = DateTime.UtcNow,
                message = 0,
            }
        );
        await channel.BasicPublishAsync(
            "",
            Topology.Events,
            mandatory: false,
            new BasicProperties { MessageId = mark },
            envelope,
            cancellationToken
        );

        var unacknowledged = 0;
        await foreach (var (tag, message) in consumer.Delivered.ReadAllAsync(cancellationToken))
        {
            yield return message;
            if (++unacknowledged < Acknowledged)
                continue;
            await channel.BasicAckAsync(tag, multiple: true, cancellationToken);
            unacknowledged = 0;
        }
    }

    // As the bus declares it, so that neither must start first, and a queue that was deleted comes back.
    private static async Task DeclareAsync(IChannel channel, CancellationToken cancellationToken)
    {
        await channel.QueueDeclareAsync(
            Topology.Events,
            durable: true,
            exclusive: false,
            autoDelete: false,
            Topology.NewsArguments.ToDictionary(StringComparer.Ordinal),
            cancellationToken: cancellationToken
        );
        foreach (var exchange in Topology.NewsExchanges)
        {
            await channel.ExchangeDeclareAsync(
                exchange,
                ExchangeType.Fanout,
                durable: true,
                cancellationToken: cancellationToken
            );
            await channel.QueueBindAsync(Topology.Events, exchange, "", cancellationToken: cancellationToken);
        }
    }

    private sealed class Consumer(IChannel channel, string mark) : AsyncDefaultBasicConsumer(channel)
    {
        // As long as what may be unacknowledged: it never fills.
        private readonly Channel<(ulong Tag, EventMessage Message)> _delivered =
            System.Threading.Channels.Channel.CreateBounded<(ulong, EventMessage)>(Prefetch);

        public ChannelReader<(ulong Tag, EventMessage Message)> Delivered => _delivered.Reader;

        public override async Task HandleBasicDeliverAsync(
            string consumerTag,
            ulong deliveryTag,
            bool redelivered,
            string exchange,
            string routingKey,
            IReadOnlyBasicProperties properties,
            ReadOnlyMemory<byte> body,
            CancellationToken cancellationToken = default
        )
        {
            var offset = Convert.ToInt64(properties.Headers!["x-stream-offset"], CultureInfo.InvariantCulture);
            // The body is the client's own again as soon as this returns.
            await _delivered.Writer.WriteAsync(
                (deliveryTag, new EventMessage(offset, body.ToArray(), properties.MessageId == mark)),
                cancellationToken
            );
        }

        // The queue is gone.
        protected override Task OnCancelAsync(string[] consumerTags, CancellationToken cancellationToken = default)
        {
            _delivered.Writer.TryComplete();
            return base.OnCancelAsync(consumerTags, cancellationToken);
        }

        public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
        {
            _delivered.Writer.TryComplete();
            return base.HandleChannelShutdownAsync(channel, reason);
        }
    }
}
