using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>The overview says what happens now; how amounts are shown is the reader's.</summary>
public sealed class Overviews(PipelineSystem system, Chromium chromium)
{
    private readonly Trader _trader = new(system);

    [Fact]
    public async Task The_overview_shows_open_trades_those_of_today_and_what_needs_attention()
    {
        var symbol = Trader.NewSymbol("NOW");
        // At the same instant in every time zone of the day; entered yesterday, so that the exit is always after it.
        var now = new DateTime(
            DateTime.UtcNow.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond,
            DateTimeKind.Utc
        );
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, now.AddDays(-1)));
        await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 105m, now.AddSeconds(-2)));
        await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 105m, now.AddSeconds(-1)));
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bearish", 104m, now));
        // Of another stream, and a price of the symbol all the same: 4.80769… % better for a short one.
        await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 99m, now.AddSeconds(1), timeframe: "240"));
        await _trader.AlertsAndTradesAreRightAsync();
        var id = await _trader.CreateBatchAsync(new { name = symbol, symbols = new[] { symbol } });
        await _trader.LedgerIsRightAsync(id, new Reference.ReferenceBatch([symbol]));
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/?batch={id}");
        var open = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Open trades", Exact = true });
        await Assertions.Expect(open).ToContainTextAsync(symbol);
        await Assertions
            .Expect(open.GetByRole(AriaRole.Row).Filter(new() { HasText = symbol }))
            .ToContainTextAsync("104");
        await Assertions.Expect(open).ToContainTextAsync("+4.81%");
        var closed = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Trades closed today", Exact = true });
        await Assertions.Expect(closed).ToContainTextAsync(symbol);
        await Assertions.Expect(closed).ToContainTextAsync("+5.00%");
        await Assertions.Expect(visit.Page.Locator("[data-recent=today]")).ToHaveTextAsync("+5,000.00");
        await Assertions.Expect(visit.Page.Locator("[data-recent=month]")).ToHaveTextAsync("+5,000.00");
        await Assertions
            .Expect(
                visit
                    .Page.GetByRole(AriaRole.Region, new() { Name = "Needs attention" })
                    .GetByRole(
                        AriaRole.Link,
                        new() { NameRegex = new Regex("closed no trade", RegexOptions.None, TimeSpan.FromSeconds(1)) }
                    )
            )
            .ToBeVisibleAsync();
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task Amounts_stand_in_the_decimals_and_beside_the_code_that_the_reader_chose()
    {
        var symbol = Trader.NewSymbol("CODE");
        var id = await _trader.CreateBatchAsync(new { name = symbol, symbols = new[] { symbol } });
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/batches/{id}");
        var balance = visit.Page.Locator("[data-figure=availableCapital]");
        await Assertions.Expect(balance).ToHaveTextAsync("100,000.00");
        await visit.Button("Display settings").ClickAsync();
        await visit.Page.GetByLabel("Currency code").FillAsync("usdt");
        await visit.Page.GetByLabel("Decimals").SelectOptionAsync("0");
        await Assertions.Expect(balance).ToHaveTextAsync("100,000 USDT");
        await visit.GoAsync($"/batches/{id}");
        await Assertions.Expect(balance).ToHaveTextAsync("100,000 USDT");
        visit.NothingWentWrong();
    }
}
