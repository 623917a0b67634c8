using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Pairing;
using PnlPipeline.Tests.Integration.Query;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Imports;

/// <summary>
/// Files over real HTTP, through the real broker and pairing, into the real database; the API is a process that can be
/// killed.
/// </summary>
[Collection(nameof(BrokerTests))]
public sealed class ImportTests(TestBroker broker) : IAsyncLifetime
{
    private static readonly DateTime Start = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly QueryApiWithBroker _api = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await broker.DeleteQueuesAsync();
        await _api.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_file_of_many_alerts_becomes_what_the_reference_computes_and_the_second_time_nothing()
    {
        await using var pairing = await WorkerHost.StartAsync(_api.Database.WorkerUrl);
        var bodies = Bodies("MANY", 50_000);
        var file = string.Join('\n', bodies.Index().Select(body => body.Index % 10_000 == 77 ? "nonsense" : body.Item));
        var created = await UploadAsync(file, "?fileName=many.ndjson");
        Assert.Contains(created.GetProperty("state").GetString(), new[] { "running", "done" });

        var done = await DoneAsync(created);
        Assert.Equal("ndjson many.ndjson 1 50000 49995 0 5 0", Counts(done));
        Assert.Equal(["78", "10078", "20078", "30078", "40078"], Lines(done.GetProperty("errors")));
        await AssertStoredAsync(bodies.Where((_, i) => i % 10_000 != 77));

        var again = await DoneAsync(await UploadAsync(file));
        Assert.Equal("ndjson  1 50000 49995 49995 5 0", Counts(again));
        await AssertStoredAsync(bodies.Where((_, i) => i % 10_000 != 77));
        // What has ended keeps no file.
        await Eventually.BecomesAsync(async () =>
            await _api.Stage.ScalarAsync<long>("SELECT COUNT(*) FROM import_chunks") == 0
        );
    }

    [Fact]
    public async Task Killed_again_and_again_in_the_middle_it_goes_on_and_nothing_is_lost_or_doubled()
    {
        await using var pairing = await WorkerHost.StartAsync(_api.Database.WorkerUrl);
        (string, string)[] slowly =
        [
            ("Imports__AlertsPerMessageMax", "50"),
            ("Imports__AlertsAheadMax", "100"),
            ("Imports__LeaseSeconds", "1"),
        ];
        await _api.StartAsync(slowly);
        var bodies = Bodies("KILL", 8_000);
        var created = await UploadAsync(string.Join('\n', bodies.Append("nonsense")));
        var kills = 0;
        for (var accepted = 0L; accepted < 4_000; kills++)
        {
            var before = accepted;
            var seen = await Eventually.GetAsync(
                () => ImportAsync(created),
                import => Accepted(import) > before + 500 || State(import) == "done",
                60
            );
            accepted = Accepted(seen);
            await _api.StartAsync(slowly);
        }

        Assert.True(kills >= 3, $"Killed {kills} times.");
        Assert.Equal("ndjson  1 8001 8000 0 1 0", Counts(await DoneAsync(created)));
        await AssertStoredAsync(bodies);
    }

    [Fact]
    public async Task While_pairing_is_away_only_so_many_alerts_wait_on_the_queue_and_nothing_counts_as_stored()
    {
        await _api.StartAsync(("Imports__AlertsPerMessageMax", "100"), ("Imports__AlertsAheadMax", "1000"));
        var bodies = Bodies("AHEAD", 5_000);
        var created = await UploadAsync(string.Join('\n', bodies));
        await Eventually.BecomesAsync(async () => await broker.CountAsync(Topology.Pairing) >= 10);
        Assert.Equal(
            (10u, 0L, "running"),
            (
                await broker.CountAsync(Topology.Pairing),
                Accepted(await ImportAsync(created)),
                State(await ImportAsync(created))
            )
        );

        await using var pairing = await WorkerHost.StartAsync(_api.Database.WorkerUrl);
        Assert.Equal("ndjson  1 5000 5000 0 0 0", Counts(await DoneAsync(created)));
        await AssertStoredAsync(bodies);
    }

