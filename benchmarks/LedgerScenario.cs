using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// What changes a ledger of a million trades: an edit of its batch, which builds it anew while the old one is read, and
/// trades that come late, some of them far back. On the million trades of <see cref="QueryScenarios"/>.
/// </summary>
internal sealed class LedgerScenario(RunningSystem system, Report report)
{
    private const int Turns = 6;
    private static readonly TimeSpan BetweenReads = TimeSpan.FromMilliseconds(50);
    private static readonly DateTime Start = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // A timeframe that no run before this one had: nothing of the late streams is late but in the ledger.
    private readonly string _timeframe = string.Create(
        CultureInfo.InvariantCulture,
        $"L{Stopwatch.GetTimestamp() % 1_000_000_000:D9}"
    );

    public async Task RunAsync()
    {
        var queries = new QueryScenarios(system, report);
        await queries.FillAsync();
        var batch = await queries.BuildAsync();
        await RebuildAsync(batch);
        foreach (var (i, tail) in ((int[])[10, 1_000, 100_000]).Index())
            await LateAsync(batch, tail, firstSymbol: i * Turns);
    }

    /// <summary>From the request that edits the batch until the new ledger is served.</summary>
    private async Task RebuildAsync(long batch)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/batches/{batch}");
        var before = await ReadAsync(path);
        var held = (await system.LedgerAsync(batch)).Trades;
        var clock = Stopwatch.StartNew();
        using var response = await system.Api.PatchAsJsonAsync(path, new { capital = 50_000 });
        response.EnsureSuccessStatusCode();
        var answer = Ledger(await response.Content.ReadFromJsonAsync<JsonElement>());
        var reads = new List<double>();
        var progress = new HashSet<double>();
        while (answer.State == "building")
        {
            progress.Add(answer.Progress);
            var asked = Stopwatch.GetTimestamp();
            var rows = await ReadAsync(path);
            reads.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            answer = Ledger(await system.Api.GetFromJsonAsync<JsonElement>(path));
            // Asked in this order, the page is of the old ledger wherever that is still the one served.
            if (answer.State == "building" && rows != before)
                throw new InvalidOperationException(
                    $"While it is built, the ledger reads {rows} where it read {before}: no result."
                );
            await Task.Delay(BetweenReads);
        }

        var elapsed = clock.Elapsed;
        var after = await ReadAsync(path);
        if (after == before || answer.Trades != held)
            throw new InvalidOperationException(
                $"After the edit the ledger holds {answer.Trades} rows and reads {after}: no result."
            );
        reads.Sort();
        report.Add(
            "rebuild of a ledger of 1,000,000 trades after an edit",
            string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:F2} s"),
            "≤ 8 s, the old one served meanwhile",
            string.Create(
                CultureInfo.InvariantCulture,
                $"the old one read {reads.Count} times meanwhile, p50 {reads[reads.Count / 2]:F0} ms, slowest "
                    + $"{reads[^1]:F0} ms; {progress.Count} figures of progress"
            )
        );
    }

    /// <summary>
    /// From the webhook that closes a trade until its ledger shows it, so many rows of it being written anew.
    /// </summary>
    private async Task LateAsync(long batch, int tail, int firstSymbol)
    {
        using var webhook = await WebhookLoad.ConnectAsync(system.Webhook);
        var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/batches/{batch}");
        var times = new List<double>();
        // A stream of its own each time. The first one warms up.
        for (var turn = 0; turn < Turns; turn++)
        {
            var held = Ledger(await system.Api.GetFromJsonAsync<JsonElement>(path)).Trades;
            // The market's trades close three minutes apart.
            var exit = Start
                .AddMinutes(3.0 * (QueryScenarios.Trades + QueryScenarios.Streams - tail))
                .AddSeconds(-60 - turn - (held % 60));
            var symbol = string.Create(CultureInfo.InvariantCulture, $"QRY{firstSymbol + turn:D2}");
            await webhook.PostAsync(Body(symbol, _timeframe, "entry", exit.AddSeconds(-30)));
            var begun = Stopwatch.GetTimestamp();
            await webhook.PostAsync(Body(symbol, _timeframe, "exit", exit));
            while (
                Ledger(await system.Api.GetFromJsonAsync<JsonElement>(path)) is var now
                && (now.State != "ready" || now.Trades != held + 1)
            )
            {
                if (Stopwatch.GetElapsedTime(begun) > TimeSpan.FromMinutes(2))
                    throw new TimeoutException(
                        $"A trade late by {tail} rows does not show after two minutes: no result."
                    );
                await Task.Delay(1);
            }

            if (turn > 0)
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        times.Sort();
        report.Add(
            string.Create(CultureInfo.InvariantCulture, $"a trade late by {tail:N0} of 1,000,000 rows"),
            string.Create(CultureInfo.InvariantCulture, $"{times[times.Count / 2]:N0} ms"),
            "in proportion to the tail",
            string.Create(
                CultureInfo.InvariantCulture,
                $"from its webhook until the ledger shows it, median of {times.Count}, slowest {times[^1]:N0} ms"
            )
        );
    }

    private static byte[] Body(string symbol, string timeframe, string side, DateTime time) =>
        Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"symbol":"{{symbol}}","side":"{{side}}","timeframe":"{{timeframe}}","type":"{{(side == "entry" ? "long" : "")}}","price":{{(side == "entry" ? 100 : 101)}},"timestamp":"{{time:yyyy-MM-ddTHH:mm:ss}}Z"}"""
            )
        );

    // The newest rows, as text: what they say is another wherever the capital before them is.
    private Task<string> ReadAsync(string path) => system.Api.GetStringAsync($"{path}/ledger?limit=100");

    private static (string? State, double Progress, long Trades) Ledger(JsonElement batch)
    {
        var ledger = batch.GetProperty("ledger");
        return (
            ledger.GetProperty("state").GetString(),
            ledger.GetProperty("progress").GetDouble(),
            ledger.GetProperty("trades").GetInt64()
        );
    }
}
