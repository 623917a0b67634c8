using PnlPipeline.Database;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.Faults;

/// <summary>
/// Work that replicas share: partitions that move while alerts flow, owners that are killed or paused, and another
/// number of partitions on a running system. Whatever happens, the tables are the same.
/// </summary>
public sealed class Partitions(PipelineSystem system, ITestOutputHelper output)
{
    private static readonly DateTime Start = new(2025, 3, 3, 9, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly Trader _trader = new(system);

    [Fact]
    public async Task However_the_work_is_divided_and_whoever_dies_or_pauses_the_tables_are_the_same()
    {
        Assert.SkipUnless(OnRequest.Partitions, "It takes minutes: set PNL_FAULT_PARTITIONS=1.");
        string[] symbols = [.. Enumerable.Range(0, 4).Select(i => Trader.NewSymbol($"PART{i}"))];
        var batches = new List<(long Id, ReferenceBatch Batch)>();
        for (var i = 1; i <= 4; i++)
        {
            var id = await _trader.CreateBatchAsync(new { name = $"{symbols[0]} {i}", symbols = symbols[..i] });
            batches.Add((id, new ReferenceBatch(symbols[..i])));
        }

        await using var flow = new AlertFlow(_trader, symbols, TimeSpan.FromSeconds(1));
        await using var bus = await Bus.ConnectAsync(system);
        await flow.FlowsOnAsync(1);
        List<ServiceProcess> four = [];
        List<ServiceProcess> two = [];
        try
        {
            // From undivided to four, on the running system: the workers first, then ingest, then the former go.
            four.AddRange(await DivideAsync(4));
            await RestartIngestAsync(4);
            await Task.WhenAll(system.Pairing.StopAsync(), system.Ledgers.StopAsync());
            await flow.FlowsOnAsync();
            await StoredAsync(symbols);

            // An owner of each dies, and comes back.
            foreach (var victim in (ServiceProcess[])[four[0], four[1]])
            {
                victim.Kill();
                await flow.FlowsOnAsync(1);
                victim.Start();
                await victim.WaitUntilReadyAsync();
                await flow.FlowsOnAsync(1);
            }

            // The others are paused until the broker has given their partitions away, and wake up.
            await Task.WhenAll(four[2].PauseAsync(), four[3].PauseAsync());
            // What they had locked is free when MySQL has heard nothing of them for a minute.
            await flow.FlowsOnAsync();
            await StoredAsync(symbols);
            await Task.WhenAll(four[2].GoOnAsync(), four[3].GoOnAsync());
            await flow.FlowsOnAsync();
            await StoredAsync(symbols);

            // To two, ingest last: what it still divides by four is taken too. The former queues are emptied, and go.
            two.AddRange(await DivideAsync(2));
            await Task.WhenAll(four.Select(worker => worker.StopAsync()));
            await flow.FlowsOnAsync();
            await GoneAsync(bus, "-of-4", 4);
            await RestartIngestAsync(2);
            await flow.FlowsOnAsync();
        }
        finally
        {
            // And back.
            await UndivideAsync();
            two.Concat(four).ToList().ForEach(worker => worker.Dispose());
        }

        await flow.FlowsOnAsync();
        await GoneAsync(bus, "-of-2", 2);
        await flow.EndAsync();
        await _trader.AlertsAndTradesAreRightAsync();
        foreach (var (id, batch) in batches)
            await _trader.LedgerIsRightAsync(id, batch);
        output.WriteLine($"{_trader.Accepted.Count} alerts.");
    }

    // It has the lock when it stops; its session is taken from it, as by a server that gives up on it, and another does
    // the work. It wakes, and what it was about to write is of the state before.
    [Theory]
    [InlineData("pairing", "SELECT stream_id FROM streams WHERE symbol = '{0}' FOR UPDATE")]
    [InlineData(
        "ledgers",
        "SELECT batch_id FROM ledgers JOIN batch_symbols USING (batch_id) WHERE symbol = '{0}' FOR UPDATE OF ledgers"
    )]
    public async Task A_replica_that_wakes_with_a_lock_it_has_lost_does_no_harm(string role, string locking)
    {
        var symbol = Trader.NewSymbol("WAKES");
        var batch = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
        var service = role == "pairing" ? system.Pairing : system.Ledgers;
        await using var bus = await Bus.ConnectAsync(system);
        using var other = system.NewWorker(role);
        var waiting =
            "FROM performance_schema.data_lock_waits w JOIN performance_schema.threads t "
            + "ON t.thread_id = w.requesting_thread_id";
        try
        {
            await using (var connection = await new MySqlDatabase(system.Database).OpenAsync(CancellationToken.None))
            {
                await connection.RunAsync(
                    "START TRANSACTION; "
                        + string.Format(System.Globalization.CultureInfo.InvariantCulture, locking, symbol)
                );
                await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 110m, Start.AddHours(1)));
                await Eventually.TrueAsync(
                    async () => await system.ScalarAsync($"SELECT COUNT(*) {waiting}") > 0,
                    Patience,
                    () => $"{role} does not come to wait for the lock"
                );
                var session = await system.ScalarAsync($"SELECT MAX(t.processlist_id) {waiting}");
                await service.PauseAsync();
                // Now it has the lock, and does not know it.
                await connection.RunAsync("ROLLBACK");
                await connection.RunAsync($"KILL {session}");
            }

            other.Start();
            await other.WaitUntilReadyAsync();
            await _trader.InsistAsync(Trader.Flips(symbol, 20, seed: 15));
            await _trader.AlertsAndTradesAreRightAsync();
            await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
        }
        finally
        {
            await service.GoOnAsync();
        }