    [Fact]
    public async Task Two_replicas_share_the_work_and_neither_does_the_others()
    {
        await using var pairing = await WorkerHost.StartAsync(_api.Database.WorkerUrl);
        var other = new Replica(_api);
        await other.StartAsync();
        try
        {
            var bodies = Bodies("TWO", 6_000);
            var imports = new List<JsonElement>();
            foreach (var part in bodies.Chunk(1_500))
                imports.Add(await UploadAsync(string.Join('\n', part)));
            foreach (var import in imports)
                Assert.Equal("ndjson  1 1500 1500 0 0 0", Counts(await DoneAsync(import)));
            await AssertStoredAsync(bodies);
        }
        finally
        {
            await other.StopAsync();
        }
    }

    [Fact]
    public async Task A_list_of_trades_goes_in_as_it_stands_with_its_symbol_timeframe_strategy_and_zone()
    {
        await using var pairing = await WorkerHost.StartAsync(_api.Database.WorkerUrl);
        const string file = """
            Trade #,Type,Date and time,Signal,Price USD
            3,Exit short,2024-07-02 09:30,Open,102
            3,Entry short,2024-07-01 09:30,Short,101.5
            2,Exit long,2024-07-01 09:30,Short,101.5
            2,Entry long,2024-01-15 09:30,Long,free
            1,Exit long,2024-01-15 09:30,x,99
            1,Entry long,2024-01-15 09:30,Long,100
            """;
        var form = new MultipartFormDataContent
        {
            { new StringContent("ignored"), "note" },
            { new StringContent(file), "file", "List of Trades.csv" },
        };
        var created = await UploadAsync(form, "?symbol=nyse:x&timeframe=1h&tz=America/New_York&strategy=Breakout");
        var trail = (await _api.Viewer.GetJsonAsync("/api/v1/audit")).GetProperty("items")[0];
        Assert.Equal(
            ("import.upload", $"imports/{created.GetProperty("id")}"),
            (Text(trail, "action"), Text(trail, "subject"))
        );
        Assert.Contains("List of Trades.csv", trail.GetRawText(), StringComparison.Ordinal);
        var done = await DoneAsync(created);
        Assert.Equal("trades List of Trades.csv 1 7 3 0 2 1", Counts(done));
        Assert.Equal(
            ("NYSE:X", "60", "Breakout", "America/New_York", "skip"),
            (
                Text(done, "symbol"),
                Text(done, "timeframe"),
                Text(done, "strategy"),
                Text(done, "timeZone"),
                Text(done, "overlap")
            )
        );
        Assert.Equal(["4", "5"], Lines(done.GetProperty("errors")));
        Assert.Equal(
            "2,Exit long,2024-07-01 09:30,Short,101.5",
            done.GetProperty("errors")[0].GetProperty("text").GetString()
        );
        await Eventually.BecomesAsync(async () =>
            (await _api.Viewer.GetJsonAsync("/api/v1/trades?symbol=NYSE:X")).GetProperty("items").GetArrayLength() == 2
        );
        var trades = await _api.Viewer.GetJsonAsync("/api/v1/trades?symbol=NYSE:X");
        Assert.Equal(["2024-07-01T13:30:00Z", "2024-01-15T14:30:00Z"], trades.Items("entryTime"));
        Assert.Equal(["", "2024-01-15T14:30:00Z"], trades.Items("exitTime"));
        Assert.Equal(["", "recorded"], trades.Items("exitReason"));
    }

    [Fact]
    public async Task The_trades_of_a_list_are_those_of_the_file_row_for_row_and_the_second_time_nothing_comes_in()
    {
        await using var pairing = await WorkerHost.StartAsync(_api.Database.WorkerUrl);
        var (file, expected) = RandomList(1_500);
        const string query = "?symbol=ROUND&timeframe=15&tz=Europe/Berlin";
        var preview = await PreviewAsync(file, query);
        Assert.Equal(
            (3_000, 0),
            (
                preview.GetProperty("accepted").GetInt32(),
                await _api.Stage.ScalarAsync<long>("SELECT COUNT(*) FROM imports")
            )
        );

        // Slices of a hundred, and the process killed in the middle of them.
        await _api.StartAsync(
            ("Imports__AlertsPerMessageMax", "100"),
            ("Imports__AlertsAheadMax", "200"),
            ("Imports__LeaseSeconds", "1")
        );
        var created = await UploadAsync(file, query);
        await Eventually.GetAsync(
            () => ImportAsync(created),
            import => Accepted(import) > 200 || State(import) == "done",
            60
        );
        await _api.StartAsync();
        Assert.Equal("trades  1 3001 3000 0 0 0", Counts(await DoneAsync(created)));
        Assert.Equal(expected, await TradesAsync("ROUND"));

        var again = await DoneAsync(await UploadAsync(file, query));
        Assert.Equal("trades  1 3001 3000 3000 0 0", Counts(again));
        Assert.Equal(expected, await TradesAsync("ROUND"));
    }

