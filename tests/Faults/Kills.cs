using System.Net;
using System.Net.Http.Json;
using PnlPipeline.Database;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.Faults;

/// <summary>SIGKILL to services, at any moment and in the middle of a rebuild.</summary>
public sealed class Kills(PipelineSystem system, ITestOutputHelper output)
{
    private static readonly DateTime Start = new(2025, 3, 3, 9, 0, 0, DateTimeKind.Utc);

    private readonly Trader _trader = new(system);

    [Fact]
    public async Task Every_service_killed_again_and_again_alone_and_all_at_once_loses_nothing_and_doubles_nothing()
    {
        string[] symbols = [.. Enumerable.Range(0, 4).Select(i => Trader.NewSymbol($"KILL{i}"))];
        var batch = await _trader.CreateBatchAsync(new { name = symbols[0], symbols });
        await using var flow = new AlertFlow(_trader, symbols);
        ServiceProcess[] all = [system.Ingest, system.Pairing, system.Ledgers, system.Query];
        var random = new Random(7);
        var kills = 0;
        for (var round = 0; round < OnRequest.Rounds; round++)
        {
            foreach (
                var victims in (ServiceProcess[][])
                    [
                        [all[0]],
                        [all[1]],
                        [all[2]],
                        all,
                    ]
            )
            {
                await Task.Delay(random.Next(300));
                foreach (var victim in victims)
                {
                    victim.Kill();
                    kills++;
                }

                foreach (var victim in victims)
                    victim.Start();
                foreach (var victim in victims)
                    await victim.WaitUntilReadyAsync();
                await flow.FlowsOnAsync(1);
            }
        }

        await flow.EndAsync();
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch(symbols));
        output.WriteLine($"{kills} kills, {_trader.Accepted.Count} alerts.");
    }

    [Fact]
    public async Task A_worker_killed_before_it_has_stored_an_alert_leaves_it_on_the_queue()
    {
        var symbol = Trader.NewSymbol("EARLY");
        var batch = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await _trader.AlertsAndTradesAreRightAsync();

        await using (var connection = await new MySqlDatabase(system.Database).OpenAsync(CancellationToken.None))
        {
            // Somebody holds the stream: pairing has the alert in hand, and waits.
            await using var held = await connection.BeginTransactionAsync();
            await using var command = connection.CreateCommand();
            command.Transaction = held;
            command.CommandText = $"SELECT stream_id FROM streams WHERE symbol = '{symbol}' FOR UPDATE";
            await command.ExecuteScalarAsync();
            await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 110m, Start.AddHours(1)));
            await Eventually.TrueAsync(
                async () => await system.ScalarAsync("SELECT COUNT(*) FROM performance_schema.data_lock_waits") > 0,
                TimeSpan.FromSeconds(60),
                () => "pairing does not come to wait\n" + system.Pairing.Output
            );
            system.Pairing.Kill();
            system.Pairing.Start();
        }

        await system.Pairing.WaitUntilReadyAsync();
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
    }

    [Fact]
    public async Task A_worker_killed_in_the_middle_of_a_rebuild_serves_the_old_ledger_until_another_has_built_the_new_one()
    {
        var symbol = Trader.NewSymbol("BUILD");
        var batch = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        await _trader.InsistAsync(Trader.Flips(symbol, 400, seed: 91), inFlight: 16);
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));

        system.Ledgers.Kill();
        var fee = 0m;
        // A row a transaction: a build of many steps, to be killed between any two of them.
        using var slow = system.NewWorker("ledgers", broker: null, ("Worker__Ledgers__BuildChunkRows", "1"));
        try
        {
            for (var inTheMiddle = 0; inTheMiddle < 3; )
            {
                slow.Start();
                await slow.WaitUntilReadyAsync();
                await EventuallyReadyAsync(batch);
                var served = await ServedAsync();
                var last = await system.ScalarAsync("SELECT MAX(generation) FROM ledger_generations");
                fee += 0.01m;
                using (
                    var response = await system.Admin.PatchAsJsonAsync(
                        $"/api/v1/batches/{batch}",
                        new { feePercentage = fee }
                    )
                )
                    Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                await Eventually.TrueAsync(
                    async () =>
                        await system.ScalarAsync(
                            $"SELECT COUNT(*) FROM ledger_rows WHERE batch_id = {batch} AND generation > {last}"
                        ) > 3,
                    TimeSpan.FromSeconds(60),
                    () => $"no build begins\n{slow.Output}"
                );
                slow.Kill();
                if (await ServedAsync() != served)
                    continue;
                inTheMiddle++;
                Assert.Equal(
                    "building",
                    (await _trader.GetAsync($"/api/v1/batches/{batch}"))
                        .GetProperty("ledger")
                        .GetProperty("state")
                        .GetString()
                );
            }
        }
        finally
        {
            system.Ledgers.Start();
        }

        await system.Ledgers.WaitUntilReadyAsync();
        await EventuallyReadyAsync(batch);
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol], FeePercentage: fee));

        Task<long> ServedAsync() => system.ScalarAsync($"SELECT generation FROM ledgers WHERE batch_id = {batch}");
    }

    private Task EventuallyReadyAsync(long batch) =>
        Eventually.TrueAsync(
            async () =>
                (await _trader.GetAsync($"/api/v1/batches/{batch}"))
                    .GetProperty("ledger")
                    .GetProperty("state")
                    .GetString() == "ready",
            TimeSpan.FromSeconds(90),
            () => "the ledger is not built"
        );
}
