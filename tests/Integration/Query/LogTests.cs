using System.Text.Json;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Tests.Integration.Query;

public sealed class AlertTests(AlertTests.Log log) : IClassFixture<AlertTests.Log>
{
    [Theory]
    [InlineData("", "9 8 7 6 5 4 3 2 1 0")]
    [InlineData("?limit=3", "9 8 7")]
    [InlineData("?outcome=ignored", "6 2")]
    [InlineData("?outcome=flipped&outcome=voided", "8 5")]
    [InlineData("?symbol=btc", "7 5 3 2 1 0")]
    [InlineData("?symbol=BTC&symbol=ETH&timeframe=1h&outcome=opened", "4 1")]
    [InlineData("?timeframe=1D", "9 8")]
    [InlineData("?from=2026-01-01T03:00:00Z&to=2026-01-01T05:00:00Z", "6 5 4 3")]
    [InlineData("?symbol=BTC&from=2026-01-01T03:00:00Z&to=2026-01-01T05:00:00Z", "5 3")]
    [InlineData("?outcome=&symbol=&timeframe=&from=&to=&cursor=", "9 8 7 6 5 4 3 2 1 0")]
    [InlineData("?symbol=NONE", "")]
    public async Task Alerts_are_listed_newest_first(string query, string alerts)
    {
        var expected = alerts
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(position => log.Alerts[int.Parse(position)].Id.ToString())
            .ToList();
        Assert.Equal(expected, (await log.Api.Viewer.GetJsonAsync("/api/v1/alerts" + query)).Items("alertId"));
        if (!query.Contains("limit", StringComparison.Ordinal))
            Assert.Equal(
                expected,
                (await log.Api.Viewer.CsvAsync("/api/v1/alerts" + query)).Skip(1).Select(line => line.Split(',')[0])
            );

        // Page by page it is the same, also where many have one timestamp.
        if (query.Contains("limit", StringComparison.Ordinal) || query.Contains("cursor", StringComparison.Ordinal))
            return;
        var paged = new List<string>();
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await log.Api.Viewer.GetJsonAsync(
                $"/api/v1/alerts{query}{(query.Length == 0 ? "?" : "&")}limit=1&cursor={cursor}"
            );
            paged.AddRange(page.Items("alertId"));
            cursor = page.GetProperty("cursor").GetString();
        }

