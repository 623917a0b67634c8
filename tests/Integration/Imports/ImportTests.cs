using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using PnlPipeline.Alerts;
using PnlPipeline.Contracts;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Pairing;
using PnlPipeline.Tests.Integration.Query;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Imports;

/// <summary>Files over real HTTP, through the real broker and pairing, into the real database; the API is a process that can be killed.</summary>
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
        await Eventually.BecomesAsync(async () => await _api.Stage.ScalarAsync<long>("SELECT COUNT(*) FROM import_chunks") == 0);
    }

    [Fact]
    public async Task Killed_again_and_again_in_the_middle_it_goes_on_and_nothing_is_lost_or_doubled()
    {
        await using var pairing = await WorkerHost.StartAsync(_api.Database.WorkerUrl);
        (string, string)[] slowly = [("Imports__AlertsPerMessageMax", "50"), ("Imports__AlertsAheadMax", "100"), ("Imports__LeaseSeconds", "1")];
        await _api.StartAsync(slowly);
        var bodies = Bodies("KILL", 8_000);
        var created = await UploadAsync(string.Join('\n', bodies.Append("nonsense")));
        var kills = 0;
        for (var accepted = 0L; accepted < 4_000; kills++)
        {
            var before = accepted;
            var seen = await Eventually.GetAsync(() => ImportAsync(created), import => Accepted(import) > before + 500 || State(import) == "done", 60);
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
        Assert.Equal((10u, 0L, "running"), (await broker.CountAsync(Topology.Pairing), Accepted(await ImportAsync(created)), State(await ImportAsync(created))));

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
    public async Task A_list_of_trades_goes_in_with_its_symbol_timeframe_and_zone()
    {
        await using var pairing = await WorkerHost.StartAsync(_api.Database.WorkerUrl);
        const string file =
            """
            Trade #,Type,Date and time,Signal,Price USD
            2,Exit short,2024-07-02 09:30,Open,102
            2,Entry short,2024-07-01 09:30,Short,101.5
            1,Exit long,2024-03-10 02:30,x,99
            1,Exit long,2024-07-01 09:30,Short,101.5
            1,Entry long,2024-01-15 09:30,Long,100
            """;
        var form = new MultipartFormDataContent { { new StringContent("ignored"), "note" }, { new StringContent(file), "file", "List of Trades.csv" } };
        var created = await UploadAsync(form, "?symbol=nyse:x&timeframe=1h&tz=America/New_York");
        var trail = (await _api.Viewer.GetJsonAsync("/api/v1/audit")).GetProperty("items")[0];
        Assert.Equal(("import.upload", $"imports/{created.GetProperty("id")}"), (Text(trail, "action"), Text(trail, "subject")));
        Assert.Contains("List of Trades.csv", trail.GetRawText(), StringComparison.Ordinal);
        var done = await DoneAsync(created);
        Assert.Equal("trades List of Trades.csv 1 6 3 0 1 1", Counts(done));
        Assert.Equal(("NYSE:X", "60", "America/New_York"), (Text(done, "symbol"), Text(done, "timeframe"), Text(done, "timeZone")));
        Assert.Equal(["4"], Lines(done.GetProperty("errors")));
        await Eventually.BecomesAsync(async () => (await _api.Viewer.GetJsonAsync("/api/v1/trades?symbol=NYSE:X")).GetProperty("items").GetArrayLength() == 2);
        var trades = await _api.Viewer.GetJsonAsync("/api/v1/trades?symbol=NYSE:X");
        Assert.Equal(["2024-07-01T13:30:00Z", "2024-01-15T14:30:00Z"], trades.Items("entryTime"));
        Assert.Equal(["", "2024-07-01T13:30:00Z"], trades.Items("exitTime"));
    }

    [Fact]
    public async Task Lines_in_error_are_paged_and_downloaded_and_only_so_many_are_kept()
    {
        await _api.StartAsync(("Imports__ErrorsKeptMax", "30"));
        var created = await UploadAsync("symbol,timeframe,price,timestamp\n" + string.Concat(Enumerable.Range(0, 40).Select(_ => "=A,60,NaN,1\n")));
        var done = await DoneAsync(created);
        Assert.Equal("csv  1 41 0 0 40 0", Counts(done));
        Assert.Equal(20, done.GetProperty("errors").GetArrayLength());

        var path = $"/api/v1/imports/{done.GetProperty("id")}/errors";
        var first = await _api.Viewer.GetJsonAsync(path + "?limit=25");
        var second = await _api.Viewer.GetJsonAsync($"{path}?limit=25&cursor={first.GetProperty("cursor").GetString()}");
        Assert.Equal(Enumerable.Range(2, 30).Select(line => $"{line}"), [.. first.Items("line"), .. second.Items("line")]);
        Assert.Equal(JsonValueKind.Null, second.GetProperty("cursor").ValueKind);
        Assert.Equal("=A,60,NaN,1", first.Items("text")[0]);

        var csv = await (await _api.Viewer.SendAsync("GET", path + "?format=csv")).Content.ReadAsStringAsync(Cancellation);
        Assert.StartsWith("line,field,error,text\r\n2,", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("\"=A", csv, StringComparison.Ordinal);
        Assert.Equal(1, (await _api.Viewer.GetJsonAsync("/api/v1/imports?limit=1")).GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("", "", "body")]
    [InlineData("", "hello", "body")]
    [InlineData("?format=xlsx", "hello", "format")]
    [InlineData("?format=trades", "symbol,timeframe,price,timestamp\n", "body symbol timeframe tz")]
    [InlineData("", "Trade #,Type,Date/Time,Price\n", "symbol timeframe tz")]
    [InlineData("?symbol=a|b&timeframe=0&tz=Mars/Olympus", "Trade #,Type,Date/Time,Price\n", "symbol timeframe tz")]
    [InlineData("?symbol=a&symbol=b&timeframe=1&tz=UTC", "Trade #,Type,Date/Time,Price\n", "symbol")]
    [InlineData("", "symbol,price\nA,1\n", "timeframe timestamp")]
    public async Task What_cannot_be_read_is_refused_and_leaves_nothing_behind(string query, string file, string fields)
    {
        Assert.Equal(fields, await (await _api.Admin.SendAsync("POST", "/api/v1/imports" + query, file)).ProblemAsync(400));
        Assert.Equal(0, await _api.Stage.ScalarAsync<long>("SELECT (SELECT COUNT(*) FROM imports) + (SELECT COUNT(*) FROM import_chunks)"));
    }

    [Fact]
    public async Task A_file_that_is_too_large_broken_off_or_compressed_leaves_nothing_behind()
    {
        await _api.StartAsync(("Imports__BytesMax", "3000000"));
        var large = string.Join('\n', Bodies("LARGE", 30_000));
        await (await _api.Admin.SendAsync("POST", "/api/v1/imports", large)).ProblemAsync(413);

        // Without a length, it is only seen as it comes.
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/api/v1/imports") { Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(large))) };
        chunked.Headers.TransferEncodingChunked = true;
        await (await _api.Admin.SendAsync(chunked, Cancellation)).ProblemAsync(413);

        using var compressed = new HttpRequestMessage(HttpMethod.Post, "/api/v1/imports") { Content = new StringContent("x") };
        compressed.Content.Headers.ContentEncoding.Add("gzip");
        await (await _api.Admin.SendAsync(compressed, Cancellation)).ProblemAsync(415);

        foreach (var (type, body) in new[] { ("multipart/form-data; boundary=x", "--x--"), ("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n{}"), ("multipart/form-data", "") })
        {
            using var form = new HttpRequestMessage(HttpMethod.Post, "/api/v1/imports") { Content = new StringContent(body) };
            form.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            Assert.Equal("body", await (await _api.Admin.SendAsync(form, Cancellation)).ProblemAsync(400));
        }

        using var half = new CancellationTokenSource();
        var begun = () => Eventually.BecomesAsync(async () => await _api.Stage.ScalarAsync<long>("SELECT COUNT(*) FROM imports WHERE state = 'receiving'") == 1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _api.Admin.PostAsync("/api/v1/imports", new StreamContent(new Stalling(large[..2_000_000], begun, half)), half.Token));
        await Eventually.BecomesAsync(async () =>
            await _api.Stage.ScalarAsync<long>("SELECT (SELECT COUNT(*) FROM imports) + (SELECT COUNT(*) FROM import_chunks)") == 0);
        // And whoever was killed while it received is found out later.
        await _api.Stage.ExecuteAsync(
            "INSERT INTO imports (state, format, created_at, lease_until) VALUES ('receiving', 'csv', '2026-01-01', '2026-01-01'); INSERT INTO import_chunks VALUES (LAST_INSERT_ID(), 0, 0, '')");
        await _api.StartAsync();
        await Eventually.BecomesAsync(async () =>
            await _api.Stage.ScalarAsync<long>("SELECT (SELECT COUNT(*) FROM imports WHERE state = 'failed' AND failure LIKE '%send the file again%') - (SELECT COUNT(*) FROM import_chunks)") == 1);
    }

    [Theory]
    [InlineData("/api/v1/imports/999", 404, "")]
    [InlineData("/api/v1/imports/x", 404, "")]
    [InlineData("/api/v1/imports/999/errors", 404, "")]
    [InlineData("/api/v1/imports?limit=0&cursor=x", 400, "cursor limit")]
    [InlineData("/api/v1/imports/1/errors?limit=0&cursor=x&format=y", 400, "cursor format limit")]
    public async Task What_does_not_exist_or_is_wrong_is_said(string path, int status, string fields) =>
        Assert.Equal(fields, await (await _api.Viewer.SendAsync("GET", path)).ProblemAsync(status));

    // A long entry, its exit, a short entry, a flip back: each minute something else on ten symbols.
    private static List<string> Bodies(string prefix, int count)
    {
        string[] words = ["entry\",\"type\":\"bullish", "exit\",\"type\":\"bullish", "entry\",\"type\":\"bearish", "entry\",\"type\":\"bullish", "entry\",\"type\":\"bullish"];
        return
        [
            .. Enumerable.Range(0, count).Select(i => string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"symbol":"{{prefix}}{{i % 10}}","side":"{{words[i / 10 % words.Length]}}","timeframe":"60","price":{{100 + (i * 7919L % 1000)}}.{{i % 10}}5,"timestamp":"{{Start.AddMinutes(i):yyyy-MM-ddTHH:mm:ss}}+0000"}""")),
        ];
    }

    private async Task AssertStoredAsync(IEnumerable<string> bodies)
    {
        var alerts = bodies.Select(body => AlertParser.Parse(Encoding.UTF8.GetBytes(body), DateTime.UtcNow).Alert!).ToList();
        var reference = NaiveReference.Compute(alerts, new HashSet<string>());
        var stored = await Rows.StoredAsync(_api.Database, alerts.Select(alert => alert.Symbol).Distinct());
        Assert.Equal(reference.Alerts, stored.Alerts);
        Assert.Equal(reference.Trades, stored.Trades);
    }

    private Task<JsonElement> UploadAsync(string file, string query = "") => UploadAsync(new StringContent(file), query);

    private async Task<JsonElement> UploadAsync(HttpContent content, string query)
    {
        using var response = await _api.Admin.PostAsync("/api/v1/imports" + query, content, Cancellation);
        var import = await response.JsonAsync((int)HttpStatusCode.Accepted);
        Assert.Equal($"/api/v1/imports/{import.GetProperty("id")}", response.Headers.Location?.OriginalString);
        return import;
    }

    private Task<JsonElement> ImportAsync(JsonElement import) => _api.Viewer.GetJsonAsync($"/api/v1/imports/{import.GetProperty("id")}");

    private Task<JsonElement> DoneAsync(JsonElement import) => Eventually.GetAsync(() => ImportAsync(import), seen => State(seen) is "done" or "failed", 120);

    private static string Counts(JsonElement import) =>
        $"{Text(import, "format")} {Text(import, "fileName")} {import.GetProperty("progress")} {import.GetProperty("lines")} {import.GetProperty("accepted")} "
        + $"{import.GetProperty("duplicates")} {import.GetProperty("rejected")} {import.GetProperty("skipped")}";

    private static string State(JsonElement import) => import.GetProperty("state").GetString()!;

    private static long Accepted(JsonElement import) => import.GetProperty("accepted").GetInt64();

    private static string? Text(JsonElement import, string property) => import.GetProperty(property).GetString();

    private static List<string> Lines(JsonElement errors) => [.. errors.EnumerateArray().Select(error => error.GetProperty("line").ToString())];

    /// <summary>Another process on the same database.</summary>
    private sealed class Replica(QueryApi first) : QueryApi
    {
        public override TestDatabase Database => first.Database;

        protected override string BrokerUrl => TestBroker.QueryUrl;
    }

    /// <summary>Gives its text, waits until the other side has begun with it, then has the client give up.</summary>
    private sealed class Stalling(string text, Func<Task> begun, CancellationTokenSource end) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
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
