using System.Net;
using System.Text;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;
using RabbitMQ.Client;

namespace PnlPipeline.Tests.Faults;

/// <summary>Alerts and messages that come in any order, again and again, to more or fewer, and among rubbish.</summary>
public sealed class Deliveries(PipelineSystem system, ITestOutputHelper output)
{
    private static readonly DateTime Start = new(2025, 3, 3, 9, 0, 0, DateTimeKind.Utc);

    private readonly Trader _trader = new(system);

    [Fact]
    public async Task Every_permutation_of_a_streams_alerts_gives_the_same_tables()
    {
        // A flip, an exit and an entry of one second, and an exit a year late: among the permutations are all with
        // exits before their entries.
        (string Side, string Type, decimal Price, DateTime Time)[] alerts =
        [
            ("entry", "bullish", 100m, Start),
            ("entry", "bearish", 103.5m, Start.AddHours(1)),
            ("exit", "bearish", 99.25m, Start.AddHours(2)),
            ("entry", "bullish", 99.25m, Start.AddHours(2)),
            ("exit", "bullish", 131m, Start.AddYears(1)),
        ];
        var orders = Permutations(alerts.Length)
            .Select(order => (Symbol: Trader.NewSymbol("PERM"), Order: order))
            .ToList();
        var probe = new ReferenceBatch([orders[0].Symbol, orders[^1].Symbol], FeePercentage: 0.05m);
        var batch = await _trader.CreateBatchAsync(
            new
            {
                name = orders[0].Symbol,
                symbols = probe.Symbols,
                feePercentage = 0.05,
            }
        );

        // Each stream's alerts one after the other, each only when the one before is accepted; the streams side by
        // side.
        await Parallel.ForEachAsync(
            orders,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (stream, _) =>
            {
                foreach (var index in stream.Order)
                {
                    var (side, type, price, time) = alerts[index];
                    await _trader.InsistAsync(Trader.Body(stream.Symbol, side, type, price, time));
                }
            }
        );

        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, probe);
        output.WriteLine($"{orders.Count} orders of {alerts.Length} alerts.");
    }

    [Fact]
    public async Task The_same_alert_a_hundred_times_at_once_through_two_ingests_is_stored_once()
    {
        using var second = system.NewIngest();
        second.Start();
        await second.WaitUntilReadyAsync();
        var symbol = Trader.NewSymbol("HUNDRED");
        var batch = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        var bodies = Trader.Flips(symbol, 6, seed: 81);

        foreach (var body in bodies)
        {
            var statuses = await Task.WhenAll(
                Enumerable.Range(0, 100).Select(i => _trader.SendAsync(body, i % 2 == 0 ? system.Ingest : second))
            );
            Assert.All(statuses, status => Assert.Equal(HttpStatusCode.Accepted, status));
        }

        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
    }

    [Fact]
    public async Task Every_message_delivered_twice_changes_nothing()
    {
        string[] symbols = [Trader.NewSymbol("ECHOA"), Trader.NewSymbol("ECHOB")];
        var again = 0;
        await using var bus = await Bus.ConnectAsync(system);
        await bus.EchoAsync(() => Interlocked.Increment(ref again));

        var batch = await _trader.CreateBatchAsync(new { name = symbols[0], symbols });
        await _trader.InsistAsync(
            symbols.SelectMany((symbol, index) => Trader.Flips(symbol, 300, seed: 82 + index)),
            inFlight: 16
        );
        await _trader.AlertsAndTradesAreRightAsync();
        var first = (await _trader.ListAsync($"/api/v1/alerts?symbol={symbols[0]}"))[0].Text("alertId")!;
        await _trader.CorrectAsync(first, voided: true);

        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch(symbols));
        Assert.True(again > 20, $"Only {again} messages came again.");
        output.WriteLine($"{again} messages came a second time.");
    }

    [Fact]
    public async Task Replicas_that_come_and_go_while_alerts_flow_come_to_the_same_tables()
    {
        string[] symbols = [.. Enumerable.Range(0, 6).Select(i => Trader.NewSymbol($"SCALE{i}"))];
        var batch = await _trader.CreateBatchAsync(new { name = symbols[0], symbols });
        var part = await _trader.CreateBatchAsync(
            new
            {
                name = symbols[1],
                symbols = symbols[1..3],
                allocationPercentage = 40,
            }
        );
        await using var flow = new AlertFlow(_trader, symbols);

        var replicas = new List<ServiceProcess>();
        try
        {
            // 1 → 4
            for (var i = 0; i < 3; i++)
            {
                ServiceProcess[] pair = [system.NewWorker("pairing"), system.NewWorker("ledgers")];
                replicas.AddRange(pair);
                foreach (var replica in pair)
                    replica.Start();
                foreach (var replica in pair)
                    await replica.WaitUntilReadyAsync();
            }

            await flow.FlowsOnAsync();

            // 4 → 2: one of each goes as it is asked to, one of each is killed.
            await Task.WhenAll(replicas[0].StopAsync(), replicas[1].StopAsync());
            replicas[2].Kill();
            replicas[3].Kill();
            await flow.FlowsOnAsync();
            await flow.EndAsync();

            await _trader.AlertsAndTradesAreRightAsync();
            await _trader.LedgerIsRightAsync(batch, new ReferenceBatch(symbols));
            await _trader.LedgerIsRightAsync(part, new ReferenceBatch(symbols[1..3], AllocationPercentage: 40m));
        }
        finally
        {
            replicas.ForEach(replica => replica.Dispose());
        }

        output.WriteLine($"{_trader.Accepted.Count} alerts.");
    }

    [Fact]
    public async Task Rubbish_on_every_queue_is_parked_once_with_its_reason_and_the_rest_flows()
    {
        const string envelope = "application/vnd.masstransit+json";
        var mark = Trader.NewSymbol("JUNK");
        var symbol = Trader.NewSymbol("AMONG");
        var batch = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        var flow = _trader.InsistAsync(Trader.Flips(symbol, 100, seed: 85));
        await using var bus = await Bus.ConnectAsync(system);
        var ids = new List<string>();
        foreach (var (queue, messages) in Bus.Consumed)
        {
            (byte[] Body, string? ContentType)[] rubbish =
            [
                ([], envelope),
                ([], null),
                (Encoding.UTF8.GetBytes($"no JSON {mark}"), envelope),
                ("{}"u8.ToArray(), envelope),
                ("[1"u8.ToArray(), "application/json"),
                (Message("AlertsForgotten", "{}"), envelope),
                // A newer version's list in place of what this one reads.
                (Message(messages[0], """{"version":9,"entries":[{"a":1}]}"""), envelope),
            ];
            foreach (var (body, contentType) in rubbish)
            {
                ids.Add($"{mark}{ids.Count:00}");
                // The second time as after a confirmation that was lost.
                for (var i = 0; i < 2; i++)
                    await bus.PutAsync(
                        queue,
                        body,
                        new BasicProperties { MessageId = ids[^1], ContentType = contentType }
                    );
            }
        }

        await flow;
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
        await Eventually.EqualAsync(
            [.. ids.Select(id => $"{id} True").Order(StringComparer.Ordinal)],
            async () =>
                [
                    .. (await _trader.ListAsync("/api/v1/parked-messages?"))
                        .Where(item => item.Text("messageId")?.StartsWith(mark, StringComparison.Ordinal) == true)
                        .Select(item => $"{item.Text("messageId")} {item.Text("reason") is { Length: > 0 }}")
                        .Order(StringComparer.Ordinal),
                ],
            TimeSpan.FromSeconds(60)
        );

        static byte[] Message(string type, string content) =>
            Encoding.UTF8.GetBytes(
                $$"""{"messageId":"{{Guid.NewGuid()}}","messageType":["urn:message:PnlPipeline.Contracts:{{type}}"],"message":{{content}}}"""
            );
    }

    private static IEnumerable<int[]> Permutations(int count)
    {
        if (count == 0)
            return
            [
                [],
            ];
        return Permutations(count - 1)
            .SelectMany(shorter =>
                Enumerable.Range(0, count).Select(place => (int[])[.. shorter[..place], count - 1, .. shorter[place..]])
            );
    }
}
