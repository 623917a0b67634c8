using System.Text;
using Dapper;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Pairing;

/// <summary>The store on the real MySQL, as the worker's account. Each test has symbols of its own.</summary>
public sealed class PairingStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly PairingStore _store = new(new MySqlDatabase(database.WorkerUrl));

    private static readonly DateTime PairedAt = new(2026, 6, 1, 0, 0, 0, 123, DateTimeKind.Utc);

    [Theory]
    [InlineData(1, "ASITCAME")]
    [InlineData(300, "ASITCAMEINAHEAP")]
    public async Task An_alert_is_stored_as_it_came(int together, string symbol)
    {
        var alert = Rows.Alert(
            symbol,
            AlertAction.Entry,
            Direction.Short,
            0.000000000001m,
            1.5,
            payload: "{\"price\":\"NaN\u00e9'\\\"}"
        ) with
        {
            Side = "sell \u2603",
            Type = "",
            CloseOnFlip = false,
        };
        await ApplyAsync([
            alert,
            .. Enumerable
                .Range(1, together - 1)
                .Select(i => Rows.Alert(symbol, AlertAction.Exit, null, i, i + 10) with { Side = null }),
        ]);

        await using var connection = await database.OpenAsync();
        Assert.Equal(
            together - 1,
            await connection.ExecuteScalarAsync<long>(
                """
                SELECT COUNT(*) FROM alerts JOIN streams USING (stream_id)
                WHERE symbol = @symbol AND action = 'exit' AND direction IS NULL AND side IS NULL AND type IS NULL AND closeonflip IS NULL AND target_trade_id IS NULL AND closed_trade_id IS NULL
                """,
                new { symbol }
            )
        );
        var row = await connection.QuerySingleAsync(
            """
            SELECT HEX(alert_id) AS id, action, direction, price, side, type, closeonflip, payload, paired_at, timestamp
            FROM alerts JOIN streams USING (stream_id) WHERE symbol = @symbol AND action = 'entry'
            """,
            new { symbol }
        );
        Assert.Equal(alert.AlertId, ((string)row.id).ToLowerInvariant());
        Assert.Equal("entry", row.action);
        Assert.Equal("short", row.direction);
        Assert.Equal(0.000000000001m, row.price);
        Assert.Equal("sell \u2603", row.side);
        Assert.Equal("", row.type);
        Assert.False(Convert.ToBoolean(row.closeonflip));
        Assert.Equal(Encoding.UTF8.GetString(alert.Payload), Encoding.UTF8.GetString((byte[])row.payload));
        Assert.Equal(PairedAt, row.paired_at);
        Assert.Equal(alert.Timestamp, row.timestamp);
    }

    [Fact]
    public async Task An_alert_sent_again_changes_nothing_and_keeps_the_first_payload()
    {
        var alert = Rows.Alert("AGAIN", AlertAction.Entry, Direction.Long, 1, 1, payload: "first");
        var other = alert with { Payload = "second"u8.ToArray() };
        var first = await ApplyAsync([alert, other]);
        var second = await ApplyAsync([other]);

        Assert.Equal((1, 1), (first.Paired.Count, first.Duplicates));
        Assert.Equal((0, 1), (second.Paired.Count, second.Duplicates));
        Assert.Empty(second.Announcement.Revised);
        await using var connection = await database.OpenAsync();
        Assert.Equal(
            "first",
            await connection.QuerySingleAsync<string>(
                "SELECT CONVERT(payload USING utf8mb4) FROM alerts JOIN streams USING (stream_id) WHERE symbol = "
                    + "'AGAIN'"
            )
        );
    }

    [Fact]
    public async Task Trades_closed_at_the_end_of_a_stream_are_announced_one_by_one()
    {
        var entry = Rows.Alert("ATEND", AlertAction.Entry, Direction.Long, 100, 1);
        var flip = Rows.Alert("ATEND", AlertAction.Entry, Direction.Short, 110, 2);
        var exit = Rows.Alert("ATEND", AlertAction.Exit, null, 99, 3);
        var result = await ApplyAsync([exit, entry, flip]);

        Assert.Empty(result.Announcement.Revised);
        Assert.Equal(
            [
                (entry.AlertId, Direction.Long, 100m, 110m, ExitReason.Flip, 10m),
                (flip.AlertId, Direction.Short, 110m, 99m, ExitReason.Exit, 10m),
            ],
            result.Announcement.Closed.Select(trade =>
                (trade.TradeId, trade.Side, trade.EntryPrice, trade.ExitPrice, trade.ExitReason, trade.ChangePercentage)
            )
        );
    }

    [Fact]
    public async Task A_late_alert_is_announced_as_a_revision_from_its_time_where_it_changes_a_trade()
    {
        var entry = Rows.Alert("REVISED", AlertAction.Entry, Direction.Long, 100, 10);
        var exit = Rows.Alert("REVISED", AlertAction.Exit, null, 110, 20);
        await ApplyAsync([entry, exit]);

        var harmless = await ApplyAsync([Rows.Alert("REVISED", AlertAction.Entry, Direction.Long, 105, 15)]);
        Assert.Equal(
            (1, 0, 0),
            (harmless.LateStreams, harmless.Announcement.Revised.Count, harmless.Announcement.Closed.Count)
        );

        var late = await ApplyAsync([
            Rows.Alert("REVISED", AlertAction.Exit, null, 120, 12),
            Rows.Alert("REVISED", AlertAction.Exit, null, 90, 30),
        ]);
        var revision = Assert.Single(late.Announcement.Revised);
        Assert.Equal(
            ("REVISED", "60", Rows.Start.AddSeconds(12)),
            (revision.Symbol, revision.Timeframe, revision.From)
        );
        Assert.Empty(late.Announcement.Closed);
    }

    [Fact]
    public async Task A_redelivery_announces_the_same_again_and_a_revision_from_the_earliest()
    {
        AlertReceived[] alerts =
        [
            Rows.Alert("REDELIVERED", AlertAction.Entry, Direction.Long, 100, 1),
            Rows.Alert("REDELIVERED", AlertAction.Entry, Direction.Short, 110, 2),
            Rows.Alert("REDELIVERED", AlertAction.Exit, null, 99, 3),
        ];
        var first = await ApplyAsync(alerts);
        var again = await _store.ApplyAsync(
            alerts,
            PairedAt,
            announceStored: true,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(first.Announcement.Closed, again.Announcement.Closed);
        Assert.Equal(alerts[0].Timestamp, Assert.Single(again.Announcement.Revised).From);
        Assert.Equal(
            again.Announcement.Revised,
            (await _store.ApplyAsync(alerts, PairedAt, announceStored: true, TestContext.Current.CancellationToken))
                .Announcement
                .Revised
        );
    }

    [Fact]
    public async Task A_voided_alert_sent_again_stays_voided()
    {
        var entry = Rows.Alert("VOIDED", AlertAction.Entry, Direction.Long, 100, 1);
        var ignored = Rows.Alert("VOIDED", AlertAction.Entry, Direction.Long, 101, 2);
        await ApplyAsync([entry, ignored]);
        await VoidAsync(ignored);
        await ApplyAsync([ignored]);
        // With it the entry at 2 would be open.
        await ApplyAsync([Rows.Alert("VOIDED", AlertAction.Exit, null, 102, 1.5)]);
        var stored = await Rows.StoredAsync(database, ["VOIDED"]);
        Assert.Contains($"VOIDED 60 {ignored.AlertId} voided - -", stored.Alerts);
        Assert.DoesNotContain(stored.Trades, trade => trade.EndsWith("open", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Symbols_differ_by_any_character_and_timeframes_are_streams_of_their_own()
    {
        await ApplyAsync([
            Rows.Alert("CASE-A", AlertAction.Entry, Direction.Long, 1, 1),
            Rows.Alert("CASE_A", AlertAction.Exit, null, 1, 2),
            Rows.Alert("CASE-A", "1D", AlertAction.Exit, null, 1, Rows.Start.AddSeconds(2), null, "{}"),
        ]);
        Assert.Equal(
            ["opened", "unmatched", "unmatched"],
            (await Rows.StoredAsync(database, ["CASE-A", "CASE_A"])).Alerts.Select(row => row.Split(' ')[3]).Order()
        );
    }

    [Fact]
    public async Task Any_order_duplication_splitting_and_concurrency_ends_as_the_reference_has_it()
    {
        const int cases = 60;
        for (var seed = 0; seed < cases; seed++)
            await PlayAndCompareAsync(seed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hundreds_at_once_end_as_the_reference_has_it(bool inOrder)
    {
        var random = new Random(inOrder ? 1 : 2);
        var symbols = Enumerable.Range(0, 4).Select(i => $"HEAP{inOrder}.{i}".ToUpperInvariant()).ToArray();
        var alerts = RandomAlerts(random, symbols, 1_500).ToArray();
        var deliveries = inOrder ? [.. alerts.OrderBy(alert => alert.Timestamp)] : alerts;
        foreach (var call in deliveries.Chunk(400))
            await ApplyAsync(call);

        var expected = NaiveReference.Compute(alerts, new HashSet<string>());
        var stored = await Rows.StoredAsync(database, symbols);
        Assert.Equal(expected.Alerts, stored.Alerts);
        Assert.Equal(expected.Trades, stored.Trades);
    }

    private async Task PlayAndCompareAsync(int seed)
    {
        var random = new Random(seed);
        var symbols = Enumerable.Range(0, random.Next(1, 6)).Select(i => $"RANDOM{seed}.{i}").ToArray();
        var alerts = RandomAlerts(random, symbols, random.Next(1, 150));
        var deliveries = alerts.Concat(alerts.Where(_ => random.Next(4) == 0)).ToArray();
        if (random.Next(2) == 0)
            random.Shuffle(deliveries);
        else
            deliveries = [.. deliveries.OrderBy(alert => alert.Timestamp.AddSeconds(random.Next(5)))];

        var voided = new HashSet<string>();
        for (var at = 0; at < deliveries.Length; )
        {
            // Several at once, as by replicas: each with a store, and a cache of ids, of its own.
            var calls = new List<Task>();
            for (var replica = random.Next(1, 4); replica > 0 && at < deliveries.Length; replica--)
            {
                var call = deliveries.AsSpan(at, Math.Min(random.Next(1, 30), deliveries.Length - at)).ToArray();
                at += call.Length;
                var store = new PairingStore(new MySqlDatabase(database.WorkerUrl));
                calls.Add(
                    MySqlDatabase.RetryWhileTransientAsync(
                        token => store.ApplyAsync(call, PairedAt, announceStored: random.Next(2) == 0, token),
                        (_, _) => { },
                        TestContext.Current.CancellationToken
                    )
                );
            }

            await Task.WhenAll(calls);
            // Voiding one that did nothing leaves the rest as it is, so the row alone can be set.
            if (
                deliveries.Take(at).FirstOrDefault(_ => random.Next(10) == 0) is { } candidate
                && await VoidAsync(candidate)
            )
                voided.Add(candidate.AlertId);
        }

        var expected = NaiveReference.Compute(alerts, voided);
        var stored = await Rows.StoredAsync(database, symbols);
        Assert.True(expected.Alerts.SequenceEqual(stored.Alerts), $"alerts of seed {seed}");
        Assert.True(expected.Trades.SequenceEqual(stored.Trades), $"trades of seed {seed}");
    }

    private static List<AlertReceived> RandomAlerts(Random random, string[] symbols, int count)
    {
        var alerts = new List<AlertReceived>();
        while (alerts.Count < count)
        {
            var symbol = symbols[random.Next(symbols.Length)];
            var second = random.Next(Math.Max(2, count / symbols.Length / 2));
            var price = random.Next(1, 1_000_000) / (decimal)Math.Pow(10, random.Next(0, 8));
            var target = alerts
                .Where(alert => alert.Symbol == symbol && alert.Action == AlertAction.Entry)
                .LastOrDefault(_ => random.Next(3) == 0);
            var alert = random.Next(8) switch
            {
                < 4 => Rows.Alert(symbol, AlertAction.Entry, (Direction)random.Next(2), price, second),
                7 when target is not null => Rows.Alert(
                    symbol,
                    AlertAction.Manual,
                    target.Direction,
                    price,
                    second,
                    target.AlertId
                ),
                _ => Rows.Alert(
                    symbol,
                    AlertAction.Exit,
                    random.Next(3) == 0 ? (Direction)random.Next(2) : null,
                    price,
                    second
                ),
            };
            if (alerts.TrueForAll(other => other.AlertId != alert.AlertId))
                alerts.Add(alert);
        }

        return alerts;
    }

    private async Task<bool> VoidAsync(AlertReceived alert)
    {
        await using var connection = await database.OpenAsync();
        return await connection.ExecuteAsync(
                """
                UPDATE alerts SET voided_at = UTC_TIMESTAMP(3), outcome = 'voided', trade_id = NULL
                WHERE alert_id = @id AND outcome IN ('ignored', 'unmatched')
                """,
                new { id = Convert.FromHexString(alert.AlertId) }
            ) == 1;
    }

    private Task<PairingResult> ApplyAsync(AlertReceived[] alerts) =>
        _store.ApplyAsync(alerts, PairedAt, announceStored: false, TestContext.Current.CancellationToken);
}
