using System.Text.Json;

namespace PnlPipeline.Tests.Integration.Query;

public sealed class StatisticsTests(LedgerAndChartTests.Batch batch) : IClassFixture<LedgerAndChartTests.Batch>
{
    private static int _names;

    public static TheoryData<string, string, string> Figures =>
        new()
        {
            { "", "trades", "5" },
            { "", "grossProfit", "25157.51875" },
            { "", "grossLoss", "-27924.875" },
            { "", "netProfit", "-2767.35625" },
            { "", "winRate", "0.6" },
            {
                "",
                "maxDrawdown",
                """{"value":27500,"peakTime":"2026-01-01T10:00:00Z","troughTime":"2026-01-01T23:30:00Z","recoveryTime":null}"""
            },
            {
                "",
                "maxDrawdownPercentage",
                """{"value":25,"peakTime":"2026-01-01T10:00:00Z","troughTime":"2026-01-01T23:30:00Z","recoveryTime":null}"""
            },
            { "", "fewTrades", "true" },
            { "", "feesPaid", "0" },
            // Three were open at once, two of them for 479 hours and ten minutes of 32 days.
            { "", "maxExposure", "300" },
            { "", "timeOverExposed", "0.6239149305555556" },
            { "?symbol=ETH&side=long", "maxExposure", "200" },
            { "?symbol=NONE", "maxExposure", "null" },
            { "", "openTrades", "2" },
            { "?symbol=BTC&to=2026-01-02T00:00:00Z", "openTrades", "1" },
            { "?side=short&from=2030-01-01T00:00:00Z", "openTrades", "1" },
            { "?side=short", "netProfit", "-27924.875" },
            { "?side=short", "profitFactor", "0" },
            // The peak is E0, which stands at the earliest entry.
            {
                "?side=short",
                "maxDrawdown",
                """{"value":27924.875,"peakTime":"2026-01-01T09:00:00Z","troughTime":"2026-01-03T00:10:00Z","recoveryTime":null}"""
            },
            { "?symbol=NONE", "trades", "0" },
            { "?symbol=NONE", "bestTrade", "null" },
            { "?symbol=NONE", "maxDrawdown", "null" },
            // The second trade is of the second of January in Kolkata.
            { "?to=2026-01-02T00:00:00Z", "worstDay", "-0.175" },
            { "?to=2026-01-02T00:00:00Z&tz=Asia/Kolkata", "worstDay", "-0.25" },
        };

    [Theory]
    [MemberData(nameof(Figures))]
    public async Task Statistics_are_of_what_the_filter_selects(string query, string name, string expected)
    {
        var statistics = await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/statistics{query}");
        Assert.Equal(expected, statistics.GetProperty(name).GetRawText());
    }

    [Fact]
    public async Task The_best_and_the_worst_trade_are_named_by_their_ids()
    {
        var statistics = await batch.Api.Viewer.GetJsonAsync(batch.Path + "/statistics");
        Assert.Equal(
            $"{batch.Trades[4].Id} {batch.Trades[1].Id}",
            $"{statistics.GetProperty("bestTrade")} {statistics.GetProperty("worstTrade")}"
        );
        // One and the same.
        statistics = await batch.Api.Viewer.GetJsonAsync(batch.Path + "/statistics?from=2026-02-01T00:00:00Z");
        Assert.Equal(
            $"{batch.Trades[4].Id} {batch.Trades[4].Id}",
            $"{statistics.GetProperty("bestTrade")} {statistics.GetProperty("worstTrade")}"
        );
    }

