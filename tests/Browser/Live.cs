using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

public sealed class Live(PipelineSystem system, Chromium chromium)
{
    private static readonly DateTime Later = new(2026, 6, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task A_trade_that_closes_while_the_page_is_open_moves_its_charts_and_figures()
    {
        var (batch, symbols) = await History.MakeAsync(system, "LIVE", flips: 5);
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/batches/{batch}");
        var trades = visit.Page.Locator("[data-figure=trades]");
        await Assertions.Expect(trades).ToContainTextAsync("8");
        await Assertions.Expect(visit.Page.Locator(".connection.live")).ToBeVisibleAsync();
        var capital = await visit.Page.Locator("[data-figure=availableCapital]").InnerTextAsync();

        var trader = new Trader(system);
        await trader.InsistAsync(Trader.Body(symbols[0], "exit", "flat", 140m, Later));
        await Assertions.Expect(trades).ToContainTextAsync("9");
        await Assertions.Expect(visit.Page.Locator("[data-figure=availableCapital]")).Not.ToHaveTextAsync(capital);
        await Eventually.TrueAsync(
            async () => (await visit.DrawnAsync("capital"))["Balance"].GetArrayLength() == 10,
            TimeSpan.FromSeconds(30),
            () => "the chart did not move"
        );
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_lost_connection_is_shown_and_catches_up_when_it_is_back()
    {
        var (batch, symbols) = await History.MakeAsync(system, "LOST", flips: 5);
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/batches/{batch}");
        await Assertions.Expect(visit.Page.Locator(".connection.live")).ToBeVisibleAsync();
        visit.Provoke(
            "ERR_CONNECTION_REFUSED",
            "ERR_INCOMPLETE_CHUNKED_ENCODING",
            "ERR_CONNECTION_RESET",
            "ERR_EMPTY_RESPONSE",
            "ERR_SOCKET_NOT_CONNECTED",
            "503"
        );

        // All of the page is there: it need not ask for a part of itself while nobody answers.
        await Eventually.TrueAsync(
            async () => (await visit.DrawnAsync("capital")).Count > 0,
            TimeSpan.FromSeconds(30),
            () => "no chart"
        );
        system.Query.Kill();
        try
        {
            await Assertions.Expect(visit.Page.Locator(".connection.lost")).ToBeVisibleAsync();
            await new Trader(system).InsistAsync(Trader.Body(symbols[0], "exit", "flat", 140m, Later));
        }
        finally
        {
            system.Query.Start();
            await system.Query.WaitUntilReadyAsync();
        }

        await Assertions.Expect(visit.Page.Locator(".connection.live")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(visit.Page.Locator("[data-figure=trades]")).ToContainTextAsync("9");
        visit.NothingWentWrong();
    }
}
