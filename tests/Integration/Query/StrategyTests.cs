using System.Net;
using System.Text.Json;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>
/// Strategies and recorded trades in everything that the API shows, a message to be checked, and addresses that lead
/// elsewhere.
/// </summary>
public sealed class StrategyTests(QueryApi api) : IClassFixture<QueryApi>
{
    private const string Breakout = "Breakout 4h";

    private static int _names;

    private readonly string _symbol = $"STRATEGY{Interlocked.Increment(ref _names)}";

    [Fact]
    public async Task A_strategy_filters_and_groups_what_a_batch_shows()
    {
        var (batch, trades) = await StagedBatchAsync();

        foreach (
            var (query, expected) in ((string, int[])[])
                [
                    ("", [0, 1, 2]),
                    ("strategy=Breakout%204h", [0]),
                    ("strategy=", [2]),
                    ("strategy=&strategy=B", [1, 2]),
                    ("strategy=breakout%204h", []),
                    ("strategy=B&side=short", []),
                ]
        )
        {
            var ids = expected.Select(i => trades[i].Id.ToString()).Order(StringComparer.Ordinal).ToList();
            var rows = await api.Viewer.GetJsonAsync($"{batch}/ledger?{query}");
            Assert.Equal(ids, rows.Items("tradeId").Order(StringComparer.Ordinal));
            Assert.Equal(
                ids,
                (await api.Viewer.CsvAsync($"{batch}/ledger?{query}"))
                    .Skip(1)
                    .Select(line => line.Split(',')[1])
                    .Order(StringComparer.Ordinal)
            );
            Assert.Equal(
                ids,
                (await api.Viewer.GetJsonAsync($"{batch}/trades?state=closed&{query}"))
                    .Items("tradeId")
                    .Order(StringComparer.Ordinal)
            );
            Assert.Equal(
                ids,
                (await api.Viewer.GetJsonAsync($"/api/v1/trades?symbol={_symbol}&{query}"))
                    .Items("tradeId")
                    .Order(StringComparer.Ordinal)
            );
            Assert.Equal(
                ids.Count,
                (await api.Viewer.GetJsonAsync($"{batch}/statistics?{query}")).GetProperty("trades").GetInt32()
            );
        }

        Assert.Equal(
            [("", 1), ("B", 1), (Breakout, 1)],
            (await api.Viewer.GetJsonAsync($"{batch}/breakdown?by=strategy"))
                .GetProperty("groups")
                .EnumerateArray()
                .Select(group => (group.GetProperty("key").GetString()!, group.GetProperty("trades").GetInt32()))
        );
        Assert.Contains(
            $",{_symbol},60,{Breakout},long,",
            (await api.Viewer.CsvAsync($"{batch}/ledger?strategy=Breakout%204h"))[1],
            StringComparison.Ordinal
        );
        Assert.Equal(
            "strategy",
            await (await api.Viewer.SendAsync("GET", $"{batch}/ledger?strategy=a%7Cb")).ProblemAsync(400)
        );
    }

    [Fact]
    public async Task Alerts_and_symbols_tell_their_strategies()
    {
        await StagedBatchAsync();

        var alerts = await api.Viewer.GetJsonAsync($"/api/v1/alerts?symbol={_symbol}&strategy=Breakout%204h");
        Assert.Equal([Breakout, Breakout], alerts.Items("strategy"));
        Assert.Equal(
            2,
            (await api.Viewer.GetJsonAsync($"/api/v1/alerts?symbol={_symbol}&strategy="))
                .GetProperty("items")
                .GetArrayLength()
        );
        var symbol = Assert.Single(
            (await api.Viewer.GetJsonAsync("/api/v1/symbols?limit=1000")).GetProperty("items").EnumerateArray(),
            item => item.GetProperty("symbol").GetString() == _symbol
        );
        Assert.Equal(
            """["60"] ["","B","Breakout 4h"] 3""",
            $"{symbol.GetProperty("timeframes")} {symbol.GetProperty("strategies")} {symbol.GetProperty("trades")}"
        );
        Assert.Contains(
            Breakout,
            (await api.Viewer.GetJsonAsync("/api/v1/batches"))
                .GetProperty("settings")
                .GetProperty("strategies")
                .EnumerateArray()
                .Select(text => text.GetString())
        );
    }

