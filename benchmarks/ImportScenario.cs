using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using PnlPipeline.Database;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// A history brought in as a file: until every alert of it is stored, and until the last row of its ledger; the sums
/// checked against what can be worked out beforehand.
/// </summary>
internal sealed class ImportScenario(RunningSystem system, Report report)
{
    private const int Symbols = 50;

    /// <param name="alerts">How many; <c>BENCH_IMPORT_ALERTS</c> has a say.</param>
    public async Task ImportAsync(int alerts = 1_000_000)
    {
        if (
            int.TryParse(
                Environment.GetEnvironmentVariable("BENCH_IMPORT_ALERTS"),
                NumberStyles.None,
                null,
                out var asked
            )
            && asked > 0
        )
            alerts = asked;
        var names = Enumerable.Range(0, Symbols).Select(i => $"IMP{i:D2}").ToList();
        var batch = await system.CreateBatchAsync("Imported", names);
        var clock = Stopwatch.StartNew();
        using var content = new Generated(alerts);
        using var response = await system.Api.PostAsync("/api/v1/imports?fileName=bench.ndjson", content);
        if (response.StatusCode != HttpStatusCode.Accepted)
            throw new InvalidOperationException($"The upload was answered {response.StatusCode}.");
        var import = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        var uploaded = clock.Elapsed;
        while (State(import) is "running")
        {
            await Task.Delay(100);
            using var answer = await system.Api.GetAsync($"/api/v1/imports/{import.GetProperty("id")}");
            import = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Clone();
        }

        var stored = clock.Elapsed;
        var accepted = import.GetProperty("accepted").GetInt64();
        if (State(import) != "done" || accepted != alerts || import.GetProperty("rejected").GetInt64() != 0)
            throw new InvalidOperationException($"The import came to {import.GetRawText()}: no result.");

        // Each stream is always in the market: every alert but its first closes a trade.
        var closed = await system.WaitUntilPostedAsync("IMP", alerts, [batch]);
        var posted = clock.Elapsed;
        if (closed != alerts - Math.Min(alerts, Symbols))
            throw new InvalidOperationException($"{closed} trades closed, {alerts - Symbols} expected: no result.");
        await CheckSumAsync(batch, alerts);
        report.Add(
            $"import of {alerts:N0} alerts",
            $"{posted.TotalSeconds:F0} s",
            "≤ 120 s for 1,000,000",
            $"uploaded in {uploaded.TotalSeconds:F1} s, all stored after {stored.TotalSeconds:F0} s "
                + $"({alerts / stored.TotalSeconds:N0}/s), the ledger's last row after {posted.TotalSeconds:F0} s"
        );
    }

    // Gross changes of all trades, from the prices alone: in units of 10^-8 percent they are whole numbers, and so is
    // their sum.
    private static async Task CheckSumAsync(long batch, int alerts)
    {
        var expected = 0m;
        for (var i = Symbols; i < alerts; i++)
        {
            var (entry, exit, isLong) = (Price(i - Symbols), Price(i), (i / Symbols) % 2 == 1);
            expected += Math.Round((isLong ? exit - entry : entry - exit) * 100 / entry, 8, MidpointRounding.ToEven);
        }

        await using var connection = await new MySqlDatabase(
            MySqlUrl.Parse(Environment.GetEnvironmentVariable("MYSQL_URL"))
        ).OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT SUM(r.change_percentage) FROM ledger_rows r JOIN ledgers l ON l.batch_id = r.batch_id AND "
                + $"l.generation = r.generation WHERE r.batch_id = {batch}"
        );
        var sum = Convert.ToDecimal(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
        if (sum != expected)
            throw new InvalidOperationException(
                $"The ledger's changes add up to {sum}, the file's to {expected}: no result."
            );
    }

    private static string State(JsonElement import) => import.GetProperty("state").GetString()!;

    private static decimal Price(int number) => 100 + (number / Symbols * 7 % 13) + (number % 100 / 100m);

    /// <summary>Written as it is sent: the file is never whole in memory on either side.</summary>
    private sealed class Generated(int alerts) : HttpContent
    {
        private static readonly DateTime Start = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var lines = new StringBuilder();
            for (var i = 0; i < alerts; i++)
            {
                lines
                    .Append(
                        CultureInfo.InvariantCulture,
                        $$"""{"symbol":"IMP{{i % Symbols:D2}}","side":"entry","timeframe":"60","type":"{{(i / Symbols % 2 == 0 ? "bullish" : "bearish")}}","price":{{Price(i)}},"closeonflip":true,"timestamp":"{{Start.AddMinutes(i / Symbols):yyyy-MM-ddTHH:mm:ss}}+0000"}"""
                    )
                    .Append('\n');
                if (lines.Length > 100_000 || i == alerts - 1)
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
}