    [Fact]
    public async Task What_the_webhooks_have_told_of_is_left_out_unless_asked_for()
    {
        await using var pairing = await WorkerHost.StartAsync(_api.Database.WorkerUrl);
        await pairing.Bus.Publish(
            new AlertsReceived([
                Alert("OVER", "entry", "2024-03-02T10:00:00Z", 120),
                Alert("OVER", "exit", "2024-03-02T12:00:00Z", 125),
            ]),
            Cancellation
        );
        await Eventually.BecomesAsync(async () =>
            await _api.Stage.ScalarAsync<long>("SELECT COUNT(*) FROM trades WHERE exit_time IS NOT NULL") == 1
        );
        const string file =
            "Trade #,Type,Date/Time,Price\n1,Entry long,2024-03-01 10:00,100\n1,Exit long,2024-03-02 "
            + "10:00,120\n2,Entry long,2024-03-02 10:00,120\n2,Exit long,2024-03-02 12:00,125\n3,Entry "
            + "long,2024-03-03 10:00,1\n";
        const string query = "?symbol=OVER&timeframe=60&tz=UTC";
        Assert.Equal((2, 3), Counted(await PreviewAsync(file, query)));
        Assert.Equal((5, 0), Counted(await PreviewAsync(file, query + "&overlap=take")));
        Assert.Equal("trades  1 6 2 0 0 3", Counts(await DoneAsync(await UploadAsync(file, query))));
        Assert.Equal(2, (await TradesAsync("OVER")).Count);
        // What was imported does not count as the beginning of what came by webhook.
        Assert.Equal("trades  1 6 2 2 0 3", Counts(await DoneAsync(await UploadAsync(file, query))));
        Assert.Equal("trades  1 6 5 2 0 0", Counts(await DoneAsync(await UploadAsync(file, query + "&overlap=take"))));
        Assert.Equal(4, (await TradesAsync("OVER")).Count);

        static (int, int) Counted(JsonElement preview) =>
            (preview.GetProperty("accepted").GetInt32(), preview.GetProperty("skipped").GetInt32());
    }

    [Fact]
    public async Task A_preview_says_what_would_come_in_what_is_open_and_stores_nothing()
    {
        const string file =
            "Trade #;Typ;Datum;Preis EUR\n1;Einstieg Long;01/02/2024 10:00;43.250\n1;Ausstieg Long;02/02/2024 "
            + "10:00;44.100\n2;Einstieg;02/02/2024 10:00;1\n";
        var open = await PreviewAsync(file, "");
        Assert.Equal(
            ["dateOrder", "decimal", "symbol", "timeframe", "tz"],
            open.GetProperty("questions").EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            "[\"1\",\"Einstieg Long\",\"01/02/2024 10:00\",\"43.250\"]",
            open.GetProperty("sample")[0].GetRawText()
        );
        Assert.Equal(
            ["number", "type", "time", "price"],
            open.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("holds").GetString())
        );
        Assert.Equal(0, open.GetProperty("rows").GetArrayLength());

