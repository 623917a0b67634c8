using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// What a reader waits for: the page of a batch in a real browser, and how smoothly its growth is zoomed and moved.
/// Without a browser it is left out.
/// </summary>
internal sealed class PageScenario(RunningSystem system, Report report)
{
    private const int Openings = 5;
    private const int Steps = 120;

    // As root there is no sandbox, and there is no graphics card: every pixel is drawn by these cores.
    private static readonly string[] Arguments =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
    ];

    public static readonly BrowserNewContextOptions Desktop = new()
    {
        ViewportSize = new() { Width = 1440, Height = 900 },
        TimezoneId = "UTC",
    };

    private static string Browser =>
        Environment.GetEnvironmentVariable("PNL_CHROMIUM") is { Length: > 0 } path ? path : "/usr/bin/chromium";

    /// <param name="batchPrefix">What the name of the batch begins with.</param>
    /// <param name="parts">Only these of: zoom, first, interactions, shifts; none for zoom and first.</param>
    public async Task RunAsync(string batchPrefix, params IReadOnlyCollection<string> parts)
    {
        if (!File.Exists(Browser))
        {
            report.Add("page: the batch", "not measured", "", "there is no Chromium; PNL_CHROMIUM says where one is");
            return;
        }

        var (batch, trades) = await system.FindBatchAsync(batchPrefix);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Browser, Args = Arguments }
        );
        if (IsWanted("zoom"))
            await OpenAndMoveAsync(browser, batch, trades);
        if (IsWanted("first"))
            await new FirstChartScenario(system, report, browser).RunAsync(batch, trades);
        // Only by name: neither has been measured on a quiet machine yet.
        if (parts.Contains("interactions"))
            await new InteractionScenario(system, report, browser).RunAsync(batch, trades);
        if (parts.Contains("shifts"))
            await new LayoutShiftScenario(system, report, browser).RunAsync(batch, QueryScenarios.FirstSymbol);

        bool IsWanted(string part) => parts.Count == 0 || parts.Contains(part);
    }

    /// <summary>As a browser that has been here before: with a session that it begins by itself.</summary>
    public static async Task SignInAsync(IBrowserContext context, RunningSystem system)
    {
        var answer = await context.APIRequest.PostAsync(
            new Uri(system.Api.BaseAddress!, "/api/v1/session").ToString(),
            new() { DataObject = new { key = system.AdminKey } }
        );
        if (!answer.Ok)
            throw new InvalidOperationException($"The sign-in was answered with {answer.Status}.");
        await context.AddInitScriptAsync("localStorage.setItem('signed-in', 'admin')");
    }

    private async Task OpenAndMoveAsync(IBrowser browser, long batch, long trades)
    {
        await using var context = await browser.NewContextAsync(Desktop);
        await SignInAsync(context, system);
        var page = await context.NewPageAsync();
        var url = new Uri(
            system.Api.BaseAddress!,
            string.Create(CultureInfo.InvariantCulture, $"/batches/{batch}")
        ).ToString();
        await page.GotoAsync(url);
        await DrawnAsync(page);

        var openings = new List<double>();
        for (var i = 0; i < Openings; i++)
        {
            var clock = Stopwatch.StartNew();
            await page.GotoAsync(url);
            await DrawnAsync(page);
            openings.Add(clock.Elapsed.TotalMilliseconds);
        }

        openings.Sort();
        report.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"page: a batch of {trades:N0} trades opened, its growth drawn"
            ),
            $"{openings[Openings / 2]:N0} ms",
            "within a second",
            $"the median of {Openings} visits of a browser that has been there; the slowest {openings[^1]:N0} ms; no "
                + $"graphics card"
        );

        var frames = await MoveAsync(page);
        report.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"page: the growth of {trades:N0} trades zoomed to a twentieth and moved"
            ),
            $"frames p50 {At(frames, 0.5):F0} ms, p95 {At(frames, 0.95):F0} ms",
            "no jerk",
            $"{frames.Length} frames, the longest {frames[^1]:F0} ms; no graphics card"
        );
    }

    public static Task DrawnAsync(IPage page) =>
        page.WaitForFunctionAsync(
            """() => (document.querySelector('[data-chart="capital"]')?.drawn?.() ?? []).some(series => series.data.length > 0)""",
            null,
            new() { Timeout = 60_000, PollingInterval = 10 }
        );

    /// <summary>
    /// The wheel zooms in, the hand moves back and forth; meanwhile the page notes when each frame is drawn.
    /// </summary>
    private static async Task<double[]> MoveAsync(IPage page)
    {
        var chart = page.Locator("""[data-chart="capital"]""");
        await chart.ScrollIntoViewIfNeededAsync();
        var box = await chart.BoundingBoxAsync() ?? throw new InvalidOperationException("The chart has no place.");
        var (x, y) = (box.X + (box.Width / 2), box.Y + (box.Height / 3));
        await page.Mouse.MoveAsync(x, y);
        await page.EvaluateAsync(
            """
            () => {
              window.frames_ = [];
              let last = performance.now();
              const note = now => { window.frames_.push(now - last); last = now; window.noting_ = requestAnimationFrame(note); };
              window.noting_ = requestAnimationFrame(note);
            }
            """
        );
        await page.Keyboard.DownAsync("Control");
        for (var i = 0; i < 100 && (await InViewAsync(page)) is var (from, to) && to - from > 5; i++)
            await page.Mouse.WheelAsync(0, -120);
        await page.Keyboard.UpAsync("Control");
        await page.Mouse.DownAsync();
        var moves = new HashSet<double>();
        for (var i = 0; i < Steps; i++)
        {
            await page.Mouse.MoveAsync(x + (float)(Math.Sin(i / 8.0) * box.Width / 4), y);
            moves.Add((await InViewAsync(page)).From);
        }

        await page.Mouse.UpAsync();
        if ((await InViewAsync(page)) is var (start, end) && (end - start > 5 || moves.Count < Steps / 4))
            throw new InvalidOperationException(
                $"{end - start} % are in view, at {moves.Count} places: it was not zoomed and moved, no result."
            );
        var frames = await page.EvaluateAsync<double[]>(
            "() => { cancelAnimationFrame(window.noting_); return window.frames_; }"
        );
        return [.. frames.Order()];
    }

    /// <summary>In percent of the whole.</summary>
    private static async Task<(double From, double To)> InViewAsync(IPage page)
    {
        var view = await page.EvaluateAsync<double[]>(
            """() => { const zoom = document.querySelector('[data-chart="capital"]').chart.getOption().dataZoom[0]; return [zoom.start, zoom.end]; }"""
        );
        return (view[0], view[1]);
    }

    private static double At(double[] sorted, double share) => sorted[(int)(sorted.Length * share)];
}
