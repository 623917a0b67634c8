using System.Globalization;
using Microsoft.Playwright;
using PnlPipeline.Tests.Browser;

namespace PnlPipeline.Benchmarks;

/// <summary>How much jumps while a page fills: every page, on a phone and on a desktop, scrolled to its end.</summary>
internal sealed class LayoutShiftScenario(RunningSystem system, Report report, IBrowser browser)
{
    public async Task RunAsync(long batch, string symbol)
    {
        foreach (var (width, height) in new[] { (390, 844), (1440, 900) })
        {
            var scores = new List<(string Name, double Score, string What)>();
            foreach (var (name, path) in Addresses.Pages)
            {
                var (score, what) = await ShiftAsync(Addresses.Fill(path, batch, symbol), width, height);
                scores.Add((name, score, what));
                if (score > LayoutShift.Most)
                    Console.WriteLine($"{name} at {width}: {what}");
            }

            var (worst, most, _) = scores.MaxBy(one => one.Score);
            report.Add(
                string.Create(CultureInfo.InvariantCulture, $"page: cumulative layout shift at {width} px"),
                string.Create(CultureInfo.InvariantCulture, $"{most:F3}"),
                string.Create(CultureInfo.InvariantCulture, $"≤ {LayoutShift.Most} on every page"),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the worst of {scores.Count} pages, {worst}, each with an empty cache; "
                        + $"{scores.Count(one => one.Score == 0)} have none"
                )
            );
        }
    }

    private async Task<(double Score, string What)> ShiftAsync(string path, int width, int height)
    {
        await using var context = await browser.NewContextAsync(
            new(PageScenario.Desktop)
            {
                ViewportSize = new() { Width = width, Height = height },
            }
        );
        await PageScenario.SignInAsync(context, system);
        await context.AddInitScriptAsync(LayoutShift.Watch);
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(system.Api.BaseAddress!, path).ToString());
        await SettledAsync(page);
        await LayoutShift.ScrollThroughAsync(page);
        await SettledAsync(page);
        return await LayoutShift.WorstAsync(page);
    }

    private static async Task SettledAsync(IPage page)
    {
        await page.WaitForFunctionAsync(
            "() => document.querySelector('h1') && !document.querySelector('.skeleton')",
            null,
            new() { Timeout = 120_000, PollingInterval = 50 }
        );
        await page.WaitForTimeoutAsync(500);
    }
}
