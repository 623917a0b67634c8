using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using PnlPipeline.Tests.Integration.Servers;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.Integration.Query;

public sealed class WhatIfTests(LedgerAndChartTests.Batch batch) : IClassFixture<LedgerAndChartTests.Batch>
{
    [Theory]
    [InlineData("{}")]
    [InlineData(
        """{"symbols":["ETH","btc"],"capital":100000,"allocationPercentage":100,"feePercentage":0,"sizing":"sequential","startTime":null,"sides":["long","short"]}"""
    )]
    public async Task The_batch_s_own_settings_are_the_batch_s_own_answers(string body)
    {
        var answer = await AskAsync(body);
        Assert.Equal(
            (await batch.Api.Viewer.GetJsonAsync(batch.Path + "/charts/capital")).GetRawText(),
            answer.GetProperty("account").GetProperty("series").GetRawText()
        );
        Assert.Equal(
            (await batch.Api.Viewer.GetJsonAsync(batch.Path + "/statistics")).GetRawText(),
            answer.GetProperty("account").GetProperty("statistics").GetRawText()
        );
        Assert.Equal(
            (await batch.Api.Viewer.GetJsonAsync(batch.Path + "/breakdown?by=symbol"))
                .GetProperty("groups")
                .GetRawText(),
            answer.GetProperty("account").GetProperty("groups").GetRawText()
        );
        Assert.Equal(answer.GetProperty("batch").GetRawText(), answer.GetProperty("account").GetRawText());
        Assert.Equal(
            (0, "97232.64375"),
            (
                answer.GetProperty("skippedTotal").GetInt32(),
                answer.GetProperty("account").GetProperty("availableCapital").GetRawText()
            )
        );
    }

    // In the order of entries: BTC 8:00 +10 %, BTC 8:30 open, ETH 9:00 −25 %, BTC 2 Jan 0:00 +3 %, BTC 2 Jan 0:30 −0.5
    // %, ETH 15 Jan +15 %, ETH 2 Feb open.
    [Theory]
    [InlineData("""{"sizing":"percentOfEquity"}""", "10000 -25000 2550 -425 13068.75", "")]
    [InlineData("""{"sizing":"fixedAmount","amount":1000}""", "100 -250 30 -5 150", "")]
    [InlineData("""{"sizing":"percentOfEquity","maxExposurePercentage":100}""", "10000 3300 16995", "0 1 3")]
    [InlineData("""{"maxOpenTrades":1,"sides":["long"]}""", "10000 3300 16995", "0")]
    [InlineData(
        """{"maxOpenTrades":2,"startTime":"2026-01-01T09:00:00Z","feePercentage":0.1,"slippagePercentage":0.4}""",
        "-26125 1466.41875 -1132.00481672 10333.66089021",
        ""
    )]
    [InlineData("""{"symbols":["BTC"],"excludeTrades":["{7}"],"capital":1000}""", "30 -5.15", "")]
    [InlineData("""{"symbols":["BTC"],"timeframes":["1D"],"points":10,"by":"month"}""", "3000", "")]
    public async Task An_account_under_other_settings(string body, string pnl, string skipped)
    {
        var answer = await AskAsync(body.Replace("{7}", $"{batch.All[7].Id}", StringComparison.Ordinal));
        var trades = batch.All.Select(trade => trade.Id.ToString()).ToList();
        var account = answer.GetProperty("account");
        var own = pnl.Split(' ').Select(decimal.Parse).ToList();
        Assert.Equal(
            (own.Count, own.Sum()),
            (
                account.GetProperty("statistics").GetProperty("trades").GetInt32(),
                account.GetProperty("statistics").GetProperty("netProfit").GetDecimal()
            )
        );
        Assert.Equal(
            account.GetProperty("availableCapital").GetDecimal(),
            answer.GetProperty("settings").GetProperty("capital").GetDecimal() + own.Sum()
        );
        Assert.Equal(
            skipped,
            string.Join(
                ' ',
                answer
                    .GetProperty("skipped")
                    .EnumerateArray()
                    .Select(one => trades.IndexOf(one.GetProperty("tradeId").GetString()!))
            )
        );
        foreach (var one in answer.GetProperty("skipped").EnumerateArray())
        {
            var trade = await batch.Api.Viewer.GetJsonAsync($"/api/v1/trades/{one.GetProperty("tradeId").GetString()}");
            foreach (var property in (string[])["symbol", "timeframe", "strategy", "side", "entryTime"])
                Assert.Equal(trade.GetProperty(property).GetRawText(), one.GetProperty(property).GetRawText());
        }

        Assert.Equal("97232.64375", answer.GetProperty("batch").GetProperty("availableCapital").GetRawText());
    }

