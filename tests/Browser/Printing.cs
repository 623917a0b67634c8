using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

public sealed class Printing(PipelineSystem system, Chromium chromium)
{
    [Fact]
    public async Task On_paper_every_chart_is_whole()
    {
        var (batch, _) = await History.MakeAsync(system, "PRINT", flips: 20);
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch}",
            (1440, 900)
        );
        await Eventually.TrueAsync(
            async () => (await visit.DrawnAsync("breakdown-month")).Count > 0,
            TimeSpan.FromSeconds(30),
            () => "no chart"
        );
        await visit.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await visit.Page.EvaluateAsync("window.dispatchEvent(new Event('beforeprint'))");
        // A canvas is as wide as it was on the screen, until it is told; A4 upright, less its margins, has 700 pixels.
        var cut = await visit.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('[data-chart] canvas')].filter(canvas => canvas.clientWidth > "
                + "700).map(canvas => canvas.closest('[data-chart]').dataset.chart)"
        );
        Assert.Empty(cut);
        Assert.Equal(0, await visit.Page.Locator(".sidebar:visible, .filter-bar:visible").CountAsync());
        visit.NothingWentWrong();
    }
}
