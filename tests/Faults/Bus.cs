using PnlPipeline.Tests.EndToEnd.System;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace PnlPipeline.Tests.Faults;

/// <summary>The broker past the pipeline: what lies on its queues, and messages put straight on them.</summary>
public sealed class Bus(IConnection connection, IChannel channel) : IAsyncDisposable
{
    /// <summary>Queues that a worker consumes, and the messages that go there.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Consumed = new Dictionary<string, string[]>(
        StringComparer.Ordinal
    )
    {
        ["pairing"] = ["AlertsReceived"],
        ["corrections"] = ["CorrectAlert", "CloseTrade"],
        ["rejections"] = ["AlertRejected"],
        ["ledgers"] = ["TradesClosed", "TradesRevised"],
        ["ledger-builds"] = ["BatchChanged"],
    };

    public static async Task<Bus> ConnectAsync(PipelineSystem system)
    {
        var connection = await system.ConnectToBrokerAsync();
        return new Bus(
            connection,
            await connection.CreateChannelAsync(
                new CreateChannelOptions(
                    publisherConfirmationsEnabled: true,
                    publisherConfirmationTrackingEnabled: true
                )
            )
        );
    }

    public async Task PutAsync(string queue, byte[] body, BasicProperties properties) =>
        await channel.BasicPublishAsync(
            exchange: "",
            routingKey: queue,
            mandatory: true,
            basicProperties: properties,
            body: body
        );

    /// <summary>
    /// From now on every message comes to its queue a second time, as what a publisher sends again whose confirmation
    /// was lost.
    /// </summary>
    /// <param name="again">Told of each.</param>
    public async Task EchoAsync(Action again)
    {
        foreach (var (queue, messages) in Consumed)
        {
            var shadow = (await channel.QueueDeclareAsync()).QueueName;
            foreach (var message in messages)
                await channel.QueueBindAsync(shadow, $"PnlPipeline.Contracts:{message}", routingKey: "");
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, delivery) =>
            {
                var body = delivery.Body.ToArray();
                await PutAsync(queue, body, new BasicProperties(delivery.BasicProperties));
                again();
            };
            await channel.BasicConsumeAsync(shadow, autoAck: true, consumer);
        }
    }

    /// <summary>From now on whoever listens is told the id of every message of this kind.</summary>
    public async Task HearAsync(string message, Action<string?> hear)
    {
        var shadow = (await channel.QueueDeclareAsync()).QueueName;
        await channel.QueueBindAsync(shadow, $"PnlPipeline.Contracts:{message}", routingKey: "");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            hear(delivery.BasicProperties.MessageId);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(shadow, autoAck: true, consumer);
    }

    /// <summary>
    /// Messages that wait on a queue (not those that a consumer holds), and its consumers; <c>null</c> where there is
    /// no such queue.
    /// </summary>
    public async Task<(uint Messages, uint Consumers)?> FindAsync(string queue)
    {
        await using var attempt = await connection.CreateChannelAsync();
        try
        {
            var found = await attempt.QueueDeclarePassiveAsync(queue);
            return (found.MessageCount, found.ConsumerCount);
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException away)
            when (away.ShutdownReason?.ReplyCode == 404)
        {
            return null;
        }
    }

    /// <summary>Deletes a queue with all it holds.</summary>
    public async Task DeleteAsync(string queue) => await channel.QueueDeleteAsync(queue);

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
