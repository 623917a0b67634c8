using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// What-ifs, a sweep and confidence over the trades that <see cref="QueryScenarios"/> makes. Each request has other
/// settings than the one before; what an account comes to is checked against the batch's own where the settings are its
/// own.
/// </summary>
internal sealed class WhatIfScenario(RunningSystem system, Report report)
{
    private const int Requests = 50;
    private const int Few = 10_000;
    private const int Settings = 1_000;
    private const int PathTrades = 1_000;

    private static readonly DateTime Start = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <param name="trades">How many the large batch has; all of them, or some for a quick look.</param>
    public async Task RunAsync(int trades)
    {
        await new QueryScenarios(system, report).FillAsync();
        var (many, few) = (await CreateAsync(trades), await CreateAsync(Math.Min(trades, Few)));
        await CheckAsync(many);
        await WhatIfAsync(many, trades, "p99 ≤ 250 ms");
        await WhatIfAsync(few, Math.Min(trades, Few), "p99 ≤ 10 ms");
        await SweepAsync(few, Math.Min(trades, Few));
        await ConfidenceAsync(few);
        report.Add(
            "memory of the query API after what-ifs",
            $"{await RunningSystem.ResidentMebibytesAsync("query"):N0} MiB",
            $"≤ {150 + (trades / 10_000)} MiB",
            string.Create(CultureInfo.InvariantCulture, $"150 MB and 100 bytes a row of {trades:N0}")
        );
    }

    // The last so many of them: one is entered each three minutes.
    private async Task<long> CreateAsync(int trades)
    {
        using var response = await system.Api.PostAsJsonAsync(
            "/api/v1/batches",
            new
            {
                name = $"What if {trades} {Guid.NewGuid():N}"[..40],
                symbols = Enumerable
                    .Range(0, QueryScenarios.Streams)
                    .Select(i => string.Create(CultureInfo.InvariantCulture, $"QRY{i:D2}")),
                startTime = Start.AddMinutes(3.0 * (QueryScenarios.Trades - trades)),
                feePercentage = 0.01m,
                allocationPercentage = 5,
            }
        );
        response.EnsureSuccessStatusCode();
        var batch = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt64();
        var clock = Stopwatch.StartNew();
        while (await system.LedgerAsync(batch) is not (true, var rows) || rows < trades)
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(20))
                throw new InvalidOperationException("The ledger is not built after twenty minutes: no result.");
            await Task.Delay(20);
        }

        return batch;
    }

    private async Task CheckAsync(long batch)
    {
        var (answer, _) = await AskAsync(batch, """{"points":100}""");
        var (own, account) = (answer.GetProperty("batch").GetRawText(), answer.GetProperty("account").GetRawText());
        if (own != account)
            throw new InvalidOperationException("The what-if of a batch's own settings is not the batch: no result.");
    }

    private async Task WhatIfAsync(long batch, int trades, string goal)
    {
        for (var i = 0; i < 10; i++)
            await AskAsync(batch, Body(i));
        var latencies = new List<double>();
        var skipped = 0L;
        for (var i = 0; i < Requests; i++)
        {
            var (answer, milliseconds) = await AskAsync(batch, Body(i));
            latencies.Add(milliseconds);
            skipped += answer.GetProperty("skippedTotal").GetInt64();
        }

        latencies.Sort();
        report.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"what-if of {trades:N0} trades, sized at the entry, with a limit: warm"
            ),
            string.Create(
                CultureInfo.InvariantCulture,
                $"p50 {latencies[Requests / 2]:F1} ms, p99 {latencies[^1]:F1} ms"
            ),
            goal,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Requests} requests, each with other settings; {skipped / Requests:N0} entries skipped by each; "
                    + $"both accounts' series of 1,000 points and statistics"
            )
        );
    }

    private static string Body(int i) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"sizing":"percentOfEquity","allocationPercentage":{{5 + (i % 7)}}.{{i:D3}}1,"maxExposurePercentage":{{60 + (i % 5 * 10)}},"points":1000}"""
        );

    private async Task SweepAsync(long batch, int trades)
    {
        var clock = Stopwatch.StartNew();
        using var response = await system.Api.PostAsJsonAsync(
            $"/api/v1/batches/{batch}/sweeps",
            new
            {
                grid = new
                {
                    allocationPercentage = Enumerable.Range(1, 40).Select(i => i / 2.0),
                    maxExposurePercentage = Enumerable.Range(1, Settings / 40).Select(i => i * 4),
                },
                rankBy = "sharpe",
                settings = new { sizing = "percentOfEquity" },
            }
        );
        response.EnsureSuccessStatusCode();
        var sweep = default(JsonElement);
        do
        {
            await Task.Delay(20);
            sweep = await system.Api.GetFromJsonAsync<JsonElement>(response.Headers.Location);
        } while (sweep.GetProperty("state").GetString() == "running");
        if (sweep.GetProperty("trials").GetArrayLength() != Settings)
            throw new InvalidOperationException($"The sweep came to {sweep.GetProperty("state")}: no result.");
        report.Add(
            string.Create(CultureInfo.InvariantCulture, $"sweep of {Settings:N0} settings over {trades:N0} trades"),
            $"{clock.Elapsed.TotalSeconds:F2} s",
            "≤ 5 s",
            "from the request to the ranked answer, with all statistics of each"
        );
    }

    private async Task ConfidenceAsync(long batch)
    {
        var from = Start.AddMinutes(3.0 * (QueryScenarios.Trades + QueryScenarios.Streams - PathTrades));
        var latencies = new List<double>();
        var trades = 0;
        for (var i = 0; i < 30; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            var answer = await system.Api.GetFromJsonAsync<JsonElement>(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"/api/v1/batches/{batch}/charts/confidence?method=bootstrap&paths=1000&seed={i}&goal=110000&drawdownLimit=5&from={from:yyyy-MM-ddTHH:mm:ssZ}"
                )
            );
            trades = answer.GetProperty("trades").GetInt32();
            // The first ones are compiled.
            if (i >= 10)
                latencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        latencies.Sort();
        report.Add(
            string.Create(CultureInfo.InvariantCulture, $"confidence, 1,000 paths of {trades:N0} trades"),
            $"p50 {latencies[latencies.Count / 2]:F0} ms, max {latencies[^1]:F0} ms",
            "≤ 250 ms",
            $"{latencies.Count} requests, each with another seed"
        );
    }

    private async Task<(JsonElement Answer, double Milliseconds)> AskAsync(long batch, string body)
    {
        var begun = Stopwatch.GetTimestamp();
        using var response = await system.Api.PostAsync($"/api/v1/batches/{batch}/what-if", new StringContent(body));
        var text = await response.Content.ReadAsByteArrayAsync();
        var milliseconds = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{body} answered {(int)response.StatusCode}: no result.");
        return (JsonDocument.Parse(text).RootElement, milliseconds);
    }
}
