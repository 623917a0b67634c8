using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// The API is away while the page is open: old figures are dimmed, one banner says so, and everything comes back by
/// itself.
/// </summary>
public sealed class Outage(PipelineSystem system, Chromium chromium)
{
    private const string Api = "**/api/**";

    [Fact]
    public async Task Figures_of_before_are_dimmed_under_one_banner_and_recover_by_themselves_also_after_a_reload()
    {
        var (batch, _) = await History.MakeAsync(system, "AWAY", flips: 30);
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/batches/{batch}");
        visit.Provoke("ERR_FAILED");
        await Eventually.TrueAsync(
            async () => (await visit.DrawnAsync("capital")).Count > 0,
            TimeSpan.FromSeconds(30),
            () => "no chart"
        );
        await visit.Page.RouteAsync(Api, route => route.AbortAsync());

        await visit.Page.GetByLabel("Period", new() { Exact = true }).SelectOptionAsync("ytd");
        await Assertions.Expect(visit.Page.GetByText("The server cannot be reached.")).ToHaveCountAsync(1);
        await Assertions.Expect(visit.Page.GetByText("Dimmed figures are as of")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await Assertions.Expect(visit.Page.Locator(".headline-card.stale [data-figure=trades]")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.Locator(".growth .stale [data-chart=capital]")).ToBeVisibleAsync();

        await visit.Page.UnrouteAsync(Api);
        await Assertions.Expect(visit.Page.Locator(".stale")).ToHaveCountAsync(0, new() { Timeout = 15_000 });
        await Assertions.Expect(visit.Page.GetByText("The server cannot be reached.")).ToHaveCountAsync(0);

        await visit.Page.RouteAsync(Api, route => route.AbortAsync());
        await visit.Page.ReloadAsync();
        await Assertions.Expect(visit.Page.GetByText("The server cannot be reached.")).ToBeVisibleAsync();
        await visit.Page.UnrouteAsync(Api);
        await Assertions
            .Expect(visit.Page.Locator("[data-figure=trades]"))
            .ToBeVisibleAsync(new() { Timeout = 15_000 });
        visit.NothingWentWrong();
    }
}