        await service.WaitUntilReadyAsync();
        await _trader.InsistAsync(Trader.Flips(symbol, 30, seed: 16));
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
        Assert.Equal(
            0,
            await system.ScalarAsync($"SELECT COUNT(*) FROM parked_messages WHERE INSTR(body, '{symbol}')")
        );
    }

    private async Task<IReadOnlyList<ServiceProcess>> DivideAsync(int count)
    {
        RunMigrator(count);
        var workers = Array.ConvertAll(
            (string[])["pairing", "ledgers", "pairing", "ledgers"],
            role => system.NewWorker(role, broker: null, [.. Settings(count)])
        );
        foreach (var worker in workers)
            worker.Start();
        foreach (var worker in workers)
            await worker.WaitUntilReadyAsync();
        return workers;
    }

    private async Task UndivideAsync()
    {
        RunMigrator(1);
        ServiceProcess[] usual = [system.Pairing, system.Ledgers];
        foreach (var worker in usual)
            worker.Start();
        foreach (var worker in usual)
            await worker.WaitUntilReadyAsync();
        await RestartIngestAsync(1);
    }

    private void RunMigrator(int count)
    {
        foreach (var (name, value) in Settings(count))
            system.Migrator.Set(name, value);
        system.Migrator.RunToEnd();
    }

    private async Task RestartIngestAsync(int count)
    {
        await system.Ingest.StopAsync();
        foreach (var (name, value) in Settings(count))
            system.Ingest.Set(name, value);
        system.Ingest.Start();
        await system.Ingest.WaitUntilReadyAsync();
    }

    private static IEnumerable<(string Name, string Value)> Settings(int count) =>
        [("Partitions__Pairing", $"{count}"), ("Partitions__Ledgers", $"{count}")];

    // All that has been accepted up to now: no partition is without an owner.
    private async Task StoredAsync(string[] symbols)
    {
        var accepted = _trader.Accepted.DistinctBy(alert => alert.Id).Count();
        await Eventually.TrueAsync(
            async () =>
                await system.ScalarAsync(
                    "SELECT COUNT(*) FROM alerts JOIN streams USING (stream_id) WHERE symbol IN "
                        + $"('{string.Join("', '", symbols)}')"
                ) >= accepted,
            Patience,
            () => $"{accepted} alerts were accepted and are not all stored"
        );
    }

    private static Task GoneAsync(Bus bus, string end, int count) =>
        Eventually.TrueAsync(
            async () =>
            {
                foreach (var queue in (string[])["pairing", "ledgers"])
                {
                    for (var i = 1; i <= count; i++)
                    {
                        if (await bus.FindAsync($"{queue}-{i}{end}") is not null)
                            return false;
                    }
                }

                return true;
            },
            Patience,
            () => $"the queues {end} do not go"
        );
}
