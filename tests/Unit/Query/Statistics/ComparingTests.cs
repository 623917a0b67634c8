using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class ComparingTests
{
    [Fact]
    public void Two_batches_are_compared_and_summed()
    {
        var one = Account(
            1,
            Rows.Of(
                1000m,
                ("2026-01-01T00:00", "2026-01-01T12:00", 10m, 100m),
                ("2026-01-01T12:00", "2026-01-02T12:00", -10m, -110m),
                ("2026-01-02T12:00", "2026-01-04T12:00", 10m, 99m)
            )
        );
        var two = Account(
            2,
            Rows.Of(
                3000m,
                ("2026-01-02T00:00", "2026-01-02T18:00", 10m, 300m),
                ("2026-01-03T00:00", "2026-01-03T12:00", -20m, -660m),
                ("2026-01-04T00:00", "2026-01-05T12:00", 50m, 1320m)
            )
        );
        var comparison = Comparing.Of([one, two], Rows.Calendar("UTC"), now: 0);

        Assert.Equal(("day", "UTC"), (comparison.By, comparison.TimeZone));
        Assert.Equal(
            Enumerable.Range(0, 5).Select(day => Rows.Milliseconds(Rows.Time("2026-01-01").AddDays(day))),
            comparison.Time
        );
        // Null before the first day, carried on after the last.
        Assert.Equal([10, -1, -1, 8.9, 8.9], comparison.Batches[0].ChangePercentage);
        Assert.Equal([null, 10, -12, -12, 32], comparison.Batches[1].ChangePercentage);
        Assert.Equal(
            (FixedPoint.Of(1000m), FixedPoint.Of(3000m)),
            (comparison.Batches[0].Capital, comparison.Batches[1].Capital)
        );
        Assert.Same(one.Statistics, comparison.Batches[0].Statistics);

        // Each curve starts by itself, at 0 %; the sum with the first of all.
        Assert.Equal(
            [new SeriesStart<double>(comparison.Time[0], 0), new SeriesStart<double>(comparison.Time[1], 0)],
            comparison.Batches.Select(batch => batch.Start)
        );
        Assert.Equal(new SeriesStart<FixedPoint>(comparison.Time[0], FixedPoint.Of(4000m)), comparison.Sum.Start);

        // Of the days 2 to 4, which both have: statistics.correlation([-.1, 0, .1], [.1, -.2, 0]) in Python.
        Assert.Equal(
            [1, -0.3273268353539886],
            comparison.Correlation[0].Select(value => Math.Round(value!.Value, 14)),
            Near
        );
        Assert.Equal(comparison.Correlation[0][1], comparison.Correlation[1][0]);
        Assert.Equal(1, comparison.Correlation[1][1]);

        // Money is added: 4000 before, of which the second has its 3000 before it begins.
        var sum = comparison.Sum;
        Assert.Equal((FixedPoint.Of(4000m), FixedPoint.Of(1049m)), (sum.Capital, sum.NetProfit));
        Assert.Equal(["4100", "4290", "3630", "3729", "5049"], sum.Value.Select(value => $"{value}"));
        Assert.Equal([2.5, 7.25, -9.25, -6.775, 26.225], sum.ChangePercentage);
        Assert.Equal(["0", "0", "660", "561", "0"], sum.Drawdown.Select(value => $"{value}"));
        Assert.Equal([0, 0, 15.384615384615385, 13.076923076923077, 0], sum.DrawdownPercentage, Near);
        Assert.Equal(
            new Drawdown<FixedPoint>(
                FixedPoint.Of(660m),
                Rows.Time("2026-01-02T18:00"),
                Rows.Time("2026-01-03T12:00"),
                Rows.Time("2026-01-05T12:00")
            ),
            sum.MaxDrawdown
        );
    }

    [Fact]
    public void A_curve_spans_what_was_asked_for()
    {
        // From the day before the first exit to the day after the last; the correlation is of the days that there are
        // returns of.
        var filter = LedgerFilter.None with
        {
            From = Rows.Milliseconds(Rows.Time("2025-12-31")),
            To = Rows.Milliseconds(Rows.Time("2026-01-05")),
        };
        var one = Account(1, Rows.Daily(1000m, 100m, -110m, 0m), filter);
        var two = Account(2, Rows.Daily(1000m, -100m, 90m, 0m), filter);
        var comparison = Comparing.Of(
            [one, two],
            Rows.Calendar("UTC"),
            now: Rows.Milliseconds(Rows.Time("2026-02-01"))
        );
        Assert.Equal(
            Enumerable.Range(0, 5).Select(day => Rows.Milliseconds(Rows.Time("2025-12-31").AddDays(day))),
            comparison.Time
        );
        Assert.Equal([0, 10, -1, -1, -1], comparison.Batches[0].ChangePercentage);
        Assert.Equal(["2000", "2000", "1980", "1980", "1980"], comparison.Sum.Value.Select(value => $"{value}"));
        // Under the 2100 after the first of the two that exit at noon on the first day.
        Assert.Equal([0, 100 / 21.0, 120 / 21.0, 120 / 21.0, 120 / 21.0], comparison.Sum.DrawdownPercentage, Near);
        Assert.Equal(comparison.Time[0], comparison.Batches[1].Start!.Time);
        var withoutFilter = Comparing.Of(
            [Account(1, Rows.Daily(1000m, 100m, -110m, 0m)), Account(2, Rows.Daily(1000m, -100m, 90m, 0m))],
            Rows.Calendar("UTC"),
            now: 0
        );
        Assert.Equal(withoutFilter.Correlation, comparison.Correlation);
    }

    [Fact]
    public void The_sum_falls_within_a_day_too()
    {
        // Down and up again on one day: nothing is seen at its end.
        var account = Account(
            1,
            Rows.Of(
                100m,
                ("2026-01-01T00:00", "2026-01-01T10:00", -50m, -50m),
                ("2026-01-01T10:00", "2026-01-01T12:00", 100m, 60m)
            )
        );
        var sum = Comparing.Of([account], Rows.Calendar("UTC"), now: 0).Sum;
        Assert.Equal([0], sum.DrawdownPercentage);
        Assert.Equal(50, sum.MaxDrawdownPercentage!.Value);
    }

    [Fact]
    public void A_batch_without_trades_counts_with_its_capital()
    {
        var empty = new Account(7, "Empty", FixedPoint.Of(500m), new List<Row>().Selected(), new BatchStatistics());
        var other = Account(8, Rows.Daily(1000m, 100m));
        var comparison = Comparing.Of([empty, other], Rows.Calendar("UTC"), now: 0);
        Assert.Equal([null], comparison.Batches[0].ChangePercentage);
        Assert.Equal([null, null], comparison.Correlation[0]);
        Assert.Equal(("1500", "1600"), ($"{comparison.Sum.Capital}", $"{comparison.Sum.Value[0]}"));

        var nothing = Comparing.Of([empty], Rows.Calendar("UTC"), now: 0);
        Assert.Empty(nothing.Time);
        Assert.Empty(nothing.Sum.Value);
        Assert.Equal("500", $"{nothing.Sum.Capital}");
        Assert.Null(nothing.Sum.MaxDrawdown);
    }

    [Theory]
    // What a selection of 1000, +100 on the first and +10 on the third of January begins with.
    [InlineData(null, null, "1000")]
    [InlineData("2026-01-02", null, "1100")]
    [InlineData("2026-02-01", null, "1110")]
    [InlineData("2026-01-02", "2026-01-03", "1100")]
    [InlineData(null, "2026-01-01", "1000")]
    public void A_selection_without_rows_begins_with_what_there_was_at_the_time(
        string? from,
        string? to,
        string expected
    )
    {
        var rows = Rows.Daily(1000m, 100m, 0m, 10m);
        rows.RemoveAt(1);
        var filter = LedgerFilter.None with
        {
            From = from is null ? null : Rows.Milliseconds(Rows.Time(from)),
            To = to is null ? null : Rows.Milliseconds(Rows.Time(to)),
        };
        Assert.Equal(
            expected,
            $"{PnlPipeline.Domain.Statistics.Account.CapitalOf(rows.Selected(filter), filter, FixedPoint.Of(7m))}"
        );
        var empty = new List<Row>().Selected(filter);
        Assert.Equal("7", $"{PnlPipeline.Domain.Statistics.Account.CapitalOf(empty, filter, FixedPoint.Of(7m))}");
    }

    [Theory]
    [MemberData(nameof(RandomLedgers.Places), MemberType = typeof(RandomLedgers))]
    public void Any_batches_in_any_zone_compare_as_the_definitions_say(string zone, string start)
    {
        var random = new Random(6);
        var local = TimeZoneInfo.FindSystemTimeZoneById(zone);
        for (var i = 0; i < 30; i++)
        {
            var ledgers = Enumerable
                .Range(0, random.Next(1, 5))
                .Select(_ => RandomLedgers.Ledger(random, Rows.Time(start).AddHours(random.Next(0, 300))))
                .ToList();
            // Not in the order of their ids.
            var accounts = ledgers.Select((rows, n) => Account(ledgers.Count - n, rows)).ToList();
            var comparison = Comparing.Of(accounts, Rows.Calendar(zone), now: 0);

            var merged = ledgers
                .SelectMany((rows, n) => rows.Select(row => (Id: ledgers.Count - n, Row: row)))
                .OrderBy(entry => entry.Row.Exit)
                .ThenBy(entry => entry.Row.Entry)
                .ThenBy(entry => entry.Id)
                .Select(entry => entry.Row)
                .ToList();
            var days = Naive.Days(merged, local);
            Assert.Equal(days.Count, comparison.Time.Count);
            var capital = ledgers.Sum(rows => rows.Count > 0 ? Naive.Before(rows) : 1000m);
            Assert.Equal(FixedPoint.Of(capital), comparison.Sum.Capital);
            for (var n = 0; n < ledgers.Count; n++)
            {
                Assert.Equal(Rebased(ledgers[n], days, local), comparison.Batches[n].ChangePercentage.Select(Round));
                for (var m = 0; m < ledgers.Count; m++)
                    Assert.Equal(Correlation(ledgers[n], ledgers[m], local), Round(comparison.Correlation[n][m]));
            }

            if (merged.Count == 0)
                continue;
            var equity = days.Select((_, d) => capital + days.Take(d + 1).Sum(day => day.Rows.Sum(row => row.Pnl)))
                .ToList();
            Assert.Equal(equity.Select(FixedPoint.Of), comparison.Sum.Value);
            var deepest = Naive.Deepest(Naive.Curve(merged, capital), percentage: false);
            Assert.Equal(
                (FixedPoint.Of(deepest.Value), deepest.Peak, deepest.Trough, deepest.Recovery),
                (
                    comparison.Sum.MaxDrawdown!.Value,
                    comparison.Sum.MaxDrawdown.PeakTime,
                    comparison.Sum.MaxDrawdown.TroughTime,
                    comparison.Sum.MaxDrawdown.RecoveryTime
                )
            );
        }
    }

    private static IEnumerable<double?> Rebased(List<Row> rows, List<Naive.Day> days, TimeZoneInfo zone) =>
        days.Select(day =>
            rows.Count == 0 || day.Date < rows.Min(row => Naive.Date(row, zone))
                ? null
                : Round(
                    (double)(
                        rows.Where(row => Naive.Date(row, zone) <= day.Date).Sum(row => row.Pnl)
                        / Naive.Before(rows)
                        * 100
                    )
                )
        );

    private static double? Correlation(List<Row> one, List<Row> other, TimeZoneInfo zone)
    {
        var (x, y) = (Returns(one, zone), Returns(other, zone));
        var common = x.Keys.Where(y.ContainsKey).ToList();
        if (common.Count < 2 || common.Exists(day => x[day] is null || y[day] is null))
            return null;
        var (a, b) = (common.ConvertAll(day => x[day]!.Value), common.ConvertAll(day => y[day]!.Value));
        var (meanA, meanB) = (a.Average(), b.Average());
        var (squareA, squareB) = (
            a.Sum(value => Math.Pow(value - meanA, 2)),
            b.Sum(value => Math.Pow(value - meanB, 2))
        );
        return squareA < 1e-24 || squareB < 1e-24
            ? null
            : Round(a.Zip(b, (p, q) => (p - meanA) * (q - meanB)).Sum() / Math.Sqrt(squareA * squareB));
    }

    private static Dictionary<DateOnly, double?> Returns(List<Row> rows, TimeZoneInfo zone)
    {
        if (rows.Count == 0)
            return [];
        var days = Naive.Days(rows, zone);
        return days.Zip(Naive.Returns(Naive.Before(rows), Naive.DailyEquity(rows, days)))
            .ToDictionary(pair => pair.First.Date, pair => (double?)pair.Second);
    }

    private static Account Account(long id, List<Row> rows, LedgerFilter? filter = null) =>
        new(
            id,
            $"Batch {id}",
            PnlPipeline.Domain.Statistics.Account.CapitalOf(rows.Selected(), LedgerFilter.None, FixedPoint.Of(1000m)),
            rows.Selected(filter),
            SelectionStatistics.Of(rows.Selected(), Rows.Calendar("UTC"), 365, OpenTrades.None)
        );

    private static double? Round(double? value) => value is { } number ? Math.Round(number, 9) + 0.0 : null;

    private static bool Near(double one, double other) => Math.Abs(one - other) < 1e-12;
}
