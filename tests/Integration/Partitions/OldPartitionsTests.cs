using System.Text.Json;
using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Pairing;
using PnlPipeline.Tests.Integration.Servers;
using RabbitMQ.Client;

namespace PnlPipeline.Tests.Integration.Partitions;

/// <summary>What is left of another number of partitions, on the real broker.</summary>
[Collection(nameof(BrokerTests))]
public sealed class OldPartitionsTests(TestDatabase database, TestBroker broker) : IClassFixture<TestDatabase>
{
    private const string Silent = "pairing-1-of-2";
    private const string Answering = "pairing-2-of-2";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // A quorum queue's leader that is not heard in time is answered for with no messages and no consumers.
    [Fact]
    public async Task A_queue_that_does_not_answer_is_not_taken_for_an_empty_one()
    {
        await broker.DeleteQueuesAsync();
        await Topology.DeployAsync(TestBroker.Url, new PartitionCounts(2, 1), Cancellation);
        await Topology.SetCurrentAsync(TestBroker.Url, PartitionCounts.Undivided, Cancellation);
        await broker.SendRawAsync(
            Silent,
            Message(Rows.Alert("SILENT", AlertAction.Entry, Direction.Long, 100, 1)),
            new BasicProperties { ContentType = "application/vnd.masstransit+json" }
        );

        WorkerHost worker;
        await using (await TestBroker.SilenceAsync(Silent))
        {
            worker = await WorkerHost.StartAsync(database.WorkerUrl);
            // The other one is looked at after it: it is received from, or gone.
            await Eventually.BecomesAsync(async () =>
                await broker.CountConsumersAsync(Answering) > 0 || await broker.CountAsync(Answering) is null
            );
        }

        await using (worker)
        {
            await Eventually.BecomesAsync(IsStoredAsync);
            foreach (var queue in (string[])[Silent, Answering])
                await Eventually.GetAsync(() => broker.CountAsync(queue), count => count is null);
        }
    }

    private async Task<bool> IsStoredAsync()
    {
        await using var connection = await database.OpenAsync();
        return await connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM alerts") == 1;
    }

    private static byte[] Message(AlertReceived alert) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                messageId = Guid.NewGuid(),
                messageType = new[] { "urn:message:PnlPipeline.Contracts:AlertsReceived" },
                message = new AlertsReceived([alert]),
            },
            JsonSerializerOptions.Web
        );
}
