using System.Globalization;
using Microsoft.Playwright;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// How soon the page shows that it has heard: interaction to next paint, by the browser's own measure
/// (https://web.dev/articles/inp), over what a reader does with a batch of a million trades.
/// </summary>
internal sealed class InteractionScenario(RunningSystem system, Report report, IBrowser browser)
{
    // Of each interaction the longest event; the browser reports none that is shown within 16 ms.
    private const string Watch = """
        (() => {
          const longest = (window.interactions_ = new Map());
          new PerformanceObserver(list => {
            for (const { interactionId, duration, name, target } of list.getEntries())
              if (interactionId && duration > (longest.get(interactionId)?.duration ?? 0))
                longest.set(interactionId, { duration, what: `${name} ${target?.nodeName ?? ''} ${target?.getAttribute?.('aria-label') ?? target?.textContent?.slice(0, 30) ?? ''} ${location.search}` });
          }).observe({ type: 'event', durationThreshold: 16, buffered: true });
        })();
        """;

    private const int Least = 60;

    public async Task RunAsync(long batch, long trades)
    {
        await using var context = await browser.NewContextAsync(PageScenario.Desktop);
        await PageScenario.SignInAsync(context, system);
        await context.AddInitScriptAsync(Watch);
        var page = await context.NewPageAsync();
        await page.GotoAsync(
            new Uri(
                system.Api.BaseAddress!,
                string.Create(CultureInfo.InvariantCulture, $"/batches/{batch}")
            ).ToString()
        );
        await PageScenario.DrawnAsync(page);
        await UseAsync(page);

        // The last ones are reported with the next picture.
        await page.WaitForTimeoutAsync(500);
        var seen = await page.EvaluateAsync<Seen>(
            """
            () => ({
              count: performance.interactionCount,
              slow: [...window.interactions_.values()].sort((a, b) => b.duration - a.duration),
            })
            """
        );
        if (seen.Count < Least)
            throw new InvalidOperationException($"Only {seen.Count} interactions were counted: no result.");
        foreach (var one in seen.Slow.Where(one => one.Duration > 100))
            Console.WriteLine($"{one.Duration:N0} ms: {one.What}");
        report.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"page: interaction to next paint, a batch of {trades:N0} trades"
            ),
            $"p50 {At(seen, 0.5)}, p95 {At(seen, 0.95)}",
            "p95 ≤ 100 ms",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{seen.Count} interactions, the longest {seen.Slow[0].Duration:N0} ms; no graphics card"
            )
        );
    }

    /// <summary>Those that are not reported are the shortest.</summary>
    private static string At(Seen seen, double share)
    {
        var rank = seen.Count - 1 - (int)(seen.Count * share);
        return rank < seen.Slow.Length
            ? string.Create(CultureInfo.InvariantCulture, $"{seen.Slow[rank].Duration:N0} ms")
            : "< 16 ms";
    }

    private static async Task UseAsync(IPage page)
    {
        await ChooseAsync(page, "Growth by", "Hour", "Day", "Week", "Month", "Day");
        await ChooseAsync(page, "Growth as", "Per period", "Cumulative");
        await ChooseAsync(page, "Scale", "Log", "Linear");
        await page.GetByLabel("Buy & hold").ClickAsync();
        await PauseAsync(page);
        await ChooseAsync(page, "Growth by", "Trade");
        await ChooseAsync(page, "Side", "Long", "Short", "Both");
        foreach (var span in (string[])["90d", "365d", ""])
        {
            // The way by keyboard: the list of a select is not the page's.
            await page.GetByLabel("Period", new() { Exact = true }).SelectOptionAsync(span);
            await PauseAsync(page);
        }

        await WalkAsync(page);
        await OpenPointAsync(page);
        await SearchAsync(page);
        await ScrollAsync(page);
        foreach (
            var view in (string[])["Statistics", "Closed trades", "All trades", "Calendar", "Charts", "Closed trades"]
        )
            await ClickAsync(page, page.Locator(".tabs").GetByText(view, new() { Exact = true }));
        await TableAsync(page);
        await ClickAsync(page, page.Locator("nav[aria-label=Pages]").GetByText("Overview", new() { Exact = true }));
        await ClickAsync(page, page.Locator("nav[aria-label=Pages]").GetByText("Batches", new() { Exact = true }));
    }

    private static async Task WalkAsync(IPage page)
    {
        await page.Locator("[data-chart=capital]").FocusAsync();
        foreach (
            var key in (string[])
                ["Home", "ArrowRight", "ArrowRight", "PageDown", "PageDown", "ArrowLeft", "End", "ArrowLeft"]
        )
        {
            await page.Keyboard.PressAsync(key);
            await page.WaitForTimeoutAsync(80);
        }
    }

    /// <summary>Over the curve, then a click on it: the trade opens, and is closed again.</summary>
    private static async Task OpenPointAsync(IPage page)
    {
        var chart = page.Locator("[data-chart=capital]");
        await chart.ScrollIntoViewIfNeededAsync();
        var box = await chart.BoundingBoxAsync() ?? throw new InvalidOperationException("The chart has no place.");
        for (var turn = 1; turn <= 3; turn++)
        {
            var x = box.X + (box.Width * turn / 4);
            for (var step = 0; step < 20; step++)
                await page.Mouse.MoveAsync(x - 40 + (step * 2), box.Y + (box.Height / 3));
            await page.Mouse.ClickAsync(x, box.Y + (box.Height / 3));
            await page.GetByRole(AriaRole.Dialog).WaitForAsync(new() { Timeout = 20_000 });
            await PauseAsync(page);
            await page.Keyboard.PressAsync("Escape");
            await PauseAsync(page);
        }
    }

    private static async Task SearchAsync(IPage page)
    {
        await page.Keyboard.PressAsync("Control+k");
        await PauseAsync(page);
        foreach (var letter in "One of qry1")
        {
            await page.Keyboard.PressAsync(letter == ' ' ? "Space" : letter.ToString());
            await page.WaitForTimeoutAsync(80);
        }

        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Escape");
        await PauseAsync(page);
    }

    private static async Task ScrollAsync(IPage page)
    {
        for (var i = 0; i < 30; i++)
        {
            await page.Mouse.WheelAsync(0, 200);
            await page.WaitForTimeoutAsync(50);
        }

        await page.Mouse.WheelAsync(0, -10_000);
        await PauseAsync(page);
    }

    private static async Task TableAsync(IPage page)
    {
        var table = page.GetByRole(AriaRole.Table, new() { Name = "Closed trades" });
        foreach (var column in (string[])["Profit", "Profit", "Duration", "#"])
            await ClickAsync(page, table.Locator("button.sort").GetByText(column, new() { Exact = false }).First);
        for (var row = 1; row <= 3; row++)
        {
            await ClickAsync(page, table.Locator(".opens").Nth(row));
            await page.Keyboard.PressAsync("Escape");
            await PauseAsync(page);
        }

        await table.HoverAsync();
        for (var i = 0; i < 20; i++)
        {
            await page.Mouse.WheelAsync(0, 400);
            await page.WaitForTimeoutAsync(40);
        }
    }

    private static async Task ChooseAsync(IPage page, string group, params string[] options)
    {
        foreach (var option in options)
            await ClickAsync(
                page,
                page.GetByRole(AriaRole.Group, new() { Name = group, Exact = true })
                    .GetByText(option, new() { Exact = true })
            );
    }

    private static async Task ClickAsync(IPage page, ILocator what)
    {
        await what.ClickAsync();
        await PauseAsync(page);
    }

    /// <summary>A reader looks at what came; the page fetches and draws meanwhile.</summary>
    private static Task PauseAsync(IPage page) => page.WaitForTimeoutAsync(250);

    private sealed class Seen
    {
        public int Count { get; set; }

        public Slow[] Slow { get; set; } = [];
    }

    private sealed class Slow
    {
        public double Duration { get; set; }

        public string What { get; set; } = "";
    }
}