    private static readonly Regex OpenOf = new("\"openTrades\":\\d+", RegexOptions.None, TimeSpan.FromSeconds(1));

    // By the position in All. Trade 0 is open, and so is 5.
    [Theory]
    [InlineData("", "0 1 2 3 4 5 7")]
    [InlineData("tag=Fomo", "0 1 7")]
    [InlineData("tag=fomo&tag=late", "0 1 4 7")]
    [InlineData("tag=late", "4")]
    [InlineData("tag=nobody", "")]
    [InlineData("tag=fomo&side=long", "0 7")]
    [InlineData("tag=fomo&tag=late&symbol=eth", "1 4")]
    [InlineData("tag=fomo&from=2026-01-01T12:00:00Z", "0 1")]
    [InlineData("tag=fomo&tag=late&to=2026-01-15T00:00:00Z", "1 7")]
    [InlineData("from=2026-01-01T23:30:00Z&to=2026-02-02T08:00:00Z&tz=Europe/Berlin", "1 2 3")]
    [InlineData("symbol=BTC&timeframe=1h&strategy=", "3 7")]
    public async Task Over_a_filter_it_is_made_of_just_the_trades_that_pass(string filter, string passing)
    {
        foreach (
            var (trade, tags) in ((int, string)[])[(0, "fomo"), (1, "fomo"), (4, "late"), (7, "fomo\",\"breakout")]
        )
        {
            var note = await batch.Api.Admin.SendAsync(
                "PUT",
                $"/api/v1/trades/{batch.All[trade].Id}/note",
                $$"""{"tags":["{{tags}}"]}"""
            );
            await note.JsonAsync(200);
        }

        var passed = passing.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToList();
        foreach (
            var (sizing, open) in from sizing in (string[])["sequential", "percentOfEquity"]
            from open in (int?[])[null, 1]
            select (sizing, open)
        )
        {
            var settings =
                $$"""{"sizing":"{{sizing}}","maxOpenTrades":{{open?.ToString() ?? "null"}},"feePercentage":0.1}""";
            var answer = await AskAsync(settings, filter);
            var expected = WhatIf.Keep(
                new ReferenceSettings(100_000m, 100m, 0.1m, 0m, sizing, MaxOpenTrades: open),
                [.. passed.Select(i => Plain(batch.All[i]))]
            );
            var account = answer.GetProperty("account");
            Assert.Equal(
                expected.Rows.Select(row => row.AvailableCapital),
                account.GetProperty("series").GetProperty("value").EnumerateArray().Select(value => value.GetDecimal())
            );
            Assert.Equal(
                expected.Rows.Count == 0 ? 100_000m : expected.Rows[^1].AvailableCapital,
                account.GetProperty("availableCapital").GetDecimal()
            );
            Assert.Equal(
                expected.Skipped.Select(skip => skip.TradeId),
                answer.GetProperty("skipped").EnumerateArray().Select(one => one.GetProperty("tradeId").GetString()!)
            );

            // Leaving out all others by hand comes to the same account.
            var others = batch.All.Where((_, i) => !passed.Contains(i)).Select(trade => $"\"{trade.Id}\"");
            var zone = filter.Contains("tz=", StringComparison.Ordinal) ? ",\"tz\":\"Europe/Berlin\"" : "";
            var left = await AskAsync(settings[..^1] + $",\"excludeTrades\":[{string.Join(',', others)}]{zone}}}");
            Assert.Equal(
                OpenOf.Replace(left.GetProperty("account").GetRawText(), ""),
                OpenOf.Replace(account.GetRawText(), "")
            );
            // How many are open does not depend on times, as in the batch's own figures.
            if (open is null)
                Assert.Equal(
                    OpenOf.Match(answer.GetProperty("batch").GetRawText()).Value,
                    OpenOf.Match(account.GetRawText()).Value
                );

            await AssertSweepAsync(filter, settings, account);
            await AssertBatchAsync(filter, answer.GetProperty("batch"));
        }
    }

