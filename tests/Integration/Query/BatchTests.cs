using System.Diagnostics;
using System.Text;
using System.Text.Json;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Query;

[Collection(nameof(BrokerTests))]
public sealed class BatchTests(QueryApiWithBroker api, TestBroker broker) : IClassFixture<QueryApiWithBroker>
{
    private static int _names;

    [Fact]
    public async Task A_new_batch_has_the_defaults_and_is_building()
    {
        var name = Name();
        var response = await api.Admin.SendAsync(
            "POST",
            "/api/v1/batches",
            $$"""{"name":"  {{name}} ","symbols":["eth","BTC","Eth"]}"""
        );
        var batch = await response.JsonAsync(201);
        var id = batch.GetProperty("id").GetInt64();

        Assert.Equal($"/api/v1/batches/{id}", response.Headers.Location?.ToString());
        Assert.Equal("\"1\"", response.Headers.ETag?.ToString());
        Assert.Equal(
            $$"""
            {"id":{{id}},"name":"{{name}}","symbols":["BTC","ETH"],"timeframes":[],"strategies":[],"startTime":null,"capital":100000,"allocationPercentage":100,"feePercentage":0,
            """.Trim(),
            batch.GetRawText().Split("\"createdAt\"")[0]
        );
        Assert.Equal(
            """{"state":"building","progress":0,"trades":0,"lastExitTime":null,"ruined":null,"capped":false}""",
            batch.GetProperty("ledger").GetRawText()
        );
        Assert.Equal(
            """
            {"availableCapital":100000,"pnl":0,"changePercentage":0,"drawdownPercentage":0,"maxDrawdownPercentage":0,"winRate":null,"openTrades":0,"openPnl":0}
            """,
            batch.GetProperty("summary").GetRawText()
        );
        Assert.Equal(batch.GetRawText(), (await api.Viewer.GetJsonAsync($"/api/v1/batches/{id}")).GetRawText());
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("nonsense", "body")]
    [InlineData("[]", "body")]
    [InlineData("{}", "name symbols")]
    [InlineData(
        """{"name":"","symbols":[],"timeframes":7,"startTime":"x","capital":0,"allocationPercentage":101,"feePercentage":11,"captial":1}""",
        "allocationPercentage capital captial feePercentage name startTime symbols timeframes"
    )]
    public async Task A_bad_body_is_refused_with_every_field_s_error(string body, string fields)
    {
        Assert.Equal(fields, await (await api.Admin.SendAsync("POST", "/api/v1/batches", body)).ProblemAsync(400));
    }

    [Fact]
    public async Task A_body_without_end_is_refused()
    {
        var response = await api.Admin.SendAsync("POST", "/api/v1/batches", new string(' ', 300_000));
        Assert.Equal("", await response.ProblemAsync(413));
    }

    [Fact]
    public async Task A_name_is_unique_whatever_its_case()
    {
        var name = Name();
        var first = await CreateAsync($$"""{"name":"{{name}} é","symbols":["BTC"]}""");
        Assert.Equal(
            "name",
            await (
                await api.Admin.SendAsync(
                    "POST",
                    "/api/v1/batches",
                    $$"""{"name":"{{name.ToUpperInvariant()}} É","symbols":["BTC"]}"""
                )
            ).ProblemAsync(409)
        );
        // Accents differ.
        var second = await CreateAsync($$"""{"name":"{{name}} e","symbols":["BTC"]}""");
        Assert.Equal(
            "name",
            await (
                await api.Admin.SendAsync("PATCH", $"/api/v1/batches/{second}", $$"""{"name":"{{name}} é"}""")
            ).ProblemAsync(409)
        );
        // Its own in another case is no other's.
        await (
            await api.Admin.SendAsync(
                "PATCH",
                $"/api/v1/batches/{first}",
                $$"""{"name":"{{name.ToUpperInvariant()}} É"}"""
            )
        ).JsonAsync(200);
    }