    [Fact]
    public async Task A_batch_is_made_and_changed_with_its_strategies()
    {
        var name = $"{_symbol} A";
        var made = await (
            await api.Admin.SendAsync(
                "POST",
                "/api/v1/batches",
                $$"""{"name":"{{name}}","symbols":["{{_symbol}}"],"strategies":["b"," Breakout 4h ","b",""]}"""
            )
        ).JsonAsync(201);
        var path = $"/api/v1/batches/{made.GetProperty("id")}";
        Assert.Equal("""["","Breakout 4h","b"]""", made.GetProperty("strategies").GetRawText());
        Assert.Equal(
            made.GetProperty("strategies").GetRawText(),
            (await api.Viewer.GetJsonAsync(path)).GetProperty("strategies").GetRawText()
        );
        Assert.Equal(
            3,
            await api.Stage.ScalarAsync<int>(
                "SELECT COUNT(*) FROM batch_strategies WHERE batch_id = @id",
                new { id = made.GetProperty("id").GetInt64() }
            )
        );

        var revision = await api.Stage.ScalarAsync<long>(
            "SELECT settings_revision FROM batches WHERE batch_id = @id",
            new { id = made.GetProperty("id").GetInt64() }
        );
        var changed = await (await api.Admin.SendAsync("PATCH", path, """{"strategies":["b"]}""")).JsonAsync(200);
        Assert.Equal("""["b"]""", changed.GetProperty("strategies").GetRawText());
        Assert.Equal(
            revision + 1,
            await api.Stage.ScalarAsync<long>(
                "SELECT settings_revision FROM batches WHERE batch_id = @id",
                new { id = made.GetProperty("id").GetInt64() }
            )
        );
        Assert.Equal(
            "[]",
            (await (await api.Admin.SendAsync("PATCH", path, """{"strategies":null}""")).JsonAsync(200))
                .GetProperty("strategies")
                .GetRawText()
        );

        foreach (var wrong in (string[])["\"b\"", "[1]", "[\"a|b\"]", "[\"\\u0001x\"]", $"[\"{new string('x', 65)}\"]"])
            Assert.Equal(
                "strategies",
                await (await api.Admin.SendAsync("PATCH", path, $$"""{"strategies":{{wrong}}}""")).ProblemAsync(400)
            );
    }

    [Fact]
    public async Task An_exit_that_met_nothing_says_where_a_trade_of_its_symbol_is_open()
    {
        var open = new StagedTrade(_symbol, "240", "long", "2026-01-01T00:00:00", 100, Strategy: "B");
        await api.Stage.TradesAsync(
            open,
            new StagedTrade(_symbol, "60", "long", "2026-01-01T00:00:00", 100, "2026-01-01T01:00:00", 110)
        );
        var exit = AlertId.Of(_symbol, "60", AlertAction.Exit, null, 100, Stage.Time("2026-01-01T02:00:00"));
        await api.Stage.AlertAsync(
            await api.Stage.StreamAsync(_symbol, "60"),
            Stage.Time("2026-01-01T02:00:00"),
            0,
            exit,
            "exit",
            null,
            100,
            "unmatched",
            null,
            null
        );

        var expected = $$"""[{"symbol":"{{_symbol}}","timeframe":"240","strategy":"B","tradeId":"{{open.Id}}"}]""";
        Assert.Equal(
            expected,
            (await api.Viewer.GetJsonAsync($"/api/v1/alerts/{exit}")).GetProperty("openElsewhere").GetRawText()
        );
        var items = (await api.Viewer.GetJsonAsync($"/api/v1/alerts?symbol={_symbol}"))
            .GetProperty("items")
            .EnumerateArray()
            .ToList();
        Assert.Equal(
            [expected],
            items
                .Where(item => item.TryGetProperty("openElsewhere", out _))
                .Select(item => item.GetProperty("openElsewhere").GetRawText())
        );

        // As it is when asked.
        await api.Stage.ExecuteAsync(
            "UPDATE streams SET open_trade_id = NULL WHERE symbol = @_symbol",
            new { _symbol }
        );
        Assert.Equal(
            "[]",
            (await api.Viewer.GetJsonAsync($"/api/v1/alerts/{exit}")).GetProperty("openElsewhere").GetRawText()
        );
    }

    [Fact]
    public async Task Recorded_trades_are_shown_as_what_they_are_however_they_overlap()
    {
        // One lasts over all the others: whoever goes by the order of entries misses it.
        var trades = new[] { ("01", "20"), ("02", "03"), ("04", "05"), ("06", "07") }
            .Select(day => new StagedTrade(
                _symbol,
                "60",
                "long",
                $"2026-01-{day.Item1}T00:00:00",
                100,
                $"2026-01-{day.Item2}T00:00:00",
                110,
                "recorded"
            ))
            .ToArray();
        await api.Stage.TradesAsync(trades);
        await api.Stage.ExecuteAsync(
            """
            UPDATE streams SET has_recorded = TRUE WHERE symbol = @_symbol;
            DELETE a FROM alerts a JOIN streams USING (stream_id) WHERE symbol = @_symbol AND action = 'exit';
            UPDATE alerts JOIN streams USING (stream_id) SET action = 'recorded', outcome = 'recorded' WHERE symbol = @_symbol
            """,
            new { _symbol }
        );

        var late = await api.Viewer.GetJsonAsync($"/api/v1/trades?symbol={_symbol}&from=2026-01-06T12:00:00Z");
        Assert.Equal([trades[3].Id.ToString(), trades[0].Id.ToString()], late.Items("tradeId"));
        Assert.Equal(["recorded", "recorded"], late.Items("exitReason"));
        var alerts = await api.Viewer.GetJsonAsync($"/api/v1/alerts?symbol={_symbol}&outcome=recorded");
        Assert.Equal(["recorded", "recorded", "recorded", "recorded"], alerts.Items("action"));
        Assert.Equal(alerts.Items("alertId"), alerts.Items("tradeId"));
    }