    [Fact]
    public async Task A_trade_that_opens_changes_the_statistics_and_their_tag()
    {
        var id = await batch.CreateAsync(
            """{"name":"Opening","symbols":["OPENING"],"startTime":"2026-01-01T00:00:00Z","timeframes":["60"]}"""
        );
        var closed = new StagedTrade("OPENING", "60", "long", "2026-01-02T00:00:00", 100m, "2026-01-03T00:00:00", 110m);
        await batch.Api.Stage.TradesAsync(
            closed,
            new StagedTrade("OPENING", "240", "long", "2026-01-02T00:00:00", 100m),
            new StagedTrade("OPENING", "60", "long", "2025-12-31T00:00:00", 100m, Strategy: "Early")
        );
        await batch.Api.Stage.LedgerAsync(id, 100_000m, closed);
        Assert.Equal(("0", 200), await AskAsync(null));
        var tag = (
            await batch.Api.Viewer.SendAsync("GET", $"/api/v1/batches/{id}/statistics")
        ).Headers.ETag!.ToString();
        Assert.Equal(("", 304), await AskAsync(tag));

        await batch.Api.Stage.TradesAsync(
            new StagedTrade("OPENING", "60", "long", "2026-01-02T12:00:00", 100m, Strategy: "Late")
        );
        Assert.Equal(("1", 200), await AskAsync(tag));
        Assert.Equal(
            "200",
            (await batch.Api.Viewer.GetJsonAsync($"/api/v1/batches/{id}/statistics"))
                .GetProperty("maxExposure")
                .GetRawText()
        );

        async Task<(string Open, int Status)> AskAsync(string? known)
        {
            using var answer = await batch.Api.Viewer.SendAsync(
                "GET",
                $"/api/v1/batches/{id}/statistics",
                null,
                known is null ? ("Accept", "*/*") : ("If-None-Match", known)
            );
            return (
                (int)answer.StatusCode == 200
                    ? (await answer.JsonAsync(200)).GetProperty("openTrades").GetRawText()
                    : "",
                (int)answer.StatusCode
            );
        }
    }

