using System.Text.Json;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>What prices make of trades and batches. Each test has symbols of its own.</summary>
public sealed class PriceTests(QueryApi api) : IClassFixture<QueryApi>
{
    private static readonly DateTime Now = DateTime.UtcNow;

    [Fact]
    public async Task An_open_trade_stands_at_the_newest_price_of_its_symbol_from_any_stream()
    {
        var entry = Text(Now.AddHours(-5));
        await api.Stage.TradesAsync(
            new StagedTrade("OPEN", "60", "long", entry, 100m),
            new StagedTrade("OPEN", "240", "short", Text(Now.AddHours(-4)), 80m),
            new StagedTrade("OPEN", "15", "long", Text(Now.AddHours(-3)), 90m, Text(Now.AddHours(-2.5)), 95m)
        );
        // The newest is that of the stream that has nothing open.
        await StandsAtAsync("OPEN", "95 -5 true", "95 -18.75 true");

        // An exit that meets nothing is a price, too; of an instant the lowest id counts, wherever it is.
        var at = Now.AddHours(-2);
        var stream = await api.Stage.StreamAsync("OPEN", "5");
        await UnmatchedAsync(stream, "OPEN", at, 110m);
        await StandsAtAsync("OPEN", "110 10 true", "110 -37.5 true");
        var (low, high) = (new AlertId(new byte[16]), new AlertId([.. Enumerable.Repeat((byte)255, 16)]));
        await PriceAsync("OPEN", at, 500m, high);
        await StandsAtAsync("OPEN", "110 10 true", "110 -37.5 true");
        await PriceAsync("OPEN", at, 120m, low);
        await StandsAtAsync("OPEN", "120 20 true", "120 -50 true");

        // Newer than an hour it is not stale; without what is voided.
        await PriceAsync("OPEN", Now.AddMinutes(-1), 130m);
        await StandsAtAsync("OPEN", "130 30 false", "130 -62.5 false");
        var last = await UnmatchedAsync(stream, "OPEN", Now.AddSeconds(-5), 140m);
        await StandsAtAsync("OPEN", "140 40 false", "140 -75 false");
        await api.Stage.ExecuteAsync(
            "UPDATE alerts SET voided_at = UTC_TIMESTAMP(3), outcome = 'voided' WHERE alert_id = @id",
            new { id = last.ToByteArray() }
        );
        await StandsAtAsync("OPEN", "130 30 false", "130 -62.5 false");

        // Sorted by what they stand at.
        var id = await CreateAsync("Open", "OPEN");
        foreach (var (order, sides) in new[] { ("desc", "long short"), ("asc", "short long") })
        {
            Assert.Equal(
                sides.Split(' '),
                (
                    await api.Viewer.GetJsonAsync(
                        $"/api/v1/batches/{id}/trades?state=open&sort=changePercentage&order={order}"
                    )
                ).Items("side")
            );
        }
    }

    [Fact]
    public async Task A_batch_s_open_pnl_is_its_part_of_the_capital_for_each_that_counts()
    {
        await api.Stage.TradesAsync(
            new StagedTrade("PNL1", "60", "long", "2026-01-01T00:00:00", 3m),
            new StagedTrade("PNL2", "60", "short", "2026-01-02T00:00:00", 100m),
            new StagedTrade("PNL2", "240", "long", "2026-01-02T00:00:00", 100m)
        );
        await PriceAsync("PNL1", Stage.Time("2026-01-05T00:00:00"), 4m);
        await PriceAsync("PNL2", Stage.Time("2026-01-05T00:00:00"), 350m);
        var id = await CreateAsync(
            "Open pnl",
            "PNL1 PNL2",
            ""","timeframes":["60"],"allocationPercentage":50,"capital":1000"""
        );
        // 1000 × 50 % × 33.33333333 %; and −250 % of 500, of which no more is lost than there is.
        await OpenPnlIsAsync(id, 2, "-833.33333335");
        // Those of PNL2 outweigh each other.
        var narrow = await CreateAsync(
            "Open pnl later",
            "PNL1 PNL2",
            ""","startTime":"2026-01-01T12:00:00Z","allocationPercentage":10"""
        );
        await OpenPnlIsAsync(narrow, 2, "0");
        var none = await CreateAsync("Nothing open", "PNL3");
        await OpenPnlIsAsync(none, 0, "0");
        Assert.Equal(
            3600,
            (await api.Viewer.GetJsonAsync("/api/v1/batches"))
                .GetProperty("settings")
                .GetProperty("staleAfterSeconds")
                .GetInt32()
        );
    }

