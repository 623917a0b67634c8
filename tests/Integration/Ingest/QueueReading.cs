using System.Text.Json;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Ingest;

/// <summary>What lies on the queues, as the bus has written it.</summary>
internal static class QueueReading
{
    /// <summary>Takes every message off a queue: the message in each envelope.</summary>
    public static async Task<IReadOnlyList<JsonElement>> TakeAllAsync(this TestBroker broker, string queue)
    {
        var messages = new List<JsonElement>();
        while (await broker.TakeAsync(queue) is { } taken)
        {
            Assert.True(taken.BasicProperties.Persistent);
            using var envelope = JsonDocument.Parse(taken.Body);
            messages.Add(envelope.RootElement.GetProperty("message").Clone());
        }

        return messages;
    }

    /// <summary>Takes every message off the pairing queue: the ids of the alerts in them, with repetitions.</summary>
    public static async Task<IReadOnlyList<string>> TakeAlertIdsAsync(this TestBroker broker)
    {
        var messages = await broker.TakeAllAsync(Topology.Pairing);
        return
        [
            .. messages
                .SelectMany(message => message.GetProperty("alerts").EnumerateArray())
                .Select(alert => alert.GetProperty("alertId").GetString()!),
        ];
    }
}