        Assert.Equal(expected, paged);
    }

    [Theory]
    [InlineData(
        "/api/v1/alerts?outcome=lost&symbol=a%7Cb&timeframe=0&from=x&to=y&limit=0&cursor=z",
        "cursor from limit outcome symbol timeframe to"
    )]
    [InlineData("/api/v1/alerts/rejected?limit=0&cursor=z", "cursor limit")]
    [InlineData("/api/v1/trades?state=x&side=y&limit=0&cursor=z", "cursor limit side state")]
    // A slip, with all else that is wrong; and what another list takes.
    [InlineData("/api/v1/alerts?symbl=BTC&limit=0", "limit symbl")]
    [InlineData("/api/v1/alerts?side=long", "side")]
    [InlineData("/api/v1/symbols?limit=0&cursor=z", "cursor limit")]
    [InlineData("/api/v1/parked-messages?limit=0&cursor=z", "cursor limit")]
    [InlineData("/api/v1/audit?action=theft&limit=0&cursor=z&format=xml", "action cursor format limit")]
    public async Task Parameters_that_are_wrong_are_all_named(string path, string fields)
    {
        Assert.Equal(fields, await (await log.Api.Viewer.SendAsync("GET", path)).ProblemAsync(400));
    }

    [Fact]
    public async Task A_csv_of_alerts_is_all_that_are_wanted_in_every_digit()
    {
        var lines = await log.Api.Viewer.CsvAsync("/api/v1/alerts?limit=1&outcome=flipped");
        var alert = (await log.Api.Viewer.GetJsonAsync("/api/v1/alerts?outcome=flipped")).GetProperty("items")[0];
        Assert.Equal(string.Join(',', alert.EnumerateObject().Select(property => property.Name)), lines[0]);
        Assert.Equal(
            string.Join(
                ',',
                alert
                    .EnumerateObject()
                    .Select(property =>
                        property.Value.ValueKind switch
                        {
                            JsonValueKind.String => property.Value.GetString(),
                            JsonValueKind.Null => "",
                            _ => property.Value.GetRawText(),
                        }
                    )
            ),
            Assert.Single(lines.Skip(1))
        );
    }

    [Fact]
    public async Task An_alert_shows_its_way_through_the_pipeline()
    {
        var (alert, closed) = (log.Alerts[5], log.Alerts[1]);
        var json = (await log.Api.Viewer.GetJsonAsync($"/api/v1/alerts/{alert.Id}")).GetRawText();
        Assert.Equal(
            $$"""
            {"alertId":"{{alert.Id}}","symbol":"BTC","timeframe":"60","strategy":null,"action":"entry","direction":"short","side":"entry","type":"short","price":103.5,"closeonflip":true,"timestamp":"2026-01-01T04:00:00Z","receivedAt":"2026-11-01T00:00:01.500Z","outcome":"flipped","tradeId":"{{alert.Id}}","closedTradeId":"{{closed.Id}}","payload":"{\"price\": 103.50}\n","pairedAt":"2026-11-01T00:00:02Z","postedAt":null}
            """,
            json
        );
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("00000000000000000000000000000000")]
    public async Task An_id_that_nobody_has_is_404(string id)
    {
        await (await log.Api.Viewer.SendAsync("GET", $"/api/v1/alerts/{id}")).ProblemAsync(404);
        await (await log.Api.Viewer.SendAsync("GET", $"/api/v1/trades/{id}")).ProblemAsync(404);
    }

    /// <summary>Ten alerts of three streams, oldest first.</summary>
    public sealed class Log : IAsyncLifetime
    {
        public QueryApi Api { get; } = new();

        /// <summary>In the order of time, exits before entries, ids.</summary>
        public IReadOnlyList<(AlertId Id, string Outcome)> Alerts { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            await Api.InitializeAsync();
            var rows = new (
                string Symbol,
                string Timeframe,
                string Time,
                string Action,
                string? Direction,
                decimal Price,
                string Outcome
            )[]
            {
                ("BTC", "60", "2026-01-01T00:00:00", "exit", null, 100m, "unmatched"),
                ("BTC", "60", "2026-01-01T01:00:00", "entry", "long", 101m, "opened"),
                ("BTC", "60", "2026-01-01T02:00:00", "entry", "long", 102m, "ignored"),
                // One instant: the exit first.
                ("BTC", "60", "2026-01-01T03:00:00", "exit", "short", 102m, "unmatched"),
                ("ETH", "60", "2026-01-01T03:00:00", "entry", "long", 10m, "opened"),
                ("BTC", "60", "2026-01-01T04:00:00", "entry", "short", 103.5m, "flipped"),
                ("ETH", "60", "2026-01-01T04:30:00", "entry", "long", 11m, "ignored"),
                ("BTC", "60", "2026-01-01T05:00:00", "exit", null, 99m, "closed"),
                ("ETH", "1D", "2026-01-01T06:00:00", "entry", "long", 12m, "voided"),
                ("ETH", "1D", "2026-01-01T07:00:00", "entry", "long", 12m, "opened"),
            };
            var ids = rows.Select(row =>
                    AlertId.Of(
                        row.Symbol,
                        row.Timeframe,
                        Enum.Parse<AlertAction>(row.Action, ignoreCase: true),
                        row.Direction is { } direction ? Enum.Parse<Direction>(direction, ignoreCase: true) : null,
                        row.Price,
                        Stage.Time(row.Time)
                    )
                )
                .ToList();
            foreach (var (row, id) in rows.Zip(ids))
            {
                AlertId? trade = row.Outcome switch
                {
                    "opened" or "flipped" => id,
                    "ignored" => ids[row.Symbol == "BTC" ? 1 : 4],
                    "closed" => ids[5],
                    _ => null,
                };
                await Api.Stage.AlertAsync(
                    await Api.Stage.StreamAsync(row.Symbol, row.Timeframe),
                    Stage.Time(row.Time),
                    row.Action == "exit" ? 0 : 1,
                    id,
                    row.Action,
                    row.Direction,
                    row.Price,
                    row.Outcome,
                    trade,
                    row.Outcome == "flipped" ? ids[1] : null,
                    "{\"price\": 103.50}\n"
                );
            }

            Alerts = [.. ids.Zip(rows, (id, row) => (id, row.Outcome))];
        }

        public ValueTask DisposeAsync() => Api.DisposeAsync();
    }
}

