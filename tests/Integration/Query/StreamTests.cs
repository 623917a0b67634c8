using System.Globalization;
using PnlPipeline.Contracts;
using PnlPipeline.Tests.Integration.Pairing;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>News from the bus to those who listen, through the real broker and a query API of its own.</summary>
[Collection(nameof(BrokerTests))]
public sealed class StreamTests(QueryApiWithBroker api, TestBroker broker) : IClassFixture<QueryApiWithBroker>, IAsyncLifetime
{
    private static long _batches = 1_000;

    // What other tests left on the queues would be news as soon as a worker is there.
    public async ValueTask InitializeAsync() => await broker.DeleteQueuesAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_alert_that_is_paired_comes_with_its_trades_in_order()
    {
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        await using var viewer = await Listening.StartAsync(api.Viewer);
        var entry = Rows.Alert("LIVE", AlertAction.Entry, Direction.Long, 100.50m, 1);
        var flip = Rows.Alert("LIVE", AlertAction.Entry, Direction.Short, 110, 2);
        await worker.Bus.Publish(new AlertsReceived([flip, entry]), QueryApi.Cancellation);

        Assert.Equal(
            [
                $$"""alert {"alertId":"{{entry.AlertId}}","symbol":"LIVE","timeframe":"60","action":"entry","direction":"long","price":100.5,"timestamp":"2026-01-01T00:00:01Z","receivedAt":"2026-01-01T00:00:00Z","outcome":"opened","tradeId":"{{entry.AlertId}}","closedTradeId":null}""",
                $$"""trade {"tradeId":"{{entry.AlertId}}","symbol":"LIVE","timeframe":"60","state":"open","time":"2026-01-01T00:00:01Z"}""",
                $$"""alert {"alertId":"{{flip.AlertId}}","symbol":"LIVE","timeframe":"60","action":"entry","direction":"short","price":110,"timestamp":"2026-01-01T00:00:02Z","receivedAt":"2026-01-01T00:00:00Z","outcome":"flipped","tradeId":"{{flip.AlertId}}","closedTradeId":"{{entry.AlertId}}"}""",
                $$"""trade {"tradeId":"{{entry.AlertId}}","symbol":"LIVE","timeframe":"60","state":"closed","time":"2026-01-01T00:00:02Z"}""",
                $$"""trade {"tradeId":"{{flip.AlertId}}","symbol":"LIVE","timeframe":"60","state":"open","time":"2026-01-01T00:00:02Z"}""",
            ],
            (await viewer.NextAsync(5)).Select(heard => heard.ToString()));

        // It belongs before both: what they did is another story now.
        var late = Rows.Alert("LIVE", AlertAction.Entry, Direction.Long, 90, 0.5);
        await worker.Bus.Publish(new AlertsReceived([late]), QueryApi.Cancellation);
        var news = (await viewer.NextAsync(3)).Select(heard => heard.ToString()).ToList();
        Assert.Contains("""trade {"tradeId":null,"symbol":"LIVE","timeframe":"60","state":"revised","time":"2026-01-01T00:00:00.500Z"}""", news);
        Assert.Contains(news, heard => heard.StartsWith($$"""alert {"alertId":"{{late.AlertId}}""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task More_alerts_than_anybody_reads_are_one_reset()
    {
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        await using var viewer = await Listening.StartAsync(api.Viewer);
        await worker.Bus.Publish(
            new AlertsReceived([.. Enumerable.Range(0, 200).Select(i => Rows.Alert($"MANY{i % 7}", AlertAction.Entry, Direction.Long, 100 + i, i))]),
            QueryApi.Cancellation);
        Assert.Equal("""reset {"reason":"many"}""", (await viewer.NextAsync(1))[0].ToString());
    }

    [Fact]
    public async Task A_batch_that_is_made_edited_and_deleted_is_told_of()
    {
        await using var viewer = await Listening.StartAsync(api.Viewer);
        var id = (await (await api.Admin.SendAsync("POST", "/api/v1/batches", """{"name":"Told","symbols":["BTC"]}""")).JsonAsync(201)).GetProperty("id").GetInt64();
        Assert.Equal($$"""batch {"batchId":{{id}},"state":"changed","revision":1,"progress":null}""", (await viewer.NextAsync(1))[0].ToString());
        await (await api.Admin.SendAsync("PATCH", $"/api/v1/batches/{id}", """{"name":"Told again"}""")).JsonAsync(200);
        Assert.Equal($$"""batch {"batchId":{{id}},"state":"changed","revision":2,"progress":null}""", (await viewer.NextAsync(1))[0].ToString());
        await api.Admin.SendAsync("DELETE", $"/api/v1/batches/{id}");
        Assert.Equal($$"""batch {"batchId":{{id}},"state":"deleted","revision":3,"progress":null}""", (await viewer.NextAsync(1))[0].ToString());
    }

    [Fact]
    public async Task Who_comes_back_hears_exactly_what_he_missed_from_any_replica_and_after_a_restart()
    {
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        string last;
        await using (var before = await Listening.StartAsync(api.Viewer))
        {
            await TellAsync(worker, 1, 3);
            last = (await before.NextAsync(3))[1].Id;
        }

        await TellAsync(worker, 4, 6);
        await using (var back = await Listening.StartAsync(api.Viewer, last))
        {
            Assert.Equal([3L, 4L, 5L, 6L], Numbers(await back.NextAsync(4)));
            await TellAsync(worker, 7, 7);
            Assert.Equal([7L], Numbers(await back.NextAsync(1)));
        }

        // Another process has the same ids; who cannot set the header sends a parameter.
        await api.StartAsync();
        await using var again = await Listening.StartAsync(api.Viewer, path: $"/api/v1/stream?lastEventId={last}");
        Assert.Equal([3L, 4L, 5L, 6L, 7L], Numbers(await again.NextAsync(5)));
    }

    [Fact]
    public async Task Who_was_cut_off_before_his_first_event_misses_none()
    {
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        string place;
        await using (var before = await Listening.StartAsync(api.Viewer))
            place = before.LastId;
        await TellAsync(worker, 1, 2);
        await using var back = await Listening.StartAsync(api.Viewer, place);
        Assert.Equal([1L, 2L], Numbers(await back.NextAsync(2)));
    }

    [Theory]
    [InlineData("0-1-1")]
    [InlineData("999999999-1-1")]
    [InlineData("nonsense")]
    [InlineData("-1--1-")]
    public async Task Who_comes_back_with_what_is_not_known_any_more_is_told_to_fetch_everything(string lastEventId)
    {
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        await using var back = await Listening.StartAsync(api.Viewer, lastEventId);
        Assert.Equal("""reset {"reason":"lost"}""", (await back.NextAsync(1))[0].ToString());
        await TellAsync(worker, 1, 1);
        Assert.Equal([1L], Numbers(await back.NextAsync(1)));
        await using var again = await Listening.StartAsync(api.Viewer, back.LastId);
        await TellAsync(worker, 2, 2);
        Assert.Equal([2L], Numbers(await again.NextAsync(1)));
    }

    [Fact]
    public async Task Of_a_ledger_only_the_latest_is_told_again()
    {
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        await using var listening = await Listening.StartAsync(api.Viewer);
        var place = listening.LastId;
        var batch = Interlocked.Increment(ref _batches);
        for (var seq = 1; seq <= 5; seq++)
            await worker.Bus.Publish(new LedgerUpdated(batch, 1, seq), QueryApi.Cancellation);
        await Eventually.BecomesAsync(async () => (await listening.NextAsync("ledger")).Data.Contains("\"lastSeq\":5", StringComparison.Ordinal));

        await using var back = await Listening.StartAsync(api.Viewer, place);
        Assert.Equal($$"""ledger {"batchId":{{batch}},"generation":1,"lastSeq":5}""", (await back.NextAsync(1))[0].ToString());
        Assert.Empty(back.Waiting());
    }

    [Fact]
    public async Task The_stream_is_neither_packed_nor_kept()
    {
        await using var listening = await Listening.StartAsync(api.Viewer, headers: ("Accept-Encoding", "br, gzip"));
        Assert.Equal("text/event-stream", listening.Response.Content.Headers.ContentType?.ToString());
        Assert.Empty(listening.Response.Content.Headers.ContentEncoding);
        Assert.Equal("no-store, no-transform", listening.Response.Headers.CacheControl?.ToString());
        Assert.Equal("no", string.Join("", listening.Response.Headers.GetValues("X-Accel-Buffering")));
    }

    [Fact]
    public async Task A_session_listens_and_nobody_without_a_key_does()
    {
        var signedIn = await api.Nobody.SendAsync("POST", "/api/v1/session", $$"""{"key":"{{QueryApi.ViewerKey}}"}""");
        await using var listening = await Listening.StartAsync(
            api.Nobody, headers: ("Cookie", signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0]));
        Assert.NotEqual("", listening.LastId);
        await (await api.Nobody.SendAsync("GET", "/api/v1/stream")).ProblemAsync(401);
    }

    private static async Task TellAsync(WorkerHost worker, int from, int to)
    {
        // Each of a batch of its own, so that none stands for another.
        for (var seq = from; seq <= to; seq++)
            await worker.Bus.Publish(new LedgerUpdated(Interlocked.Increment(ref _batches), 1, seq), QueryApi.Cancellation);
    }

    private static List<long> Numbers(IEnumerable<Heard> heard) =>
        [.. heard.Select(one => long.Parse(one.Data.Split("lastSeq\":")[1].TrimEnd('}'), CultureInfo.InvariantCulture))];
}
