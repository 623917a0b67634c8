using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// What reading costs: a million trades in one batch, every series, statistic and breakdown of them, cold and warm,
/// under filters and in time zones. Each request differs from the one before, so that nothing can be answered from an
/// answer; counts and sums are checked against the database's own.
/// </summary>
internal sealed class QueryScenarios(RunningSystem system, Report report)
{
    public const int Trades = 1_000_000;
    public const int Streams = 20;

    /// <summary>What the names of batches of all these trades begin with.</summary>
    public const string BatchName = "A million";

    /// <summary>One of its symbols.</summary>
    public const string FirstSymbol = "QRY00";

    private const int Requests = 50;
    private const int Batches = 100;
    private const double MaxWarmMs = 40;

    private static readonly string[] Zones =
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "Asia/Tokyo",
    ];

    // Compressed as a browser asks for it, and counted as it comes over the wire.
    private readonly HttpClient _wire = CreateWire(system);

    private static readonly (string What, string Call)[] Calls =
    [
        ("capital by trade, 2,000 points", "charts/capital?by=trade&points=2000"),
        ("capital by hour, 2,000 points", "charts/capital?by=hour&points=2000"),
        ("capital by day", "charts/capital?by=day"),
        ("capital by month, absolute", "charts/capital?by=month&mode=absolute"),
        ("trades by day", "charts/trades?by=day"),
        ("drawdown by trade, 2,000 points", "charts/drawdown?by=trade&points=2000"),
        ("drawdown by day", "charts/drawdown?by=day"),
        ("returns by month", "charts/returns?by=month"),
        ("distribution of changes", "charts/distribution?of=change"),
        ("distribution of pnl", "charts/distribution?of=pnl&bins=100"),
        ("breakdown by symbol", "breakdown?by=symbol"),
        ("breakdown by hour", "breakdown?by=hour"),
        ("statistics", "statistics"),
        ("ledger, a page", "ledger?limit=100"),
        ("trades, a page", "trades?limit=100"),
    ];

    private static readonly (string What, string Call)[] Sorted =
    [
        ("ledger by profit, worst first", "ledger?sort=pnl&order=asc&limit=100"),
        ("trades by change, worst first", "trades?sort=changePercentage&order=asc&limit=100&state=closed"),
        ("trades by duration, longest first", "trades?sort=holding&limit=100&state=closed"),
    ];

    public async Task RunAsync()
    {
        await FillAsync();
        await ReadAsync(await BuildAsync(), Calls, Sorted);
    }

    /// <summary>
    /// The same of a batch that is there, with the query API as it runs now: another build of it is measured without
    /// another million trades.
    /// </summary>
    /// <param name="batchName">What the name of the batch begins with.</param>
    /// <param name="words">Only the calls that have one of these in their names; none for all.</param>
    public async Task AgainAsync(string batchName, IReadOnlyCollection<string> words)
    {
        await ReadAsync((await system.FindBatchAsync(batchName)).Id, Named(Calls), Named(Sorted));

        (string What, string Call)[] Named((string What, string Call)[] calls) =>
            words.Count == 0
                ? calls
                : Array.FindAll(calls, call => words.Any(word => call.What.Contains(word, StringComparison.Ordinal)));
    }

    private async Task ReadAsync(
        long batch,
        IEnumerable<(string What, string Call)> calls,
        IEnumerable<(string What, string Call)> sorted
    )
    {
        await ColdAsync(batch);
        await CheckAsync(batch);
        var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/batches/{batch}");
        foreach (var (what, call) in calls)
            await WarmAsync(what, $"{path}/{call}");
        foreach (var (what, call) in sorted)
            await PagesAsync(what, $"{path}/{call}");
        report.Add(
            "memory of the query API, a ledger of a million rows held",
            $"{await RunningSystem.ResidentMebibytesAsync("query"):N0} MiB",
            "≤ 245 MiB",
            "150 MB and 100 bytes a row; after all of the above"
        );
        await ListAsync();
    }

    /// <summary>
    /// By an import: streams that take turns three minutes apart, from 2020 on, each always in the market. Again it
    /// costs nothing.
    /// </summary>
    public async Task FillAsync()
    {
        if (
            await system.ScalarAsync<long>(
                "SELECT COUNT(*) FROM trades JOIN streams USING (stream_id) WHERE symbol LIKE 'QRY%' AND timeframe IN "
                    + "('60', '240') AND exit_time IS NOT NULL"
            ) == Trades
        )
        {
            return;
        }

        using var response = await system.Api.PostAsync("/api/v1/imports?fileName=query.ndjson", new Alerts());
        var import = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        while (import.GetProperty("state").GetString() == "running")
        {
            await Task.Delay(200);
            import = JsonDocument
                .Parse(await system.Api.GetStringAsync($"/api/v1/imports/{import.GetProperty("id")}"))
                .RootElement;
        }

        if (import.GetProperty("accepted").GetInt64() != Trades + Streams)
            throw new InvalidOperationException($"The import came to {import.GetRawText()}: no result.");
    }

    /// <summary>
    /// One more alert in each stream than there are trades: the first opens, each later one closes and opens.
    /// </summary>
    private sealed class Alerts : HttpContent
    {
        private static readonly DateTime Start = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var random = new Random(1);
            var lines = new StringBuilder();
            for (var i = 0; i < Trades + Streams; i++)
            {
                var (of, turn) = (i % Streams, i / Streams);
                lines
                    .Append(
                        CultureInfo.InvariantCulture,
                        $$"""{"symbol":"QRY{{of:D2}}","side":"entry","timeframe":"{{(of % 2 == 0 ? "60" : "240")}}","type":"{{(turn % 2 == 0 ? "long" : "short")}}","price":{{100 + (random.Next(2000) / 1000m)}},"timestamp":"{{Start.AddMinutes(3 * i):yyyy-MM-ddTHH:mm:ss}}Z"}"""
                    )
                    .Append('\n');
                if (lines.Length > 100_000 || i == Trades + Streams - 1)
                {
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(lines.ToString()));
                    lines.Clear();
                }
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>A batch of them, with its ledger.</summary>
    public async Task<long> BuildAsync()
    {
        var batch = await system.CreateBatchAsync(
            $"{BatchName} {Guid.NewGuid():N}"[..24],
            [.. Enumerable.Range(0, Streams).Select(i => string.Create(CultureInfo.InvariantCulture, $"QRY{i:D2}"))]
        );
        var clock = Stopwatch.StartNew();
        while (await system.LedgerAsync(batch) is not (true, >= Trades))
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(20))
                throw new InvalidOperationException("The ledger is not built after twenty minutes: no result.");
            await Task.Delay(20);
        }

        return batch;
    }

    private async Task ColdAsync(long batch)
    {
        var before = await RunningSystem.ResidentMebibytesAsync("query");
        var peak = 0.0;
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                peak = Math.Max(peak, await RunningSystem.ResidentMebibytesAsync("query"));
                await Task.Delay(10);
            }
        });
        var cold = await AskAsync(
            string.Create(CultureInfo.InvariantCulture, $"/api/v1/batches/{batch}/charts/capital?by=day")
        );
        await stop.CancelAsync();
        await watching;
        report.Add(
            "a series of a million rows, cold",
            $"{cold.Milliseconds / 1000:F2} s",
            "≤ 2.5 s",
            $"memory before {before:N0} MiB, at most {peak:N0} MiB meanwhile"
        );
    }

    /// <summary>Every way of adding up says the same, and so does the database.</summary>
    private async Task CheckAsync(long batch)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/batches/{batch}");
        var expected = await system.ScalarAsync<decimal>(
            string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT SUM(pnl) FROM ledger_rows JOIN ledgers USING (batch_id, generation) WHERE batch_id = {batch}"
            )
        );
        foreach (
            var (call, what) in new[]
            {
                (
                    "statistics",
                    (Func<JsonElement, (decimal Pnl, long Trades)>)(
                        answer =>
                            (answer.GetProperty("netProfit").GetDecimal(), answer.GetProperty("trades").GetInt64())
                    )
                ),
                (
                    "charts/capital?by=month&mode=absolute&tz=Asia/Kolkata",
                    answer => (Sum(answer.GetProperty("value")), Trades)
                ),
                (
                    "charts/capital?by=day&mode=absolute&tz=Europe/Berlin",
                    answer => (Sum(answer.GetProperty("value")), Trades)
                ),
                (
                    "charts/trades?by=week&mode=absolute&tz=America/New_York",
                    answer => (expected, (long)Sum(answer.GetProperty("value")))
                ),
                (
                    "breakdown?by=hour&tz=Australia/Lord_Howe",
                    answer =>
                        (
                            answer
                                .GetProperty("groups")
                                .EnumerateArray()
                                .Sum(group => group.GetProperty("pnl").GetDecimal()),
                            answer
                                .GetProperty("groups")
                                .EnumerateArray()
                                .Sum(group => group.GetProperty("trades").GetInt64())
                        )
                ),
            }
        )
        {
            var answer = what(JsonDocument.Parse(await system.Api.GetStringAsync($"{path}/{call}")).RootElement);
            if (answer != (expected, Trades))
                throw new InvalidOperationException(
                    $"{call} says {answer}, the database {(expected, Trades)}: no result."
                );
        }

        static decimal Sum(JsonElement values) => values.EnumerateArray().Sum(value => value.GetDecimal());
    }

    private async Task WarmAsync(string what, string call)
    {
        // Once in each way for what is compiled only then, and counts for nobody.
        for (var i = 0; i < 5; i++)
            await AskAsync(Vary(call, i, i % 2 == 0));
        var plain = new List<double>();
        var filtered = new List<double>();
        var bytes = 0L;
        var before = await RunningSystem.ProcessorTimeAsync("query");
        for (var i = 0; i < Requests; i++)
        {
            var answer = await AskAsync(Vary(call, i, isFiltered: false));
            bytes = Math.Max(bytes, answer.Bytes);
            plain.Add(answer.Milliseconds);
            filtered.Add((await AskAsync(Vary(call, i, isFiltered: true))).Milliseconds);
        }

        var processor = (await RunningSystem.ProcessorTimeAsync("query") - before) / (2 * Requests);
        report.Add(
            $"{what}: warm",
            $"p50 {At(plain, 0.5):F1} ms, p99 {At(plain, 0.99):F1} ms; filtered p50 {At(filtered, 0.5):F1} ms, p99 "
                + $"{At(filtered, 0.99):F1} ms",
            $"p99 ≤ {MaxWarmMs} ms",
            $"{Requests} requests each, in {Zones.Length} time zones; {bytes / 1024.0:F1} KiB on the wire; "
                + $"{processor.TotalMilliseconds:F1} ms of processor time a request, on all cores together"
        );
    }

    private async Task PagesAsync(string what, string call)
    {
        var first = new List<double>();
        var next = new List<double>();
        for (var i = -5; i < Requests; i++)
        {
            var from = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(i + 5);
            var spanned = string.Create(CultureInfo.InvariantCulture, $"{call}&from={from:yyyy-MM-ddTHH:mm:ssZ}");
            // Read once more, for its cursor; the one that is timed is compressed.
            using var page = JsonDocument.Parse(await system.Api.GetStringAsync(spanned));
            var cursor = Uri.EscapeDataString(page.RootElement.GetProperty("cursor").GetString()!);
            var times = (await AskAsync(spanned), await AskAsync($"{spanned}&cursor={cursor}"));
            if (i < 0)
                continue;
            first.Add(times.Item1.Milliseconds);
            next.Add(times.Item2.Milliseconds);
        }

        report.Add(
            $"{what}: the first page, and the next",
            $"p50 {At(first, 0.5):F1} ms, p99 {At(first, 0.99):F1} ms; p50 {At(next, 0.5):F1} ms, p99 "
                + $"{At(next, 0.99):F1} ms",
            "p99 ≤ 60 ms, 15 ms",
            $"{Requests} of each, from another instant each time"
        );
    }

    // Another span, zone, side and choice of symbols each time.
    private static string Vary(string call, int i, bool isFiltered)
    {
        var from = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(i % 24);
        var symbols = isFiltered
            ? string.Concat(Enumerable.Range(0, 10).Select(n => $"&symbol=QRY{(i + n) % Streams:D2}"))
            : "";
        var side =
            isFiltered && i % 3 != 0
                ? i % 3 == 1
                    ? "&side=long"
                    : "&side=short"
                : "";
        return $"{call}{(call.Contains('?') ? '&' : '?')}tz={Zones[i % Zones.Length]}&from={from:yyyy-MM-ddTHH:mm:ssZ}{symbols}{side}";
    }

    private async Task ListAsync()
    {
        for (
            var have = JsonDocument
                .Parse(await system.Api.GetStringAsync("/api/v1/batches"))
                .RootElement.GetProperty("batches")
                .GetArrayLength();
            have < Batches;
            have++
        )
            await system.CreateBatchAsync(
                $"One of many {Guid.NewGuid():N}",
                [string.Create(CultureInfo.InvariantCulture, $"LIST{have:D3}"), "ANOTHER"]
            );
        for (var i = 0; i < 20; i++)
            await AskAsync("/api/v1/batches");
        var latencies = new List<double>();
        var bytes = 0L;
        for (var i = 0; i < 200; i++)
        {
            var answer = await AskAsync("/api/v1/batches");
            latencies.Add(answer.Milliseconds);
            bytes = answer.Bytes;
        }

        report.Add(
            "list of 100 batches",
            $"p50 {At(latencies, 0.5):F1} ms, p99 {At(latencies, 0.99):F1} ms",
            "p99 ≤ 20 ms",
            $"{latencies.Count} requests; {bytes / 1024.0:F1} KiB on the wire"
        );
    }

    private async Task<(double Milliseconds, long Bytes)> AskAsync(string call)
    {
        var begun = Stopwatch.GetTimestamp();
        using var response = await _wire.GetAsync(call);
        var body = await response.Content.ReadAsByteArrayAsync();
        if (response.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"{call} answered {(int)response.StatusCode}: no result.");
        return (Stopwatch.GetElapsedTime(begun).TotalMilliseconds, body.Length);
    }

    private static double At(List<double> latencies, double share) =>
        latencies.Order().ElementAt(Math.Min(latencies.Count - 1, (int)(latencies.Count * share)));

    private static HttpClient CreateWire(RunningSystem system)
    {
        var wire = new HttpClient { BaseAddress = system.Api.BaseAddress, Timeout = system.Api.Timeout };
        wire.DefaultRequestHeaders.Authorization = system.Api.DefaultRequestHeaders.Authorization;
        wire.DefaultRequestHeaders.AcceptEncoding.ParseAdd("br");
        return wire;
    }
}