        var seen = await PreviewAsync(file, "?symbol=A&timeframe=60&tz=Europe/Berlin&decimal=,&dateOrder=dmy");
        Assert.Equal(
            ("trades", ",", "dmy", 2, 1),
            (
                Text(seen, "format"),
                Text(seen, "decimal"),
                Text(seen, "dateOrder"),
                seen.GetProperty("accepted").GetInt32(),
                seen.GetProperty("rejected").GetInt32()
            )
        );
        Assert.Equal(
            """{"symbol":"A","timeframe":"60","strategy":null,"action":"recorded","direction":"long","price":43250,"timestamp":"2024-02-01T09:00:00Z","exitPrice":44100,"exitTime":"2024-02-02T09:00:00Z"}""",
            seen.GetProperty("rows")[0].GetRawText()
        );
        Assert.Equal(["4"], Lines(seen.GetProperty("errors")));
        Assert.Equal(
            0,
            await _api.Stage.ScalarAsync<long>(
                "SELECT (SELECT COUNT(*) FROM imports) + (SELECT COUNT(*) FROM import_chunks)"
            )
        );
    }

    [Fact]
    public async Task A_file_of_which_no_row_could_be_taken_has_failed_and_says_why()
    {
        var done = await DoneAsync(await UploadAsync("symbol,timeframe,price,timestamp\nA,60,NaN,1\nB,60,1,soon\n"));
        Assert.Equal(
            ("failed", "None of its 2 rows could be taken: the errors say why. Nothing was stored."),
            (State(done), Text(done, "failure"))
        );
        Assert.Equal(2, done.GetProperty("errors").GetArrayLength());
    }

    [Fact]
    public async Task Text_in_utf16_and_arrays_of_alerts_are_brought_in_too()
    {
        await using var pairing = await WorkerHost.StartAsync(_api.Database.WorkerUrl);
        var list =
            "Trade #\tType\tDate/Time\tPrice\r1\tEntry long\t2024-03-01 10:00\t100.5\r1\tExit long\t2024-03-02 "
            + "10:00\t120\r";
        byte[] utf16 = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(list)];
        Assert.Equal(
            "trades  1 3 2 0 0 0",
            Counts(await DoneAsync(await UploadAsync(new ByteArrayContent(utf16), "?symbol=WIDE&timeframe=60&tz=UTC")))
        );
        Assert.Equal(["long 100.5 2024-03-01T10:00:00Z 120 2024-03-02T10:00:00Z"], await TradesAsync("WIDE"));

        var bodies = Bodies("ARRAY", 25);
        Assert.Equal(
            "json  1 26 25 0 1 0",
            Counts(await DoneAsync(await UploadAsync("[\n" + string.Join(",\n", bodies.Append("17")) + "]")))
        );
        await AssertStoredAsync(bodies);
    }

    [Fact]
    public async Task Lines_in_error_are_paged_and_downloaded_and_only_so_many_are_kept()
    {
        await _api.StartAsync(("Imports__ErrorsKeptMax", "30"));
        var created = await UploadAsync(
            "symbol,timeframe,price,timestamp\n" + string.Concat(Enumerable.Range(0, 40).Select(_ => "=A,60,NaN,1\n"))
        );
        var done = await DoneAsync(created);
        Assert.Equal("csv  1 41 0 0 40 0", Counts(done));
        Assert.Equal(20, done.GetProperty("errors").GetArrayLength());

        var path = $"/api/v1/imports/{done.GetProperty("id")}/errors";
        var first = await _api.Viewer.GetJsonAsync(path + "?limit=25");
        var second = await _api.Viewer.GetJsonAsync(
            $"{path}?limit=25&cursor={first.GetProperty("cursor").GetString()}"
        );
        Assert.Equal(
            Enumerable.Range(2, 30).Select(line => $"{line}"),
            [.. first.Items("line"), .. second.Items("line")]
        );
        Assert.Equal(JsonValueKind.Null, second.GetProperty("cursor").ValueKind);
        Assert.Equal("=A,60,NaN,1", first.Items("text")[0]);

        var csv = await (await _api.Viewer.SendAsync("GET", path + "?format=csv")).Content.ReadAsStringAsync(
            Cancellation
        );
        Assert.StartsWith("line,field,error,text\r\n2,", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("\"=A", csv, StringComparison.Ordinal);
        Assert.Equal(
            1,
            (await _api.Viewer.GetJsonAsync("/api/v1/imports?limit=1")).GetProperty("items").GetArrayLength()
        );
    }

    [Theory]
    [InlineData("", "", "body")]
    [InlineData("", "hello", "columns")]
    [InlineData("", "Trade #,Type,Date/Time,Price\r", "body symbol timeframe")]
    [InlineData("?format=xlsx", "hello", "format")]
    [InlineData("?format=trades", "symbol,timeframe,price,timestamp\n", "columns")]
    [InlineData(
        "",
        "Trade #;Type;Date/Time;Price\n1;Entry long;01/02/2024;43.250\n",
        "dateOrder decimal symbol timeframe tz"
    )]
    [InlineData(
        "?symbol=a|b&timeframe=0&tz=Mars/Olympus&decimal=x&dateOrder=x&columns=x&overlap=x&dryRun=x",
        "",
        "columns dateOrder decimal dryRun overlap symbol timeframe tz"
    )]
    [InlineData("?symbol=a&symbol=b&timeframe=1&tz=UTC", "Trade #,Type,Date/Time,Price\n", "symbol")]
    [InlineData("", "symbol,price\nA,1\n", "columns")]
    [InlineData("", "<html></html>", "body")]
    [InlineData("", "PK\u0003\u0004 no workbook", "body")]
    public async Task What_cannot_be_read_is_refused_and_leaves_nothing_behind(string query, string file, string fields)
    {
        Assert.Equal(
            fields,
            await (await _api.Admin.SendAsync("POST", "/api/v1/imports" + query, file)).ProblemAsync(400)
        );
        Assert.Equal(
            0,
            await _api.Stage.ScalarAsync<long>(
                "SELECT (SELECT COUNT(*) FROM imports) + (SELECT COUNT(*) FROM import_chunks)"
            )
        );
    }

    [Fact]
    public async Task A_file_that_is_too_large_broken_off_or_compressed_leaves_nothing_behind()
    {
        await _api.StartAsync(("Imports__BytesMax", "3000000"));
        var large = string.Join('\n', Bodies("LARGE", 30_000));
        await (await _api.Admin.SendAsync("POST", "/api/v1/imports", large)).ProblemAsync(413);

        // Without a length, it is only seen as it comes.
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/api/v1/imports")
        {
            Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(large))),
        };
        chunked.Headers.TransferEncodingChunked = true;
        await (await _api.Admin.SendAsync(chunked, Cancellation)).ProblemAsync(413);

        using var compressed = new HttpRequestMessage(HttpMethod.Post, "/api/v1/imports")
        {
            Content = new StringContent("x"),
        };
        compressed.Content.Headers.ContentEncoding.Add("gzip");
        await (await _api.Admin.SendAsync(compressed, Cancellation)).ProblemAsync(415);

        foreach (
            var (type, body) in new[]
            {
                ("multipart/form-data; boundary=x", "--x--"),
                (
                    "multipart/form-data; boundary=x",
                    "--x\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n{}"
                ),
                ("multipart/form-data", ""),
            }
        )
        {
            using var form = new HttpRequestMessage(HttpMethod.Post, "/api/v1/imports")
            {
                Content = new StringContent(body),
            };
            form.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            Assert.Equal("body", await (await _api.Admin.SendAsync(form, Cancellation)).ProblemAsync(400));
        }

        using var half = new CancellationTokenSource();
        var begun = () =>
            Eventually.BecomesAsync(async () =>
                await _api.Stage.ScalarAsync<long>("SELECT COUNT(*) FROM imports WHERE state = 'receiving'") == 1
            );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _api.Admin.PostAsync(
                "/api/v1/imports",
                new StreamContent(new Stalling(large[..2_000_000], begun, half)),
                half.Token
            )
        );
        await Eventually.BecomesAsync(async () =>
            await _api.Stage.ScalarAsync<long>(
                "SELECT (SELECT COUNT(*) FROM imports) + (SELECT COUNT(*) FROM import_chunks)"
            ) == 0
        );
        // And whoever was killed while it received is found out later.
        await _api.Stage.ExecuteAsync(
            "INSERT INTO imports (state, format, created_at, lease_until) VALUES ('receiving', 'csv', '2026-01-01', "
                + "'2026-01-01'); INSERT INTO import_chunks VALUES (LAST_INSERT_ID(), 0, 0, '')"
        );
        await _api.StartAsync();
        await Eventually.BecomesAsync(async () =>
            await _api.Stage.ScalarAsync<long>(
                "SELECT (SELECT COUNT(*) FROM imports WHERE state = 'failed' AND failure LIKE '%send the file "
                    + "again%') - (SELECT COUNT(*) FROM import_chunks)"
            ) == 1
        );
    }

    [Theory]
    [InlineData("/api/v1/imports/999", 404, "")]
    [InlineData("/api/v1/imports/x", 404, "")]
    [InlineData("/api/v1/imports/999/errors", 404, "")]
    [InlineData("/api/v1/imports?limit=0&cursor=x", 400, "cursor limit")]
    [InlineData("/api/v1/imports/1/errors?limit=0&cursor=x&format=y", 400, "cursor format limit")]
    public async Task What_does_not_exist_or_is_wrong_is_said(string path, int status, string fields) =>
        Assert.Equal(fields, await (await _api.Viewer.SendAsync("GET", path)).ProblemAsync(status));

    // Trades that overlap, follow each other at once, leave on their own bar, and stand twice.
    private static (string File, List<string> Trades) RandomList(int count)
    {
        var (random, rows, trades) = (new Random(11), new List<string>(), new List<string>());
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var entry = new DateTime(2023, 1, 2, 8, 0, 0, DateTimeKind.Utc);
        for (var i = 1; i <= count; i++)
        {
            var isAgain = i % 50 == 0;
            entry = isAgain ? entry : entry.AddMinutes(15 * random.Next(0, 3));
            var exit = isAgain || random.Next(5) == 0 ? entry : entry.AddMinutes(15 * random.Next(1, 40));
            // Hours that were twice on this clock are the unit tests' matter.
            if (
                berlin.IsAmbiguousTime(TimeZoneInfo.ConvertTimeFromUtc(entry, berlin))
                || berlin.IsAmbiguousTime(TimeZoneInfo.ConvertTimeFromUtc(exit, berlin))
            )
                (entry, exit) = (entry.AddDays(1), entry.AddDays(1));
            // Prices that differ, so that no two are parts of one entry.
            var (side, at, to) = (i % 2 == 0 ? "long" : "short", 100 + (i / 8m), 90 + (random.Next(1, 4_000) / 100m));
            rows.Add($"{i},Exit {side},{Local(exit)},{to.ToString(CultureInfo.InvariantCulture)}");
            rows.Add($"{i},Entry {side},{Local(entry)},{at.ToString(CultureInfo.InvariantCulture)}");
            trades.Add($"{side} {Plain(at)} {Iso(entry)} {Plain(to)} {Iso(exit)}");
        }

        rows.Reverse();
        return (
            "Trade #,Type,Date and time,Price USD\n" + string.Join('\n', rows),
            [.. trades.Order(StringComparer.Ordinal)]
        );

        string Local(DateTime utc) =>
            TimeZoneInfo.ConvertTimeFromUtc(utc, berlin).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    private static string Plain(decimal price) => price.ToString("0.############", CultureInfo.InvariantCulture);

    private static string Iso(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static AlertReceived Alert(string symbol, string side, string time, decimal price) =>
        AlertParser
            .Parse(
                Encoding.UTF8.GetBytes(
                    $$"""{"symbol":"{{symbol}}","side":"{{side}}","type":"long","timeframe":"60","price":{{price}},"timestamp":"{{time}}"}"""
                ),
                DateTime.UtcNow
            )
            .Alert!;

    private async Task<JsonElement> PreviewAsync(string file, string query)
    {
        using var response = await _api.Admin.PostAsync(
            $"/api/v1/imports{query}{(query.Length == 0 ? "?" : "&")}dryRun=true",
            new StringContent(file),
            Cancellation
        );
        return await response.JsonAsync(200);
    }

    private async Task<List<string>> TradesAsync(string symbol)
    {
        var trades = new List<string>();
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await _api.Viewer.GetJsonAsync($"/api/v1/trades?symbol={symbol}&limit=1000&cursor={cursor}");
            foreach (var trade in page.GetProperty("items").EnumerateArray())
            {
                var exit = trade.GetProperty("exitPrice");
                trades.Add(
                    $"{Text(trade, "side")} {Plain(trade.GetProperty("entryPrice").GetDecimal())} "
                        + $"{Text(trade, "entryTime")} "
                        + (
                            exit.ValueKind == JsonValueKind.Null
                                ? "open"
                                : $"{Plain(exit.GetDecimal())} {Text(trade, "exitTime")}"
                        )
                );
            }

            cursor = page.GetProperty("cursor").GetString();
        }

        return [.. trades.Order(StringComparer.Ordinal)];
    }

    // A long entry, its exit, a short entry, a flip back: each minute something else on ten symbols.
    private static List<string> Bodies(string prefix, int count)
    {
        string[] words =
        [
            "entry\",\"type\":\"bullish",
            "exit\",\"type\":\"bullish",
            "entry\",\"type\":\"bearish",
            "entry\",\"type\":\"bullish",
            "entry\",\"type\":\"bullish",
        ];
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $$"""{"symbol":"{{prefix}}{{i % 10}}","side":"{{words[i / 10 % words.Length]}}","timeframe":"60","price":{{100 + (i * 7919L % 1000)}}.{{i % 10}}5,"timestamp":"{{Start.AddMinutes(i):yyyy-MM-ddTHH:mm:ss}}+0000"}"""
                    )
                ),
        ];
    }

    private async Task AssertStoredAsync(IEnumerable<string> bodies)
    {
        var alerts = bodies
            .Select(body => AlertParser.Parse(Encoding.UTF8.GetBytes(body), DateTime.UtcNow).Alert!)
            .ToList();
        var reference = NaiveReference.Compute(alerts, new HashSet<string>());
        var stored = await Rows.StoredAsync(_api.Database, alerts.Select(alert => alert.Symbol).Distinct());
        Assert.Equal(reference.Alerts, stored.Alerts);
        Assert.Equal(reference.Trades, stored.Trades);
    }

    private Task<JsonElement> UploadAsync(string file, string query = "") =>
        UploadAsync(new StringContent(file), query);

    private async Task<JsonElement> UploadAsync(HttpContent content, string query)
    {
        using var response = await _api.Admin.PostAsync("/api/v1/imports" + query, content, Cancellation);
        var import = await response.JsonAsync((int)HttpStatusCode.Accepted);
        Assert.Equal($"/api/v1/imports/{import.GetProperty("id")}", response.Headers.Location?.OriginalString);
        return import;
    }

    private Task<JsonElement> ImportAsync(JsonElement import) =>
        _api.Viewer.GetJsonAsync($"/api/v1/imports/{import.GetProperty("id")}");

    private Task<JsonElement> DoneAsync(JsonElement import) =>
        Eventually.GetAsync(() => ImportAsync(import), seen => State(seen) is "done" or "failed", 120);

    private static string Counts(JsonElement import) =>
        $"{Text(import, "format")} {Text(import, "fileName")} {import.GetProperty("progress")} "
        + $"{import.GetProperty("lines")} {import.GetProperty("accepted")} "
        + $"{import.GetProperty("duplicates")} {import.GetProperty("rejected")} {import.GetProperty("skipped")}";

    private static string State(JsonElement import) => import.GetProperty("state").GetString()!;

    private static long Accepted(JsonElement import) => import.GetProperty("accepted").GetInt64();

    private static string? Text(JsonElement import, string property) => import.GetProperty(property).GetString();

    private static List<string> Lines(JsonElement errors) =>
        [.. errors.EnumerateArray().Select(error => error.GetProperty("line").ToString())];

    /// <summary>Another process on the same database.</summary>
    private sealed class Replica(QueryApi first) : QueryApi
    {
        public override TestDatabase Database => first.Database;

        protected override string BrokerUrl => TestBroker.QueryUrl;
    }

    /// <summary>Gives its text, waits until the other side has begun with it, then has the client give up.</summary>
    private sealed class Stalling(string text, Func<Task> begun, CancellationTokenSource end)
        : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            if (read == 0)
            {
                await begun();
                await end.CancelAsync();
            }

            cancellationToken.ThrowIfCancellationRequested();
            return read;
        }
    }
}
