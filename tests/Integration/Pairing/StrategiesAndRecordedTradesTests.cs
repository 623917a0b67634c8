using Dapper;
using PnlPipeline.Analytics.Worker.Corrections;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Tests.Integration.Ledgers;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Pairing;

/// <summary>
/// From the alert to the ledger on the real MySQL, as the worker's account. Each test has symbols of its own.
/// </summary>
public sealed class StrategiesAndRecordedTradesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTime PairedAt = new(2026, 6, 1, 0, 0, 0, 123, DateTimeKind.Utc);

    private readonly PairingStore _store = new(new MySqlDatabase(database.WorkerUrl));
    private readonly CorrectionStore _corrections = new(new MySqlDatabase(database.WorkerUrl), TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A symbol of any script, too: it is compared to the character.</summary>
    [Fact]
    public async Task Alerts_of_one_strategy_do_not_close_the_trades_of_another()
    {
        const string symbol = "СБЕР日";
        AlertReceived[] alerts =
        [
            Of(Rows.Alert(symbol, AlertAction.Entry, Direction.Long, 100, 1), "Breakout 4h \U0001F680"),
            Of(Rows.Alert(symbol, AlertAction.Entry, Direction.Short, 101, 2), "breakout 4h \U0001F680"),
            Rows.Alert(symbol, AlertAction.Entry, Direction.Short, 102, 3),
            Of(Rows.Alert(symbol, AlertAction.Exit, null, 110, 4), "Breakout 4h \U0001F680"),
        ];
        var result = await ApplyAsync([.. alerts, Rows.Alert("СБЕР", AlertAction.Exit, null, 1, 5)]);

        var closed = Assert.Single(result.Announcement.Closed);
        Assert.Equal(
            (symbol, "Breakout 4h \U0001F680", alerts[0].AlertId, 10m),
            (closed.Symbol, closed.Strategy, closed.TradeId, closed.ChangePercentage)
        );
        await using var connection = await database.OpenAsync();
        Assert.Equal(
            ["", "Breakout 4h \U0001F680", "breakout 4h \U0001F680"],
            (
                await connection.QueryAsync<string>(
                    "SELECT strategy FROM streams WHERE symbol = @symbol",
                    new { symbol }
                )
            ).Order(StringComparer.Ordinal)
        );
        var again = await _store.ApplyAsync(alerts, PairedAt, announceStored: true, Cancellation);
        Assert.Equal((4, closed), (again.Duplicates, Assert.Single(again.Announcement.Closed)));
        Assert.Equal(
            [null, "Breakout 4h \U0001F680", "breakout 4h \U0001F680"],
            again.Announcement.Revised.Select(stream => stream.Strategy).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(0, "RECORDED")]
    [InlineData(300, "RECORDEDINAHEAP")]
    public async Task Recorded_trades_are_what_the_list_says(int together, string symbol)
    {
        // On one bar, overlapping, twice the same; beside a trade by signals that is open all the while.
        AlertReceived[] list =
        [
            Recorded(symbol, Direction.Long, 100, 1, 98, 1),
            Recorded(symbol, Direction.Long, 120, 3, 126, 40),
            Recorded(symbol, Direction.Short, 120, 3, 126, 4),
            Recorded(symbol, Direction.Short, 120, 3, 126, 4, number: 2),
        ];
        var signal = Rows.Alert(symbol, AlertAction.Entry, Direction.Long, 100, 2);
        var more = Enumerable
            .Range(1, together)
            .Select(i => Recorded(symbol, Direction.Long, 100, 100 + i, 101, 1_000 - i));
        var result = await ApplyAsync([.. list, signal, .. more]);

        Assert.Empty(result.Announcement.Revised);
        Assert.Equal(list.Length + together, result.Announcement.Closed.Count);
        Assert.All(result.Announcement.Closed, trade => Assert.Equal(ExitReason.Recorded, trade.ExitReason));
        var stored = await Rows.StoredAsync(database, [symbol]);
        Assert.Equal(list.Length + together + 1, stored.Trades.Count);
        foreach (var (alert, change) in list.Zip((string[])["-2.00000000", "5.00000000", "-5.00000000", "-5.00000000"]))
        {
            Assert.Contains($"{symbol} 60 {alert.AlertId} recorded {alert.AlertId} -", stored.Alerts);
            var trade = Assert.Single(
                stored.Trades,
                row => row.StartsWith($"{symbol} 60 {alert.AlertId}", StringComparison.Ordinal)
            );
            Assert.EndsWith($" recorded {alert.AlertId} {change}", trade, StringComparison.Ordinal);
        }

        Assert.Contains(
            stored.Trades,
            row =>
                row.Contains(signal.AlertId, StringComparison.Ordinal)
                && row.EndsWith(" open", StringComparison.Ordinal)
        );

        // Again, and behind a crash: nothing new, and everything is told again.
        var again = await _store.ApplyAsync([.. list, signal], PairedAt, announceStored: true, Cancellation);
        Assert.Equal(5, again.Duplicates);
        Assert.Equal(list.Length, again.Announcement.Closed.Count);
        Assert.True(Assert.Single(again.Announcement.Revised).To >= Rows.Start.AddSeconds(40));
        Assert.Equal(
            stored,
            await Rows.StoredAsync(database, [symbol]),
            (one, other) => one.Alerts.SequenceEqual(other.Alerts) && one.Trades.SequenceEqual(other.Trades)
        );
    }

    [Fact]
    public async Task A_recorded_trade_that_comes_late_changes_nothing_else_and_is_told_to_its_exit()
    {
        const string symbol = "LATERECORDED";
        await ApplyAsync([Rows.Alert(symbol, AlertAction.Entry, Direction.Long, 100, 10)]);
        var late = await ApplyAsync([Recorded(symbol, Direction.Short, 100, 5, 90, 60)]);
        Assert.Equal(1, late.LateStreams);
        var revised = Assert.Single(late.Announcement.Revised);
        Assert.Equal((Rows.Start.AddSeconds(5), Rows.Start.AddSeconds(60)), (revised.From, revised.To));

        // And hides the open trade from nobody.
        await ApplyAsync([
            Recorded(symbol, Direction.Short, 100, 15, 90, 16),
            Rows.Alert(symbol, AlertAction.Exit, null, 120, 30),
        ]);
        var exit = await ApplyAsync([Rows.Alert(symbol, AlertAction.Exit, null, 110, 20)]);
        Assert.Equal(1, exit.LateStreams);
        var (alerts, trades) = await Rows.StoredAsync(database, [symbol]);
        Assert.Equal(
            ["closed", "opened", "recorded", "recorded", "unmatched"],
            alerts.Select(row => row.Split(' ')[3]).Order(StringComparer.Ordinal)
        );
        Assert.Equal(3, trades.Count);
    }

    [Fact]
    public async Task A_recorded_trade_is_voided_and_restored_as_any_alert()
    {
        const string symbol = "VOIDRECORDED";
        var recorded = Of(Recorded(symbol, Direction.Long, 100, 5, 110, 60), "S");
        var signal = Of(Rows.Alert(symbol, AlertAction.Entry, Direction.Long, 100, 10), "S");
        await ApplyAsync([recorded, signal]);
        var before = await Rows.StoredAsync(database, [symbol]);

        var voided = await SettleAsync(recorded, voided: true);
        Assert.Equal(CorrectionOutcome.Applied, voided.Outcome);
        Assert.Equal("S", Assert.Single(voided.Announcement.Revised).Strategy);
        Assert.Equal("S", voided.Corrected?.Strategy);
        var (alerts, trades) = await Rows.StoredAsync(database, [symbol]);
        Assert.Contains($"{symbol} 60 {recorded.AlertId} voided - -", alerts);
        Assert.Contains(signal.AlertId, Assert.Single(trades), StringComparison.Ordinal);

        Assert.Equal(CorrectionOutcome.Applied, (await SettleAsync(recorded, voided: false)).Outcome);
        Assert.Equal(
            before,
            await Rows.StoredAsync(database, [symbol]),
            (one, other) => one.Alerts.SequenceEqual(other.Alerts) && one.Trades.SequenceEqual(other.Trades)
        );
        Assert.Equal(
            CorrectionOutcome.Closed,
            (
                await _corrections.SettleAsync(
                    new CloseTrade(
                        Guid.NewGuid(),
                        recorded.AlertId,
                        1,
                        Rows.Start.AddDays(1),
                        Rows.Start,
                        new Author("admin", "5f0c0a9d")
                    ),
                    Cancellation
                )
            ).Outcome
        );
    }

    [Fact]
    public async Task A_ledger_counts_the_strategies_of_its_batch_and_recorded_trades_with_the_others()
    {
        var world = new LedgerWorld(database);
        var (symbol, replica) = (world.Symbol("COUNTS"), new Replica(database));
        AlertReceived[] alerts =
        [
            Of(Rows.Alert(symbol, AlertAction.Entry, Direction.Long, 100, 1), "A"),
            Of(Rows.Alert(symbol, AlertAction.Exit, null, 110, 50), "A"),
            Of(Recorded(symbol, Direction.Long, 100, 2, 120, 60), "A"),
            Of(Recorded(symbol, Direction.Long, 100, 3, 130, 5), "A"),
            Of(Recorded(symbol, Direction.Long, 100, 4, 150, 70), "B"),
            Recorded(symbol, Direction.Short, 100, 4, 50, 80),
        ];
        var some = new Dictionary<string, string[]>
        {
            ["all"] = [],
            ["A"] = ["A"],
            ["none"] = [""],
            ["both"] = ["", "B"],
            ["C"] = ["C"],
        };
        var batches = new Dictionary<string, long>();
        foreach (var (name, strategies) in some)
        {
            batches[name] = await world.CreateBatchAsync([symbol]);
            foreach (var strategy in strategies)
                await world.ExecuteAsync(
                    "INSERT INTO batch_strategies VALUES (@id, @strategy)",
                    new { id = batches[name], strategy }
                );
            await replica.BuildAsync(batches[name]);
        }

        var result = await ApplyAsync(alerts);
        await replica.PostAsync([.. result.Announcement.Closed]);
        string[] expected = ["all 5: 30 10 20 50 50", "A 3: 30 10 20", "none 1: 50", "both 2: 50 50", "C 0: "];
        Assert.Equal(expected, await LedgersAsync());

        // Late ones by their revision; and read anew, every row is right.
        var late = await ApplyAsync([Of(Recorded(symbol, Direction.Long, 100, 1, 105, 90), "A")]);
        await replica.PostAsync([.. late.Announcement.Revised]);
        Assert.Equal(
            ["all 6: 30 10 20 50 50 5", "A 4: 30 10 20 5", "none 1: 50", "both 2: 50 50", "C 0: "],
            await LedgersAsync()
        );
        Assert.Empty((await replica.ReconcileAsync()).Intersect(batches.Values));

        async Task<List<string>> LedgersAsync()
        {
            await using var connection = await database.OpenAsync();
            var ledgers = new List<string>();
            foreach (var (name, batch) in batches)
            {
                var changes = (
                    await connection.QueryAsync<decimal>(
                        "SELECT change_percentage FROM ledger_rows JOIN ledgers USING (batch_id, generation) WHERE "
                            + "batch_id = @batch ORDER BY seq",
                        new { batch }
                    )
                ).AsList();
                ledgers.Add($"{name} {changes.Count}: {string.Join(' ', changes.Select(change => $"{change:0}"))}");
            }

            return ledgers;
        }
    }

    private static AlertReceived Recorded(
        string symbol,
        Direction side,
        decimal entryPrice,
        double entrySecond,
        decimal exitPrice,
        double exitSecond,
        int number = 1
    )
    {
        var alert = Rows.Alert(symbol, AlertAction.Recorded, side, entryPrice, entrySecond) with
        {
            Exit = new RecordedExit(exitPrice, Rows.Start.AddSeconds(exitSecond), number),
        };
        return alert with { AlertId = AlertId.Of(alert).ToString() };
    }

    private static AlertReceived Of(AlertReceived alert, string strategy)
    {
        alert = alert with { Strategy = strategy };
        return alert with { AlertId = AlertId.Of(alert).ToString() };
    }

    private Task<Settlement> SettleAsync(AlertReceived alert, bool voided) =>
        _corrections.SettleAsync(
            new CorrectAlert(Guid.NewGuid(), alert.AlertId, voided, new Author("admin", "5f0c0a9d")),
            Cancellation
        );

    private Task<PairingResult> ApplyAsync(AlertReceived[] alerts)
    {
        AlertCheck.ThrowIfInvalid(new AlertsReceived(alerts));
        return _store.ApplyAsync(alerts, PairedAt, announceStored: false, Cancellation);
    }
}
