using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// What is measured, one method a row of the table; each checks its counts before it counts as a result.
/// </summary>
internal sealed class Scenarios(RunningSystem system, Report report)
{
    private const int Connections = 64;

    // Names that no run before this one on the same system had.
    private readonly string _run = string.Create(
        CultureInfo.InvariantCulture,
        $"{Stopwatch.GetTimestamp() % 1_000_000_000:D9}"
    );
    private int _flows;

    /// <summary>
    /// From the sending of a webhook until the API shows its trade in the batch's ledger, while 200 a second flow.
    /// </summary>
    public async Task VisibleAsync()
    {
        var symbol = $"PROBE{_run}";
        await VisibleAsync(await system.CreateBatchAsync($"Visible {_run}", [symbol]), symbol, perSecond: 200);
    }

    /// <summary>The same in a batch that there is, while so many a second flow.</summary>
    /// <param name="symbol">Of the batch's, without a stream so far.</param>
    /// <param name="note">What is special about this run, after a comma; or nothing.</param>
    public async Task VisibleAsync(long batch, string symbol, int perSecond, string note = "")
    {
        var run = $"{_run}{_flows++}";
        var source = new AlertSource($"VIS{run}X", 20);
        var (_, held) = await system.LedgerAsync(batch);
        var flow = new WebhookLoad(system.Webhook, source).OpenAsync(perSecond, TimeSpan.FromSeconds(15));
        using var probe = await WebhookLoad.ConnectAsync(system.Webhook);
        var latencies = new List<double>();
        var time = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        for (var turn = 0; !flow.IsCompleted; turn++)
        {
            var begun = Stopwatch.GetTimestamp();
            var body = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"symbol":"{{symbol}}","side":"entry","timeframe":"1","type":"{{(turn % 2 == 0 ? "bullish" : "bearish")}}","price":{{100 + turn}},"timestamp":{{time + turn}}}"""
            );
            await probe.PostAsync(Encoding.UTF8.GetBytes(body));
            while ((await system.LedgerAsync(batch)).Trades < held + turn)
                await Task.Delay(1);
            if (turn > 0)
                latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        var result = await flow;
        await system.WaitUntilPostedAsync($"VIS{run}X", result.Accepted, []);
        latencies.Sort();
        report.Add(
            string.Create(CultureInfo.InvariantCulture, $"webhook to visible in the API, at {perSecond}/s{note}"),
            $"p50 {latencies[latencies.Count / 2]:F0} ms, p99 {latencies[(int)(latencies.Count * 0.99)]:F0} ms",
            "p50 ≤ 40 ms, p99 ≤ 150 ms",
            $"p90 {latencies[(int)(latencies.Count * 0.9)]:F0} ms, max {latencies[^1]:F0} ms; {latencies.Count} "
                + $"probes, from sending to the batch's count of trades"
        );
    }

    /// <summary>
    /// Through pairing and ten ledgers; the clock stops when the last ledger row of the last alert is there.
    /// </summary>
    /// <param name="isLive">Alerts stamped as they are sent.</param>
    public async Task SustainedAsync(bool isLive = false)
    {
        var run = $"SUS{_run}{_flows++}X";
        var source = new AlertSource(run, 50, isLive);
        var batches = new List<long>();
        for (var i = 0; i < 10; i++)
            batches.Add(await system.CreateBatchAsync($"Sustained {run} {i}", source.Symbols));

        var clock = Stopwatch.StartNew();
        var result = await new WebhookLoad(system.Webhook, source).ClosedAsync(Connections, TimeSpan.FromSeconds(15));
        var sent = clock.Elapsed;
        var closed = await system.WaitUntilPostedAsync(run, result.Accepted, batches);
        report.Add(
            "sustained through pairing and ten ledgers" + (isLive ? ", stamped as they are sent" : ""),
            $"{result.Accepted / clock.Elapsed.TotalSeconds:N0} alerts/s",
            "≥ 7,000 alerts/s",
            $"{result.Accepted:N0} alerts accepted in {sent.TotalSeconds:F1} s, {closed:N0} trades in each of ten "
                + $"ledgers after {clock.Elapsed.TotalSeconds:F1} s"
        );
    }
}