public sealed class LogTests(QueryApi api) : IClassFixture<QueryApi>
{
    [Fact]
    public async Task Posted_is_when_the_first_of_the_served_ledgers_had_the_trade_that_was_closed()
    {
        // Many trades end in one instant; their order is that of their entries and ids.
        var trades = Enumerable
            .Range(0, 50)
            .Select(i => new StagedTrade(
                $"POST{i % 10}",
                "60",
                i % 2 == 0 ? "long" : "short",
                $"2026-05-01T00:{i / 10:00}:00",
                100m + i,
                "2026-05-01T02:00:00",
                101m + i
            ))
            .Append(new StagedTrade("POST0", "60", "long", "2026-05-02T00:00:00", 100m, "2026-05-02T01:00:00", 100m))
            .ToArray();
        await api.Stage.TradesAsync(trades);
        var symbols = string.Join(',', Enumerable.Range(0, 10).Select(i => $"\"POST{i}\""));
        var whole = await CreateAsync($$"""{"name":"Posted","symbols":[{{symbols}}]}""");
        await api.Stage.LedgerAsync(whole, 100_000m, trades);
        var ordered = trades.OrderBy(trade => (trade.ExitTime, trade.EntryTime, trade.Id)).ToList();
        foreach (var trade in trades)
        {
            var posted = Stage.PostedAt.AddSeconds(ordered.IndexOf(trade));
            Assert.Equal($"{posted:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}", await PostedAtAsync(trade.ExitId!.Value));
            Assert.Null(await PostedAtAsync(trade.Id));
        }

        // A second ledger that has it as its first row had it earlier.
        var late = ordered[40];
        var other = await CreateAsync($$"""{"name":"Posted too","symbols":["{{late.Symbol}}"]}""");
        await api.Stage.LedgerAsync(other, 100_000m, late);
        Assert.Equal("2026-11-01T00:00:03.250Z", await PostedAtAsync(late.ExitId!.Value));

        async Task<string?> PostedAtAsync(AlertId id) =>
            (await api.Viewer.GetJsonAsync($"/api/v1/alerts/{id}")).GetProperty("postedAt").GetString();
    }

    [Fact]
    public async Task Trades_are_listed_whatever_batch()
    {
        var open = new StagedTrade("SOLO", "1D", "long", "2026-06-01T00:00:00", 1000000.000000000001m);
        var closed = new StagedTrade(
            "SOLO",
            "60",
            "short",
            "2026-06-02T00:00:00.007",
            100m,
            "2026-06-03T00:00:00",
            99m,
            "flip"
        );
        await api.Stage.TradesAsync(open, closed);
        var page = await api.Viewer.GetJsonAsync("/api/v1/trades?symbol=solo");
        Assert.Equal(
            $$"""
            {"items":[{"tradeId":"{{closed.Id}}","symbol":"SOLO","timeframe":"60","strategy":null,"side":"short","entryPrice":100,"entryTime":"2026-06-02T00:00:00.007Z","exitPrice":99,"exitTime":"2026-06-03T00:00:00Z","exitReason":"flip","changePercentage":1,"entryAlertId":"{{closed.Id}}","exitAlertId":"{{closed.ExitId}}","mae":0,"mfe":1,"prices":2},{"tradeId":"{{open.Id}}","symbol":"SOLO","timeframe":"1D","strategy":null,"side":"long","entryPrice":1000000.000000000001,"entryTime":"2026-06-01T00:00:00Z","exitPrice":null,"exitTime":null,"exitReason":null,"changePercentage":null,"entryAlertId":"{{open.Id}}","exitAlertId":null,"lastPrice":99,"lastPriceTime":"2026-06-03T00:00:00Z","unrealisedChangePercentage":-99.9901,"stale":true}],"cursor":null}
            """,
            page.GetRawText()
                .Replace(
                    $",\"timeOpen\":{page.GetProperty("items")[1].GetProperty("timeOpen")}",
                    "",
                    StringComparison.Ordinal
                )
        );
        // Of an open one alone, and at most a minute ago.
        Assert.False(page.GetProperty("items")[0].TryGetProperty("timeOpen", out _));
        Assert.InRange(
            (DateTime.UtcNow - open.EntryTime).TotalSeconds
                - page.GetProperty("items")[1].GetProperty("timeOpen").GetDouble(),
            0,
            60
        );
        Assert.Equal(
            page.GetProperty("items")[0].GetRawText(),
            (await api.Viewer.GetJsonAsync($"/api/v1/trades/{closed.Id}")).GetRawText()
        );
        Assert.Equal(
            [open.Id.ToString()],
            (await api.Viewer.GetJsonAsync("/api/v1/trades?symbol=SOLO&state=open")).Items("tradeId")
        );

        // All of them, without a filter, by the other way through the tables.
        var all = new List<string>();
        for (string? cursor = ""; cursor is not null; )
        {
            page = await api.Viewer.GetJsonAsync($"/api/v1/trades?limit=7&cursor={cursor}");
            all.AddRange(page.Items("tradeId"));
            cursor = page.GetProperty("cursor").GetString();
        }

        var inside = (await api.Viewer.GetJsonAsync("/api/v1/trades?limit=1000")).Items("tradeId");
        Assert.Equal(inside, all);
        Assert.Equal(inside.Count, await api.Stage.ScalarAsync<int>("SELECT COUNT(*) FROM trades"));
    }