    [Fact]
    public async Task A_closed_trade_says_how_far_it_went()
    {
        await api.Stage.TradesAsync(
            new StagedTrade("WENT", "60", "long", "2026-01-01T00:00:00", 100m, "2026-01-03T00:00:00", 110m),
            new StagedTrade("WENT", "240", "short", "2026-01-02T00:00:00", 90m, "2026-01-02T12:00:00", 120m),
            new StagedTrade("ELSEWHERE", "60", "long", "2026-01-01T00:00:00", 100m, "2026-01-03T00:00:00", 100m)
        );
        await PriceAsync("WENT", Stage.Time("2025-12-31T23:59:59"), 1m);
        await PriceAsync("WENT", Stage.Time("2026-01-01T12:00:00"), 80m);
        await PriceAsync("WENT", Stage.Time("2026-01-02T06:00:00"), 130m);
        await PriceAsync("WENT", Stage.Time("2026-01-03T00:00:00.001"), 1000m);
        var voided = await UnmatchedAsync(
            await api.Stage.StreamAsync("WENT", "60"),
            "WENT",
            Stage.Time("2026-01-02T00:00:01"),
            5m
        );
        await api.Stage.ExecuteAsync(
            "UPDATE alerts SET voided_at = UTC_TIMESTAMP(3), outcome = 'voided' WHERE alert_id = @id",
            new { id = voided.ToByteArray() }
        );
        // A recorded trade gives both of its prices.
        var recorded = await api.Stage.StreamAsync("WENT", "15");
        await api.Stage.ExecuteAsync(
            """
            INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price, exit_time, exit_price, exit_reason, exit_alert_id, change_percentage)
            VALUES (@recorded, '2025-12-01', @id, 'long', 1, '2026-01-02 18:00:00', 140, 'recorded', @id, 13900);
            UPDATE streams SET has_recorded = TRUE WHERE stream_id = @recorded
            """,
            new { recorded, id = new AlertId([.. Enumerable.Repeat((byte)7, 16)]).ToByteArray() }
        );

        // Of WENT from the first to the third: 100, 80, 90, 130, 120, 140, 110.
        Assert.Equal(["-20 40 7"], await WentAsync("symbol=WENT&timeframe=60"));
        // From 90 by 130 to 120.
        Assert.Equal(["-44.44444444 0 3"], await WentAsync("symbol=WENT&timeframe=240"));
        Assert.Equal(["0 0 2"], await WentAsync("symbol=ELSEWHERE"));
        var trade = (await api.Viewer.GetJsonAsync("/api/v1/trades?symbol=ELSEWHERE")).GetProperty("items")[0];
        Assert.Equal(
            trade.GetRawText(),
            (await api.Viewer.GetJsonAsync($"/api/v1/trades/{trade.GetProperty("tradeId").GetString()}")).GetRawText()
        );
        Assert.False(trade.TryGetProperty("lastPrice", out _));
    }

