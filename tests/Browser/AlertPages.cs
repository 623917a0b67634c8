using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>The alert log, the issues and the set-up.</summary>
public sealed class AlertPages(PipelineSystem system, Chromium chromium)
{
    private static readonly DateTime Start = new(2025, 7, 7, 10, 0, 0, DateTimeKind.Utc);

    private readonly Trader _trader = new(system);

    [Fact]
    public async Task An_alert_that_comes_while_the_log_is_open_appears_in_it_with_its_outcome_and_payload()
    {
        var symbol = Trader.NewSymbol("LOG");
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await _trader.AlertsAndTradesAreRightAsync();
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/alerts?symbol={symbol}"
        );
        var rows = visit.Page.GetByRole(AriaRole.Table, new() { Name = "Alerts" }).GetByRole(AriaRole.Row);
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(visit.Page.Locator(".connection.live")).ToBeVisibleAsync();

        await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 104m, Start.AddHours(1)));
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await Assertions.Expect(rows.Nth(1)).ToContainTextAsync("closed", new() { IgnoreCase = true });
        await rows.Nth(1).ClickAsync();
        await Assertions.Expect(visit.Dialog.GetByLabel("Raw alert message, text")).ToContainTextAsync("\"price\":104");
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task An_admin_excludes_an_alert_and_includes_it_again_and_the_trade_follows()
    {
        var symbol = Trader.NewSymbol("UNDO");
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 104m, Start.AddHours(1)));
        await _trader.AlertsAndTradesAreRightAsync();
        var exit = (await _trader.ListAsync($"/api/v1/alerts?symbol={symbol}"))[0].GetProperty("alertId").GetString();
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.AdminKey,
            $"/alerts?symbol={symbol}&alert={exit}"
        );
        await visit.Button("Exclude…").ClickAsync();
        await visit.Button("Exclude alert").ClickAsync();
        await Assertions.Expect(visit.Button("Include again…")).ToBeVisibleAsync();
        Assert.Equal("voided", (await _trader.GetAsync($"/api/v1/alerts/{exit}")).GetProperty("outcome").GetString());
        Assert.Single(await _trader.ListAsync($"/api/v1/trades?symbol={symbol}&state=open"));

        await visit.Button("Include again…").ClickAsync();
        await visit.Button("Include alert").ClickAsync();
        await Assertions.Expect(visit.Button("Exclude…")).ToBeVisibleAsync();
        Assert.Single(await _trader.ListAsync($"/api/v1/trades?symbol={symbol}&state=closed"));
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_test_alert_takes_the_real_path_and_is_seen_arriving()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, "/set-up");
        await Assertions
            .Expect(visit.Page.GetByLabel("Webhook URL", new() { Exact = true }))
            .ToHaveValueAsync($"{system.Ingest.Url.ToString().TrimEnd('/')}/webhooks/tradingview/{system.Token}");
        await visit.Button("Send test alert").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-arrived=yes]")).ToBeVisibleAsync();
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_viewer_learns_no_token()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, "/set-up");
        await Assertions.Expect(visit.Page.GetByLabel("Pine script")).ToBeVisibleAsync();
        Assert.DoesNotContain(system.Token, await visit.Page.ContentAsync(), StringComparison.Ordinal);
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_rejected_alert_is_listed_among_the_issues_as_text_with_its_reason()
    {
        var mark = Trader.NewSymbol("REFUSED");
        await _trader.SendAsync(
            $$"""{"symbol":"{{mark}}<b>","side":"entry","timeframe":"60","type":"bullish","price":NaN}"""
        );
        await Eventually.TrueAsync(
            async () =>
                (await _trader.ListAsync("/api/v1/alerts/rejected?")).Any(item =>
                    item.GetRawText().Contains(mark, StringComparison.Ordinal)
                ),
            TimeSpan.FromSeconds(30),
            () => "the rejected alert is not listed"
        );
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, "/issues/rejected");
        await Assertions.Expect(visit.Page.GetByText(mark).First).ToBeVisibleAsync();
        visit.NothingWentWrong();
    }
}
