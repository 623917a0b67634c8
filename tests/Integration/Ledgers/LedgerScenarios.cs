using System.Threading.Channels;
using PnlPipeline.Tests.Integration.Servers;
using static PnlPipeline.Tests.Integration.Ledgers.LedgerWorld;

namespace PnlPipeline.Tests.Integration.Ledgers;

/// <summary>
/// Trades come, change and go, batches are edited, and the events of it arrive in any order, twice or never, on two
/// replicas: in the end every ledger is what the trades say. A failure names the seed that brings it back.
/// </summary>
public sealed class LedgerScenarios(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly string[] Edits =
    [
        "capital = capital + 1000",
        "capital = 0.00000001",
        "capital = 1000000000000",
        "allocation_percentage = 33.33333333",
        "allocation_percentage = 100",
        "fee_percentage = 0.1",
        "fee_percentage = 0",
        "start_time = '2026-01-01 00:30:00'",
        "start_time = NULL",
    ];

    private readonly LedgerWorld _world = new(database);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task Whatever_the_order_of_events_the_ledgers_are_what_the_trades_say(int seed, bool someAreLost)
    {
        var random = new Random(seed);
        var market = await MarketAsync();
        Replica[] replicas =
        [
            new(database, options => options.BuildChunkRows = 7),
            new(database, options => (options.MaxRewrittenRows, options.ParallelBatches) = (15, 1)),
        ];
        foreach (var batch in market.Batches)
            await replicas[0].BuildAsync(batch);

        var underway = new List<Func<Replica, Task>>();
        for (var step = 0; step < 150; step++)
        {
            underway.AddRange(await HappenAsync(market, random));
            if (random.Next(3) == 0)
                underway.Add(await EditAsync(market, random));
            while (underway.Count > 0 && random.Next(3) > 0)
            {
                var next = random.Next(underway.Count);
                if (!someAreLost || random.Next(5) > 0)
                    await underway[next](replicas[random.Next(replicas.Length)]);
                // Now and then it stays, and is delivered again.
                if (random.Next(4) > 0)
                    underway.RemoveAt(next);
            }

            await _world.IsConsistentAsync(market.Batches[random.Next(market.Batches.Count)]);
        }

        foreach (var deliver in underway)
            await deliver(replicas[random.Next(replicas.Length)]);
        var repaired = await replicas[0].ReconcileAsync();
        if (!someAreLost)
            Assert.Empty(repaired);
        foreach (var batch in market.Batches)
            await _world.IsRightAsync(batch);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Replicas_post_build_and_sweep_at_once_and_every_instant_is_consistent(int seed)
    {
        var market = await MarketAsync();
        Replica[] replicas =
        [
            .. Enumerable
                .Range(0, 2)
                .Select(_ => new Replica(
                    database,
                    options => (options.BuildChunkRows, options.MaxRewrittenRows) = (50, 60)
                )),
        ];
        foreach (var batch in market.Batches)
            await replicas[0].BuildAsync(batch);
        var events = Channel.CreateUnbounded<Func<Replica, Task>>();
        using var done = new CancellationTokenSource();

        var happening = Task.Run(async () =>
        {
            var random = new Random(seed);
            for (var step = 0; step < 150; step++)
            {
                foreach (var changes in await HappenAsync(market, random))
                    await events.Writer.WriteAsync(changes);
                if (step % 8 == 0)
                    await events.Writer.WriteAsync(await EditAsync(market, random));
            }

            events.Writer.Complete();
        });
        // Two consumers a replica: changes overtake each other.
        var consuming = Enumerable
            .Range(0, 4)
            .Select(i =>
                Task.Run(async () =>
                {
                    await foreach (var changes in events.Reader.ReadAllAsync())
                        await changes(replicas[i % 2]);
                })
            )
            .ToList();
        var watching = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await replicas[1].SweepAsync();
                foreach (var batch in market.Batches)
                    await _world.IsConsistentAsync(batch);
            }
        });

        await happening;
        await Task.WhenAll(consuming);
        await done.CancelAsync();
        await watching;
        foreach (var batch in market.Batches)
            await _world.IsRightAsync(batch);
        Assert.Empty(await replicas[0].ReconcileAsync());
    }

    private sealed record Market(
        List<LedgerWorld.Stream> Streams,
        List<(LedgerWorld.Stream Stream, Trade Trade)> Trades,
        List<long> Batches
    );

    private async Task<Market> MarketAsync()
    {
        string[] symbols =
        [
            .. ((string[])["A", "B", "C"]).Select(name => $"{name}{Guid.NewGuid().ToString("N")[..6]}"),
        ];
        List<LedgerWorld.Stream> streams =
        [
            await _world.AddStreamAsync(symbols[0]),
            await _world.AddStreamAsync(symbols[0], "15"),
            await _world.AddStreamAsync(symbols[1]),
            await _world.AddStreamAsync(symbols[2]),
        ];
        List<long> batches =
        [
            await _world.CreateBatchAsync(symbols, fee: 0.05m),
            await _world.CreateBatchAsync([symbols[0]], ["15"], capital: 1m),
            await _world.CreateBatchAsync([symbols[0], symbols[1]], startTime: Start.AddMinutes(20), allocation: 12.5m),
        ];
        return new Market(streams, [], batches);
    }

    // One thing that pairing would write, and the events that it would publish of it.
    private async Task<List<Func<Replica, Task>>> HappenAsync(Market market, Random random)
    {
        var stream = market.Streams[random.Next(market.Streams.Count)];
        var known = random.Next(4) == 0 && market.Trades.Count > 0 ? random.Next(market.Trades.Count) : (int?)null;
        if (known is not { } index)
        {
            // Most close last; some late; whole minutes, so that many close together.
            var minute = random.Next(4) == 0 ? random.Next(market.Trades.Count + 1) : market.Trades.Count + 1;
            var trade = NewTrade(stream, minute - random.Next(5), minute, Change(random));
            await _world.WriteAsync(trade);
            market.Trades.Add((stream, trade));
            return [replica => replica.PostAsync(Closed(stream, trade))];
        }

        var (owner, before) = market.Trades[index];
        var from = before.ExitTime!.Value;
        if (random.Next(3) == 0)
        {
            await _world.DeleteAsync(before);
            market.Trades.RemoveAt(index);
            return [replica => replica.PostAsync(Revised(owner, from))];
        }

        var after = before with { ExitTime = from.AddMinutes(random.Next(-3, 4)), ChangePercentage = Change(random) };
        await _world.WriteAsync(after);
        market.Trades[index] = (owner, after);
        var earlier = after.ExitTime < from ? after.ExitTime.Value : from;
        return [replica => replica.PostAsync(Revised(owner, earlier))];
    }

    private async Task<Func<Replica, Task>> EditAsync(Market market, Random random)
    {
        var batch = market.Batches[random.Next(market.Batches.Count)];
        var symbol = market.Streams[random.Next(market.Streams.Count)].Symbol;
        var (add, remove) = random.Next(3) switch
        {
            0 => (symbol, (string?)null),
            1 => (null, symbol),
            _ => (null, null),
        };
        await _world.EditBatchAsync(batch, Edits[random.Next(Edits.Length)], add, remove);
        return replica => replica.BuildAsync(batch);
    }

    private static decimal Change(Random random) =>
        random.Next(50) switch
        {
            0 => -100m,
            1 => 1_000_000_000_000m,
            _ => random.Next(-1_000_000_000, 1_000_000_000) / 100_000_000m,
        };
}
