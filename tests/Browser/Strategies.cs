using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// Alerts that name a strategy: it is shown, filters, splits the profit, and a batch may count only some.
/// </summary>
public sealed class Strategies(PipelineSystem system, Chromium chromium)
{
    private static readonly DateTime Start = new(2025, 8, 4, 10, 0, 0, DateTimeKind.Utc);

    private readonly Trader _trader = new(system);

    [Fact]
    public async Task A_strategy_is_shown_and_filters_wherever_a_timeframe_does()
    {
        var symbol = Trader.NewSymbol("STRAT");
        foreach (
            var (strategy, exit) in ((string?, decimal)[])[("Breakout 4h", 110m), ("Reversion", 95m), (null, 120m)]
        )
        {
            await SendAsync(symbol, "entry", strategy, 100m, Start);
            await SendAsync(symbol, "exit", strategy, exit, Start.AddHours(2));
        }

        var id = await _trader.CreateBatchAsync(new { name = symbol, symbols = new[] { symbol } });
        await Eventually.TrueAsync(
            async () =>
                (await _trader.GetAsync($"/api/v1/batches/{id}")).GetProperty("ledger").GetProperty("trades").GetInt32()
                == 3,
            TimeSpan.FromSeconds(60),
            () => "no trades"
        );
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, $"/batches/{id}");
        await Eventually.EqualAsync(
            [3],
            async () =>
                (await visit.DrawnAsync("breakdown-strategy")).TryGetValue("Profit", out var profit)
                    ? [profit.GetArrayLength()]
                    : [],
            TimeSpan.FromSeconds(30)
        );

        await visit
            .Page.GetByRole(
                AriaRole.Button,
                new() { NameRegex = new Regex("^Strategies:", RegexOptions.None, TimeSpan.FromSeconds(1)) }
            )
            .ClickAsync();
        await visit.Page.GetByLabel("No strategy", new() { Exact = true }).CheckAsync();
        await Assertions
            .Expect(visit.Page)
            .ToHaveURLAsync(new Regex("[?&]strategy=", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Assertions.Expect(visit.Page.Locator("[data-figure=trades]")).ToContainTextAsync("1");

        await visit.GoAsync($"/batches/{id}?view=ledger&strategy=Reversion");
        var rows = visit.Page.GetByRole(AriaRole.Table, new() { Name = "Closed trades" }).GetByRole(AriaRole.Row);
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(rows.Nth(1)).ToContainTextAsync("Reversion");

        await visit.GoAsync($"/alerts?symbol={symbol}&strategy=Breakout+4h");
        await Assertions
            .Expect(visit.Page.GetByRole(AriaRole.Table, new() { Name = "Alerts" }).GetByRole(AriaRole.Row))
            .ToHaveCountAsync(3);

        await visit.GoAsync($"/batches/{id}");
        await visit.Button("Edit").ClickAsync();
        await visit
            .Dialog.GetByRole(AriaRole.List, new() { Name = "Strategies" })
            .GetByRole(AriaRole.Button, new() { Name = "Reversion", Exact = true })
            .ClickAsync();
        await visit.Button("Save").ClickAsync();
        await Eventually.TrueAsync(
            async () =>
                (await _trader.GetAsync($"/api/v1/batches/{id}")).GetProperty("ledger").GetProperty("trades").GetInt32()
                == 1,
            TimeSpan.FromSeconds(60),
            () => "not counted again"
        );
        await Assertions.Expect(visit.Page.Locator(".batch-facts")).ToContainTextAsync("from Reversion");
        visit.NothingWentWrong();
    }

    private Task SendAsync(string symbol, string side, string? strategy, decimal price, DateTime time)
    {
        var body = Trader.Body(symbol, side, "bullish", price, time);
        return _trader.InsistAsync(
            strategy is null ? body : body.Replace("{", $$"""{"strategy":"{{strategy}}",""", StringComparison.Ordinal)
        );
    }
}
