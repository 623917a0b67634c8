using System.Globalization;
using Microsoft.Playwright;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// How soon a reader sees a first chart, and how much script that takes: by the browser's own clock, always with an
/// empty cache, on this machine and on a slow line.
/// </summary>
internal sealed class FirstChartScenario(RunningSystem system, Report report, IBrowser browser)
{
    private const int Visits = 5;

    // 1.6 Mbit/s down, 0.75 up, 300 ms there and back.
    private static readonly Dictionary<string, object> SlowLine = new(StringComparer.Ordinal)
    {
        ["offline"] = false,
        ["latency"] = 300,
        ["downloadThroughput"] = 1_600_000 / 8,
        ["uploadThroughput"] = 750_000 / 8,
    };

    // Notes when the sign-in is clicked, and when a picture with a chart in it has been shown: the frame after the one
    // that has its numbers.
    private const string Watch = """
        document.addEventListener('click', ({ target, timeStamp }) => {
          if (target.closest?.('button[type=submit]')) window.signedIn_ ??= timeStamp;
        }, { capture: true });
        const look = () => {
          const isDrawn = [...document.querySelectorAll('[data-chart]')].some(one => one.chart && one.drawn().some(({ data }) => data.length > 0));
          requestAnimationFrame(isDrawn ? () => setTimeout(() => (window.firstChart_ ??= performance.now())) : look);
        };
        requestAnimationFrame(look);
        """;

    public async Task RunAsync(long batch, long trades)
    {
        var page = string.Create(CultureInfo.InvariantCulture, $"/batches/{batch}");
        var name = string.Create(CultureInfo.InvariantCulture, $"a batch of {trades:N0} trades");
        foreach (var (isSlow, goal) in new[] { (false, "≤ 1,000 ms"), (true, "≤ 3,000 ms") })
        {
            var line = isSlow ? ", on 1.6 Mbit/s with 300 ms there and back" : "";
            foreach (var (path, what) in new[] { (page, name), ("/", "the overview") })
            {
                Add(
                    $"page: from the click on Sign in to the first chart of {what}{line}",
                    goal,
                    await VisitAsync(path, isSlow, hasSession: false)
                );
                Add(
                    $"page: from its address to the first chart of {what}, signed in before{line}",
                    goal,
                    await VisitAsync(path, isSlow, hasSession: true)
                );
            }
        }
    }

    private void Add(string what, string goal, List<Visit> visits)
    {
        visits.Sort((a, b) => a.Milliseconds.CompareTo(b.Milliseconds));
        var median = visits[visits.Count / 2];
        report.Add(
            what,
            string.Create(CultureInfo.InvariantCulture, $"{median.Milliseconds:N0} ms"),
            goal,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the median of {Visits} visits with an empty cache; the slowest {visits[^1].Milliseconds:N0} ms"
            )
        );
        report.Add(
            "— its scripts until then",
            string.Create(CultureInfo.InvariantCulture, $"{visits.Max(visit => visit.ScriptBytes) / 1000:N0} kB"),
            "≤ 250 kB",
            "as they came over the wire, compressed"
        );
    }

    private async Task<List<Visit>> VisitAsync(string path, bool isSlow, bool hasSession)
    {
        var visits = new List<Visit>();
        for (var i = 0; i < Visits; i++)
            visits.Add(await VisitOnceAsync(path, isSlow, hasSession));
        return visits;
    }

    private async Task<Visit> VisitOnceAsync(string path, bool isSlow, bool hasSession)
    {
        await using var context = await browser.NewContextAsync(PageScenario.Desktop);
        if (hasSession)
            await PageScenario.SignInAsync(context, system);
        await context.AddInitScriptAsync(Watch);
        var page = await context.NewPageAsync();
        if (isSlow)
        {
            var tools = await context.NewCDPSessionAsync(page);
            await tools.SendAsync("Network.enable");
            await tools.SendAsync("Network.emulateNetworkConditions", SlowLine);
        }

        await page.GotoAsync(
            new Uri(system.Api.BaseAddress!, path).ToString(),
            new() { WaitUntil = WaitUntilState.Commit }
        );
        if (!hasSession)
        {
            // At once: nobody types so fast, and what the page does meanwhile is not counted for it.
            await page.GetByLabel("Key", new() { Exact = true }).FillAsync(system.AdminKey);
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        }

        await page.WaitForFunctionAsync(
            "() => window.firstChart_",
            null,
            new() { Timeout = 60_000, PollingInterval = 50 }
        );
        return await page.EvaluateAsync<Visit>(
            """
            () => {
              const scripts = performance.getEntriesByType('resource').filter(one => new URL(one.name).pathname.endsWith('.js') && one.responseEnd <= window.firstChart_);
              return {
                milliseconds: window.firstChart_ - (window.signedIn_ ?? 0),
                scriptBytes: scripts.reduce((sum, one) => sum + one.transferSize, 0),
              };
            }
            """
        );
    }

    private sealed class Visit
    {
        public double Milliseconds { get; set; }

        public double ScriptBytes { get; set; }
    }
}