    [Fact]
    public async Task A_change_of_what_counts_builds_anew_and_a_new_name_does_not()
    {
        var id = await CreateAsync();
        await api.Stage.LedgerAsync(id, 100_000m);
        Assert.Equal("ready 1", await StateAsync(id));

        var renamed = await api.Admin.SendAsync("PATCH", $"/api/v1/batches/{id}", $$"""{"name":"{{Name()}}"}""");
        Assert.Equal("ready", (await renamed.JsonAsync(200)).GetProperty("ledger").GetProperty("state").GetString());
        Assert.Equal("\"2\"", renamed.Headers.ETag?.ToString());

        // The same again: nothing moves.
        var same = await api.Admin.SendAsync(
            "PATCH",
            $"/api/v1/batches/{id}",
            """{"symbols":["btc"],"capital":100000.0,"startTime":null}"""
        );
        Assert.Equal("\"2\"", same.Headers.ETag?.ToString());
        Assert.Equal("ready 1", await StateAsync(id));

        var changed = await api.Admin.SendAsync("PATCH", $"/api/v1/batches/{id}", """{"capital":5}""");
        Assert.Equal("building", (await changed.JsonAsync(200)).GetProperty("ledger").GetProperty("state").GetString());
        Assert.Equal("\"3\"", changed.Headers.ETag?.ToString());

        // What an earlier build left is no progress of this one; what this one writes is.
        Assert.Equal("building 0", await StateAsync(id));
        await api.Stage.ExecuteAsync("UPDATE ledgers SET progress = 0.25 WHERE batch_id = @id", new { id });
        Assert.Equal("building 0.25", await StateAsync(id));
    }

    [Fact]
    public async Task Null_goes_back_to_the_default_and_absent_stays()
    {
        var id = await CreateAsync(
            $$"""
            {"name":"{{Name()}}","symbols":["BTC"],"timeframes":["1h"],"startTime":"2026-01-01T00:00:00.250Z","capital":0.00000001,
             "allocationPercentage":12.5,"feePercentage":10}
            """
        );
        const string settings = "timeframes startTime capital allocationPercentage feePercentage";
        Assert.Equal("""["60"] "2026-01-01T00:00:00.250Z" 0.00000001 12.5 10""", await SettingsAsync(id, settings));
        await (await api.Admin.SendAsync("PATCH", $"/api/v1/batches/{id}", """{"capital":7}""")).JsonAsync(200);
        Assert.Equal("""["60"] "2026-01-01T00:00:00.250Z" 7 12.5 10""", await SettingsAsync(id, settings));
        await (
            await api.Admin.SendAsync(
                "PATCH",
                $"/api/v1/batches/{id}",
                """{"timeframes":null,"startTime":null,"capital":null,"allocationPercentage":null,"feePercentage":null}"""
            )
        ).JsonAsync(200);
        Assert.Equal("[] null 100000 100 0", await SettingsAsync(id, settings));
        Assert.Equal(
            "name symbols",
            await (
                await api.Admin.SendAsync("PATCH", $"/api/v1/batches/{id}", """{"name":null,"symbols":null}""")
            ).ProblemAsync(400)
        );
    }

    [Fact]
    public async Task A_change_is_made_to_the_batch_that_was_read()
    {
        var id = await CreateAsync();
        var path = $"/api/v1/batches/{id}";
        foreach (var stale in new[] { "\"7\"", "W/\"1\"" })
        {
            Assert.Equal(
                "",
                await (await api.Admin.SendAsync("PATCH", path, """{"capital":5}""", ("If-Match", stale))).ProblemAsync(
                    412
                )
            );
            Assert.Equal(
                "",
                await (await api.Admin.SendAsync("PUT", path + "/symbols/ETH", null, ("If-Match", stale))).ProblemAsync(
                    412
                )
            );
            Assert.Equal(
                "",
                await (await api.Admin.SendAsync("DELETE", path, null, ("If-Match", stale))).ProblemAsync(412)
            );
        }

        Assert.Equal(
            "If-Match",
            await (await api.Admin.SendAsync("PATCH", path, """{"capital":5}""", ("If-Match", "1"))).ProblemAsync(400)
        );
        Assert.Equal("100000", await SettingsAsync(id, "capital"));
        await (await api.Admin.SendAsync("PATCH", path, """{"capital":5}""", ("If-Match", "\"1\""))).JsonAsync(200);
        await (await api.Admin.SendAsync("PATCH", path, """{"capital":6}""", ("If-Match", "*"))).JsonAsync(200);
        Assert.Equal("6", await SettingsAsync(id, "capital"));
    }