    [Fact]
    public async Task A_batch_is_held_against_buying_and_holding_its_symbols()
    {
        StagedTrade[] trades =
        [
            new("HELD1", "60", "long", "2026-01-01T10:00:00", 100m, "2026-01-01T20:00:00", 110m),
            new("HELD1", "60", "short", "2026-01-03T10:00:00", 120m, "2026-01-03T20:00:00", 108m),
        ];
        await api.Stage.TradesAsync(trades);
        // Before the first entry it counts for nothing; of the second symbol the first price comes on the second day.
        await PriceAsync("HELD1", Stage.Time("2026-01-01T09:00:00"), 1m);
        await PriceAsync("HELD1", Stage.Time("2026-01-02T23:59:59.999"), 121m);
        await PriceAsync("HELD2", Stage.Time("2026-01-02T12:00:00"), 50m);
        await PriceAsync("HELD2", Stage.Time("2026-01-03T12:00:00"), 60m);
        await PriceAsync("HELD2", Stage.Time("2026-01-04T00:00:00"), 5000m);
        var id = await CreateAsync("Held", "HELD1 HELD2 HELD3");
        await api.Stage.LedgerAsync(id, 1000m, trades);

        var benchmark = await api.Viewer.GetJsonAsync($"/api/v1/batches/{id}/charts/benchmark?by=day");
        Assert.Equal(
            """
            "by":"day","timeZone":"UTC","start":{"time":1767225600000,"value":0},"total":3,"time":[1767225600000,1767312000000,1767398400000],"changePercentage":[10,10,21],
            """.Trim(),
            benchmark.GetRawText()[
                benchmark.GetRawText().IndexOf("\"by\"", StringComparison.Ordinal)..benchmark
                    .GetRawText()
                    .IndexOf("\"benchmarkPercentage\"", StringComparison.Ordinal)
            ]
        );
        // Of three parts: 1.1, 1, 1; 1.21, 1, 1; 1.08, 1.2, 1.
        Assert.Equal(
            [3.333333333, 7, 9.333333333],
            benchmark
                .GetProperty("benchmarkPercentage")
                .EnumerateArray()
                .Select(value => Math.Round(value.GetDouble(), 9))
        );
        // Daily returns 0.1, 0, 0.1 against 1/30, 11/310, 7/321: covariance over variance, in fractions.
        Assert.Equal(-4.876839220269556, benchmark.GetProperty("beta").GetDouble(), 1e-9);
        Assert.Equal(78.10500677406849, benchmark.GetProperty("alpha").GetDouble(), 1e-9);

        // Of one symbol; as a table; of nothing.
        Assert.Equal(
            [10, 21, 8],
            (await api.Viewer.GetJsonAsync($"/api/v1/batches/{id}/charts/benchmark?symbol=HELD1"))
                .GetProperty("benchmarkPercentage")
                .EnumerateArray()
                .Select(value => Math.Round(value.GetDouble(), 9))
        );
        var lines = (
            await (
                await api.Viewer.SendAsync("GET", $"/api/v1/batches/{id}/charts/benchmark?symbol=HELD1&format=csv")
            ).Content.ReadAsStringAsync(QueryApi.Cancellation)
        ).Split("\r\n");
        Assert.Equal(["time,changePercentage,benchmarkPercentage", "2026-01-01T00:00:00Z,0,0"], lines[..2]);
        Assert.StartsWith("2026-01-01T00:00:00Z,10,10.0", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(
            "\"total\":0,\"time\":[],\"changePercentage\":[],\"benchmarkPercentage\":[],\"alpha\":null,\"beta\":null}",
            (await api.Viewer.GetJsonAsync($"/api/v1/batches/{id}/charts/benchmark?symbol=HELD2")).GetRawText(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_check_of_a_price_says_that_it_is_one()
    {
        var body = JsonSerializer.Serialize(
            new
            {
                body = """{"symbol":"CHECKED","side":"mark","price":5,"timestamp":"2026-01-01T00:00:00Z","timeframe":"60"}""",
            }
        );
        var check = await (await api.Viewer.SendAsync("POST", "/api/v1/webhook/check", body)).JsonAsync(200);
        Assert.Equal("CHECKED - price price False", Text(check));
        await PriceAsync("CHECKED", Stage.Time("2026-01-01T00:00:00"), 5m);
        Assert.Equal(
            "CHECKED - price price True",
            Text(await (await api.Viewer.SendAsync("POST", "/api/v1/webhook/check", body)).JsonAsync(200))
        );

        static string Text(JsonElement check)
        {
            var alert = check.GetProperty("alert");
            return $"{alert.GetProperty("symbol")} {alert.GetProperty("timeframe")} {alert.GetProperty("action")} "
                + $"{alert.GetProperty("outcome")} {alert.GetProperty("isStored")}";
        }
    }

    private async Task StandsAtAsync(string symbol, params string[] expected)
    {
        var trades = (await api.Viewer.GetJsonAsync($"/api/v1/trades?state=open&symbol={symbol}"))
            .GetProperty("items")
            .EnumerateArray();
        Assert.Equal(
            expected,
            trades
                .Reverse()
                .Select(trade =>
                    $"{trade.GetProperty("lastPrice")} {trade.GetProperty("unrealisedChangePercentage")} "
                    + $"{trade.GetProperty("stale").GetRawText()}"
                )
        );
    }

    private async Task<IEnumerable<string>> WentAsync(string query) =>
        (await api.Viewer.GetJsonAsync($"/api/v1/trades?state=closed&{query}"))
            .GetProperty("items")
            .EnumerateArray()
            .Select(trade => $"{trade.GetProperty("mae")} {trade.GetProperty("mfe")} {trade.GetProperty("prices")}")
            .ToList();

    private async Task OpenPnlIsAsync(long id, int open, string pnl)
    {
        var one = await api.Viewer.GetJsonAsync($"/api/v1/batches/{id}");
        var listed = (await api.Viewer.GetJsonAsync("/api/v1/batches"))
            .GetProperty("batches")
            .EnumerateArray()
            .Single(batch => batch.GetProperty("id").GetInt64() == id);
        foreach (var summary in new[] { one.GetProperty("summary"), listed.GetProperty("summary") })
            Assert.Equal($"{open} {pnl}", $"{summary.GetProperty("openTrades")} {summary.GetProperty("openPnl")}");
    }

    private async Task<long> CreateAsync(string name, string symbols, string settings = "") =>
        (
            await (
                await api.Admin.SendAsync(
                    "POST",
                    "/api/v1/batches",
                    $$"""{"name":"{{name}}","symbols":{{JsonSerializer.Serialize(symbols.Split(' '))}}{{settings}}}"""
                )
            ).JsonAsync(201)
        )
            .GetProperty("id")
            .GetInt64();

    private Task PriceAsync(string symbol, DateTime time, decimal price, AlertId? id = null) =>
        api.Stage.ExecuteAsync(
            "INSERT INTO prices (symbol, timestamp, alert_id, price) VALUES (@symbol, @time, @id, @price)",
            new
            {
                symbol,
                time = Milliseconds(time),
                id = (id ?? AlertId.Of(symbol, "-", AlertAction.Price, null, price, Milliseconds(time))).ToByteArray(),
                price,
            }
        );

    private async Task<AlertId> UnmatchedAsync(long stream, string symbol, DateTime time, decimal price)
    {
        var id = AlertId.Of(symbol, "5", AlertAction.Exit, null, price, Milliseconds(time));
        await api.Stage.AlertAsync(stream, Milliseconds(time), 0, id, "exit", null, price, "unmatched", null, null);
        return id;
    }

    private static DateTime Milliseconds(DateTime time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMillisecond));

    private static string Text(DateTime time) => $"{time:yyyy-MM-dd'T'HH:mm:ss}";
}
