using System.Data.Common;
using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Servers;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace PnlPipeline.Tests.Integration.Attacks;

/// <summary>
/// What each service's accounts may do, and above all may not: who gets into one service has got into no other.
/// </summary>
[Collection(nameof(BrokerTests))]
public sealed class RightsTests(TestBroker broker, TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly string[] Queues =
    [
        Topology.Pairing,
        Topology.Rejections,
        Topology.Ledgers,
        Topology.LedgerBuilds,
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_publishes_two_kinds_of_message_and_does_nothing_else_at_the_broker()
    {
        await broker.DeleteQueuesAsync();
        await using var connection = await ConnectAsync(TestBroker.IngestUrl);

        foreach (var message in (Type[])[typeof(AlertsReceived), typeof(AlertRejected)])
            await PublishAsync(connection, ExchangeOf(message));
        Assert.Equal(1u, await broker.CountAsync(Topology.Pairing));
        Assert.Equal(1u, await broker.CountAsync(Topology.Rejections));

        foreach (var message in (Type[])[typeof(TradesClosed), typeof(TradesRevised), typeof(BatchChanged)])
            await RefusedAsync(connection, channel => PublishAsync(channel, ExchangeOf(message)));
        await CannotTouchAsync(connection, Queues);
        await RefusedAsync(
            connection,
            channel => channel.QueueDeclareAsync("mine", durable: false, cancellationToken: Cancellation)
        );
        await RefusedAsync(connection, channel => channel.QueueDeclareAsync("", cancellationToken: Cancellation));
        await RefusedAsync(
            connection,
            channel => channel.ExchangeDeclareAsync("mine", ExchangeType.Fanout, cancellationToken: Cancellation)
        );
        Assert.Equal(1u, await broker.CountAsync(Topology.Pairing));
    }

    [Fact]
    public async Task The_query_api_publishes_and_touches_none_of_the_queues()
    {
        await broker.DeleteQueuesAsync();
        await using var connection = await ConnectAsync(TestBroker.QueryUrl);

        await PublishAsync(connection, ExchangeOf(typeof(BatchChanged)));
        Assert.Equal(1u, await broker.CountAsync(Topology.LedgerBuilds));

        await CannotTouchAsync(connection, Queues);
        await RefusedAsync(
            connection,
            channel => channel.QueueDeclareAsync("mine", durable: false, cancellationToken: Cancellation)
        );
        Assert.Equal(1u, await broker.CountAsync(Topology.LedgerBuilds));
    }

    [Fact]
    public async Task Outside_its_virtual_host_nobody_is_let_in()
    {
        foreach (var url in new[] { TestBroker.IngestUrl, TestBroker.WorkerUrl, TestBroker.QueryUrl })
        {
            foreach (
                var factory in (ConnectionFactory[])
                    [
                        new() { Uri = new Uri(url), VirtualHost = "/" },
                        new() { Uri = new Uri(url), Password = "guess" },
                        new()
                        {
                            Uri = new Uri(url),
                            UserName = "guest",
                            Password = "guest",
                        },
                    ]
            )
            {
                factory.AutomaticRecoveryEnabled = false;
                Assert.False(await IsLetInAsync(factory));
            }

            Assert.True(await IsLetInAsync(new ConnectionFactory { Uri = new Uri(url) }));
        }
    }

    [Fact]
    public async Task Each_table_is_written_by_its_own_service_and_nobody_changes_the_schema()
    {
        await using var administrator = await database.OpenAsync();
        var tables = (
            await administrator.QueryAsync<string>(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
            )
        ).ToList();
        await using var query = await OpenAsync(database.QueryUrl);
        await using var worker = await OpenAsync(database.WorkerUrl);
        foreach (var table in tables)
        {
            Assert.Equal(0, await query.ExecuteScalarAsync<int>($"SELECT COUNT(*) FROM `{table}` WHERE FALSE"));
            Assert.Equal(0, await worker.ExecuteScalarAsync<int>($"SELECT COUNT(*) FROM `{table}` WHERE FALSE"));
            var writers =
                (await MayAsync(query, $"DELETE FROM `{table}` WHERE FALSE") ? "query" : "")
                + (await MayAsync(worker, $"DELETE FROM `{table}` WHERE FALSE") ? "worker" : "");
            // What was done is a record: added to, and neither changed nor deleted by anybody.
            var expected =
                table is "schema_migrations" or "audit_trail" ? ""
                : IsOfQuery(table) ? "query"
                : "worker";
            Assert.Equal($"{table} {expected}", $"{table} {writers}");
            foreach (var connection in (DbConnection[])[query, worker])
            {
                Assert.False(await MayAsync(connection, $"DROP TABLE `{table}`"));
                Assert.False(await MayAsync(connection, $"ALTER TABLE `{table}` ADD COLUMN mine INT"));
            }
        }

        foreach (var connection in (DbConnection[])[query, worker])
        {
            Assert.False(await MayAsync(connection, "CREATE TABLE mine (id INT)"));
            Assert.False(await MayAsync(connection, "CREATE USER mine"));
            Assert.False(await MayAsync(connection, "SELECT * FROM mysql.user"));
            Assert.False(await MayAsync(connection, "SELECT LOAD_FILE('/etc/hostname') INTO OUTFILE '/tmp/mine'"));
        }

        Assert.True(await MayAsync(query, "INSERT INTO audit_trail SELECT * FROM audit_trail WHERE FALSE"));
        Assert.True(await MayAsync(worker, "INSERT INTO audit_trail SELECT * FROM audit_trail WHERE FALSE"));
        Assert.True(await MayAsync(query, "INSERT INTO corrections SELECT * FROM corrections WHERE FALSE"));
        Assert.False(await MayAsync(query, "INSERT INTO alerts SELECT * FROM alerts WHERE FALSE"));

        static bool IsOfQuery(string table) =>
            table.StartsWith("batch", StringComparison.Ordinal)
            || table.StartsWith("import", StringComparison.Ordinal)
            || table
                is "shares"
                    or "trade_notes"
                    or "trade_tags"
                    or "day_notes"
                    or "notification_channels"
                    or "notification_rules";
    }

    private static async Task<bool> IsLetInAsync(ConnectionFactory factory)
    {
        try
        {
            // Who is refused at the last step, at the virtual host, gets a connection all the same: one that carries
            // nothing.
            await using var connection = await factory.CreateConnectionAsync(Cancellation);
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancellation);
            return channel.IsOpen;
        }
        catch (Exception refusal) when (refusal is BrokerUnreachableException or OperationInterruptedException)
        {
            return false;
        }
    }

    private static async Task<DbConnection> OpenAsync(MySqlUrl url) =>
        await new MySqlDatabase(url).OpenAsync(Cancellation);

    private static async Task<bool> MayAsync(DbConnection connection, string sql)
    {
        try
        {
            await connection.ExecuteAsync(sql);
            return true;
        }
        catch (DbException refusal) when (refusal.Message.Contains("denied", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
    }

    private static string ExchangeOf(Type message) => $"{message.Namespace}:{message.Name}";

    private static Task<IConnection> ConnectAsync(string url) =>
        new ConnectionFactory { Uri = new Uri(url), AutomaticRecoveryEnabled = false }.CreateConnectionAsync(
            Cancellation
        );

    private static async Task PublishAsync(IConnection connection, string exchange)
    {
        await using var channel = await ConfirmingAsync(connection);
        await PublishAsync(channel, exchange);
    }

    private static async Task PublishAsync(IChannel channel, string exchange) =>
        await channel.BasicPublishAsync(
            exchange,
            "",
            mandatory: true,
            new BasicProperties(),
            new byte[] { 1 },
            Cancellation
        );

    private static Task<IChannel> ConfirmingAsync(IConnection connection) =>
        connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            Cancellation
        );

    /// <summary>Neither read, emptied, deleted, bound nor made otherwise.</summary>
    private static async Task CannotTouchAsync(IConnection connection, string[] queues)
    {
        foreach (var queue in queues)
        {
            await RefusedAsync(connection, channel => channel.BasicGetAsync(queue, autoAck: false, Cancellation));
            await RefusedAsync(
                connection,
                channel =>
                    channel.BasicConsumeAsync(
                        queue,
                        autoAck: false,
                        new AsyncEventingBasicConsumer(channel),
                        Cancellation
                    )
            );
            await RefusedAsync(connection, channel => channel.QueuePurgeAsync(queue, Cancellation));
            await RefusedAsync(
                connection,
                channel =>
                    channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false, cancellationToken: Cancellation)
            );
            await RefusedAsync(
                connection,
                channel =>
                    channel.QueueBindAsync(
                        queue,
                        ExchangeOf(typeof(AlertsReceived)),
                        "",
                        cancellationToken: Cancellation
                    )
            );
            await RefusedAsync(
                connection,
                channel =>
                    channel.QueueUnbindAsync(
                        queue,
                        ExchangeOf(typeof(AlertsReceived)),
                        "",
                        cancellationToken: Cancellation
                    )
            );
        }
    }

    private static async Task RefusedAsync(IConnection connection, Func<IChannel, Task> act)
    {
        // What is refused takes its channel with it.
        await using var channel = await ConfirmingAsync(connection);
        var refusal = await Assert.ThrowsAnyAsync<OperationInterruptedException>(async () => await act(channel));
        Assert.Equal(403, (int?)refusal.ShutdownReason?.ReplyCode);
    }
}
