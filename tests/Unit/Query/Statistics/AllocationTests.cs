using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

/// <summary>
/// What is asked of a long ledger leaves next to nothing behind for each of its rows: the memory of the query API is
/// that of the columns.
/// </summary>
public sealed class AllocationTests
{
    private const int Trades = 300_000;

    // Columns of days, and of two thousand points, but nothing a row.
    private const long MaxBytes = Trades / 2;

    private static readonly LedgerFilter[] Filters = [LedgerFilter.None, LedgerFilter.None with { Sides = ["long"] }];

    public static TheoryData<string> Answers => [.. Made.Keys];

    private static Dictionary<string, Action<Selection, ZoneCalendar>> Made { get; } =
        new(StringComparer.Ordinal)
        {
            ["capital by trade"] = (rows, _) => Series.CapitalByTrade(rows, cumulative: true, points: 2_000),
            ["drawdown by trade"] = (rows, _) => Series.DrawdownByTrade(rows, percentage: true, points: 2_000),
            ["capital by day"] = (rows, calendar) =>
                Series.CapitalByPeriod(rows, rows.Divide(calendar, Period.Day, 0), cumulative: true),
            ["drawdown by day"] = (rows, calendar) =>
                Series.DrawdownByPeriod(rows, rows.Divide(calendar, Period.Day, 0), percentage: true),
            ["trades by week"] = (rows, calendar) =>
                Series.TradesByPeriod(rows.Divide(calendar, Period.Week, 0), cumulative: false),
            ["returns"] = (rows, calendar) => Returns.ByMonth(rows, calendar, 0),
            ["distribution"] = (rows, _) => Distribution.Of(rows, ofChange: true, bins: 100),
            ["breakdown"] = (rows, calendar) => Groups.Of(rows, calendar, GroupBy.Hour),
            ["exposure"] = (rows, _) => Exposure.Figures(rows, OpenTrades.None),
            ["exposure by trade"] = (rows, _) => Exposure.Of(rows, OpenTrades.None, points: 2_000),
            ["breakdown by two"] = (rows, calendar) => Groups.Of(rows, calendar, GroupBy.Weekday, GroupBy.Hour),
            ["falls"] = (rows, _) => DrawdownPeriods.Of(rows, limit: 100),
            ["rolling"] = (rows, _) => Rolling.ByTrades(rows, RollingFigure.ProfitFactor, 100, points: 2_000),
            ["tally"] = (rows, _) => TradeTally.Of(rows),
            ["holdings"] = (rows, _) => Holdings.Of(rows, TimeInMarket.Of(rows)),
        };

    [Theory]
    [MemberData(nameof(Answers))]
    public void An_answer_leaves_nothing_behind_for_each_row(string what)
    {
        var (ledger, calendar) = (Ledger, Rows.Calendar("Europe/Berlin"));
        foreach (var filter in Filters)
        {
            // Once for the room that is kept.
            Make(ledger, filter, calendar, Made[what]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Make(ledger, filter, calendar, Made[what]);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxBytes);
        }
    }

    private static void Make(
        LedgerColumns ledger,
        LedgerFilter filter,
        ZoneCalendar calendar,
        Action<Selection, ZoneCalendar> make
    )
    {
        using var rows = Selection.Of(ledger, filter);
        make(rows, calendar);
    }

    // An exit each minute, of trades held for up to a day.
    private static LedgerColumns Ledger { get; } = Create();

    private static LedgerColumns Create()
    {
        var random = new Random(3);
        var capital = FixedPoint.Of(100_000);
        long[] exits =
        [
            .. Enumerable
                .Range(0, Trades)
                .Select(i => Rows.Milliseconds(Rows.Time("2020-01-01T00:00")) + (i * 60_000L)),
        ];
        FixedPoint[] pnl = [.. exits.Select(_ => new FixedPoint(random.NextInt64(-10_000_000_000, 10_000_000_001)))];
        return new LedgerColumns(
            1,
            exits,
            [.. exits.Select(exit => exit - random.NextInt64(1, 86_400_000))],
            new int[Trades],
            [.. exits.Select(_ => random.Next(2) == 0)],
            AmountColumn.Of([.. pnl.Select(amount => new FixedPoint(amount.Units / 10))]),
            AmountColumn.Of(pnl),
            AmountColumn.Of([.. pnl.Select(amount => capital += amount)]),
            AmountColumn.Of(new FixedPoint[Trades]),
            AmountColumn.Of(new FixedPoint[Trades]),
            AmountColumn.Of(new FixedPoint[Trades]),
            new AlertId[Trades],
            [new LedgerStream("BTC", "60")]
        );
    }
}
