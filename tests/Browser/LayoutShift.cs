using Microsoft.Playwright;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// How much of what is in view jumped while a page filled, by the browser's own measure: the most within five seconds,
/// in bursts with less than a second between one shift and the next (https://web.dev/articles/cls). What follows within
/// half a second of a click or a key is not counted.
/// </summary>
public static class LayoutShift
{
    public const double Most = 0.02;

    /// <summary>Runs in every document before the page's own scripts.</summary>
    public const string Watch = """
        (() => {
          const shifts = (window.shifts_ = []);
          const said = ({ node, previousRect: from, currentRect: to }) =>
            `${node?.nodeName ?? ''}.${String(node?.className ?? '').replaceAll(' ', '.')} ${from.y},${from.height} to ${to.y},${to.height}`;
          new PerformanceObserver(list => {
            for (const { value, startTime, hadRecentInput, sources } of list.getEntries())
              if (!hadRecentInput) shifts.push({ value, time: startTime, what: sources.map(said).join('; ') });
          }).observe({ type: 'layout-shift', buffered: true });
        })();
        """;

    /// <summary>The worst burst so far, and what jumped in it: y and height, before and after.</summary>
    public static async Task<(double Score, string What)> WorstAsync(IPage page)
    {
        var worst = await page.EvaluateAsync<Burst>(
            """
            () => {
              const bursts = [];
              for (const { value, time, what } of window.shifts_) {
                const last = bursts.at(-1);
                if (last && time - last.end < 1000 && time - last.begin < 5000) {
                  last.end = time;
                  last.score += value;
                  last.what.push(`${value.toFixed(4)}: ${what}`);
                } else bursts.push({ begin: time, end: time, score: value, what: [`${value.toFixed(4)}: ${what}`] });
              }
              const { score, what } = bursts.sort((a, b) => b.score - a.score)[0] ?? { score: 0, what: [] };
              return { score, what: what.join('\n') };
            }
            """
        );
        return (worst.Score, worst.What);
    }

    /// <summary>
    /// From top to bottom, as a reader scrolls: what is far down is asked for when its place comes into view.
    /// </summary>
    public static async Task ScrollThroughAsync(IPage page)
    {
        var height = page.ViewportSize!.Height;
        await page.Mouse.MoveAsync(page.ViewportSize.Width - 5, height / 2f);
        while (
            await page.EvaluateAsync<bool>("() => scrollY + innerHeight < document.documentElement.scrollHeight - 1")
        )
        {
            var before = await page.EvaluateAsync<double>("() => scrollY");
            await page.Mouse.WheelAsync(0, height * 0.7f);
            await page.WaitForTimeoutAsync(150);
            // A list that scrolls by itself under the mouse, or the end.
            if (await page.EvaluateAsync<double>("() => scrollY") <= before)
                break;
        }
    }

    private sealed class Burst
    {
        public double Score { get; set; }

        public string What { get; set; } = "";
    }
}