    [Fact]
    public async Task A_year_is_of_365_days_or_252()
    {
        var (year, trading) = (await VolatilityAsync(""), await VolatilityAsync("?annualization=252"));
        Assert.Equal(year, await VolatilityAsync("?annualization=365"));
        Assert.Equal(Math.Sqrt(252.0 / 365), trading / year, 1e-12);

        async Task<double> VolatilityAsync(string query) =>
            (await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/statistics{query}"))
                .GetProperty("volatility")
                .GetDouble();
    }

    public static TheoryData<string, string> Answers =>
        new()
        {
            {
                "breakdown?by=side",
                """
                    {"groups":[{"key":"long","trades":3,"wins":3,"winRate":1,"pnl":25157.51875,"averageChange":9.333333333333334,"profitFactor":null,"share":-9.09081320845482},{"key":"short","trades":2,"wins":0,"winRate":0,"pnl":-27924.875,"averageChange":-12.75,"profitFactor":0,"share":10.09081320845482}]}
                    """
            },
            {
                "breakdown?by=hour&tz=Europe/Berlin&from=2026-02-01T00:00:00Z",
                """{"groups":[{"key":9,"trades":1,"wins":1,"winRate":1,"pnl":12682.51875,"averageChange":15,"profitFactor":null,"share":1}]}"""
            },
            { "breakdown?symbol=NONE", """{"groups":[]}""" },
            {
                "charts/returns?side=short&to=2026-01-02T00:00:00Z",
                """{"years":[{"year":2026,"months":[-0.25,null,null,null,null,null,null,null,null,null,null,null],"total":-0.25}]}"""
            },
            { "charts/returns?by=month&symbol=NONE", """{"years":[]}""" },
            {
                "charts/exposure",
                """
                    {"batchId":1,"max":300,"total":10,"time":[1767254400000,1767256200000,1767258000000,1767261600000,1767310200000,1767312000000,1767313800000,1767399000000,1768435200000,1770019200000],"value":[100,200,300,200,100,200,300,100,200,200]}
                    """
            },
            {
                "charts/exposure?symbol=ETH&to=2026-01-02T00:00:00Z",
                """{"batchId":1,"max":300,"total":3,"time":[1767258000000,1767261600000,1767310200000],"value":[300,200,100]}"""
            },
            { "charts/exposure?symbol=NONE", """{"batchId":1,"max":null,"total":0,"time":[],"value":[]}""" },
            { "charts/distribution?bins=4", """{"edges":[-25,-15,-5,5,15],"counts":[1,0,2,2]}""" },
            {
                "charts/distribution?of=pnl&bins=2&from=2026-02-01T00:00:00Z",
                """{"edges":[12682.01875,12682.51875,12683.01875],"counts":[0,1]}"""
            },
            { "charts/distribution?symbol=NONE", """{"edges":[],"counts":[]}""" },
        };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_batch_shows_where_its_profit_comes_from(string path, string expected)
    {
        Assert.Equal(expected, (await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/{path}")).GetRawText());
    }

    [Theory]
    [InlineData("statistics?annualization=360&from=x&side=z&tz=q", "annualization from side tz")]
    [InlineData("breakdown?by=year&tz=Mars", "by tz")]
    [InlineData("charts/returns?by=day&symbol=a%7Cb", "by symbol")]
    [InlineData("charts/distribution?of=price&bins=0&tz=Mars", "bins of tz")]
    [InlineData("charts/distribution?bins=1001", "bins")]
    [InlineData("charts/exposure?points=0&from=x", "from points")]
    public async Task Parameters_that_are_wrong_are_all_named(string path, string fields)
    {
        Assert.Equal(fields, await (await batch.Api.Viewer.SendAsync("GET", $"{batch.Path}/{path}")).ProblemAsync(400));
    }

    [Theory]
    [InlineData("statistics")]
    [InlineData("breakdown")]
    [InlineData("charts/returns")]
    [InlineData("charts/distribution")]
    [InlineData("charts/exposure")]
    public async Task Of_no_batch_there_is_nothing(string path)
    {
        foreach (var id in new[] { "4000000000", "0", "x", "-1" })
            Assert.Equal(
                "",
                await (await batch.Api.Viewer.SendAsync("GET", $"/api/v1/batches/{id}/{path}")).ProblemAsync(404)
            );
    }

    [Fact]
    public async Task Batches_are_compared()
    {
        var other = await CreateAsync("""["XRP"]""");
        await batch.Api.Stage.LedgerAsync(other, 5_000m, batch.All[6]);
        var empty = await CreateAsync("""["NONE"]""");
        await batch.Api.Stage.LedgerAsync(empty, 5_000m);

        var comparison = await batch.Api.Viewer.GetJsonAsync(
            $"/api/v1/compare?batch={other}&batch={batch.Id}&batch={empty}&batch=00{other}&by=day&from=2026-01-03T00:10:00Z&to=2026-02-03T00:00:00Z"
        );
        Assert.Equal(31, comparison.GetProperty("time").GetArrayLength());
        var batches = comparison.GetProperty("batches").EnumerateArray().ToList();
        Assert.Equal([other, batch.Id, empty], batches.Select(one => one.GetProperty("batchId").GetInt64()));
        Assert.Equal("Five", batches[1].GetProperty("name").GetString());
        // From the capital before the first selected row; the batch without rows has its own.
        Assert.Equal(["5000", "82500", "100000"], batches.Select(one => one.GetProperty("capital").GetRawText()));
        Assert.Equal(
            (await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/statistics?from=2026-01-03T00:10:00Z")).GetRawText(),
            batches[1].GetProperty("statistics").GetRawText()
        );
        // Each curve spans what was asked for, and starts there.
        Assert.Equal(
            ["""{"time":1767398400000,"value":0}""", """{"time":1767398400000,"value":0}""", "null"],
            batches.Select(one => one.GetProperty("start").GetRawText())
        );
        Assert.Equal([0.0, 0.0], Ends(batches[0].GetProperty("changePercentage")));
        Assert.Equal(
            [2.485, 17.857750],
            Ends(batches[1].GetProperty("changePercentage")).Select(value => Math.Round(value!.Value, 6))
        );
        Assert.Equal(
            "[[null,null,null],[null,1,null],[null,null,null]]",
            comparison.GetProperty("correlation").GetRawText()
        );
        // From the first exit to the last: one day, a month, none.
        Assert.Equal("[[1,1,0],[1,31,0],[0,0,0]]", comparison.GetProperty("commonDays").GetRawText());
        var sum = comparison.GetProperty("sum");
        Assert.Equal(
            "187500 14732.64375 424.875",
            $"{sum.GetProperty("capital")} {sum.GetProperty("netProfit")} "
                + $"{sum.GetProperty("maxDrawdown").GetProperty("value")}"
        );
        Assert.Equal([189550.125, 202232.64375], Ends(sum.GetProperty("value")));
        Assert.Equal("""{"time":1767398400000,"value":187500}""", sum.GetProperty("start").GetRawText());

        // In parts: of 187,500, by proportion.
        var weighted = await batch.Api.Viewer.GetJsonAsync(
            $"/api/v1/compare?batch={batch.Id}&batch={other}&weights=3&weights=1&suggest=equalRisk&rebalance=month"
        );
        Assert.Equal([0.75, 0.25], Ends(weighted.GetProperty("weighted").GetProperty("weights")));
        // 105,000 to begin with: 3/4 grew by a tenth on the first day.
        Assert.Equal(
            Math.Round(105_000 * ((0.75 * 0.825) + 0.25), 6),
            Math.Round(Ends(weighted.GetProperty("weighted").GetProperty("value"))[0]!.Value, 6)
        );
        // Beside it, in parts as the capitals are: the sum of all.
        var unweighted = weighted.GetProperty("unweighted");
        Assert.Equal(
            [Math.Round(100_000 / 105_000.0, 12), Math.Round(5_000 / 105_000.0, 12)],
            unweighted.GetProperty("weights").EnumerateArray().Select(weight => Math.Round(weight.GetDouble(), 12))
        );
        Assert.Equal(
            weighted.GetProperty("sum").GetProperty("value").EnumerateArray().Select(value => value.GetDouble()),
            unweighted.GetProperty("value").EnumerateArray().Select(value => Math.Round(value.GetDouble(), 8))
        );
        // One of them does not vary: there is nothing to suggest.
        Assert.Equal(JsonValueKind.Null, weighted.GetProperty("suggestion").GetProperty("weights").ValueKind);
        Assert.False(comparison.TryGetProperty("weighted", out _) || comparison.TryGetProperty("unweighted", out _));
        Assert.Equal(
            "weights",
            await (
                await batch.Api.Viewer.SendAsync("GET", $"/api/v1/compare?batch={batch.Id}&weights=1&weights=2")
            ).ProblemAsync(400)
        );

        // As a table, each curve starts with a line of its own.
        var response = await batch.Api.Viewer.SendAsync(
            "GET",
            $"/api/v1/compare?format=csv&batch={other}&batch={batch.Id}"
        );
        var lines = (await response.Content.ReadAsStringAsync(QueryApi.Cancellation)).Split("\r\n");
        Assert.Equal(
            [
                $"time,changePercentage.{other},changePercentage.{batch.Id},sum.value,sum.changePercentage,sum.drawdown,sum.drawdownPercentage",
                "2026-01-01T00:00:00Z,,0,105000,0,0,0",
                "2026-01-01T00:00:00Z,,-17.5,87500,-16.666666666666668,27500,23.91304347826087",
            ],
            lines[..3]
        );
        Assert.Equal(1 + 33 + 2 + 1, lines.Length);
        Assert.StartsWith("2026-02-02T00:00:00Z,0,-15.449875,89550.125,", lines[^3], StringComparison.Ordinal);

        static double?[] Ends(JsonElement column) =>
            [
                .. new[] { column[0], column[column.GetArrayLength() - 1] }.Select(value =>
                    value.ValueKind == JsonValueKind.Null ? (double?)null : value.GetDouble()
                ),
            ];
    }

    [Theory]
    [InlineData("", "batch")]
    [InlineData("?batch=&by=week&annualization=1&tz=Mars", "annualization batch by tz")]
    [InlineData("?batch=1&batch=x", "batch")]
    [InlineData("?batch=1,2", "batch")]
    [InlineData("?batch=-1", "batch")]
    public async Task A_comparison_wants_batches(string query, string fields)
    {
        Assert.Equal(
            fields,
            await (await batch.Api.Viewer.SendAsync("GET", "/api/v1/compare" + query)).ProblemAsync(400)
        );
    }

    [Fact]
    public async Task A_comparison_is_of_at_most_twenty()
    {
        var query = string.Join('&', Enumerable.Range(1, 21).Select(id => $"batch={id}"));
        Assert.Equal(
            "batch",
            await (await batch.Api.Viewer.SendAsync("GET", "/api/v1/compare?" + query)).ProblemAsync(400)
        );
    }

    [Fact]
    public async Task A_comparison_names_the_batches_that_are_not_there()
    {
        var problem = await (
            await batch.Api.Viewer.SendAsync(
                "GET",
                $"/api/v1/compare?batch=4000000000&batch={batch.Id}&batch=99999999999"
            )
        ).JsonAsync(404);
        Assert.Contains("4000000000, 99999999999", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        problem = await (await batch.Api.Viewer.SendAsync("GET", "/api/v1/compare?batch=0")).JsonAsync(404);
        Assert.StartsWith(
            "Batch 0 does not exist",
            problem.GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );
    }

    private async Task<long> CreateAsync(string symbols) =>
        await batch.CreateAsync(
            $$"""{"name":"Compared {{Interlocked.Increment(ref _names)}}","symbols":{{symbols}}}"""
        );
}