    [Fact]
    public async Task By_day_over_a_span_it_begins_where_the_batch_does()
    {
        const string span = "from=2026-01-01T12:00:00Z&to=2026-01-20T00:00:00Z";
        var answer = await AskAsync("""{"by":"day"}""", span);
        var expected = await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/charts/capital?by=day&{span}");
        foreach (var account in (string[])["account", "batch"])
        {
            Assert.Equal(
                expected.GetProperty("time").GetRawText(),
                answer.GetProperty(account).GetProperty("series").GetProperty("time").GetRawText()
            );
        }

        // 100,000 at the beginning, under its own settings: what the batch had before the first of them.
        var same = await AskAsync("""{"by":"day","capital":110000}""", span);
        Assert.Equal(expected.GetRawText(), same.GetProperty("account").GetProperty("series").GetRawText());
    }

    [Fact]
    public async Task What_is_wrong_with_filters_and_settings_is_told_at_once()
    {
        foreach (
            var (call, body) in new[] { ("what-if", "{\"capital\":0}"), ("sweeps", "{\"grid\":{\"capital\":[0]}}") }
        )
        {
            var response = await batch.Api.Viewer.SendAsync(
                "POST",
                $"{batch.Path}/{call}?tag=a,b&side=up&symbl=BTC",
                body
            );
            Assert.Equal(
                $"{(call == "sweeps" ? "grid.capital" : "capital")} side symbl tag",
                await response.ProblemAsync(400)
            );
        }
    }

    [Theory]
    [InlineData("[]", "body")]
    [InlineData("""{"name":"x","captial":1}""", "captial name")]
    [InlineData(
        """{"symbols":["XRP"],"capital":0,"slippagePercentage":11,"sizing":"martingale","by":"year","points":0,"tz":"Mars","annualization":360}""",
        "annualization by capital points sizing slippagePercentage symbols tz"
    )]
    [InlineData("""{"sizing":"kelly"}""", "fraction lookback")]
    [InlineData(
        """{"sizing":"fixedRisk","lookback":1.5,"maxOpenTrades":0,"maxExposurePercentage":-1}""",
        "lookback maxExposurePercentage maxOpenTrades riskPercentage"
    )]
    [InlineData(
        """{"sizing":"fixedAmount","sides":["up"],"excludeTrades":["x"],"feePercentage":0.123456789}""",
        "amount excludeTrades feePercentage sides"
    )]
    public async Task Settings_that_are_wrong_are_all_named(string body, string fields) =>
        Assert.Equal(
            fields,
            await (await batch.Api.Viewer.SendAsync("POST", batch.Path + "/what-if", body)).ProblemAsync(400)
        );

    [Fact]
    public async Task A_start_before_the_batch_s_own_is_refused()
    {
        var id = await batch.CreateAsync(
            """{"name":"Late start","symbols":["BTC"],"startTime":"2026-01-02T00:00:00Z","timeframes":["60"]}"""
        );
        Assert.Equal(
            "startTime timeframes",
            await (
                await batch.Api.Viewer.SendAsync(
                    "POST",
                    $"/api/v1/batches/{id}/what-if",
                    """{"startTime":"2026-01-01T00:00:00Z","timeframes":["1D"]}"""
                )
            ).ProblemAsync(400)
        );
    }

