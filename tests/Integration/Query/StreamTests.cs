using System.Globalization;
using System.Net.Sockets;
using System.Text;
using PnlPipeline.Contracts;
using PnlPipeline.Tests.Integration.Pairing;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>Events from the bus to those who listen, through the real broker and a query API of its own.</summary>
[Collection(nameof(BrokerTests))]
public sealed class StreamTests(QueryApiWithBroker api, TestBroker broker)
    : IClassFixture<QueryApiWithBroker>,
        IAsyncLifetime
{
    private static long _batches = 1_000;

    // What other tests left on the queues would be events as soon as a worker is there.
    public async ValueTask InitializeAsync() => await broker.EmptyQueuesAsync();

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
                $$"""alert {"alertId":"{{entry.AlertId}}","symbol":"LIVE","timeframe":"60","action":"entry","direction":"long","price":100.5,"timestamp":"2026-01-01T00:00:01Z","receivedAt":"2026-01-01T00:00:00Z","outcome":"opened","tradeId":"{{entry.AlertId}}","closedTradeId":null,"strategy":null}""",
                $$"""trade {"tradeId":"{{entry.AlertId}}","symbol":"LIVE","timeframe":"60","state":"open","time":"2026-01-01T00:00:01Z","strategy":null}""",
                $$"""alert {"alertId":"{{flip.AlertId}}","symbol":"LIVE","timeframe":"60","action":"entry","direction":"short","price":110,"timestamp":"2026-01-01T00:00:02Z","receivedAt":"2026-01-01T00:00:00Z","outcome":"flipped","tradeId":"{{flip.AlertId}}","closedTradeId":"{{entry.AlertId}}","strategy":null}""",
                $$"""trade {"tradeId":"{{entry.AlertId}}","symbol":"LIVE","timeframe":"60","state":"closed","time":"2026-01-01T00:00:02Z","strategy":null}""",
                $$"""trade {"tradeId":"{{flip.AlertId}}","symbol":"LIVE","timeframe":"60","state":"open","time":"2026-01-01T00:00:02Z","strategy":null}""",
            ],
            (await viewer.NextAsync(5)).Select(heard => heard.ToString())
        );

        // It belongs before both: what they did is another story now.
        var late = Rows.Alert("LIVE", AlertAction.Entry, Direction.Long, 90, 0.5);
        await worker.Bus.Publish(new AlertsReceived([late]), QueryApi.Cancellation);
        var events = (await viewer.NextAsync(3)).Select(heard => heard.ToString()).ToList();
        Assert.Contains(
            """trade {"tradeId":null,"symbol":"LIVE","timeframe":"60","state":"revised","time":"2026-01-01T00:00:00.500Z","strategy":null}""",
            events
        );
        Assert.Contains(
            events,
            heard => heard.StartsWith($$"""alert {"alertId":"{{late.AlertId}}""", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task More_alerts_than_anybody_reads_are_one_reset()
    {
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        await using var viewer = await Listening.StartAsync(api.Viewer);
        await worker.Bus.Publish(
            new AlertsReceived([
                .. Enumerable
                    .Range(0, 200)
                    .Select(i => Rows.Alert($"MANY{i % 7}", AlertAction.Entry, Direction.Long, 100 + i, i)),
            ]),
            QueryApi.Cancellation
        );
        Assert.Equal("""reset {"reason":"many"}""", (await viewer.NextAsync(1))[0].ToString());
    }

    [Fact]
    public async Task A_batch_that_is_made_edited_and_deleted_is_told_of()
    {
        await using var viewer = await Listening.StartAsync(api.Viewer);
        var id = (
            await (
                await api.Admin.SendAsync("POST", "/api/v1/batches", """{"name":"Told","symbols":["BTC"]}""")
            ).JsonAsync(201)
        )
            .GetProperty("id")
            .GetInt64();
        Assert.Equal(
            $$"""batch {"batchId":{{id}},"state":"changed","revision":1,"progress":null}""",
            (await viewer.NextAsync(1))[0].ToString()
        );
        await (await api.Admin.SendAsync("PATCH", $"/api/v1/batches/{id}", """{"name":"Told again"}""")).JsonAsync(200);
        Assert.Equal(
            $$"""batch {"batchId":{{id}},"state":"changed","revision":2,"progress":null}""",
            (await viewer.NextAsync(1))[0].ToString()
        );
        await api.Admin.SendAsync("DELETE", $"/api/v1/batches/{id}");
        Assert.Equal(
            $$"""batch {"batchId":{{id}},"state":"deleted","revision":3,"progress":null}""",
            (await viewer.NextAsync(1))[0].ToString()
        );
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
        await Eventually.BecomesAsync(async () =>
            (await listening.NextAsync("ledger")).Data.Contains("\"lastSeq\":5", StringComparison.Ordinal)
        );

        await using var back = await Listening.StartAsync(api.Viewer, place);
        Assert.Equal(
            $$"""ledger {"batchId":{{batch}},"generation":1,"lastSeq":5}""",
            (await back.NextAsync(1))[0].ToString()
        );
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
            api.Nobody,
            headers: ("Cookie", signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0])
        );
        Assert.NotEqual("", listening.LastId);
        await (await api.Nobody.SendAsync("GET", "/api/v1/stream")).ProblemAsync(401);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_its_streams()
    {
        var signedIn = await api.Nobody.SendAsync("POST", "/api/v1/session", $$"""{"key":"{{QueryApi.ViewerKey}}"}""");
        var cookie = ("Cookie", signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        await using var listening = await Listening.StartAsync(api.Nobody, headers: cookie);
        await using var other = await Listening.StartAsync(api.Viewer);
        Assert.Equal(200, (int)(await api.Nobody.SendAsync("GET", "/api/v1/session", null, cookie)).StatusCode);
        Assert.Equal(204, (int)(await api.Nobody.SendAsync("DELETE", "/api/v1/session", null, cookie)).StatusCode);

        await listening.Ended.WaitAsync(TimeSpan.FromSeconds(30), QueryApi.Cancellation);
        Assert.False(other.Ended.IsCompleted);
        // Whoever has kept the cookie has nothing, and a replica that starts later knows it too.
        await (await api.Nobody.SendAsync("GET", "/api/v1/session", null, cookie)).ProblemAsync(401);
        await api.StartAsync();
        await using var caughtUp = await Listening.StartAsync(api.Viewer);
        await (await api.Nobody.SendAsync("GET", "/api/v1/session", null, cookie)).ProblemAsync(401);
    }

    [Fact]
    public async Task Two_replicas_at_once_tell_the_same_with_the_same_ids()
    {
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        var replica = new QueryApiWithBroker();
        await using var _ = replica;
        await replica.InitializeAsync();
        await using var here = await Listening.StartAsync(api.Viewer);
        await using var there = await Listening.StartAsync(replica.Viewer);
        await TellAsync(worker, 1, 40);
        var alert = Rows.Alert("BOTH", AlertAction.Entry, Direction.Long, 100, 1);
        await worker.Bus.Publish(new AlertsReceived([alert]), QueryApi.Cancellation);

        // Forty ledgers, an alert and its trade: the same texts in the same order, and whoever goes from one to the
        // other has missed nothing.
        var heard = await here.NextAsync(42);
        Assert.Equal(
            Enumerable.Range(1, 40).Select(seq => (long)seq),
            Numbers(heard.Where(one => one.Name == "ledger"))
        );
        Assert.Equal(heard, await there.NextAsync(42));
        await using var moved = await Listening.StartAsync(replica.Viewer, heard[20].Id);
        Assert.Equal(heard[21..], await moved.NextAsync(21));
    }

    [Fact]
    public async Task Signing_out_through_one_replica_ends_the_session_s_streams_on_the_others()
    {
        var replica = new QueryApiWithBroker();
        await using var _ = replica;
        await replica.InitializeAsync();
        await replica.StartAsync(("Access__SessionKeysDirectory", api.SessionKeys));
        var signedIn = await api.Nobody.SendAsync("POST", "/api/v1/session", $$"""{"key":"{{QueryApi.ViewerKey}}"}""");
        var cookie = ("Cookie", signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        await using var there = await Listening.StartAsync(replica.Nobody, headers: cookie);
        await using var other = await Listening.StartAsync(replica.Viewer);
        Assert.Equal(204, (int)(await api.Nobody.SendAsync("DELETE", "/api/v1/session", null, cookie)).StatusCode);

        await there.Ended.WaitAsync(TimeSpan.FromSeconds(30), QueryApi.Cancellation);
        Assert.False(other.Ended.IsCompleted);
        await (await replica.Nobody.SendAsync("GET", "/api/v1/session", null, cookie)).ProblemAsync(401);
    }

    [Fact]
    public async Task A_key_is_taken_away_by_a_restart_which_ends_its_streams_and_those_of_its_sessions_for_good()
    {
        const string leaving = "a-key-that-is-taken-away-later";
        try
        {
            await api.StartAsync(("Access__ViewerKeys__1", leaving));
            var signedIn = await api.Nobody.SendAsync("POST", "/api/v1/session", $$"""{"key":"{{leaving}}"}""");
            var cookie = ("Cookie", signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
            await using var byKey = await Listening.StartAsync(api.Client(leaving));
            await using var bySession = await Listening.StartAsync(api.Nobody, headers: cookie);

            await api.StartAsync();
            await Task.WhenAll(byKey.Ended, bySession.Ended).WaitAsync(TimeSpan.FromSeconds(30), QueryApi.Cancellation);
            await (
                await api.Client(leaving).SendAsync("GET", "/api/v1/stream", null, ("Last-Event-ID", byKey.LastId))
            ).ProblemAsync(401);
            await (
                await api.Nobody.SendAsync("GET", "/api/v1/stream", null, cookie, ("Last-Event-ID", bySession.LastId))
            ).ProblemAsync(401);
        }
        finally
        {
            await api.StartAsync();
        }
    }

    private static async Task TellAsync(WorkerHost worker, int from, int to)
    {
        // Each of a batch of its own, so that none stands for another.
        for (var seq = from; seq <= to; seq++)
            await worker.Bus.Publish(
                new LedgerUpdated(Interlocked.Increment(ref _batches), 1, seq),
                QueryApi.Cancellation
            );
    }

    private static List<long> Numbers(IEnumerable<Heard> heard) =>
        [
            .. heard.Select(one =>
                long.Parse(one.Data.Split("lastSeq\":")[1].TrimEnd('}'), CultureInfo.InvariantCulture)
            ),
        ];
}

/// <summary>Listeners that do not keep up, and more of them than there is room for.</summary>
[Collection(nameof(BrokerTests))]
public sealed class SlowListenerTests(QueryApiWithBroker api, TestBroker broker) : IClassFixture<QueryApiWithBroker>
{
    [Fact]
    public async Task Who_takes_nothing_is_cut_off_and_the_others_hear_everything()
    {
        // Longer than a busy machine lets the listener that does read wait for its turn.
        await api.StartAsync(("Live__SlowAfterSeconds", "5"));
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        await using var listening = await Listening.StartAsync(api.Viewer);
        using var slow = new TcpClient { ReceiveBufferSize = 4_096 };
        await slow.ConnectAsync(api.Address.Host, api.Address.Port, QueryApi.Cancellation);
        await slow.GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {QueryApi.ViewerKey}\r\n\r\n"
                ),
                QueryApi.Cancellation
            );

        // It reads nothing. What the system keeps for it between here and there is some megabytes; then it is cut off.
        var alert = new AlertStored(
            new string('a', 32),
            new string('S', 64),
            "60",
            AlertAction.Exit,
            null,
            1.5m,
            DateTime.UnixEpoch,
            DateTime.UnixEpoch,
            "unmatched",
            null,
            null
        );
        var many = new AlertsStored(100, [.. Enumerable.Repeat(alert, 100)]);
        const int messages = 600;
        // So far ahead of the one that reads, and no farther: it would lose its place among the events that are kept.
        using var ahead = new SemaphoreSlim(50);
        var telling = Task.Run(async () =>
        {
            for (var i = 0; i < messages; i++)
            {
                await ahead.WaitAsync(QueryApi.Cancellation);
                await worker.Bus.Publish(many, QueryApi.Cancellation);
            }
        });
        for (var heard = 0; heard < messages; heard++)
        {
            Assert.All(await listening.NextAsync(100), one => Assert.Equal("alert", one.Name));
            ahead.Release();
        }

        await telling;

        // The cut is seen by who writes: with the connection gone, that fails.
        await Eventually.BecomesAsync(async () =>
        {
            try
            {
                await slow.GetStream().WriteAsync("x"u8.ToArray(), QueryApi.Cancellation);
                return false;
            }
            catch (IOException)
            {
                return true;
            }
        });
        Assert.False(listening.Ended.IsCompleted);
    }

    [Fact]
    public async Task Who_falls_behind_what_is_kept_is_told_to_fetch_everything()
    {
        await api.StartAsync(("Live__BufferedEvents", "100"));
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        string place;
        await using (var before = await Listening.StartAsync(api.Viewer))
            place = before.LastId;
        await using var listening = await Listening.StartAsync(api.Viewer);
        for (var batch = 1; batch <= 101; batch++)
            await worker.Bus.Publish(new LedgerUpdated(batch, 1, 1), QueryApi.Cancellation);
        await listening.NextAsync(101);
        await using var back = await Listening.StartAsync(api.Viewer, place);
        Assert.Equal("""reset {"reason":"lost"}""", (await back.NextAsync(1))[0].ToString());
        Assert.Equal(listening.LastId, back.LastId);
    }

    [Fact]
    public async Task One_listener_more_than_there_is_room_for_is_told_so()
    {
        await api.StartAsync(("Live__ListenersMax", "2"));
        await using var first = await Listening.StartAsync(api.Viewer);
        await using (await Listening.StartAsync(api.Viewer))
        {
            var refused = await api.Viewer.SendAsync("GET", "/api/v1/stream");
            await refused.ProblemAsync(503);
            Assert.Equal(10, refused.Headers.RetryAfter?.Delta?.TotalSeconds);
        }

        // Room is where one has gone.
        await Eventually.BecomesAsync(async () =>
        {
            using var response = await api.Viewer.GetAsync(
                "/api/v1/stream",
                HttpCompletionOption.ResponseHeadersRead,
                QueryApi.Cancellation
            );
            return (int)response.StatusCode == 200;
        });
    }

    [Fact]
    public async Task A_process_that_stops_ends_its_streams_at_once()
    {
        await api.StartAsync();
        await using var listening = await Listening.StartAsync(api.Viewer);
        await api.TerminateAsync();
        await listening.Ended.WaitAsync(TimeSpan.FromSeconds(1), QueryApi.Cancellation);
    }

    [Fact]
    public async Task A_stream_that_is_made_anew_is_noticed_and_everybody_is_told()
    {
        await api.StartAsync();
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        await using var listening = await Listening.StartAsync(api.Viewer);
        await worker.Bus.Publish(new LedgerUpdated(1, 1, 1), QueryApi.Cancellation);
        var known = (await listening.NextAsync("ledger")).Id;
        await broker.DeleteQueuesAsync();
        Assert.Equal("""reset {"reason":"lost"}""", (await listening.NextAsync("reset")).ToString());
        await using var back = await Listening.StartAsync(api.Viewer, known);
        Assert.Equal("""reset {"reason":"lost"}""", (await back.NextAsync(1))[0].ToString());
        // The reader itself has made the stream again, and tied it to what is told.
        await worker.Bus.Publish(new LedgerUpdated(1, 1, 2), QueryApi.Cancellation);
        Assert.Contains("\"lastSeq\":2", (await listening.NextAsync("ledger")).Data, StringComparison.Ordinal);
    }
}
