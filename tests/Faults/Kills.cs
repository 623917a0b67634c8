using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;
using RabbitMQ.Client;

namespace PnlPipeline.Tests.Faults;

/// <summary>SIGKILL to services, at any moment and at the worst ones; and rows that somebody altered by hand.</summary>
public sealed class Kills(PipelineSystem system, ITestOutputHelper output)
{
    private static readonly DateTime Start = new(2026, 4, 6, 9, 0, 0, DateTimeKind.Utc);

    private readonly Trader _trader = new(system);

    /// <summary>How often each service is killed; more on request, in the environment.</summary>
    private static int Rounds =>
        int.TryParse(Environment.GetEnvironmentVariable("PNL_FAULT_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) ? rounds : 2;

    [Fact]
    public async Task Every_service_killed_again_and_again_alone_and_all_at_once_loses_nothing_and_doubles_nothing()
    {
        string[] symbols = [.. Enumerable.Range(0, 4).Select(i => Trader.NewSymbol($"KILL{i}"))];
        var batch = await _trader.CreateBatchAsync(new { name = symbols[0], symbols });
        var flow = new AlertFlow(_trader, symbols);
        ServiceProcess[] all = [system.Ingest, system.Pairing, system.Ledgers, system.Query];
        var random = new Random(7);
        var kills = 0;
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var victims in (ServiceProcess[][])[[all[0]], [all[1]], [all[2]], all])
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
    public async Task A_worker_killed_between_its_publish_and_its_acknowledgement_doubles_nothing()
    {
        var symbol = Trader.NewSymbol("ACK");
        var batch = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await _trader.AlertsAndTradesAreRightAsync();

        // The only pairing worker now is one that can be kept from hearing the broker.
        system.Pairing.Kill();
        await using var proxy = new TcpProxy(system.Broker.Host, system.Broker.Port);
        using var deaf = system.NewWorker("pairing", new UriBuilder(system.Broker) { Port = proxy.Port }.Uri.AbsoluteUri);
        try
        {
            deaf.Start();
            await deaf.WaitUntilReadyAsync();
            // Its first announcement declares where it goes, and waits for the answer: that is to be over.
            await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 104m, Start.AddMinutes(10)));
            await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 105m, Start.AddMinutes(20)));
            await _trader.AlertsAndTradesAreRightAsync();
            await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
            await using (var held = await system.HoldAsync())
            {
                await held.ExecuteAsync($"SELECT stream_id FROM streams WHERE symbol = '{symbol}' FOR UPDATE");
                await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 110m, Start.AddHours(1)));
                await system.SomebodyWaitsAsync();
                proxy.HoldAnswers();
                await held.RollbackAsync();
            }

            // The trade is announced, for it is in the ledger; and the worker, which waits for the confirmation, cannot have acknowledged the alert.
            await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
        }
        finally
        {
            deaf.Kill();
        }

        await using (var connection = await system.ConnectToBrokerAsync())
        {
            await using var channel = await connection.CreateChannelAsync();
            await Eventually.TrueAsync(
                async () => (await channel.QueueDeclarePassiveAsync("pairing")).MessageCount == 1, TimeSpan.FromSeconds(30), () => "the alert's message is not on the queue again");
        }

        system.Pairing.Start();
        await system.Pairing.WaitUntilReadyAsync();
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bearish", 111m, Start.AddHours(2)));
        await _trader.InsistAsync(Trader.Body(symbol, "exit", "bearish", 109m, Start.AddHours(3)));
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
            for (var inTheMiddle = 0; inTheMiddle < 3;)
            {
                slow.Start();
                await slow.WaitUntilReadyAsync();
                await EventuallyReadyAsync(batch);
                var served = await ServedAsync();
                var last = await system.ScalarAsync("SELECT MAX(generation) FROM ledger_generations");
                fee += 0.01m;
                using (var response = await system.Admin.PatchAsJsonAsync($"/api/v1/batches/{batch}", new { feePercentage = fee }))
                    Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                await Eventually.TrueAsync(
                    async () => await system.ScalarAsync($"SELECT COUNT(*) FROM ledger_rows WHERE batch_id = {batch} AND generation > {last}") > 3,
                    TimeSpan.FromSeconds(60),
                    () => $"no build begins\n{slow.Output}");
                slow.Kill();
                if (await ServedAsync() != served)
                    continue;
                inTheMiddle++;
                Assert.Equal("building", (await _trader.GetAsync($"/api/v1/batches/{batch}")).GetProperty("ledger").GetProperty("state").GetString());
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

    [Fact]
    public async Task Rows_altered_by_hand_are_found_reported_and_repaired()
    {
        var symbol = Trader.NewSymbol("HAND");
        var batch = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        await _trader.InsistAsync(Trader.Flips(symbol, 30, seed: 92));
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
        var before = await StoredAsync();

        // Workers that look all the time; the usual ones look once an hour at what has not changed.
        using var pairing = system.NewWorker("pairing", broker: null, ("Worker__Books__EverySeconds", "1"), ("Worker__Books__RoundEverySeconds", "1"));
        using var ledgers = system.NewWorker(
            "ledgers", broker: null, ("Worker__Ledgers__ReconcileEverySeconds", "1"), ("Worker__Ledgers__DeepCheckEverySeconds", "1"), ("Worker__Ledgers__RepairAfterSeconds", "1"));
        foreach (var worker in (ServiceProcess[])[pairing, ledgers])
        {
            worker.Start();
            await worker.WaitUntilReadyAsync();
        }

        foreach (var alteration in (string[])
        [
            $"UPDATE ledger_rows SET pnl = pnl + 1 WHERE batch_id = {batch} AND seq = 5",
            $"DELETE FROM ledger_rows WHERE batch_id = {batch} AND seq = 9",
            $"UPDATE trades JOIN streams USING (stream_id) SET exit_price = exit_price + 1 WHERE symbol = '{symbol}' AND exit_time IS NOT NULL",
            $"DELETE trades FROM trades JOIN streams USING (stream_id) WHERE symbol = '{symbol}' AND side = 'long'",
        ])
        {
            await system.ExecuteAsync(alteration);
            await Eventually.EqualAsync(before, StoredAsync, TimeSpan.FromSeconds(90));
        }

        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
        var findings = (await _trader.GetAsync("/api/v1/health/books?limit=1000")).GetProperty("findings").EnumerateArray()
            .Where(finding => finding.Text("symbol") == symbol || finding.Text("batchId") == $"{batch}").ToList();
        Assert.Contains(findings, finding => finding.Text("symbol") == symbol);
        Assert.Contains(findings, finding => finding.Text("batchId") == $"{batch}");
        Assert.All(findings, finding => Assert.NotNull(finding.Text("repairedAt")));
        foreach (var finding in findings)
            output.WriteLine(finding.Text("what") ?? "");

        async Task<IReadOnlyList<string>> StoredAsync() =>
        [
            .. await system.ListAsync($"SELECT HEX(trade_id), side, entry_price, exit_price, exit_time, change_percentage FROM trades JOIN streams USING (stream_id) WHERE symbol = '{symbol}' ORDER BY entry_time, trade_id"),
            .. await system.ListAsync($"SELECT seq, HEX(trade_id), pnl, available_capital FROM ledgers JOIN ledger_rows USING (batch_id, generation) WHERE batch_id = {batch} ORDER BY seq"),
        ];
    }

    private Task EventuallyReadyAsync(long batch) => Eventually.TrueAsync(
        async () => (await _trader.GetAsync($"/api/v1/batches/{batch}")).GetProperty("ledger").GetProperty("state").GetString() == "ready",
        TimeSpan.FromSeconds(90),
        () => "the ledger is not built");
}