    [Fact]
    public async Task A_ledger_without_prices_is_told()
    {
        var id = await batch.CreateAsync("""{"name":"Priceless","symbols":["BTC"]}""");
        await batch.Api.Stage.LedgerAsync(id, 1_000m, batch.All[7]);
        await batch.Api.Stage.ExecuteAsync(
            "UPDATE ledger_rows SET entry_price = NULL, exit_price = NULL WHERE batch_id = @id",
            new { id }
        );
        foreach (var (call, body) in new[] { ("what-if", "{}"), ("sweeps", """{"grid":{"capital":[1]}}""") })
        {
            var response = await batch.Api.Viewer.SendAsync("POST", $"/api/v1/batches/{id}/{call}", body);
            Assert.Contains(
                "recalculated",
                (await response.JsonAsync(503)).GetProperty("title").GetString(),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task A_sweep_tries_the_grid_and_ranks_it()
    {
        var response = await batch.Api.Viewer.SendAsync(
            "POST",
            batch.Path + "/sweeps",
            """{"grid":{"allocationPercentage":[100,50],"maxOpenTrades":[1,10]},"rankBy":"netProfit","settings":{"sizing":"percentOfEquity"}}"""
        );
        var begun = await response.JsonAsync(202);
        var path = response.Headers.Location!.ToString();
        var sweep = begun;
        await Eventually.BecomesAsync(async () =>
            (sweep = await batch.Api.Viewer.GetJsonAsync(path)).GetProperty("state").GetString() != "running"
        );

        Assert.Equal(
            ("done", 1, 4, 4),
            (
                sweep.GetProperty("state").GetString(),
                sweep.GetProperty("progress").GetInt32(),
                sweep.GetProperty("done").GetInt32(),
                sweep.GetProperty("total").GetInt32()
            )
        );
        var trials = sweep.GetProperty("trials").EnumerateArray().ToList();
        Assert.Equal([1, 2, 3, 4], trials.Select(trial => trial.GetProperty("rank").GetInt32()));
        Assert.Equal(trials.Select(Profit).OrderDescending(), trials.Select(Profit));
        foreach (var trial in trials)
        {
            var values = trial.GetProperty("values");
            var one = (
                await AskAsync(
                    $$"""{"sizing":"percentOfEquity","allocationPercentage":{{values.GetProperty("allocationPercentage")}},"maxOpenTrades":{{values.GetProperty("maxOpenTrades")}}}"""
                )
            ).GetProperty("account");
            Assert.Equal(
                one.GetProperty("availableCapital").GetRawText(),
                trial.GetProperty("availableCapital").GetRawText()
            );
            Assert.Equal(
                one.GetProperty("statistics").GetProperty("sharpe").GetRawText(),
                trial.GetProperty("sharpe").GetRawText()
            );
        }

        (await batch.Api.Viewer.SendAsync("DELETE", path)).EnsureSuccessStatusCode();
        await (
            await batch.Api.Viewer.SendAsync("GET", "/api/v1/batches/999/sweeps/" + path.Split('/')[^1])
        ).ProblemAsync(404);

        static double Profit(JsonElement trial) => trial.GetProperty("rankedBy").GetDouble();
    }

    [Theory]
    [InlineData("{}", "grid")]
    [InlineData(
        """{"grid":{"captial":[1],"capital":[],"sizing":["x"]},"rankBy":"luck","settings":{"lookback":0},"extra":1}""",
        "extra grid.capital grid.captial grid.sizing rankBy settings.lookback"
    )]
    [InlineData("""{"grid":{"sizing":["kelly"]}}""", "fraction lookback")]
    [InlineData(
        """{"grid":{"maxOpenTrades":[1,2,3,4,5,6,7,8,9,10,11],"lookback":[1,2,3,4,5,6,7,8,9,10],"fraction":[0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1]}}""",
        "grid"
    )]
    public async Task A_grid_that_is_wrong_is_refused(string body, string fields) =>
        Assert.Equal(
            fields,
            await (await batch.Api.Viewer.SendAsync("POST", batch.Path + "/sweeps", body)).ProblemAsync(400)
        );

    [Fact]
    public async Task Confidence_is_of_thirty_trades_at_least_and_the_same_for_the_same_seed_on_any_process()
    {
        Assert.Equal(
            JsonValueKind.Null,
            (await batch.Api.Viewer.GetJsonAsync(batch.Path + "/charts/confidence")).GetProperty("result").ValueKind
        );
        var trades = Enumerable
            .Range(0, 40)
            .Select(i => new StagedTrade(
                "SURE",
                "60",
                "long",
                $"{Stage.Time("2026-03-01T00:00:00").AddHours(i):s}",
                100m,
                $"{Stage.Time("2026-03-01T00:30:00").AddHours(i):s}",
                97m + (i * 7 % 11)
            ))
            .ToArray();
        var id = await batch.CreateAsync("""{"name":"Sure","symbols":["SURE"]}""");
        await batch.Api.Stage.LedgerAsync(id, 1_000m, trades);
        var path =
            $"/api/v1/batches/{id}/charts/confidence?method=block&paths=500&seed=7&goal=1100.5&drawdownLimit=2.5&points=11";
        var first = (await batch.Api.Viewer.GetJsonAsync(path)).GetRawText();
        await batch.Api.StartAsync();
        var again = await batch.Api.Viewer.GetJsonAsync(path);
        Assert.Equal(first, again.GetRawText());
        var result = again.GetProperty("result");
        Assert.Equal(11, result.GetProperty("fan").GetProperty("trade").GetArrayLength());
        Assert.InRange(result.GetProperty("reachedGoal").GetDouble(), 0.01, 1);
        Assert.Equal(
            "drawdownLimit goal method paths seed",
            await (
                await batch.Api.Viewer.SendAsync(
                    "GET",
                    $"/api/v1/batches/{id}/charts/confidence?method=luck&paths=0&seed=-1&goal=x&drawdownLimit=101"
                )
            ).ProblemAsync(400)
        );
    }

    [Fact]
    public async Task More_paths_than_are_answered_at_once_are_a_job_that_comes_to_the_same()
    {
        var trades = Enumerable
            .Range(0, 6_000)
            .Select(i => new StagedTrade(
                "LONGRUN",
                "60",
                "long",
                $"{Stage.Time("2026-03-01T00:00:00").AddMinutes(2 * i):s}",
                100m,
                $"{Stage.Time("2026-03-01T00:01:00").AddMinutes(2 * i):s}",
                98m + (i * 7 % 5)
            ))
            .ToArray();
        var id = await batch.CreateAsync("""{"name":"Long run","symbols":["LONGRUN"]}""");
        await batch.Api.Stage.LedgerAsync(id, 1_000m, trades);
        var path = $"/api/v1/batches/{id}/charts/confidence?method=bootstrap&paths=9000&points=2";
        var begun = await batch.Api.Viewer.SendAsync("GET", path);
        var job = await begun.JsonAsync(202);
        Assert.Equal(
            ("no-store", null, $"/api/v1/batches/{id}/confidence/{job.GetProperty("id").GetString()}"),
            (begun.Headers.CacheControl?.ToString(), begun.Headers.ETag, begun.Headers.Location?.ToString())
        );
        // Asked again, it is the same one; on a busy machine it is done by then.
        var again = await batch.Api.Viewer.SendAsync("GET", path);
        if (again.StatusCode != HttpStatusCode.OK)
            Assert.Equal(job.GetProperty("id").GetString(), (await again.JsonAsync(202)).GetProperty("id").GetString());
        await Eventually.BecomesAsync(async () =>
            (await batch.Api.Viewer.GetJsonAsync(begun.Headers.Location!.ToString())).GetProperty("state").GetString()
            == "done"
        );
        var answer = await (await batch.Api.Viewer.SendAsync("GET", path)).JsonAsync(200);
        Assert.Equal(
            answer.GetRawText(),
            (await batch.Api.Viewer.GetJsonAsync(begun.Headers.Location!.ToString())).GetProperty("answer").GetRawText()
        );
        Assert.Equal(6_000, answer.GetProperty("trades").GetInt32());

        // Of a tag it is another one once another trade has it.
        await batch.Api.Stage.ExecuteAsync(
            """
            INSERT INTO trade_tags (trade_id, tag) SELECT trade_id, 'run' FROM ledger_rows WHERE batch_id = @id;
            INSERT INTO trade_notes (trade_id, note, revision, updated_at)
            SELECT trade_id, '', 1, UTC_TIMESTAMP() FROM ledger_rows WHERE batch_id = @id
            """,
            new { id }
        );
        await Eventually.BecomesAsync(async () => await TaggedAsync() == 6_000);
        await batch.Api.Stage.ExecuteAsync(
            """
            DELETE FROM trade_tags WHERE tag = 'run' LIMIT 9;
            UPDATE trade_notes SET revision = 2 WHERE revision = 1 LIMIT 1
            """
        );
        await Eventually.BecomesAsync(async () => await TaggedAsync() == 5_991);

        // Behind others, so that it is not done before it is cancelled.
        HttpResponseMessage other;
        var seed = 2;
        do
        {
            other = await batch.Api.Viewer.SendAsync("GET", $"{path}&seed={seed}");
            await other.JsonAsync(202);
        } while (seed++ < 8);
        Assert.Equal(
            204,
            (int)(await batch.Api.Viewer.SendAsync("DELETE", other.Headers.Location!.ToString())).StatusCode
        );
        await Eventually.BecomesAsync(async () =>
            (await batch.Api.Viewer.GetJsonAsync(other.Headers.Location!.ToString())).GetProperty("state").GetString()
            == "cancelled"
        );
        await (await batch.Api.Viewer.SendAsync("GET", $"/api/v1/batches/{id}/confidence/none")).ProblemAsync(404);

        async Task<int?> TaggedAsync()
        {
            var tagged = await batch.Api.Viewer.SendAsync("GET", path + "&tag=run");
            return tagged.StatusCode == HttpStatusCode.Accepted
                ? null
                : (await tagged.JsonAsync(200)).GetProperty("trades").GetInt32();
        }
    }

    private static ReferenceTrade Plain(StagedTrade trade) =>
        new($"{trade.Id}", trade.Symbol, trade.Timeframe, trade.Side, trade.EntryPrice, trade.EntryTime)
        {
            ExitPrice = trade.ExitPrice,
            ExitTime = trade.ExitTime,
            ChangePercentage = trade.Change,
        };

    // A sweep of one trial has the figures of the what-if.
    private async Task AssertSweepAsync(string filter, string settings, JsonElement account)
    {
        var begun = await batch.Api.Viewer.SendAsync(
            "POST",
            $"{batch.Path}/sweeps?{filter}",
            $$"""{"grid":{"capital":[100000]},"rankBy":"netProfit","settings":{{settings}}}"""
        );
        await begun.JsonAsync(202);
        var sweep = default(JsonElement);
        await Eventually.BecomesAsync(async () =>
            (sweep = await batch.Api.Viewer.GetJsonAsync(begun.Headers.Location!.ToString()))
                .GetProperty("state")
                .GetString() != "running"
        );
        var trial = Assert.Single(sweep.GetProperty("trials").EnumerateArray());
        Assert.Equal(
            (
                account.GetProperty("availableCapital").GetRawText(),
                Figure(account, "trades"),
                Figure(account, "sharpe")
            ),
            (
                trial.GetProperty("availableCapital").GetRawText(),
                trial.GetProperty("trades").GetRawText(),
                trial.GetProperty("sharpe").GetRawText()
            )
        );

        static string Figure(JsonElement account, string name) =>
            account.GetProperty("statistics").GetProperty(name).GetRawText();
    }

    // The batch's own figures are what its other answers are under the same filter.
    private async Task AssertBatchAsync(string filter, JsonElement own)
    {
        var capital = await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/charts/capital?{filter}");
        Assert.Equal(capital.GetRawText(), own.GetProperty("series").GetRawText());
        Assert.Equal(
            (await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/statistics?{filter}")).GetRawText(),
            own.GetProperty("statistics").GetRawText()
        );
        if (capital.GetProperty("total").GetInt32() > 0)
            Assert.Equal(
                capital.GetProperty("value").EnumerateArray().Last().GetRawText(),
                own.GetProperty("availableCapital").GetRawText()
            );
    }

    private async Task<JsonElement> AskAsync(string body, string filter = "") =>
        await (await batch.Api.Viewer.SendAsync("POST", $"{batch.Path}/what-if?{filter}", body)).JsonAsync(200);
}