    [Fact]
    public async Task Refused_bodies_are_shown_as_they_arrived()
    {
        foreach (
            var (id, body, errors) in new[]
            {
                ("01", "7B7D", """{"symbol":["Is missing."],"body":["a","b"]}"""),
                ("02", "FF00", """{"body":["Is not UTF-8."]}"""),
                ("03", "", "{}"),
            }
        )
        {
            await api.Stage.ExecuteAsync(
                "INSERT INTO rejected_alerts (rejection_id, received_at, body, errors) VALUES (UNHEX(@id), "
                    + "'2026-01-01 00:00:00', UNHEX(@body), @errors)",
                new
                {
                    id = id.PadLeft(32, '0'),
                    body,
                    errors,
                }
            );
        }

        Assert.Equal(
            """
            {"items":[{"rejectionId":"00000000000000000000000000000003","receivedAt":"2026-01-01T00:00:00Z","body":"","bodyBase64":null,"errors":{}},{"rejectionId":"00000000000000000000000000000002","receivedAt":"2026-01-01T00:00:00Z","body":"\uFFFD\u0000","bodyBase64":"/wA=","errors":{"body":["Is not UTF-8."]}},{"rejectionId":"00000000000000000000000000000001","receivedAt":"2026-01-01T00:00:00Z","body":"{}","bodyBase64":null,"errors":{"body":["a","b"],"symbol":["Is missing."]}}],"cursor":null}
            """,
            (await api.Viewer.GetJsonAsync("/api/v1/alerts/rejected"))
                .GetRawText()
                .Replace("\uFFFD", "\\uFFFD", StringComparison.Ordinal)
        );
        await PagesAsync("/api/v1/alerts/rejected", "rejectionId", 3);
        Assert.Equal(
            [
                "rejectionId,receivedAt,field,error,body,bodyBase64",
                "00000000000000000000000000000003,2026-01-01T00:00:00Z,,,,",
                "00000000000000000000000000000002,2026-01-01T00:00:00Z,body,Is not UTF-8.,\uFFFD\0,/wA=",
                "00000000000000000000000000000001,2026-01-01T00:00:00Z,body,a,{},",
                "00000000000000000000000000000001,2026-01-01T00:00:00Z,body,b,{},",
                "00000000000000000000000000000001,2026-01-01T00:00:00Z,symbol,Is missing.,{},",
            ],
            await api.Viewer.CsvAsync("/api/v1/alerts/rejected")
        );
    }

    [Fact]
    public async Task Parked_messages_are_shown_with_their_reason()
    {
        for (var i = 1; i <= 3; i++)
        {
            await api.Stage.ExecuteAsync(
                """
                INSERT INTO parked_messages (fingerprint, parked_at, queue, message_id, content_type, reason, body)
                VALUES (UNHEX(SHA2(@i, 256)), '2026-01-01 00:00:00.125', 'pairing', NULL, 'text/plain', 'No reason at all.', CAST('rubbish' AS BINARY))
                """,
                new { i }
            );
        }

        var items = await PagesAsync("/api/v1/parked-messages", "parkedId", 3);
        Assert.EndsWith(
            ""","parkedAt":"2026-01-01T00:00:00.125Z","queue":"pairing","messageId":null,"contentType":"text/plain","reason":"No reason at all.","body":"rubbish","bodyBase64":null}""",
            items[0].GetRawText(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Symbols_say_what_a_batch_can_be_made_of()
    {
        await api.Stage.TradesAsync(
            new StagedTrade("ZZZ", "60", "long", "2026-01-01T00:00:00", 1m, "2026-01-02T00:00:00", 1m),
            new StagedTrade("ZZZ", "60", "long", "2026-01-03T00:00:00", 1m),
            new StagedTrade("ZZZ", "1D", "long", "2026-01-01T00:00:00", 1m, "2026-01-05T00:00:00.5", 1m)
        );
        var items = await PagesAsync("/api/v1/symbols", "symbol");
        var symbols = items.ConvertAll(item => item.GetProperty("symbol").GetString()!);
        Assert.Equal(symbols.Order(StringComparer.Ordinal), symbols);
        Assert.Equal(
            """{"symbol":"ZZZ","timeframes":["1D","60"],"strategies":[""],"trades":3,"lastAlert":"2026-01-05T00:00:00.500Z"}""",
            items.Single(item => item.GetProperty("symbol").GetString() == "ZZZ").GetRawText()
        );
    }

    // The whole list, item by item; it must be what one page shows.
    private async Task<List<JsonElement>> PagesAsync(string path, string key, int? count = null)
    {
        var items = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await api.Viewer.GetJsonAsync($"{path}?limit=1&cursor={cursor}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("cursor").GetString();
        }

        Assert.Equal(
            (await api.Viewer.GetJsonAsync(path)).Items(key),
            items.Select(item => item.GetProperty(key).ToString())
        );
        if (count is { } known)
            Assert.Equal(known, items.Count);
        return items;
    }

    private async Task<long> CreateAsync(string body) =>
        (await (await api.Admin.SendAsync("POST", "/api/v1/batches", body)).JsonAsync(201))
            .GetProperty("id")
            .GetInt64();
}
