using System.Text.Json;
using System.Text.Json.Nodes;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.EndToEnd;

/// <summary>Corrections over HTTP, and what the ledgers make of them.</summary>
public sealed class Corrections(PipelineSystem system)
{
    private static readonly DateTime Start = new(2025, 3, 3, 9, 0, 0, DateTimeKind.Utc);

    private readonly Trader _trader = new(system);

    [Fact]
    public async Task The_ledger_follows_an_alert_that_is_voided_and_restored_it_is_what_it_was_before()
    {
        var symbol = Trader.NewSymbol("VOID");
        var batch = new ReferenceBatch([symbol], Capital: 10_000m, AllocationPercentage: 50m, FeePercentage: 0.1m);
        var id = await _trader.CreateBatchAsync(
            new
            {
                name = symbol,
                symbols = (string[])[symbol],
                capital = 10_000,
                allocationPercentage = 50,
                feePercentage = 0.1,
            }
        );
        await _trader.InsistAsync(Trader.Flips(symbol, 20, seed: 41));
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(id, batch);
        var before = await LookAsync(symbol, id);

        // The first entry, and an entry and an exit in the middle whose trades stand in the ledger.
        var alerts = await _trader.ListAsync($"/api/v1/alerts?symbol={symbol}");
        foreach (
            var alert in (string[])
                [alerts[^1].Text("alertId")!, alerts[20].Text("alertId")!, alerts[21].Text("alertId")!]
        )
        {
            await _trader.CorrectAsync(alert, voided: true);
            await _trader.AlertsAndTradesAreRightAsync();
            await _trader.LedgerIsRightAsync(id, batch);
        }

        Assert.NotEqual(before, await LookAsync(symbol, id));
        foreach (
            var alert in (string[])
                [alerts[20].Text("alertId")!, alerts[^1].Text("alertId")!, alerts[21].Text("alertId")!]
        )
            await _trader.CorrectAsync(alert, voided: false);
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(id, batch);
        Assert.Equal(before, await LookAsync(symbol, id));
    }

    [Fact]
    public async Task The_ledger_follows_a_close_by_hand_and_an_exit_that_comes_after_all()
    {
        var symbol = Trader.NewSymbol("HAND");
        var batch = new ReferenceBatch([symbol]);
        var id = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bearish", 100m, Start));
        await _trader.AlertsAndTradesAreRightAsync();
        var trade = Assert.Single(await _trader.ListAsync($"/api/v1/trades?symbol={symbol}")).Text("tradeId")!;

        var closed = await _trader.CloseAsync(trade, 97.125m, Start.AddHours(3));
        Assert.Equal("manual", closed.Text("exitReason"));
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(id, batch);

        await _trader.InsistAsync(Trader.Body(symbol, "exit", "bearish", 98m, Start.AddHours(2)));
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(id, batch);
    }

    [Fact]
    public async Task Corrections_while_alerts_flow_end_as_the_reference_has_it()
    {
        var symbol = Trader.NewSymbol("AMID");
        var batch = new ReferenceBatch([symbol]);
        var id = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        await _trader.InsistAsync(Trader.Flips(symbol, 20, seed: 51));
        await _trader.AlertsAndTradesAreRightAsync();
        var alerts = await _trader.ListAsync($"/api/v1/alerts?symbol={symbol}");

        var flow = _trader.InsistAsync(Trader.Flips(symbol, 200, seed: 52));
        for (var i = 0; i < alerts.Count; i += 3)
        {
            await _trader.CorrectAsync(alerts[i].Text("alertId")!, voided: true);
            if (i % 2 == 0)
                await _trader.CorrectAsync(alerts[i].Text("alertId")!, voided: false);
        }

        await flow;
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(id, batch);
    }

    // A row's posting time is when it was written, and may be another; how long an open trade has been open grows with
    // the clock. Nothing else is.
    private async Task<string> LookAsync(string symbol, long batchId)
    {
        var looks = new List<string>();
        foreach (
            var list in (string[])
                [
                    $"/api/v1/alerts?symbol={symbol}",
                    $"/api/v1/trades?symbol={symbol}",
                    $"/api/v1/batches/{batchId}/ledger?order=asc",
                ]
        )
            looks.AddRange((await _trader.ListAsync(list)).Select(WithoutClock));
        looks.Add((await _trader.GetAsync($"/api/v1/batches/{batchId}")).GetProperty("summary").GetRawText());
        looks.Add((await _trader.GetAsync($"/api/v1/batches/{batchId}/charts/capital?by=trade")).GetRawText());
        return string.Join('\n', looks);
    }

    private static string WithoutClock(JsonElement item)
    {
        var properties = JsonObject.Create(item)!;
        properties.Remove("timeOpen");
        return properties.ToJsonString();
    }
}
