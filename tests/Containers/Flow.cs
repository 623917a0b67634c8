using System.Net;
using System.Text.RegularExpressions;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Faults;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.Containers;

/// <summary>
/// What the system is for, in containers: alerts become ledgers, however many workers there are, and stay.
/// </summary>
public sealed partial class Flow : ContainerTests
{
    private static readonly DateTime Start = new(2025, 3, 3, 9, 0, 0, DateTimeKind.Utc);

    private readonly ComposeSystem _system;
    private readonly Trader _trader;

    public Flow(ComposeSystem system) => (_system, _trader) = (system, new Trader(system));

    [Fact]
    public async Task An_alert_becomes_a_row_of_a_ledger_and_the_page_is_served()
    {
        var symbol = Trader.NewSymbol("FLOW");
        var batch = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 103m, Start.AddHours(2)));

        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));

        var page = await _system.Viewer.GetStringAsync(new Uri("/", UriKind.Relative));
        using var script = await _system.Viewer.GetAsync(
            new Uri(Script().Match(page).Groups["path"].Value, UriKind.Relative)
        );
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);
        Assert.Contains("javascript", script.Content.Headers.ContentType?.MediaType, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_worker_goes_from_one_to_three_and_back_while_alerts_flow()
    {
        string[] symbols = [.. Enumerable.Range(0, 4).Select(i => Trader.NewSymbol($"SCALE{i}"))];
        var batch = await _trader.CreateBatchAsync(new { name = symbols[0], symbols });
        await using var flow = new AlertFlow(_trader, symbols);
        foreach (var worker in (string[])["pairing", "ledgers"])
        {
            foreach (var replicas in (int[])[3, 1])
            {
                await flow.FlowsOnAsync();
                await ComposeSystem.ComposeAsync("up", "--detach", "--no-recreate", "--scale", $"{worker}={replicas}");
                await ComposeSystem.HealthyAsync(replicas, worker);
                await flow.FlowsOnAsync();
            }
        }

        await flow.EndAsync();
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch(symbols));
    }

    [Fact]
    public async Task What_is_stored_outlives_the_containers()
    {
        var symbol = Trader.NewSymbol("STAY");
        var batch = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        await _trader.InsistAsync(Trader.Flips(symbol, 40, seed: 31));
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));

        await ComposeSystem.ComposeAsync("down");
        Assert.Empty(await ComposeSystem.ContainersAsync());
        await ComposeSystem.ComposeAsync("up", "--detach");
        await ComposeSystem.AllHealthyAsync();

        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
        await _trader.InsistAsync(Trader.Flips(symbol, 50, seed: 31));
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
    }

    [GeneratedRegex(
        "<script[^>]* src=\"(?<path>[^\"]+)\"",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex Script();
}
