using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Hosting;
using RabbitMQ.Client;

namespace PnlPipeline.Tests.Integration.Servers;

[Collection(nameof(BrokerTests))]
public sealed class ServersTests(TestDatabase database, TestBroker broker) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task The_database_is_migrated_and_the_query_account_cannot_write_alerts()
    {
        await using var connection = await new MySqlDatabase(database.QueryUrl).OpenAsync(
            TestContext.Current.CancellationToken
        );
        Assert.Equal(0, await connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM alerts"));
        var refusal = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() =>
            connection.ExecuteAsync("DELETE FROM alerts")
        );
        Assert.Contains("denied", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_broker_has_none_of_the_queues_until_they_are_declared()
    {
        await broker.DeleteQueuesAsync(declareAnew: false);
        Assert.Null(await broker.CountAsync(Topology.Pairing));
        await Assert.ThrowsAnyAsync<Exception>(() => broker.SendRawAsync(Topology.Pairing, [1], new BasicProperties()));
        await Topology.DeployAsync(
            TestBroker.WorkerUrl,
            PartitionCounts.Undivided,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(0u, await broker.CountAsync(Topology.Pairing));
    }
}