    [Fact]
    public async Task A_message_is_checked_and_nothing_is_stored()
    {
        await api.Stage.TradesAsync(
            new StagedTrade(_symbol, "60", "long", "2026-01-01T00:00:00", 100),
            new StagedTrade(_symbol, "240", "short", "2026-01-01T00:00:00", 100, Strategy: "B")
        );
        var before = await CountAsync();

        Assert.Equal(
            "flipped",
            (await CheckAsync("short", "60", "2026-01-02T00:00:00Z")).GetProperty("outcome").GetString()
        );
        Assert.Equal(
            "ignored",
            (await CheckAsync("long", "60", "2026-01-02T00:00:00Z")).GetProperty("outcome").GetString()
        );
        Assert.Equal(
            "closed",
            (await CheckAsync("flat", "60", "2026-01-02T00:00:00Z")).GetProperty("outcome").GetString()
        );
        // At its place, which is before the entry.
        Assert.Equal(
            "opened",
            (await CheckAsync("short", "60", "2025-12-31T00:00:00Z")).GetProperty("outcome").GetString()
        );
        var unmatched = await CheckAsync("flat", "1D", "2026-01-02T00:00:00Z");
        Assert.Equal("unmatched", unmatched.GetProperty("outcome").GetString());
        Assert.Equal(2, unmatched.GetProperty("openElsewhere").GetArrayLength());
        var stored = await CheckAsync("long", "60", "2026-01-01T00:00:00Z", price: "100");
        Assert.Equal(
            (true, "opened"),
            (stored.GetProperty("isStored").GetBoolean(), stored.GetProperty("outcome").GetString())
        );

        var refused = await (
            await api.Viewer.SendAsync(
                "POST",
                "/api/v1/webhook/check",
                JsonSerializer.Serialize(
                    new { body = """{"symbol":"{{ticker}}","side":"trim","type":"long","price":NaN}""" }
                )
            )
        ).JsonAsync(200);
        Assert.Equal(JsonValueKind.Null, refused.GetProperty("alert").ValueKind);
        Assert.Equal(
            ["price", "side", "symbol", "timestamp"],
            refused.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal)
        );
        Assert.Equal(before, await CountAsync());
    }

    [Theory]
    [InlineData("{}", "body")]
    [InlineData("""{"body":1}""", "body")]
    [InlineData("""{"body":"\ud800"}""", "body")]
    [InlineData("""{"body":"{}","token":"x"}""", "token")]
    [InlineData("[]", "body")]
    public async Task A_check_of_nothing_is_refused(string request, string fields) =>
        Assert.Equal(
            fields,
            await (await api.Viewer.SendAsync("POST", "/api/v1/webhook/check", request)).ProblemAsync(400)
        );

    [Fact]
    public async Task A_check_asks_for_a_key_and_for_no_more_than_the_webhook_takes()
    {
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await api.Nobody.SendAsync("POST", "/api/v1/webhook/check", """{"body":"{}"}""")).StatusCode
        );
        var long17 = JsonSerializer.Serialize(new { body = new string(' ', 17_000) });
        Assert.Equal(
            "body",
            await (await api.Viewer.SendAsync("POST", "/api/v1/webhook/check", long17)).ProblemAsync(400)
        );
    }

    /// <summary>To remove the symbol <c>..</c> was to delete the batch.</summary>
    [Theory]
    [InlineData("/symbols/%2E%2E", 400)]
    [InlineData("/symbols/..", 400)]
    [InlineData("/symbols/.%2e", 400)]
    [InlineData("/symbols/%2e", 400)]
    [InlineData("/symbols/.", 400)]
    [InlineData("/symbols/X/../..", 400)]
    [InlineData("/symbols/X%2F..", 200)] // the symbol X/..
    [InlineData("/symbols/..%2F..", 200)]
    [InlineData("/symbols/..;", 200)]
    [InlineData("/symbols/..;/", 200)]
    [InlineData("/symbols/%252E%252E", 200)]
    [InlineData("/symbols/", 405)]
    [InlineData("/symbols", 405)]
    [InlineData("/symbols//", 405)]
    [InlineData(";x", 404)]
    [InlineData("%2F", 404)]
    [InlineData("%2F..", 404)]
    [InlineData("/..", 400)]
    public async Task Nothing_but_what_an_address_names_is_changed(string rest, int status)
    {
        var made = await (
            await api.Admin.SendAsync(
                "POST",
                "/api/v1/batches",
                $$"""{"name":"{{_symbol}} {{Guid.NewGuid()}}","symbols":["{{_symbol}}","OTHER"]}"""
            )
        ).JsonAsync(201);
        var path = $"/api/v1/batches/{made.GetProperty("id")}";
        var others = await api.Stage.ScalarAsync<int>("SELECT COUNT(*) FROM batches");

        foreach (var method in (string[])["DELETE", "PUT", "PATCH", "POST"])
        {
            var (answered, _) = await RawAsync(method, path + rest);
            if (method == "DELETE")
                Assert.Equal(status, answered == 404 && status == 405 ? 405 : answered);
            Assert.True(answered < 500, $"{method} {rest}: {answered}");
            if (method == "PUT" && answered == 200)
                await RawAsync("DELETE", path + rest);
        }

        Assert.Equal(others, await api.Stage.ScalarAsync<int>("SELECT COUNT(*) FROM batches"));
        Assert.Equal(
            made.GetProperty("symbols").GetRawText(),
            (await api.Viewer.GetJsonAsync(path)).GetProperty("symbols").GetRawText()
        );
    }

    [Theory]
    [InlineData("GET", "/api/v1/alerts/%2E%2E")]
    [InlineData("POST", "/api/v1/alerts/%2E%2E/void")]
    [InlineData("POST", "/api/v1/alerts/..%2Fx/restore")]
    [InlineData("POST", "/api/v1/trades/%2e./close")]
    [InlineData("GET", "/api/v1/imports/..")]
    [InlineData("GET", "/api/v1/batches/%2E/ledger")]
    [InlineData("DELETE", "/api/v1/session/%2E%2E/batches/1")]
    public async Task Every_route_that_takes_a_name_is_safe_from_dots(string method, string target)
    {
        var before = await CountAsync();
        var (status, _) = await RawAsync(method, target);
        Assert.InRange(status, 400, 404);
        Assert.Equal(before, await CountAsync());
    }

    /// <summary>As it stands on the wire: a client of .NET would resolve the dots itself.</summary>
    private async Task<(int Status, string Body)> RawAsync(string method, string target)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(api.Address.Host, api.Address.Port, QueryApi.Cancellation);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            System.Text.Encoding.ASCII.GetBytes(
                $"{method} {target} HTTP/1.1\r\nHost: {api.Address.Authority}\r\nAuthorization: Bearer "
                    + $"{QueryApi.AdminKey}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            ),
            QueryApi.Cancellation
        );
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(QueryApi.Cancellation);
        return (int.Parse(answer.Split(' ')[1]), answer);
    }

    private async Task<JsonElement> CheckAsync(string position, string timeframe, string time, string price = "101") =>
        (
            await (
                await api.Viewer.SendAsync(
                    "POST",
                    "/api/v1/webhook/check",
                    JsonSerializer.Serialize(
                        new
                        {
                            body = $$"""{"ticker":"{{_symbol}}","market_position":"{{position}}","interval":"{{timeframe}}","close":"{{price}}","time":"{{time}}"}""",
                        }
                    )
                )
            ).JsonAsync(200)
        ).GetProperty("alert");

    private Task<string?> CountAsync() =>
        api.Stage.ScalarAsync<string>(
            "SELECT CONCAT_WS(' ', (SELECT COUNT(*) FROM alerts), (SELECT COUNT(*) FROM rejected_alerts), (SELECT "
                + "COUNT(*) FROM streams), (SELECT COUNT(*) FROM batches))"
        );

    private async Task<(string Path, StagedTrade[] Trades)> StagedBatchAsync()
    {
        StagedTrade[] trades =
        [
            new(_symbol, "60", "long", "2026-01-01T00:00:00", 100, "2026-01-01T01:00:00", 110, Strategy: Breakout),
            new(_symbol, "60", "long", "2026-01-01T00:00:00", 100, "2026-01-01T02:00:00", 120, Strategy: "B"),
            new(_symbol, "60", "short", "2026-01-01T00:00:00", 100, "2026-01-01T03:00:00", 90),
        ];
        await api.Stage.TradesAsync(trades);
        var made = await (
            await api.Admin.SendAsync(
                "POST",
                "/api/v1/batches",
                $$"""{"name":"{{_symbol}}","symbols":["{{_symbol}}"]}"""
            )
        ).JsonAsync(201);
        var id = made.GetProperty("id").GetInt64();
        await api.Stage.LedgerAsync(id, 100_000, trades);
        return ($"/api/v1/batches/{id}", trades);
    }
}