    [Fact]
    public async Task Of_many_changes_to_the_batch_that_was_read_one_is_made()
    {
        var id = await CreateAsync();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(1, 12)
                .Select(i =>
                    api.Admin.SendAsync(
                        "PATCH",
                        $"/api/v1/batches/{id}",
                        $$"""{"capital":{{i}}}""",
                        ("If-Match", "\"1\"")
                    )
                )
        );
        Assert.Equal(
            "200×1 412×11",
            string.Join(
                ' ',
                answers
                    .GroupBy(answer => (int)answer.StatusCode)
                    .OrderBy(group => group.Key)
                    .Select(group => $"{group.Key}×{group.Count()}")
            )
        );
    }

    [Fact]
    public async Task Changes_at_once_are_all_made()
    {
        var id = await CreateAsync();
        var answers = await Task.WhenAll(
            Enumerable.Range(1, 20).Select(i => api.Admin.SendAsync("PUT", $"/api/v1/batches/{id}/symbols/S{i:00}"))
        );
        Assert.All(answers, answer => Assert.Equal(200, (int)answer.StatusCode));
        Assert.Equal(
            "[\"BTC\"," + string.Join(',', Enumerable.Range(1, 20).Select(i => $"\"S{i:00}\"")) + "]",
            await SettingsAsync(id, "symbols")
        );
    }

    [Fact]
    public async Task Symbols_are_added_and_removed_one_by_one_and_the_last_one_stays()
    {
        var id = await CreateAsync();
        var path = $"/api/v1/batches/{id}/symbols/";
        foreach (
            var (method, symbol, symbols, tag) in new[]
            {
                ("PUT", "eth", """["BTC","ETH"]""", "\"2\""),
                ("PUT", "ETH", """["BTC","ETH"]""", "\"2\""),
                ("PUT", "EUR%2FUSD", """["BTC","ETH","EUR/USD"]""", "\"3\""),
                ("PUT", "BINANCE:A%25B%2fC+%3F", """["BINANCE:A%B/C+?","BTC","ETH","EUR/USD"]""", "\"4\""),
                ("DELETE", "binance%3Aa%25b%2Fc%2b%3f", """["BTC","ETH","EUR/USD"]""", "\"5\""),
                ("DELETE", "NONE", """["BTC","ETH","EUR/USD"]""", "\"5\""),
                ("DELETE", "btc", """["ETH","EUR/USD"]""", "\"6\""),
                ("DELETE", "eth", """["EUR/USD"]""", "\"7\""),
                ("DELETE", "eth", """["EUR/USD"]""", "\"7\""),
            }
        )
        {
            var response = await api.Admin.SendAsync(method, path + symbol);
            Assert.Equal(symbols, (await response.JsonAsync(200)).GetProperty("symbols").GetRawText());
            Assert.Equal(tag, response.Headers.ETag?.ToString());
        }

        Assert.Equal("symbol", await (await api.Admin.SendAsync("DELETE", path + "eur%2Fusd")).ProblemAsync(400));
        Assert.Equal("symbol", await (await api.Admin.SendAsync("PUT", path + "A%7CB")).ProblemAsync(400));
        Assert.Equal("symbol", await (await api.Admin.SendAsync("PUT", path + new string('A', 65))).ProblemAsync(400));
    }

    [Fact]
    public async Task Five_hundred_symbols_are_the_most()
    {
        var symbols = string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"S{i:000}\""));
        var id = await CreateAsync($$"""{"name":"{{Name()}}","symbols":[{{symbols}}]}""");
        Assert.Equal($"[{symbols}]", await SettingsAsync(id, "symbols"));
        Assert.Equal(
            "symbol",
            await (await api.Admin.SendAsync("PUT", $"/api/v1/batches/{id}/symbols/ONE-MORE")).ProblemAsync(400)
        );
        await (await api.Admin.SendAsync("PUT", $"/api/v1/batches/{id}/symbols/S007")).JsonAsync(200);
    }

    [Fact]
    public async Task A_deleted_batch_is_gone()
    {
        var id = await CreateAsync();
        Assert.Equal(204, (int)(await api.Admin.SendAsync("DELETE", $"/api/v1/batches/{id}")).StatusCode);
        Assert.Equal(
            0,
            await api.Stage.ScalarAsync<int>("SELECT COUNT(*) FROM batch_symbols WHERE batch_id = @id", new { id })
        );
        Assert.DoesNotContain(
            $"\"id\":{id},",
            (await api.Viewer.GetJsonAsync("/api/v1/batches")).GetRawText(),
            StringComparison.Ordinal
        );
        await Every_call_answers_404($"{id}");
    }

    [Theory]
    [InlineData("999999")]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("99999999999999999999999")]
    public async Task Every_call_answers_404(string id)
    {
        var path = $"/api/v1/batches/{id}";
        foreach (
            var (method, rest, body) in new[]
            {
                ("GET", "", null),
                ("PATCH", "", "{}"),
                ("DELETE", "", null),
                ("PUT", "/symbols/BTC", null),
                ("DELETE", "/symbols/BTC", null),
                ("GET", "/ledger", null),
                ("GET", "/trades", null),
                ("GET", "/charts/capital", null),
                ("GET", "/charts/trades", null),
                ("GET", "/charts/drawdown", (string?)null),
            }
        )
        {
            await (await api.Admin.SendAsync(method, path + rest, body)).ProblemAsync(404);
        }
    }

    [Fact]
    public async Task The_headline_is_that_of_the_ledger_being_served()
    {
        var trades = new StagedTrade[]
        {
            new("HEAD", "60", "long", "2026-01-01T00:00", 100m, "2026-01-01T01:00", 110m),
            new("HEAD", "60", "long", "2026-01-01T02:00", 100m, "2026-01-01T03:00", 70m),
            new("HEAD", "60", "short", "2026-01-01T04:00", 100m, "2026-01-01T05:00:00.125", 99m),
            new("HEAD", "60", "short", "2026-01-01T06:00", 100m),
            new("HEAD", "1D", "short", "2025-12-31T06:00", 100m),
        };
        await api.Stage.TradesAsync(trades);
        var id = await CreateAsync($$"""{"name":"{{Name()}}","symbols":["HEAD","OTHER"],"capital":1000}""");
        await api.Stage.LedgerAsync(id, 1000m, trades);

        Assert.Equal(
            """{"state":"ready","progress":1,"trades":3,"lastExitTime":"2026-01-01T05:00:00.125Z","ruined":null,"capped":false}""",
            await SettingsAsync(id, "ledger")
        );
        const string figures =
            """{"availableCapital":777.7,"pnl":-222.3,"changePercentage":-22.23,"drawdownPercentage":29.3,"maxDrawdownPercentage":30,"winRate":0.6666666666666666666666666667,"openTrades":""";
        Assert.Equal(figures + "2,\"openPnl\":0}", await SettingsAsync(id, "summary"));
        // The list says the same.
        var list = await api.Viewer.GetJsonAsync("/api/v1/batches");
        var listed = list.GetProperty("batches")
            .EnumerateArray()
            .Single(batch => batch.GetProperty("id").GetInt64() == id);
        Assert.Equal((await api.Viewer.GetJsonAsync($"/api/v1/batches/{id}")).GetRawText(), listed.GetRawText());
        Assert.Contains(
            "HEAD",
            list.GetProperty("settings").GetProperty("symbols").EnumerateArray().Select(symbol => symbol.GetString())
        );
        Assert.Contains(
            "1D",
            list.GetProperty("settings").GetProperty("timeframes").EnumerateArray().Select(symbol => symbol.GetString())
        );

        // Open trades count by the settings of now; the figures stay those of the old ledger, of its own capital, until
        // the new one is served.
        await (
            await api.Admin.SendAsync(
                "PATCH",
                $"/api/v1/batches/{id}",
                """{"capital":5,"timeframes":["60"],"startTime":"2026-01-01T06:00:00Z"}"""
            )
        ).JsonAsync(200);
        Assert.Equal(figures + "1,\"openPnl\":0}", await SettingsAsync(id, "summary"));
        await (
            await api.Admin.SendAsync("PATCH", $"/api/v1/batches/{id}", """{"startTime":"2026-01-01T06:00:00.001Z"}""")
        ).JsonAsync(200);
        Assert.Equal(figures + "0,\"openPnl\":0}", await SettingsAsync(id, "summary"));
    }

    [Fact]
    public async Task Ruin_names_the_trade_that_did_it_and_the_cap_is_told()
    {
        var trade = new StagedTrade("RUIN", "60", "short", "2026-01-01T00:00", 100m, "2026-01-01T01:00", 200m);
        await api.Stage.TradesAsync(trade);
        var id = await CreateAsync($$"""{"name":"{{Name()}}","symbols":["RUIN"]}""");
        await api.Stage.LedgerAsync(id, 100_000m, trade);
        await api.Stage.ExecuteAsync(
            "UPDATE ledgers SET ruined_seq = 1, capped_seq = 1 WHERE batch_id = @id",
            new { id }
        );
        Assert.EndsWith(
            $$""","ruined":"{{trade.Id}}","capped":true}""",
            await SettingsAsync(id, "ledger"),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            """{"availableCapital":0,"pnl":-100000,"changePercentage":-100,""",
            await SettingsAsync(id, "summary"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_change_is_announced_once_it_is_committed()
    {
        await Eventually.BecomesAsync(async () => await broker.CountAsync(Topology.LedgerBuilds) is not null);
        var id = await CreateAsync();
        while (await broker.TakeAsync(Topology.LedgerBuilds) is not null)
        {
            // What this and other tests announced before.
        }

        var path = $"/api/v1/batches/{id}";
        await (await api.Admin.SendAsync("PATCH", path, """{"capital":5}""")).JsonAsync(200);
        Assert.Equal($"{id} 2", await AnnouncedAsync());
        await (await api.Admin.SendAsync("PATCH", path, """{"capital":5}""")).JsonAsync(200);
        Assert.Null(await AnnouncedAsync());
        await api.Admin.SendAsync("DELETE", path);
        Assert.Equal($"{id} 3", await AnnouncedAsync());
    }

    [Fact]
    public async Task Health_names_each_dependency()
    {
        await Eventually.BecomesAsync(async () =>
            (await api.Nobody.SendAsync("GET", "/health/ready")).IsSuccessStatusCode
        );
        Assert.Equal(
            """{"status":"ready","dependencies":{"rabbitmq":{"status":"ready","detail":null},"mysql":{"status":"ready","detail":null}}}""",
            (await api.Nobody.GetJsonAsync("/health/ready")).GetRawText()
        );
        Assert.Equal(200, (int)(await api.Nobody.SendAsync("GET", "/health/live")).StatusCode);
    }

    private async Task<string?> AnnouncedAsync()
    {
        if (await broker.TakeAsync(Topology.LedgerBuilds) is not { } taken)
            return null;
        var message = JsonDocument.Parse(Encoding.UTF8.GetString(taken.Body.Span)).RootElement.GetProperty("message");
        return $"{message.GetProperty("batchId")} {message.GetProperty("revision")}";
    }

    private async Task<string> StateAsync(long id)
    {
        var ledger = (await api.Viewer.GetJsonAsync($"/api/v1/batches/{id}")).GetProperty("ledger");
        return $"{ledger.GetProperty("state")} {ledger.GetProperty("progress")}";
    }

    private async Task<string> SettingsAsync(long id, string properties)
    {
        var batch = await api.Viewer.GetJsonAsync($"/api/v1/batches/{id}");
        return string.Join(' ', properties.Split(' ').Select(property => batch.GetProperty(property).GetRawText()));
    }

    private async Task<long> CreateAsync(string? body = null)
    {
        body ??= $$"""{"name":"{{Name()}}","symbols":["BTC"]}""";
        return (await (await api.Admin.SendAsync("POST", "/api/v1/batches", body)).JsonAsync(201))
            .GetProperty("id")
            .GetInt64();
    }

    private static string Name() => $"Batch {Interlocked.Increment(ref _names)}";
}

public sealed class BatchesWithoutABrokerTests(QueryApi api) : IClassFixture<QueryApi>
{
    [Fact]
    public async Task A_change_does_not_wait_for_a_broker_that_is_away()
    {
        // The first compiles what all others use.
        await (
            await api.Admin.SendAsync("POST", "/api/v1/batches", """{"name":"First","symbols":["BTC"]}""")
        ).JsonAsync(201);
        var clock = Stopwatch.StartNew();
        var batch = await (
            await api.Admin.SendAsync("POST", "/api/v1/batches", """{"name":"Alone","symbols":["BTC"]}""")
        ).JsonAsync(201);
        // A second, and room for a busy machine; left to itself the bus would try on for ever.
        Assert.InRange(clock.ElapsedMilliseconds, 0, 5_000);
        Assert.Equal("building", batch.GetProperty("ledger").GetProperty("state").GetString());
        await Eventually.BecomesAsync(() =>
            Task.FromResult(api.Log.Contains("was not announced", StringComparison.Ordinal))
        );
        Assert.Equal("Alone", await api.Stage.ScalarAsync<string>("SELECT name FROM batches WHERE batch_id = 2"));
    }
}
