using System.Collections.Concurrent;
using System.Text;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PnlPipeline.Analytics.Worker.Ledgers;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Servers;
using RabbitMQ.Client;
using static PnlPipeline.Tests.Integration.Ledgers.LedgerWorld;

namespace PnlPipeline.Tests.Integration.Ledgers;

/// <summary>The room as the worker hosts it, with its queues on the real broker.</summary>
[Collection(nameof(BrokerTests))]
public sealed class LedgersOnTheBusTests(TestDatabase database, TestBroker broker)
    : IClassFixture<TestDatabase>,
        IAsyncLifetime
{
    private readonly LedgerWorld _world = new(database);
    private readonly DeadLetterStub _parked = new();
    private readonly ConcurrentQueue<LedgerUpdated> _heard = [];
    private readonly List<WebApplication> _hosts = [];

    public ValueTask InitializeAsync() => new(broker.DeleteQueuesAsync());

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
    }

    [Fact]
    public async Task News_of_batches_and_trades_become_ledgers_and_are_told_of()
    {
        var bus = await StartAsync();
        var stream = await _world.AddStreamAsync(_world.Symbol("BUS"));
        var trades = Enumerable.Range(1, 30).Select(i => NewTrade(stream, i - 0.5, i, i - 12m)).ToList();
        await _world.WriteAsync(trades[..10]);
        var batch = await _world.CreateBatchAsync([stream.Symbol]);
        await bus.Publish(new BatchChanged(batch, 1));
        await HearAsync(batch, 10);

        await _world.WriteAsync(trades[10..]);
        await bus.Publish(new TradesClosed([.. trades[10..20].Select(trade => Closed(stream, trade))]));
        await HearAsync(batch, 20);
        await bus.Publish(new TradesClosed([.. trades[15..30].Select(trade => Closed(stream, trade))]));
        await HearAsync(batch, 30);
        await _world.DeleteAsync(trades[4]);
        await bus.Publish(new TradesRevised([Revised(stream, trades[4].ExitTime!.Value)]));
        await HearAsync(batch, 29);

        await _world.IsRightAsync(batch);
        Assert.Empty(_parked.Messages);
    }

    [Fact]
    public async Task Rubbish_among_good_messages_is_parked_and_the_rest_is_posted()
    {
        var bus = await StartAsync();
        var stream = await _world.AddStreamAsync(_world.Symbol("RUB"));
        var batch = await _world.CreateBatchAsync([stream.Symbol]);
        await bus.Publish(new BatchChanged(batch, 1));
        await HearAsync(batch, 0);
        var trades = Enumerable.Range(1, 40).Select(i => NewTrade(stream, i - 0.5, i, i - 12m)).ToList();
        await _world.WriteAsync(trades);

        List<Task> sending =
        [
            .. trades.Select(trade => bus.Publish(new TradesClosed([Closed(stream, trade)]))),
            bus.Publish(new TradesClosed(null!)),
            bus.Publish(new TradesClosed([null!])),
            bus.Publish(new TradesRevised([new StreamRevised(Guid.NewGuid(), null!, "60", Start)])),
            bus.Publish(new TradesRevised([Revised(stream, DateTime.MinValue)])),
            broker.SendRawAsync(Topology.Ledgers, Encoding.UTF8.GetBytes("rubbish"), new BasicProperties()),
            broker.SendRawAsync(
                Topology.Ledgers,
                [],
                new BasicProperties { ContentType = "application/vnd.masstransit+json" }
            ),
            bus.Publish(new BatchChanged(0, 1)),
            broker.SendRawAsync(
                Topology.LedgerBuilds,
                Encoding.UTF8.GetBytes("{}"),
                new BasicProperties { ContentType = "application/json" }
            ),
        ];
        await Task.WhenAll(sending);

        await Eventually.GetAsync(
            async () =>
                $"{(await _world.LedgerAsync(batch)).LastSeq} rows, parked: "
                + $"{string.Join("; ", _parked.Messages.Select(message => message.Reason))}",
            _ => _parked.Messages.Count == 8
        );
        await Eventually.BecomesAsync(async () => (await _world.LedgerAsync(batch)).LastSeq == 40);
        await _world.IsRightAsync(batch);
        Assert.Equal(8, _parked.Messages.Count);
    }

    [Fact]
    public async Task While_one_replica_keeps_up_another_stands_by()
    {
        var takenByOther = new ConcurrentQueue<byte[]>();
        var bus = await StartAsync();
        var stream = await _world.AddStreamAsync(_world.Symbol("FIRST"));
        var batch = await _world.CreateBatchAsync([stream.Symbol]);
        await bus.Publish(new BatchChanged(batch, 1));
        await HearAsync(batch, 0);
        await using var other = await broker.StandByAsync(Topology.Ledgers, takenByOther);
        for (var i = 1; i <= 40; i++)
        {
            var trade = NewTrade(stream, i - 0.5, i, i - 12m);
            await _world.WriteAsync(trade);
            await bus.Publish(new TradesClosed([Closed(stream, trade)]));
        }

        await Eventually.BecomesAsync(async () =>
            (await _world.LedgerAsync(batch)).LastSeq == 40 || !takenByOther.IsEmpty
        );
        Assert.Empty(takenByOther);
    }

    [Fact]
    public async Task Two_replicas_share_the_queue_and_the_ledgers_come_out_the_same()
    {
        var bus = await StartAsync();
        await StartAsync();
        List<LedgerWorld.Stream> streams =
        [
            await _world.AddStreamAsync(_world.Symbol("R1")),
            await _world.AddStreamAsync(_world.Symbol("R2")),
        ];
        long[] batches =
        [
            await _world.CreateBatchAsync(streams.Select(stream => stream.Symbol), fee: 0.1m),
            await _world.CreateBatchAsync([streams[0].Symbol], allocation: 50m),
            await _world.CreateBatchAsync([streams[1].Symbol], startTime: Start.AddMinutes(100)),
        ];
        foreach (var batch in batches)
            await bus.Publish(new BatchChanged(batch, 1));
        var sent = 0;
        for (var i = 1; i <= 150; i++)
        {
            var stream = streams[i % 2];
            var trade = NewTrade(stream, i - 0.5, i % 10 == 0 ? i - 0.25 : i, (i % 13) - 6m);
            await _world.WriteAsync(trade);
            await bus.Publish(new TradesClosed([Closed(stream, trade)]));
            if (i % 20 == 0)
            {
                await _world.EditBatchAsync(batches[sent % 3], "capital = capital + 1");
                await bus.Publish(new BatchChanged(batches[sent++ % 3], 1));
            }
        }

        foreach (var batch in batches)
        {
            var expected = await _world.ExpectedAsync(batch);
            await Eventually.BecomesAsync(async () => expected.SequenceEqual(await _world.ServedAsync(batch)));
        }

        Assert.Empty(_parked.Messages);
    }

    private async Task<IBus> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?> { ["ConnectionStrings:RabbitMq"] = TestBroker.WorkerUrl }
        );
        builder.Services.AddSingleton(new MySqlDatabase(database.WorkerUrl));
        builder.Services.AddSingleton<IDeadLetterStore>(_parked);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddLedgers(partitions: 1, place: 0);
        builder.AddBus(
            configureEndpoints: (_, bus) =>
                bus.ReceiveEndpoint(
                    new TemporaryEndpointDefinition("ears"),
                    endpoint =>
                        endpoint.Handler<LedgerUpdated>(context =>
                        {
                            _heard.Enqueue(context.Message);
                            return Task.CompletedTask;
                        })
                )
        );
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var bus = host.Services.GetRequiredService<IBusControl>();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(30));
        return bus;
    }

    private Task HearAsync(long batch, long lastSeq) =>
        Eventually.BecomesAsync(() =>
            Task.FromResult(_heard.Any(updated => updated.BatchId == batch && updated.LastSeq == lastSeq))
        );

    private sealed class DeadLetterStub : IDeadLetterStore
    {
        public ConcurrentQueue<FailedMessage> Messages { get; } = [];

        public Task ParkAsync(FailedMessage message, CancellationToken cancellationToken)
        {
            Messages.Enqueue(message);
            return Task.CompletedTask;
        }
    }
}
