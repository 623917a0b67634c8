using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using PnlPipeline.Analytics.Worker.Corrections;
using PnlPipeline.Analytics.Worker.DeadLetters;
using PnlPipeline.Analytics.Worker.Inbox;
using PnlPipeline.Analytics.Worker.Integrity;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Analytics.Worker.Rejections;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Pairing;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>
/// What wants a look: found once, with its cause, gone with it. Each test has symbols of its own; kinds without a
/// symbol are looked for by their cause.
/// </summary>
public sealed class InboxTests(QueryApi api) : IClassFixture<QueryApi>
{
    private static int _symbols;

    private readonly string _symbol = $"INBOX{Interlocked.Increment(ref _symbols)}";

    private MySqlDatabase Worker => new(api.Database.WorkerUrl);

    [Fact]
    public async Task An_exit_that_closed_nothing_is_there_once_and_goes_when_its_entry_arrives()
    {
        var exit = Alert(AlertAction.Exit, null, 10);
        await PairAsync(exit);
        await PairAsync(exit);
        var item = await OnlyAsync();
        Assert.Equal("unmatched", Text(item, "kind"));
        Assert.Equal("2026-01-01T00:00:10Z", Text(item, "since"));
        Assert.Equal($"/api/v1/alerts/{exit.AlertId}", Text(item.GetProperty("cause"), "href"));
        Assert.Equal($"{_symbol}: an exit at 100 closed no trade.", Text(item, "what"));
        Assert.Equal(
            "unmatched",
            Text(await api.Viewer.GetJsonAsync(Text(item.GetProperty("cause"), "href")), "outcome")
        );

        await PairAsync(Alert(AlertAction.Entry, Direction.Long, 5));
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task Voiding_an_entry_leaves_its_exit_unmatched_and_restoring_it_takes_that_back()
    {
        var (entry, exit) = (Alert(AlertAction.Entry, Direction.Long, 5), Alert(AlertAction.Exit, null, 10));
        await PairAsync(entry, exit);
        Assert.Empty(await ListAsync());
        await VoidAsync(entry, true);
        Assert.Equal(exit.AlertId, Text((await OnlyAsync()).GetProperty("cause"), "id"));
        await VoidAsync(entry, false);
        Assert.Empty(await ListAsync());
        await VoidAsync(entry, true);
        await VoidAsync(exit, true);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task Entries_that_repeat_themselves_are_one_item_a_trade()
    {
        var entry = Alert(AlertAction.Entry, Direction.Short, 5);
        await PairAsync([entry, .. Enumerable.Range(6, 30).Select(i => Alert(AlertAction.Entry, Direction.Short, i))]);
        await PairAsync(Alert(AlertAction.Entry, Direction.Short, 50));
        var item = await OnlyAsync();
        Assert.Equal(("repeated", entry.AlertId), (Text(item, "kind"), Text(item.GetProperty("cause"), "id")));

        // The trade begins with another alert now.
        await VoidAsync(entry, true);
        Assert.Empty(await ListAsync());
    }

    [Theory]
    [InlineData(3_900, "")] // the bar opened then, and the alert came at its close
    [InlineData(4_000, "The newest such alert arrived 67 minutes after the time it names.")]
    [InlineData(-200, "")]
    [InlineData(-7_200, "The newest such alert names a time 2 hours after its arrival.")]
    public async Task A_stream_whose_alerts_do_not_come_in_time_is_late(int seconds, string detail)
    {
        var alert = Alert(AlertAction.Entry, Direction.Long, 5);
        await PairAsync(alert with { ReceivedAt = alert.Timestamp.AddSeconds(seconds) });
        var items = await ListAsync();
        Assert.Equal(detail.Length > 0, items.Count > 0);
        if (detail.Length == 0)
            return;
        Assert.EndsWith(detail, Text(items[0], "what"), StringComparison.Ordinal);

        // A file's alerts are never late, and the next in time ends it.
        await PairAsync(
            Alert(AlertAction.Entry, Direction.Short, 6) with
            {
                Imported = true,
                ReceivedAt = Rows.Start.AddDays(9),
            }
        );
        Assert.Single(await ListAsync());
        var next = Alert(AlertAction.Exit, null, 7);
        await PairAsync(next with { ReceivedAt = next.Timestamp });
        await CheckAsync(Rows.Start.AddSeconds(60));
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task What_a_file_brought_is_history()
    {
        await PairAsync(
            Alert(AlertAction.Exit, null, 1) with
            {
                Imported = true,
            },
            Alert(AlertAction.Entry, Direction.Long, 2) with
            {
                Imported = true,
            },
            Alert(AlertAction.Entry, Direction.Long, 3) with
            {
                Imported = true,
            }
        );
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_stream_falls_silent_after_twice_its_longest_pause_and_wakes_with_its_next_alert()
    {
        // Twelve alerts, an hour apart, once two.
        var alerts = Enumerable
            .Range(0, 12)
            .Select(i =>
                Alert(i % 2 == 0 ? AlertAction.Entry : AlertAction.Exit, Direction.Long, 3_600 * (i + (i / 6)))
            )
            .Select(alert => alert with { ReceivedAt = alert.Timestamp })
            .ToArray();
        await PairAsync(alerts);
        var last = alerts[^1].Timestamp;
        await CheckAsync(last.AddHours(4));
        Assert.Empty(await ListAsync());
        await CheckAsync(last.AddHours(4).AddMinutes(1));
        await CheckAsync(last.AddHours(5));
        var item = await OnlyAsync();
        Assert.Equal(("inactive", "stream"), (Text(item, "kind"), Text(item.GetProperty("cause"), "type")));
        Assert.Equal(
            $"{_symbol} 60 has sent no alert since 2026-01-01 12:00 UTC; 4 hours are usual.",
            Text(item, "what")
        );
        await api.Viewer.GetJsonAsync(Text(item.GetProperty("cause"), "href"));

        // Dismissed, it does not come again with the next check; with the next silence it does.
        await DismissAsync(item);
        await CheckAsync(last.AddHours(6));
        Assert.Empty(await ListAsync());
        var next = Alert(AlertAction.Entry, Direction.Long, 3_600 * 20);
        await PairAsync(next with { ReceivedAt = next.Timestamp });
        await CheckAsync(last.AddHours(9));
        await CheckAsync(last.AddHours(40));
        Assert.Equal("2026-01-01T20:00:00Z", Text(await OnlyAsync(), "since"));
        await CheckAsync(last.AddDays(100));
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task Refused_bodies_and_dead_letters_come_once_with_their_reasons()
    {
        var rejection = new AlertRejected(
            Guid.NewGuid().ToString("N"),
            Rows.Start,
            [1],
            new Dictionary<string, string[]> { ["price"] = ["Is missing."] }
        );
        var message = new FailedMessage("pairing", Guid.NewGuid().ToString(), "text/plain", "It is no JSON.", [2]);
        var letters = new DeadLetterStore(Worker, TimeProvider.System, NullLogger<DeadLetterStore>.Instance);
        for (var i = 0; i < 2; i++)
        {
            await new RejectionStore(Worker).AddAsync(rejection, QueryApi.Cancellation);
            await letters.ParkAsync(message, QueryApi.Cancellation);
        }

        var rejected = Assert.Single(
            await ListAsync("?kind=rejected"),
            item => Text(item.GetProperty("cause"), "id") == rejection.RejectionId
        );
        Assert.Equal("An alert was rejected. price: Is missing.", Text(rejected, "what"));
        var failed = Assert.Single(await ListAsync("?kind=failed"));
        Assert.Equal("A message could not be processed. pairing: It is no JSON.", Text(failed, "what"));
    }

    [Fact]
    public async Task What_the_standing_checks_found_stays_until_somebody_looked()
    {
        await PairAsync(Alert(AlertAction.Entry, Direction.Long, 1), Alert(AlertAction.Exit, null, 2));
        await api.Stage.ExecuteAsync(
            "UPDATE trades JOIN streams USING (stream_id) SET exit_price = 7 WHERE symbol = @_symbol",
            new { _symbol }
        );
        var checks = new StreamChecks(
            Worker,
            Options.Create(new IntegrityOptions { RoundEverySeconds = 1 }),
            NullLogger<StreamChecks>.Instance
        );
        await Eventually.BecomesAsync(async () =>
        {
            await checks.CheckAsync(_ => Task.CompletedTask, QueryApi.Cancellation);
            return (await ListAsync()).Count == 1;
        });
        var item = await OnlyAsync();
        Assert.Equal(("check", "Nothing: it was repaired."), (Text(item, "kind"), Text(item, "action")));
        await DismissAsync(item);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task Pages_filters_and_counts_agree_and_dismissing_is_recorded()
    {
        await PairAsync([.. Enumerable.Range(1, 5).Select(i => Alert(AlertAction.Exit, null, i))]);
        var ids = (await ListAsync()).ConvertAll(item => item.GetProperty("id").GetInt64());
        Assert.Equal(ids.OrderDescending(), ids);
        var first = await api.Viewer.GetJsonAsync($"/api/v1/inbox?symbol={_symbol}&limit=2");
        var second = await api.Viewer.GetJsonAsync(
            $"/api/v1/inbox?symbol={_symbol}&limit=3&cursor={Text(first, "cursor")}"
        );
        Assert.Equal(ids, first.Items("id").Concat(second.Items("id")).Select(long.Parse));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("cursor").ValueKind);
        Assert.Empty(await ListAsync($"?symbol={_symbol}&kind=late"));
        var counted = first.GetProperty("counts").GetProperty("unmatched").GetInt32();
        Assert.True(counted >= 5);

        await (await api.Viewer.SendAsync("POST", $"/api/v1/inbox/{ids[0]}/dismiss")).ProblemAsync(403);
        for (var i = 0; i < 2; i++)
            Assert.Equal(204, (int)(await api.Admin.SendAsync("POST", $"/api/v1/inbox/{ids[0]}/dismiss")).StatusCode);
        await (await api.Admin.SendAsync("POST", "/api/v1/inbox/999999999/dismiss")).ProblemAsync(404);
        Assert.Equal(ids[1..], (await ListAsync()).ConvertAll(item => item.GetProperty("id").GetInt64()));
        var entry = Assert.Single(
            (await api.Admin.GetJsonAsync($"/api/v1/audit?subject=inbox/{ids[0]}"))
                .GetProperty("items")
                .EnumerateArray()
        );
        Assert.Equal("inbox.dismiss", Text(entry, "action"));
        Assert.Equal("unmatched", Text(entry.GetProperty("detail"), "kind"));

        Assert.Equal("upTo", await (await api.Admin.SendAsync("POST", "/api/v1/inbox/dismissals")).ProblemAsync(400));
        var all = await (
            await api.Admin.SendAsync("POST", $"/api/v1/inbox/dismissals?kind=unmatched&upTo={ids[1]}")
        ).JsonAsync(200);
        Assert.True(all.GetProperty("count").GetInt32() >= 4);
        Assert.Empty(await ListAsync());
        // Paired again, what was dismissed is not found again.
        await PairAsync(Alert(AlertAction.Exit, null, 1));
        Assert.Empty(await ListAsync());
    }

    private AlertReceived Alert(AlertAction action, Direction? direction, double second)
    {
        var alert = Rows.Alert(_symbol, action, direction, 100, second);
        return alert with { ReceivedAt = alert.Timestamp };
    }

    private Task PairAsync(params AlertReceived[] alerts) =>
        new PairingStore(Worker).ApplyAsync(alerts, Rows.Start, announceStored: false, QueryApi.Cancellation);

    private Task VoidAsync(AlertReceived alert, bool isVoided) =>
        new CorrectionStore(Worker, TimeProvider.System).SettleAsync(
            new CorrectAlert(Guid.NewGuid(), alert.AlertId, isVoided, new Author("admin", "00000000")),
            QueryApi.Cancellation
        );

    private Task CheckAsync(DateTime now) =>
        new InboxChecks(
            Worker,
            new FakeTimeProvider(new DateTimeOffset(now)),
            Options.Create(new InboxOptions())
        ).CheckAsync(QueryApi.Cancellation);

    private async Task DismissAsync(JsonElement item) =>
        Assert.Equal(
            204,
            (int)(await api.Admin.SendAsync("POST", $"/api/v1/inbox/{item.GetProperty("id")}/dismiss")).StatusCode
        );

    private Task<List<JsonElement>> ListAsync() => ListAsync($"?symbol={_symbol}");

    private async Task<List<JsonElement>> ListAsync(string query) =>
        [.. (await api.Viewer.GetJsonAsync($"/api/v1/inbox{query}")).GetProperty("items").EnumerateArray()];

    private async Task<JsonElement> OnlyAsync() => Assert.Single(await ListAsync());

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString() ?? "";
}
