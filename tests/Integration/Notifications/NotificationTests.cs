using System.Globalization;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using PnlPipeline.Analytics.Worker.Corrections;
using PnlPipeline.Analytics.Worker.Inbox;
using PnlPipeline.Analytics.Worker.Ledgers;
using PnlPipeline.Analytics.Worker.Notifications;
using PnlPipeline.Analytics.Worker.Outbox;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Notifications;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Tests.Integration.Ledgers;
using PnlPipeline.Tests.Integration.Pairing;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Notifications;

/// <summary>From what happens to what a channel is sent; each test has a channel and symbols of its own.</summary>
public sealed class NotificationTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static readonly DateTime Now = new(2026, 6, 1, 12, 0, 0, DateTimeKind.Utc);
    private static int _symbols;

    private readonly string _symbol = $"TOLD{Interlocked.Increment(ref _symbols)}";
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(Now));
    private readonly NotificationRules _rules = new(
        new MySqlDatabase(database.WorkerUrl),
        NullLogger<NotificationRules>.Instance
    );
    private ChannelServer _server = null!;
    private long _channel;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MySqlDatabase Worker => new(database.WorkerUrl);

    public async ValueTask InitializeAsync()
    {
        _server = await ChannelServer.StartAsync();
        _channel = await ChannelAsync("webhook", new { url = _server.Url + "/hook", secret = "a-secret-of-sixteen" });
    }

    public async ValueTask DisposeAsync()
    {
        await ExecuteAsync(
            "DELETE FROM notification_rules; DELETE FROM notification_deliveries WHERE state = 'pending'"
        );
        _rules.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Every_channel_is_sent_a_message_in_its_own_form()
    {
        using var mail = new MailServer();
        var channels = new Dictionary<string, long>
        {
            ["webhook"] = _channel,
            ["telegram"] = await ChannelAsync("telegram", new { botToken = "1:abc", chatId = "42" }),
            ["discord"] = await ChannelAsync("discord", new { url = _server.Url + "/discord" }),
            ["slack"] = await ChannelAsync("slack", new { url = _server.Url + "/slack" }),
            ["email"] = await ChannelAsync("email", new { to = "me@example.com" }),
        };
        foreach (var channel in channels.Values)
            await DeliverAsync(channel, "cause", "Opened long <BTC> & *co*\r\nBcc: x@example.com");
        await SendAsync(mailPort: mail.Port);

        var hook = Assert.Single(_server.Received, one => one.Path == "/hook");
        var body = JsonDocument.Parse(hook.Body).RootElement;
        Assert.Equal("Opened long <BTC> & *co*  Bcc: x@example.com", body.GetProperty("title").GetString());
        Assert.Equal("https://trades.example/alerts", body.GetProperty("link").GetString());
        Assert.Equal(hook.Headers["Idempotency-Key"], body.GetProperty("key").GetString());
        Assert.Equal(
            NoticeFormat.Signature("a-secret-of-sixteen", new DateTimeOffset(Now).ToUnixTimeSeconds(), hook.Body),
            hook.Headers["Pnl-Signature"]
        );
        var telegram = Assert.Single(_server.Received, one => one.Path == "/bot1:abc/sendMessage");
        Assert.Contains(
            "&lt;BTC&gt; &amp;",
            JsonDocument.Parse(telegram.Body).RootElement.GetProperty("text").GetString(),
            StringComparison.Ordinal
        );
        var discord = Assert.Single(_server.Received, one => one.Path == "/discord");
        Assert.Contains(
            @"\*co\*",
            JsonDocument.Parse(discord.Body).RootElement.GetProperty("content").GetString(),
            StringComparison.Ordinal
        );
        var slack = Assert.Single(_server.Received, one => one.Path == "/slack");
        Assert.Contains(
            "&lt;BTC&gt;",
            JsonDocument.Parse(slack.Body).RootElement.GetProperty("text").GetString(),
            StringComparison.Ordinal
        );
        var letter = Assert.Single(mail.Messages);
        Assert.Contains("Subject: Opened long <BTC> & *co*  Bcc: x@example.com\n", letter, StringComparison.Ordinal);
        Assert.DoesNotContain("\nBcc:", letter, StringComparison.Ordinal);
        Assert.All(channels.Values, channel => Assert.Equal("sent", StateAsync(channel).Result));
    }

    [Fact]
    public async Task A_trade_is_told_of_when_it_opens_and_when_it_closes_once_each()
    {
        await RuleAsync(RuleKinds.TradeOpened);
        await RuleAsync(RuleKinds.TradeClosed);
        var (entry, exit) = (Alert(AlertAction.Entry, Direction.Long, 100, 10), Alert(AlertAction.Exit, null, 110, 20));
        await PairAsync(entry);
        await PairAsync(exit);
        // Sent again, derived again by an alert that is late, brought by a file: no news.
        await PairAsync(entry, exit);
        await PairAsync(Alert(AlertAction.Entry, Direction.Long, 90, 5) with { ReceivedAt = Rows.Start.AddDays(1) });
        await PairAsync(Alert(AlertAction.Entry, Direction.Short, 90, 30) with { Imported = true });
        await SendAsync();
        Assert.Equal([$"Opened long {_symbol}", $"Closed long {_symbol} +10 %"], Titles());
    }

    [Fact]
    public async Task Alerts_that_overtook_each_other_behind_ingest_are_not_late()
    {
        await RuleAsync(RuleKinds.TradeOpened);
        await RuleAsync(RuleKinds.TradeClosed);
        AlertReceived[] alerts =
        [
            .. new[]
            {
                Alert(AlertAction.Entry, Direction.Long, 100, 10),
                Alert(AlertAction.Exit, null, 110, 20),
                Alert(AlertAction.Entry, Direction.Short, 110, 30),
                Alert(AlertAction.Exit, null, 99, 40),
            }.Select((alert, i) => alert with { ReceivedAt = Rows.Start.AddMinutes(i) }),
        ];
        await PairAsync(alerts[1]);
        await PairAsync(alerts[2], alerts[0]);
        await PairAsync(alerts[3]);
        await SendAsync();
        Assert.Equal(
            [
                $"Closed long {_symbol} +10 %",
                $"Closed short {_symbol} +10 %",
                $"Opened long {_symbol}",
                $"Opened short {_symbol}",
            ],
            Titles().Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Every order in which the exits and entries of two trades can come to pairing, one by one.</summary>
    public static TheoryData<string, bool> Orders
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var flips in (bool[])[false, true])
            foreach (var order in Permutations("0123"))
                data.Add(order, flips);
            return data;

            static IEnumerable<string> Permutations(string of) =>
                of.Length <= 1
                    ? [of]
                    : of.SelectMany((first, i) => Permutations(of.Remove(i, 1)).Select(rest => first + rest));
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Whatever_overtook_what_every_trade_is_told_of_as_it_opens_and_closes(string order, bool flips)
    {
        await RuleAsync(RuleKinds.TradeOpened);
        await RuleAsync(RuleKinds.TradeClosed);
        AlertReceived[] alerts =
        [
            .. new[]
            {
                Alert(AlertAction.Entry, Direction.Long, 100, 10),
                flips
                    ? Alert(AlertAction.Entry, Direction.Short, 110, 20)
                    : Alert(AlertAction.Exit, Direction.Long, 110, 20),
                Alert(AlertAction.Entry, Direction.Long, 120, 30),
                Alert(AlertAction.Exit, Direction.Long, 126, 40),
            }.Select((alert, i) => alert with { ReceivedAt = Rows.Start.AddMinutes(i) }),
        ];
        foreach (var i in order)
            await PairAsync(alerts[i - '0']);
        string[] told = flips
            ?
            [
                $"Closed long {_symbol} +10 %",
                $"Closed long {_symbol} +5 %",
                $"Closed short {_symbol} −9.09 %",
                $"Opened long {_symbol}",
                $"Opened long {_symbol}",
                $"Opened short {_symbol}",
            ]
            :
            [
                $"Closed long {_symbol} +10 %",
                $"Closed long {_symbol} +5 %",
                $"Opened long {_symbol}",
                $"Opened long {_symbol}",
            ];
        // Long after, an alert of the past alters the same trades: history.
        await PairAsync(Alert(AlertAction.Entry, Direction.Long, 90, 5) with { ReceivedAt = Rows.Start.AddDays(1) });
        await SendAsync();
        Assert.Equal(told, Titles().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_trade_closed_by_hand_is_told_of_once_and_not_what_history_becomes_for_it()
    {
        await RuleAsync(RuleKinds.TradeOpened);
        await RuleAsync(RuleKinds.TradeClosed);
        var entry = Alert(AlertAction.Entry, Direction.Long, 100, 10);
        // Ignored while the first trade is open; the close before it makes an entry of it.
        await PairAsync(entry, Alert(AlertAction.Entry, Direction.Long, 105, 30));
        var close = Close(entry, 110, 20);
        Assert.Equal(CorrectionOutcome.Applied, (await CorrectAsync(close)).Outcome);
        // The message comes again, as after a crash.
        await CorrectAsync(close);
        await SendAsync();
        Assert.Equal([$"Opened long {_symbol}", $"Closed long {_symbol} +10 %"], Titles());

        // Taken back and closed otherwise: it is told of already.
        var manual = await ScalarAsync<byte[]>(
            "SELECT exit_alert_id FROM trades WHERE trade_id = UNHEX(@AlertId)",
            new { entry.AlertId }
        );
        await NewCorrections()
            .SettleAsync(
                new CorrectAlert(
                    Guid.NewGuid(),
                    Convert.ToHexStringLower(manual),
                    true,
                    new Author("admin", "5f0c0a9d")
                ),
                Cancellation
            );
        Assert.Equal(CorrectionOutcome.Applied, (await CorrectAsync(Close(entry, 120, 25))).Outcome);
        await SendAsync();
        Assert.Equal(2, _server.Received.Count);
    }

    [Fact]
    public async Task A_trade_closed_by_hand_fires_what_its_ledger_crosses_for_it()
    {
        var world = new LedgerWorld(database);
        var batch = await world.CreateBatchAsync([_symbol]);
        await new Replica(database).BuildAsync(batch);
        await RuleAsync(RuleKinds.TradeClosed, batch);
        await RuleAsync(RuleKinds.Drawdown, batch, limit: 10);
        // Ledgers go by the database's clock.
        _clock.SetUtcNow(DateTimeOffset.UtcNow.AddHours(1));
        var entry = Alert(AlertAction.Entry, Direction.Long, 100, 10);
        await PairAsync(entry);
        var settled = await CorrectAsync(Close(entry, 80, 20));
        await NewPoster().PostAsync(settled.Announcement.Closed, Cancellation);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await SendAsync();
        Assert.Equal(2, _server.Received.Count);
        Assert.Single(Titles(), title => title == $"Closed long {_symbol} −20 %");
        Assert.Single(Titles(), title => title.EndsWith(": drawdown 20 %", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_comes_before_the_rules_were_ever_read_is_told_of()
    {
        await RuleAsync(RuleKinds.TradeOpened);
        using var unread = new NotificationRules(Worker, NullLogger<NotificationRules>.Instance);
        await new PairingStore(Worker, null, unread).ApplyAsync(
            [Alert(AlertAction.Entry, Direction.Long, 100, 10)],
            Now,
            announceStored: false,
            Cancellation
        );
        await SendAsync();
        Assert.Equal([$"Opened long {_symbol}"], Titles());
    }

    [Fact]
    public async Task A_closed_trade_of_a_batch_says_its_capital_and_other_batches_trades_are_not_told_of()
    {
        var world = new LedgerWorld(database);
        var batch = await world.CreateBatchAsync([_symbol]);
        await RuleAsync(RuleKinds.TradeClosed, batch);
        var replica = new Replica(database);
        await replica.BuildAsync(batch);
        await PairAsync(
            Rows.Alert(_symbol + "X", AlertAction.Entry, Direction.Long, 100, 1),
            Rows.Alert(_symbol + "X", AlertAction.Exit, null, 100, 2)
        );
        var announced = await PairAsync(
            Alert(AlertAction.Entry, Direction.Long, 100, 1),
            Alert(AlertAction.Exit, null, 110, 2)
        );
        await replica.PostAsync([.. announced.Announcement.Closed]);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await SendAsync();
        var message = Assert.Single(Bodies());
        var capital = await ScalarAsync<decimal>(
            "SELECT available_capital FROM ledger_rows JOIN ledgers USING (batch_id, generation) WHERE batch_id = @batch",
            new { batch }
        );
        Assert.EndsWith(
            $": {Notice.Money(capital)}",
            message.GetProperty("lines").EnumerateArray().Last().GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task More_trades_at_once_than_anybody_reads_are_told_of_by_their_number()
    {
        await RuleAsync(RuleKinds.TradeOpened);
        await PairAsync([
            .. Enumerable
                .Range(0, 60)
                .Select(i => Alert(i % 2 == 0 ? AlertAction.Entry : AlertAction.Exit, Direction.Long, 100, i)),
        ]);
        await SendAsync();
        Assert.Equal(["30 trades opened at once"], Titles());
    }

    [Fact]
    public async Task A_drawdown_over_its_limit_is_told_of_once_a_crossing_and_never_for_history()
    {
        var world = new LedgerWorld(database);
        var batch = await world.CreateBatchAsync([_symbol]);
        await new Replica(database).BuildAsync(batch);
        await RuleAsync(RuleKinds.Drawdown, batch, limit: 10);
        await RuleAsync(RuleKinds.Ruin, batch);
        var poster = NewPoster();
        // Ledgers go by the database's clock.
        _clock.SetUtcNow(DateTimeOffset.UtcNow.AddHours(1));
        var price = 1_000m;
        foreach (var (i, change) in new[] { -5m, -6m, 1m, -1m, 30m, -11m }.Index())
        {
            var announced = await PairAsync(
                Alert(AlertAction.Entry, Direction.Long, price, (10 * i) + 1),
                Alert(AlertAction.Exit, null, price * (1 + (change / 100)), (10 * i) + 2)
            );
            // Each event twice, as after a crash.
            for (var time = 0; time < 2; time++)
                await poster.PostAsync(announced.Announcement.Closed, Cancellation);
        }

        await SendAsync();
        Assert.Equal(2, Titles().Count(title => title.Contains("drawdown", StringComparison.Ordinal)));

        // An alert that is late makes other rows of the past.
        var late = await PairAsync(
            Alert(AlertAction.Entry, Direction.Long, 100, 0.1),
            Alert(AlertAction.Exit, null, 50, 0.2)
        );
        await poster.PostAsync(late.Announcement.Closed, late.Announcement.Revised, Cancellation);
        await SendAsync();
        Assert.Equal(2, _server.Received.Count);

        // A rule that is made now knows nothing of before.
        await ExecuteAsync("UPDATE notification_rules SET created_at = '2027-01-01'");
        await _rules.RefreshAsync(Cancellation);
        var more = await PairAsync(
            Alert(AlertAction.Entry, Direction.Long, 100, 1_000),
            Alert(AlertAction.Exit, null, 500, 1_001),
            Alert(AlertAction.Entry, Direction.Long, 100, 1_002),
            Alert(AlertAction.Exit, null, 10, 1_003)
        );
        await poster.PostAsync(more.Announcement.Closed, Cancellation);
        await SendAsync();
        Assert.Equal(2, _server.Received.Count);
    }

    [Theory]
    [InlineData(RuleKinds.Drawdown, 2)]
    [InlineData(RuleKinds.DailyLoss, 2)]
    public async Task A_rule_that_is_changed_begins_as_things_stand(string kind, int times)
    {
        var batch = await new LedgerWorld(database).CreateBatchAsync([_symbol]);
        await new Replica(database).BuildAsync(batch);
        var rule = await RuleAsync(kind, batch, limit: 10);
        var poster = NewPoster();
        _clock.SetUtcNow(DateTimeOffset.UtcNow.AddHours(1));
        // Down to 89 %, which is told of.
        await LoseAsync(0, -11m);
        // To 82.77 %: over 15 % already when the limit is raised to that, and no crossing of it.
        await LoseAsync(1, -7m);
        await ChangeAsync(limit: 15, "2025-02-01");
        await LoseAsync(2, -1m);
        // 81.94 % is short of 20 %, 78.66 % is not.
        await ChangeAsync(limit: 20, "2025-03-01");
        await LoseAsync(3, -0.1m);
        await LoseAsync(4, -4m);
        await SendAsync();
        Assert.Equal(times, _server.Received.Count);

        async Task LoseAsync(int i, decimal change)
        {
            var announced = await PairAsync(
                Alert(AlertAction.Entry, Direction.Long, 1_000, (10 * i) + 1),
                Alert(AlertAction.Exit, null, 1_000 * (1 + (change / 100)), (10 * i) + 2)
            );
            await poster.PostAsync(announced.Announcement.Closed, Cancellation);
        }

        async Task ChangeAsync(decimal limit, string at)
        {
            await ExecuteAsync(
                "UPDATE notification_rules SET limit_percentage = @limit, created_at = @at WHERE rule_id = @rule",
                new
                {
                    limit,
                    at,
                    rule,
                }
            );
            await _rules.RefreshAsync(Cancellation);
        }
    }

    [Theory]
    [InlineData(
        "UPDATE batches SET fee_percentage = 0.1, settings_revision = settings_revision + 1 WHERE batch_id = @batch"
    )]
    [InlineData("UPDATE ledgers SET settings_revision = 0 WHERE batch_id = @batch")]
    public async Task A_trade_that_closes_while_its_ledger_is_built_is_asked_about(string due)
    {
        var batch = await GivenLedgerAsync(startSecond: null);
        var poster = NewPoster();
        var before = await PairAsync(0, 1.05m);
        await poster.PostAsync(before.Announcement.Closed, Cancellation);

        await ExecuteAsync(due, new { batch });
        var announced = await PairAsync(10, 0.8m);
        await poster.PostAsync(announced.Announcement.Closed, Cancellation);
        await NewBuilder().BuildAsync(batch, Cancellation);
        await poster.PostAsync(announced.Announcement.Closed, Cancellation);
        await SendAsync();
        Assert.Single(Titles(), title => title.Contains("drawdown", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_trade_whose_event_was_lost_is_asked_about_when_its_ledger_is_repaired()
    {
        var batch = await GivenLedgerAsync(startSecond: null);
        var before = await PairAsync(0, 1.05m);
        await NewPoster().PostAsync(before.Announcement.Closed, Cancellation);
        await PairAsync(10, 0.8m);
        for (var time = 0; time < 2; time++)
            await NewComparison().RepairAsync(batch, Rows.Start, Cancellation);
        await SendAsync();
        Assert.Single(Titles(), title => title.Contains("drawdown", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_an_edited_batch_is_over_by_its_history_is_no_crossing()
    {
        var batch = await GivenLedgerAsync(startSecond: 100);
        var poster = NewPoster();
        var history = await PairAsync(0, 0.8m);
        await poster.PostAsync(history.Announcement.Closed, Cancellation);
        var counted = await PairAsync(110, 1.01m);
        await poster.PostAsync(counted.Announcement.Closed, Cancellation);

        await ExecuteAsync(
            "UPDATE batches SET start_time = NULL, settings_revision = settings_revision + 1 WHERE batch_id = @batch",
            new { batch }
        );
        await NewBuilder().BuildAsync(batch, Cancellation);
        var next = await PairAsync(120, 0.99m);
        await poster.PostAsync(next.Announcement.Closed, Cancellation);
        await SendAsync();
        Assert.Empty(Titles());
    }

    [Fact]
    public async Task What_comes_into_the_inbox_is_told_of_by_its_rule_and_a_silence_again_with_the_next()
    {
        // Those of other tests are as silent.
        await ExecuteAsync("DELETE FROM streams");
        await RuleAsync(RuleKinds.UnmatchedExit);
        await RuleAsync(RuleKinds.Silence);
        var exit = Alert(AlertAction.Exit, null, 100, 10);
        await PairAsync(exit);
        await LookAsync();
        await LookAsync();
        await SendAsync();
        Assert.Equal([$"{_symbol}: an exit at 100 closed no trade."], Titles());

        foreach (var day in new[] { 0, 60 })
        {
            if (day > 0)
                await PairAsync(Alert(AlertAction.Entry, Direction.Long, 100, 86_400 * day));
            await CheckSilenceAsync(Rows.Start.AddDays(day + 0.1));
            await CheckSilenceAsync(Rows.Start.AddDays(day + 30));
            await CheckSilenceAsync(Rows.Start.AddDays(day + 31));
            await LookAsync();
        }

        await SendAsync();
        Assert.Equal(
            2,
            Titles().Count(title => title.StartsWith($"{_symbol} 60 has sent no alert", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Exposure_is_told_of_once_a_crossing()
    {
        var world = new LedgerWorld(database);
        var other = _symbol + "B";
        var batch = await world.CreateBatchAsync([_symbol, other]);
        await RuleAsync(RuleKinds.Exposure, batch, limit: 150);
        await LookAsync();
        await PairAsync(Alert(AlertAction.Entry, Direction.Long, 100, 1));
        await LookAsync();
        Assert.Equal(0, await PendingAsync());
        await PairAsync(Rows.Alert(other, AlertAction.Entry, Direction.Long, 100, 1));
        await LookAsync();
        await LookAsync();
        await PairAsync(Rows.Alert(other, AlertAction.Exit, null, 100, 2));
        await LookAsync();
        _clock.Advance(TimeSpan.FromSeconds(9));
        await PairAsync(Rows.Alert(other, AlertAction.Entry, Direction.Long, 100, 3));
        await LookAsync();
        await SendAsync();
        Assert.Equal(2, Titles().Count(title => title.EndsWith(": exposure 200 %", StringComparison.Ordinal)));

        // Over the new limit already; then, of a higher one, a crossing.
        await ExecuteAsync("UPDATE notification_rules SET limit_percentage = 160, created_at = '2025-02-01'");
        await _rules.RefreshAsync(Cancellation);
        await LookAsync();
        await LookAsync();
        Assert.Equal(0, await PendingAsync());
        await ExecuteAsync("UPDATE notification_rules SET limit_percentage = 220, created_at = '2025-03-01'");
        await _rules.RefreshAsync(Cancellation);
        await LookAsync();
        _clock.Advance(TimeSpan.FromSeconds(9));
        await PairAsync(Alert(AlertAction.Entry, Direction.Long, 100, 4) with { Timeframe = "15" });
        await LookAsync();
        await SendAsync();
        Assert.Single(Titles(), title => title.EndsWith(": exposure 300 %", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_day_is_summed_up_once_at_its_local_time_through_both_changes_of_the_clock()
    {
        var world = new LedgerWorld(database);
        var batch = await world.CreateBatchAsync([_symbol]);
        await RuleAsync(RuleKinds.DailySummary, batch, time: "02:30", zone: "Europe/Berlin");
        await ExecuteAsync("UPDATE notification_rules SET created_at = '2026-01-01'");
        await _rules.RefreshAsync(Cancellation);
        foreach (
            var begin in new[]
            {
                new DateTime(2026, 3, 28, 20, 0, 0, DateTimeKind.Utc),
                new DateTime(2026, 10, 24, 20, 0, 0, DateTimeKind.Utc),
            }
        )
        {
            for (var minutes = 0; minutes < 2 * 24 * 60; minutes += 15)
            {
                var clock = new FakeTimeProvider(new DateTimeOffset(begin.AddMinutes(minutes)));
                await new Occasions(Worker, _rules, clock).LookAsync(Cancellation);
            }
        }

        _clock.SetUtcNow(new DateTimeOffset(2026, 10, 27, 0, 0, 0, TimeSpan.Zero));
        await SendAsync();
        Assert.Equal(
            ["Summary of 2026-03-29", "Summary of 2026-03-30", "Summary of 2026-10-25", "Summary of 2026-10-26"],
            Titles().Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_days_summary_has_what_closed_in_it_and_nothing_else()
    {
        const int day = 24 * 60 * 60;
        var batch = await new LedgerWorld(database).CreateBatchAsync([_symbol]);
        var replica = new Replica(database);
        await replica.BuildAsync(batch);
        await RuleAsync(RuleKinds.DailySummary, batch, time: "00:00", zone: "UTC");
        var midnight = (int)(Now.Date - Rows.Start).TotalSeconds;
        // To the last second before, from the first, to the last, and from the first of the next.
        int[] exits = [midnight - 1, midnight, midnight + day - 1, midnight + day];
        var announced = await PairAsync([
            .. exits.SelectMany(exit =>
                (AlertReceived[])
                    [Alert(AlertAction.Entry, Direction.Long, 100, exit - 1), Alert(AlertAction.Exit, null, 110, exit)]
            ),
        ]);
        await replica.PostAsync([.. announced.Announcement.Closed]);

        _clock.SetUtcNow(new DateTimeOffset(Now.Date.AddDays(1).AddHours(1)));
        await LookAsync();
        await SendAsync();
        var message = Assert.Single(Bodies());
        var (pnl, capital) = await ScalarsAsync(
            """
            SELECT SUM(IF(seq IN (2, 3), pnl, 0)), MAX(available_capital) FROM ledger_rows JOIN ledgers USING (batch_id, generation)
            WHERE batch_id = @batch
            """,
            new { batch }
        );
        Assert.EndsWith(
            $": {Notice.Money(capital)} (+{Notice.Money(pnl)}, 2 trades)",
            Assert.Single(message.GetProperty("lines").EnumerateArray()).GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_worker_killed_after_the_commit_loses_nothing_and_one_killed_after_sending_sends_the_same_key()
    {
        await RuleAsync(RuleKinds.TradeOpened);
        // Committed with the trade; whoever did it is gone, and has sent nothing.
        await PairAsync(Alert(AlertAction.Entry, Direction.Long, 100, 10));
        using var killed = new CancellationTokenSource();
        // The channel has it, and the worker dies before it can note that.
        _server.Answer = async _ => await killed.CancelAsync();
        var deliveries = NewDeliveries();
        await deliveries.SendDueAsync(killed.Token);
        await Eventually.BecomesAsync(() => Task.FromResult(!_server.Received.IsEmpty));
        try
        {
            await deliveries.IdleAsync();
        }
        catch (OperationCanceledException)
        {
            // As it was meant to be.
        }

        Assert.Equal(1, await PendingAsync());
        _server.Answer = null;
        await SendAsync();
        Assert.Equal(2, _server.Received.Count);
        Assert.Single(_server.Received.Select(one => one.Headers["Idempotency-Key"]).Distinct());
        Assert.Equal("sent", await StateAsync(_channel));
        await SendAsync();
        Assert.Equal(2, _server.Received.Count);
    }

    [Theory]
    [InlineData("500", "The channel answered 500 InternalServerError.", 5)]
    [InlineData("404", "The channel answered 404 NotFound.", 5)]
    [InlineData("302", "The channel answered 302 (redirects are not followed).", 5)]
    [InlineData("429", "The channel answered 429 TooManyRequests.", 120)]
    [InlineData("429 telegram", "The channel answered 429 TooManyRequests.", 77)]
    [InlineData("hangs", "The channel did not answer in time.", 5)]
    [InlineData("closes", "The channel could not be reached, or closed the line.", 5)]
    public async Task A_channel_that_fails_is_tried_again_and_given_up_after_a_day(
        string how,
        string error,
        int seconds
    )
    {
        _server.Answer = async http =>
        {
            switch (how)
            {
                case "hangs":
                    await Task.Delay(Timeout.Infinite, http.RequestAborted)
                        .ContinueWith(_ => { }, TaskScheduler.Default);
                    break;
                case "closes":
                    http.Abort();
                    break;
                case "429":
                    http.Response.Headers.RetryAfter = "120";
                    http.Response.StatusCode = 429;
                    break;
                case "429 telegram":
                    http.Response.StatusCode = 429;
                    await http.Response.WriteAsync("""{"ok":false,"parameters":{"retry_after":77}}""");
                    break;
                default:
                    http.Response.Headers.Location = "http://169.254.169.254/";
                    http.Response.StatusCode = int.Parse(how, CultureInfo.InvariantCulture);
                    break;
            }
        };
        var rule = await RuleAsync(RuleKinds.Integrity);
        await DeliverAsync(_channel, "one", "One", rule);
        await SendAsync();
        var row = await RowAsync();
        Assert.Equal(("pending", 1L, error), (row.State, row.Attempts, row.Error));
        Assert.Equal(Now.AddSeconds(seconds), row.NextAttemptAt);
        await SendAsync();
        Assert.Equal(1, (await RowAsync()).Attempts);

        _clock.Advance(TimeSpan.FromSeconds(seconds));
        await SendAsync();
        Assert.Equal(2, (await RowAsync()).Attempts);
        _clock.Advance(TimeSpan.FromDays(1));
        await SendAsync();
        row = await RowAsync();
        Assert.Equal(("failed", 3L), (row.State, row.Attempts));
        Assert.Equal(
            $"“One”: {error}",
            await ScalarAsync<string>(
                "SELECT detail FROM inbox_items WHERE kind = 'undelivered' AND cause = @id",
                new { id = row.DeliveryId }
            )
        );
        _clock.Advance(TimeSpan.FromDays(1));
        await SendAsync();
        Assert.Equal(3, (await RowAsync()).Attempts);
    }

    [Fact]
    public async Task A_test_is_tried_once_and_one_channel_that_hangs_holds_up_no_other()
    {
        _server.Answer = http =>
            http.Request.Path == "/hook"
                ? Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default)
                : Task.CompletedTask;
        var other = await ChannelAsync("slack", new { url = _server.Url + "/slack" });
        await DeliverAsync(_channel, "test:1", "Test");
        await DeliverAsync(other, "test:2", "Test");
        var deliveries = NewDeliveries();
        await deliveries.SendDueAsync(Cancellation);
        await Eventually.BecomesAsync(async () => await StateAsync(other) == "sent");
        Assert.Equal("pending", await StateAsync(_channel));
        await deliveries.IdleAsync();
        Assert.Equal("failed", await StateAsync(_channel));
    }

    [Fact]
    public async Task A_private_address_is_not_reached_by_way_of_a_channel()
    {
        await DeliverAsync(_channel, "test:1", "Test");
        await SendAsync(allowed: []);
        Assert.Empty(_server.Received);
        Assert.Contains("http", (await RowAsync()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_rules_nothing_is_asked_and_nothing_written()
    {
        await _rules.RefreshAsync(Cancellation);
        await PairAsync(Alert(AlertAction.Entry, Direction.Long, 100, 10));
        Assert.Equal(0, await PendingAsync());
    }

    private sealed record Row
    {
        public long DeliveryId { get; init; }

        public string State { get; init; } = "";

        public long Attempts { get; init; }

        public DateTime NextAttemptAt { get; init; }

        public string? Error { get; init; }
    }

    private AlertReceived Alert(AlertAction action, Direction? direction, decimal price, double second) =>
        Rows.Alert(_symbol, action, direction, price, second);

    private Task<PairingResult> PairAsync(params AlertReceived[] alerts) =>
        new PairingStore(Worker, null, _rules).ApplyAsync(alerts, Now, announceStored: false, Cancellation);

    /// <summary>A trade of so many seconds after the start that made so much of what was put in.</summary>
    private Task<PairingResult> PairAsync(double second, decimal factor) =>
        PairAsync(
            Alert(AlertAction.Entry, Direction.Long, 1_000, second + 1),
            Alert(AlertAction.Exit, null, 1_000 * factor, second + 2)
        );

    /// <summary>A batch of the symbol, its ledger, and a rule for a drawdown of ten percent.</summary>
    private async Task<long> GivenLedgerAsync(double? startSecond)
    {
        var start = startSecond is { } second ? Rows.Start.AddSeconds(second) : (DateTime?)null;
        var batch = await new LedgerWorld(database).CreateBatchAsync([_symbol], startTime: start);
        // Edited before any of its trades: the tests' times are not those of the database's clock.
        await ExecuteAsync("UPDATE batches SET updated_at = '2025-06-01' WHERE batch_id = @batch", new { batch });
        await NewBuilder().BuildAsync(batch, Cancellation);
        await RuleAsync(RuleKinds.Drawdown, batch, limit: 10);
        // Ledgers go by the database's clock.
        _clock.SetUtcNow(DateTimeOffset.UtcNow.AddHours(1));
        return batch;
    }

    private static CloseTrade Close(AlertReceived entry, decimal price, double second) =>
        new(Guid.NewGuid(), entry.AlertId, price, Rows.Start.AddSeconds(second), Now, new Author("admin", "5f0c0a9d"));

    private CorrectionStore NewCorrections() => new(Worker, _clock, _rules);

    private Task<Settlement> CorrectAsync(CloseTrade close) => NewCorrections().SettleAsync(close, Cancellation);

    private LedgerPoster NewPoster() =>
        new(Worker, NewComparison(), Options.Create(new LedgerOptions()), NullLogger<LedgerPoster>.Instance, _rules);

    private LedgerComparison NewComparison() =>
        new(Worker, new CountedTrades(Worker), Options.Create(new LedgerOptions()), _rules);

    private LedgerBuilder NewBuilder() =>
        new(
            Worker,
            new CountedTrades(Worker),
            Options.Create(new LedgerOptions()),
            NullLogger<LedgerBuilder>.Instance,
            _rules
        );

    private Task LookAsync() => new Occasions(Worker, _rules, _clock).LookAsync(Cancellation);

    private Task CheckSilenceAsync(DateTime now) =>
        new InboxChecks(
            Worker,
            new FakeTimeProvider(new DateTimeOffset(now)),
            Options.Create(new InboxOptions { KeepDays = 3_650 })
        ).CheckAsync(Cancellation);

    private Deliveries NewDeliveries(string[]? allowed = null, int mailPort = 0) =>
        new(
            Worker,
            new ChannelSender(
                Options.Create(
                    new NotificationOptions
                    {
                        AllowedNetworks = allowed ?? ["127.0.0.0/8"],
                        PageUrl = "https://trades.example/",
                        TelegramUrl = _server.Url,
                        TimeoutSeconds = 1,
                        Smtp = new SmtpOptions
                        {
                            Host = "127.0.0.1",
                            Port = mailPort,
                            From = "pnl@example.com",
                            Security = "none",
                        },
                    }
                ),
                _clock
            ),
            _clock,
            NullLogger<Deliveries>.Instance
        );

    private async Task SendAsync(string[]? allowed = null, int mailPort = 0)
    {
        var deliveries = NewDeliveries(allowed, mailPort);
        await deliveries.SendDueAsync(Cancellation);
        await deliveries.IdleAsync();
    }

    private List<JsonElement> Bodies() => [.. _server.Received.Select(one => JsonDocument.Parse(one.Body).RootElement)];

    private List<string> Titles() => Bodies().ConvertAll(body => body.GetProperty("title").GetString()!);

    private Task<long> ChannelAsync(string type, object settings) =>
        ScalarAsync<long>(
            "INSERT INTO notification_channels (name, type, target, settings, created_at) VALUES ('x', @type, 'x', @settings, '2026-01-01'); SELECT LAST_INSERT_ID()",
            new { type, settings = JsonSerializer.Serialize(settings) }
        );

    private async Task<(decimal, decimal)> ScalarsAsync(string sql, object parameters)
    {
        await using var connection = await database.OpenAsync();
        return await connection.QuerySingleAsync<(decimal, decimal)>(sql, parameters);
    }

    private async Task<long> RuleAsync(
        string kind,
        long? batch = null,
        decimal? limit = null,
        string? time = null,
        string? zone = null
    )
    {
        var id = await ScalarAsync<long>(
            """
            INSERT INTO notification_rules (channel_id, kind, batch_id, limit_percentage, time_of_day, time_zone, enabled, created_at)
            VALUES (@_channel, @kind, @batch, @limit, @time, @zone, TRUE, '2025-01-01'); SELECT LAST_INSERT_ID()
            """,
            new
            {
                _channel,
                kind,
                batch,
                limit,
                time,
                zone,
            }
        );
        await _rules.RefreshAsync(Cancellation);
        return id;
    }

    private Task DeliverAsync(long channel, string cause, string title, long? rule = null) =>
        ExecuteAsync(
            """
            INSERT INTO notification_deliveries (channel_id, rule_id, cause, notice, created_at, next_attempt_at)
            VALUES (@channel, @rule, @cause, @notice, @Now, @Now)
            """,
            new
            {
                channel,
                rule,
                cause,
                notice = JsonSerializer.Serialize(Notice.Of("test", title, ["A line."], "/alerts")),
                Now,
            }
        );

    private async Task<Row> RowAsync()
    {
        await using var connection = await database.OpenAsync();
        return await connection.QuerySingleAsync<Row>(
            "SELECT delivery_id, state, attempts, next_attempt_at, error FROM notification_deliveries WHERE channel_id = @_channel",
            new { _channel }
        );
    }

    private Task<string?> StateAsync(long channel) =>
        ScalarAsync<string?>("SELECT state FROM notification_deliveries WHERE channel_id = @channel", new { channel });

    private Task<long> PendingAsync() =>
        ScalarAsync<long>(
            "SELECT COUNT(*) FROM notification_deliveries WHERE channel_id = @_channel AND state = 'pending'",
            new { _channel }
        );

    private async Task<T> ScalarAsync<T>(string sql, object parameters)
    {
        await using var connection = await database.OpenAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    private async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await database.OpenAsync();
        await connection.ExecuteAsync(sql, parameters);
    }
}
