using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>The log, the inbox and the set-up.</summary>
public sealed class AlertRooms(PipelineSystem system, Chromium chromium)
{
    private static readonly DateTime Start = new(2025, 7, 7, 10, 0, 0, DateTimeKind.Utc);

    private readonly Trader _trader = new(system);

    [Fact]
    public async Task An_alert_that_comes_while_the_log_is_open_appears_in_it_with_its_outcome_and_payload()
    {
        var symbol = Trader.NewSymbol("LOG");
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await _trader.AlertsAndTradesAreRightAsync();
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/alerts?symbol={symbol}");
        var rows = visit.Page.GetByRole(AriaRole.Table, new() { Name = "Alerts" }).GetByRole(AriaRole.Row);
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(visit.Page.Locator(".connection.live")).ToBeVisibleAsync();

        await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 104m, Start.AddHours(1)));
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await Assertions.Expect(rows.Nth(1)).ToContainTextAsync("closed", new() { IgnoreCase = true });
        await rows.Nth(1).ClickAsync();
        await Assertions.Expect(visit.Dialog.GetByLabel("Body as it arrived")).ToContainTextAsync("\"price\":104");
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task An_admin_voids_an_alert_and_restores_it_and_the_trade_follows()
    {
        var symbol = Trader.NewSymbol("UNDO");
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 104m, Start.AddHours(1)));
        await _trader.AlertsAndTradesAreRightAsync();
        var exit = (await _trader.ListAsync($"/api/v1/alerts?symbol={symbol}"))[0].GetProperty("alertId").GetString();
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, $"/alerts?symbol={symbol}&alert={exit}");
        await visit.Button("Void…").ClickAsync();
        await visit.Button("Void the alert").ClickAsync();
        await Assertions.Expect(visit.Button("Restore…")).ToBeVisibleAsync();
        Assert.Equal("voided", (await _trader.GetAsync($"/api/v1/alerts/{exit}")).GetProperty("outcome").GetString());
        Assert.Single(await _trader.ListAsync($"/api/v1/trades?symbol={symbol}&state=open"));

        await visit.Button("Restore…").ClickAsync();
        await visit.Button("Restore the alert").ClickAsync();
        await Assertions.Expect(visit.Button("Void…")).ToBeVisibleAsync();
        Assert.Single(await _trader.ListAsync($"/api/v1/trades?symbol={symbol}&state=closed"));
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_test_alert_goes_the_real_way_and_is_seen_arriving()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, "/set-up");
        await Assertions.Expect(visit.Page.GetByLabel("Webhook address")).ToHaveValueAsync($"{system.Ingest.Url.ToString().TrimEnd('/')}/webhooks/tradingview/{system.Token}");
        await visit.Button("Send a test alert").ClickAsync();
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
    public async Task What_was_refused_stands_in_the_inbox_as_text_with_its_reason()
    {
        var mark = Trader.NewSymbol("REFUSED");
        await _trader.SendAsync($$"""{"symbol":"{{mark}}<b>","side":"entry","timeframe":"60","type":"bullish","price":NaN}""");
        await Eventually.TrueAsync(
            async () => (await _trader.ListAsync("/api/v1/alerts/rejected?")).Any(item => item.GetRawText().Contains(mark, StringComparison.Ordinal)),
            TimeSpan.FromSeconds(30),
            () => "the refused body is not in the log");
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, "/inbox/refused");
        await Assertions.Expect(visit.Page.GetByText(mark).First).ToBeVisibleAsync();
        visit.NothingWentWrong();
    }
}
