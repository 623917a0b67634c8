using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// The set-up page: ready messages for each kind of script, and a box that says what a message would become.
/// </summary>
public sealed class SetUps(PipelineSystem system, Chromium chromium)
{
    private static readonly DateTime Start = new(2025, 7, 7, 10, 0, 0, DateTimeKind.Utc);

    private readonly Trader _trader = new(system);

    [Theory]
    [InlineData("My own script", "Copy the script", "alert(body(\"entry\", \"bullish\")")]
    [InlineData("A strategy", "Copy the strategy message", "{{strategy.market_position}}")]
    [InlineData("Someone’s indicator", "Copy the message Enter short", "\"type\":\"bearish\"")]
    public async Task Each_kind_of_script_has_its_message_to_copy(string kind, string button, string part)
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, "/set-up");
        await visit.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await visit.Page.Locator(".segmented label", new() { HasText = kind }).ClickAsync();
        await visit.Button(button).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("Copied").First).ToBeVisibleAsync();
        Assert.Contains(
            part,
            await visit.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"),
            StringComparison.Ordinal
        );
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_message_is_checked_and_the_page_says_what_it_would_become_or_everything_that_is_wrong()
    {
        var symbol = Trader.NewSymbol("CHECK");
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await _trader.AlertsAndTradesAreRightAsync();
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, "/set-up");
        var verdict = visit.Page.Locator("[data-verdict]");

        await CheckAsync(visit, Trader.Body(symbol, "exit", "bullish", 104m, Start.AddHours(1)));
        await Assertions.Expect(verdict).ToContainTextAsync("It would close the open trade now.");
        await Assertions.Expect(verdict).ToContainTextAsync("Exit long at 104");

        await CheckAsync(visit, Trader.Body(symbol, "exit", "bullish", 104m, Start.AddHours(1), timeframe: "240"));
        await Assertions.Expect(verdict).ToContainTextAsync("none is open");
        await Assertions
            .Expect(verdict)
            .ToContainTextAsync($"{symbol} has an open trade, but with another timeframe or strategy: 1h, no strategy");

        await CheckAsync(visit, """{"symbol":"","side":"hold","price":-1}""");
        await Assertions
            .Expect(visit.Page.Locator("[data-verdict=bad] dt"))
            .ToHaveTextAsync(["symbol", "price", "timestamp", "side"]);

        // As it stands in TradingView's dialog, a message has placeholders.
        await CheckAsync(
            visit,
            """{"symbol":"{{ticker}}","side":"entry","type":"long","price":"{{close}}","timestamp":"{{timenow}}"}"""
        );
        await Assertions.Expect(verdict).ToContainTextAsync("Enter long at 43,250.5");
        await visit.Page.GetByText("Fill in the placeholders").ClickAsync();
        await visit.Button("Check").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-verdict=bad]")).ToContainTextAsync("{{ticker}}");
        Assert.Single(await _trader.ListAsync($"/api/v1/alerts?symbol={symbol}"));
        visit.NothingWentWrong();
    }

    private static async Task CheckAsync(Visit visit, string message)
    {
        await visit.Page.GetByLabel("Alert message", new() { Exact = true }).FillAsync(message);
        await visit.Button("Check").ClickAsync();
    }
}
