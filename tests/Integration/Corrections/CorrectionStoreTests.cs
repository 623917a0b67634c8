using Dapper;
using PnlPipeline.Analytics.Worker.Corrections;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Tests.Integration.Pairing;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Corrections;

/// <summary>Corrections on the real MySQL, as the worker's account. Each test has symbols of its own.</summary>
public sealed class CorrectionStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTime PairedAt = new(2026, 6, 1, 0, 0, 0, 123, DateTimeKind.Utc);
    private static readonly Author By = new("admin", "5f0c0a9d");

    private readonly PairingStore _pairing = new(new MySqlDatabase(database.WorkerUrl));
    private readonly CorrectionStore _corrections = new(new MySqlDatabase(database.WorkerUrl), TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Voiding_an_entry_takes_its_trade_away_and_tells_from_where_on()
    {
        var (entry, exit) = await PairAsync("VOIDENTRY");
        var settled = await VoidAsync(entry);
        Assert.Equal(CorrectionOutcome.Applied, settled.Outcome);
        Assert.Empty(settled.Announcement.Closed);
        var revised = Assert.Single(settled.Announcement.Revised);
        Assert.Equal(("VOIDENTRY", "60", entry.Timestamp), (revised.Symbol, revised.Timeframe, revised.From));
        var stored = await Rows.StoredAsync(database, ["VOIDENTRY"]);
        Assert.Empty(stored.Trades);
        Assert.Equal(
            new[] { $"VOIDENTRY 60 {entry.AlertId} voided - -", $"VOIDENTRY 60 {exit.AlertId} unmatched - -" }.Order(
                StringComparer.Ordinal
            ),
            stored.Alerts
        );
    }

    [Fact]
    public async Task Voided_and_restored_every_row_is_what_it_was_to_the_last_column()
    {
        await PairAsync("ASITWAS", 1);
        await PairAsync("ASITWAS", 5);
        await PairAsync("ASITWAS", 9);
        var before = await DumpAsync("ASITWAS");
        foreach (var alert in (await Rows.StoredAsync(database, ["ASITWAS"])).Alerts.Select(row => row.Split(' ')[2]))
        {
            Assert.Equal(CorrectionOutcome.Applied, (await SettleAsync(alert, voided: true)).Outcome);
            Assert.NotEqual(before, await DumpAsync("ASITWAS"));
            Assert.Equal(CorrectionOutcome.Applied, (await SettleAsync(alert, voided: false)).Outcome);
            Assert.Equal(before, await DumpAsync("ASITWAS"));
        }
    }

    [Fact]
    public async Task The_second_time_nothing_happens_and_nothing_is_written_down()
    {
        var (entry, _) = await PairAsync("TWICEVOID");
        Assert.Equal(
            [
                CorrectionOutcome.Unchanged,
                CorrectionOutcome.Applied,
                CorrectionOutcome.Unchanged,
                CorrectionOutcome.Applied,
            ],
            [
                (await SettleAsync(entry.AlertId, voided: false)).Outcome,
                (await VoidAsync(entry)).Outcome,
                (await VoidAsync(entry)).Outcome,
                (await SettleAsync(entry.AlertId, voided: false)).Outcome,
            ]
        );
        Assert.Equal(
            [
                """alert.void admin 5f0c0a9d {"was":"opened","is":"voided"}""",
                """alert.restore admin 5f0c0a9d {"was":"voided","is":"opened"}""",
            ],
            await TrailAsync($"alerts/{entry.AlertId}")
        );
    }

    [Fact]
    public async Task A_correction_that_comes_again_is_not_applied_again_but_told_again()
    {
        var (entry, _) = await PairAsync("REDELIVEREDVOID");
        var voiding = new CorrectAlert(Guid.NewGuid(), entry.AlertId, true, By);
        var first = await _corrections.SettleAsync(voiding, Cancellation);
        await SettleAsync(entry.AlertId, voided: false);
        var restored = await DumpAsync("REDELIVEREDVOID");

        var again = await _corrections.SettleAsync(voiding, Cancellation);
        Assert.Equal(CorrectionOutcome.Applied, again.Outcome);
        Assert.Equal(first.Announcement.Revised, again.Announcement.Revised);
        Assert.Equal(restored, await DumpAsync("REDELIVEREDVOID"));
        Assert.Equal(2, (await TrailAsync($"alerts/{entry.AlertId}")).Count);
    }

    [Fact]
    public async Task A_correction_that_was_withdrawn_is_never_applied()
    {
        var (entry, exit) = await PairAsync("WITHDRAWN");
        var before = await DumpAsync("WITHDRAWN");
        var correction = new CorrectAlert(Guid.NewGuid(), exit.AlertId, true, By);
        await using (var connection = await database.OpenAsync())
        {
            await connection.ExecuteAsync(
                "INSERT INTO corrections VALUES (@id, 'withdrawn', UTC_TIMESTAMP(3))",
                new { id = correction.CorrectionId.ToByteArray(bigEndian: true) }
            );
        }

        Assert.Equal(
            Settlement.Nothing(CorrectionOutcome.Withdrawn),
            await _corrections.SettleAsync(correction, Cancellation)
        );
        Assert.Equal(before, await DumpAsync("WITHDRAWN"));
        Assert.Empty(await TrailAsync($"alerts/{exit.AlertId}"));
    }

    [Fact]
    public async Task A_close_by_hand_is_an_alert_of_its_own_with_the_side_in_its_id()
    {
        var entry = Rows.Alert("BYHAND", AlertAction.Entry, Direction.Short, 100, 1);
        await ApplyAsync(entry);
        var close = new CloseTrade(
            Guid.NewGuid(),
            entry.AlertId,
            90.5m,
            Rows.Start.AddSeconds(2.25),
            Rows.Start.AddSeconds(7),
            By
        );
        var settled = await _corrections.SettleAsync(close, Cancellation);

        Assert.Equal(CorrectionOutcome.Applied, settled.Outcome);
        Assert.Empty(settled.Announcement.Revised);
        var trade = Assert.Single(settled.Announcement.Closed);
        Assert.Equal(
            (entry.AlertId, ExitReason.Manual, 9.5m),
            (trade.TradeId, trade.ExitReason, trade.ChangePercentage)
        );
        var id = AlertId.Of("BYHAND", "60", AlertAction.Manual, Direction.Short, 90.5m, close.Time);
        var expected = NaiveReference.Compute(
            [entry, ManualOf("BYHAND", Direction.Short, close)],
            new HashSet<string>()
        );
        var stored = await Rows.StoredAsync(database, ["BYHAND"]);
        Assert.Equal(expected.Alerts, stored.Alerts);
        Assert.Equal(expected.Trades, stored.Trades);
        Assert.Contains($"BYHAND 60 {id} closed {entry.AlertId} -", stored.Alerts);
        Assert.Equal(
            [$$"""trade.close admin 5f0c0a9d {"alertId":"{{id}}","price":90.5,"time":"2026-01-01T00:00:02.250Z"}"""],
            await TrailAsync($"trades/{entry.AlertId}")
        );

        // Closed, it does not close again; and told again, it is told from its time on.
        Assert.Equal(
            CorrectionOutcome.Closed,
            (
                await _corrections.SettleAsync(close with { CorrectionId = Guid.NewGuid(), Price = 80 }, Cancellation)
            ).Outcome
        );
        var again = await _corrections.SettleAsync(close, Cancellation);
        Assert.Equal(
            (CorrectionOutcome.Applied, close.Time),
            (again.Outcome, Assert.Single(again.Announcement.Revised).From)
        );
    }

    [Fact]
    public async Task A_close_by_hand_among_later_alerts_is_told_as_a_revision()
    {
        var entry = Rows.Alert("AMONG", AlertAction.Entry, Direction.Long, 100, 1);
        var repeated = Rows.Alert("AMONG", AlertAction.Entry, Direction.Long, 105, 10);
        await ApplyAsync(entry, repeated);
        var close = new CloseTrade(Guid.NewGuid(), entry.AlertId, 110, Rows.Start.AddSeconds(5), Rows.Start, By);
        var settled = await _corrections.SettleAsync(close, Cancellation);
        Assert.Empty(settled.Announcement.Closed);
        Assert.Equal(close.Time, Assert.Single(settled.Announcement.Revised).From);
        var expected = NaiveReference.Compute(
            [entry, repeated, ManualOf("AMONG", Direction.Long, close)],
            new HashSet<string>()
        );
        Assert.Equal(expected.Trades, (await Rows.StoredAsync(database, ["AMONG"])).Trades);
    }

    [Fact]
    public async Task A_close_that_was_voided_is_not_made_again_but_restored()
    {
        var entry = Rows.Alert("TAKEN", AlertAction.Entry, Direction.Long, 100, 1);
        await ApplyAsync(entry);
        var close = new CloseTrade(Guid.NewGuid(), entry.AlertId, 110, Rows.Start.AddSeconds(5), Rows.Start, By);
        await _corrections.SettleAsync(close, Cancellation);
        var manual = ManualOf("TAKEN", Direction.Long, close);
        await VoidAsync(manual);
        Assert.Equal(
            CorrectionOutcome.Taken,
            (await _corrections.SettleAsync(close with { CorrectionId = Guid.NewGuid() }, Cancellation)).Outcome
        );
        Assert.EndsWith(
            "open",
            Assert.Single((await Rows.StoredAsync(database, ["TAKEN"])).Trades),
            StringComparison.Ordinal
        );
        Assert.Equal(CorrectionOutcome.Applied, (await SettleAsync(manual.AlertId, voided: false)).Outcome);
        Assert.Contains(
            "manual",
            Assert.Single((await Rows.StoredAsync(database, ["TAKEN"])).Trades),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("an exit")]
    public async Task What_is_no_trade_does_not_close(string id)
    {
        var (_, exit) = await PairAsync($"NOTRADE{id.Length}");
        var close = new CloseTrade(
            Guid.NewGuid(),
            id == "an exit" ? exit.AlertId : id,
            1,
            Rows.Start.AddSeconds(50),
            Rows.Start,
            By
        );
        Assert.Equal(
            Settlement.Nothing(CorrectionOutcome.Missing),
            await _corrections.SettleAsync(close, Cancellation)
        );
        Assert.Equal(
            CorrectionOutcome.Missing,
            (await SettleAsync("00000000000000000000000000000000", voided: true)).Outcome
        );
    }

    [Fact]
    public async Task Corrections_among_alerts_in_any_order_and_at_once_end_as_the_reference_has_it_and_restored_as_if_they_had_never_been()
    {
        const int cases = 40;
        for (var seed = 0; seed < cases; seed++)
            await PlayAndCompareAsync(seed);
    }

    private async Task PlayAndCompareAsync(int seed)
    {
        var random = new Random(seed);
        var symbols = Enumerable.Range(0, random.Next(1, 4)).Select(i => $"CORRECTED{seed}.{i}").ToArray();
        var alerts = RandomAlerts(random, symbols, random.Next(10, 80));
        var deliveries = alerts.Concat(alerts.Where(_ => random.Next(4) == 0)).ToArray();
        if (random.Next(2) == 0)
            random.Shuffle(deliveries);

        var voided = new HashSet<string>();
        List<CorrectAlert> settled = [];
        for (var at = 0; at < deliveries.Length; )
        {
            var call = deliveries.AsSpan(at, Math.Min(random.Next(1, 20), deliveries.Length - at)).ToArray();
            var stored = alerts.Where(alert => deliveries.Take(at).Contains(alert)).ToArray();
            at += call.Length;

            // At once, as by replicas: alerts, corrections of others that are stored, a correction that comes again,
            // and closes by hand.
            List<Task> works =
            [
                OfReplica(store => store.Pairing.ApplyAsync(call, PairedAt, announceStored: false, Cancellation)),
            ];
            foreach (var alert in stored.Length == 0 ? [] : random.GetItems(stored, 3).Distinct())
            {
                var correction = new CorrectAlert(
                    Guid.NewGuid(),
                    alert.AlertId,
                    voided.Add(alert.AlertId) || !voided.Remove(alert.AlertId),
                    By
                );
                settled.Add(correction);
                works.Add(OfReplica(store => store.Corrections.SettleAsync(correction, Cancellation)));
            }

            if (settled.Count > 3 && random.Next(2) == 0)
            {
                var again = settled[random.Next(settled.Count - 3)];
                works.Add(OfReplica(store => store.Corrections.SettleAsync(again, Cancellation)));
            }

            var closes = await OpenTradesAsync(symbols, random);
            var closings = closes.ConvertAll(close =>
                OfReplica(store => store.Corrections.SettleAsync(close.Close, Cancellation))
            );
            await Task.WhenAll(works.Concat(closings));
            // Whether the trade was still the open one is for the lock to say; what was applied is an alert like any
            // other.
            foreach (var (close, closing) in closes.Zip(closings))
            {
                if ((await closing).Outcome == CorrectionOutcome.Applied)
                    alerts.Add(ManualOf(close.Symbol, close.Side, close.Close));
            }
        }

        await IsAsTheReferenceHasItAsync(voided);
        foreach (var alert in voided.ToList())
            Assert.Equal(CorrectionOutcome.Applied, (await SettleAsync(alert, voided: false)).Outcome);
        await IsAsTheReferenceHasItAsync(new HashSet<string>());

        async Task IsAsTheReferenceHasItAsync(HashSet<string> without)
        {
            var expected = NaiveReference.Compute(alerts, without);
            var stored = await Rows.StoredAsync(database, symbols);
            Assert.True(expected.Alerts.SequenceEqual(stored.Alerts), $"alerts of seed {seed}");
            Assert.True(expected.Trades.SequenceEqual(stored.Trades), $"trades of seed {seed}");
            await using var connection = await database.OpenAsync();
            Assert.Equal(
                0,
                await connection.ExecuteScalarAsync<int>(
                    """
                    SELECT (SELECT COUNT(*) FROM alerts WHERE (voided_at IS NULL) = (outcome = 'voided'))
                      + (SELECT COUNT(*) FROM streams s LEFT JOIN trades t ON t.stream_id = s.stream_id AND t.exit_time IS NULL
                          WHERE NOT (s.open_trade_id <=> t.trade_id AND s.open_time <=> t.entry_time))
                    """
                )
            );
        }
    }

    private sealed record Replica(PairingStore Pairing, CorrectionStore Corrections);

    private Task<T> OfReplica<T>(Func<Replica, Task<T>> work)
    {
        var replica = new Replica(
            new PairingStore(new MySqlDatabase(database.WorkerUrl)),
            new CorrectionStore(new MySqlDatabase(database.WorkerUrl), TimeProvider.System)
        );
        return MySqlDatabase.RetryWhileTransientAsync(_ => work(replica), (_, _) => { }, Cancellation);
    }

    private async Task<List<(string Symbol, Direction Side, CloseTrade Close)>> OpenTradesAsync(
        string[] symbols,
        Random random
    )
    {
        await using var connection = await database.OpenAsync();
        var open = await connection.QueryAsync<(string Symbol, string TradeId, string Side, DateTime Time)>(
            "SELECT symbol, LOWER(HEX(open_trade_id)), open_side, open_time FROM streams WHERE symbol IN @symbols AND "
                + "open_trade_id IS NOT NULL",
            new { symbols }
        );
        return
        [
            .. open.Where(_ => random.Next(4) == 0)
                .Select(trade =>
                    (
                        trade.Symbol,
                        Enum.Parse<Direction>(trade.Side, ignoreCase: true),
                        new CloseTrade(
                            Guid.NewGuid(),
                            trade.TradeId,
                            random.Next(1, 1_000),
                            DateTime.SpecifyKind(trade.Time, DateTimeKind.Utc).AddSeconds(random.Next(1, 10)),
                            Rows.Start,
                            By
                        )
                    )
                ),
        ];
    }

    private static List<AlertReceived> RandomAlerts(Random random, string[] symbols, int count)
    {
        var alerts = new List<AlertReceived>();
        while (alerts.Count < count)
        {
            var symbol = symbols[random.Next(symbols.Length)];
            var second = random.Next(Math.Max(2, count / symbols.Length));
            var alert =
                random.Next(8) < 5
                    ? Rows.Alert(symbol, AlertAction.Entry, (Direction)random.Next(2), random.Next(1, 1_000), second)
                    : Rows.Alert(symbol, AlertAction.Exit, null, random.Next(1, 1_000), second);
            if (alerts.TrueForAll(other => other.AlertId != alert.AlertId))
                alerts.Add(alert);
        }

        return alerts;
    }

    private static AlertReceived ManualOf(string symbol, Direction side, CloseTrade close) =>
        Rows.Alert(symbol, "60", AlertAction.Manual, side, close.Price, close.Time, close.TradeId, "{}");

    private async Task<(AlertReceived Entry, AlertReceived Exit)> PairAsync(string symbol, int second = 1)
    {
        var entry = Rows.Alert(symbol, AlertAction.Entry, Direction.Long, 100, second);
        var exit = Rows.Alert(symbol, AlertAction.Exit, null, 110, second + 1);
        await ApplyAsync(entry, exit);
        return (entry, exit);
    }

    private Task<PairingResult> ApplyAsync(params AlertReceived[] alerts) =>
        _pairing.ApplyAsync(alerts, PairedAt, announceStored: false, Cancellation);

    private Task<Settlement> VoidAsync(AlertReceived alert) => SettleAsync(alert.AlertId, voided: true);

    private Task<Settlement> SettleAsync(string alertId, bool voided) =>
        _corrections.SettleAsync(new CorrectAlert(Guid.NewGuid(), alertId, voided, By), Cancellation);

    private async Task<List<string>> TrailAsync(string subject)
    {
        await using var connection = await database.OpenAsync();
        return
        [
            .. await connection.QueryAsync<string>(
                "SELECT CONCAT_WS(' ', action, role, key_fingerprint, detail) FROM audit_trail WHERE subject = "
                    + "@subject ORDER BY audit_id",
                new { subject }
            ),
        ];
    }

    /// <summary>Every column of every row of this symbol's streams.</summary>
    private async Task<List<string>> DumpAsync(string symbol)
    {
        await using var connection = await database.OpenAsync();
        List<string> rows = [];
        foreach (var table in new[] { "streams", "alerts", "trades" })
        {
            foreach (
                IDictionary<string, object?> row in await connection.QueryAsync(
                    $"SELECT t.* FROM {table} t JOIN streams s ON s.stream_id = t.stream_id WHERE s.symbol = @symbol "
                        + $"ORDER BY {(table == "alerts" ? "t.timestamp, t.alert_id" : table == "trades" ? "t.entry_time, t.trade_id" : "t.stream_id")}",
                    new { symbol }
                )
            )
            {
                rows.Add(
                    table
                        + " "
                        + string.Join(
                            '|',
                            row.Select(cell =>
                                cell.Value is byte[] bytes
                                    ? Convert.ToHexString(bytes)
                                    : Convert.ToString(cell.Value, System.Globalization.CultureInfo.InvariantCulture)
                            )
                        )
                );
            }
        }

        return rows;
    }
}
