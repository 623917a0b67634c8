using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class DrawdownPeriodsTests
{
    // 1000; down to 900 and up to 1000 again, which is the peak then; up to 1200; down to 1000, 960 and 960, up to
    // 1100, and 1200; down to 1140 to the end.
    private static readonly List<Row> Account = Rows.Daily(
        1000m,
        -100m,
        100m,
        200m,
        -200m,
        -40m,
        0m,
        140m,
        100m,
        -60m,
        0m
    );

    public static TheoryData<int, string, int> Limits =>
        new()
        {
            // Peak, trough, recovery, depth, percentage, trades, hours. One a day at noon, the first entered an hour
            // before.
            {
                100,
                """
                    01-03T12 01-05T12 01-08T12 240 20 5 120
                    01-01T11 01-01T12 01-02T12 100 10 2 25
                    01-08T12 01-09T12 - 60 5 2 48
                    """,
                3
            },
            { 2, "01-03T12 01-05T12 01-08T12 240 20 5 120\n01-01T11 01-01T12 01-02T12 100 10 2 25", 3 },
            { 1, "01-03T12 01-05T12 01-08T12 240 20 5 120", 3 },
        };

    [Theory]
    [MemberData(nameof(Limits))]
    public void Falls_are_listed_worst_first(int limit, string expected, int total)
    {
        var periods = DrawdownPeriods.Of(Account.Selected(), limit);
        Assert.Equal(expected, string.Join('\n', periods.Items.Select(Text)));
        Assert.Equal(total, periods.Total);
    }

    [Fact]
    public void Of_equal_ones_the_first_comes_first()
    {
        var periods = DrawdownPeriods.Of(Rows.Daily(1000m, -100m, 100m, -100m, 100m, 1000m, -200m, 200m).Selected(), 2);
        Assert.Equal(
            ["01-01T11 01-01T12 01-02T12 100 10 2 25", "01-02T12 01-03T12 01-04T12 100 10 2 48"],
            periods.Items.Select(Text)
        );
    }

    [Fact]
    public void Of_an_account_that_never_fell_there_is_none()
    {
        Assert.Empty(DrawdownPeriods.Of(Rows.Daily(1000m, 1m, 0m, 1m).Selected(), 10).Items);
        Assert.Empty(DrawdownPeriods.Of(new List<Row>().Selected(), 10).Items);
        // In ruin from the beginning.
        var ruined = Rows.Daily(100m, -100m, 0m)
            .Selected(LedgerFilter.None with { From = Rows.Milliseconds(Rows.Time("2026-01-02")) });
        Assert.Equal(0, DrawdownPeriods.Of(ruined, 10).Total);
    }

    [Theory]
    [MemberData(nameof(RandomLedgers.Places), MemberType = typeof(RandomLedgers))]
    public void The_falls_of_any_ledger_and_filter_are_what_their_definition_says(string zone, string start)
    {
        Assert.NotEmpty(zone);
        var random = new Random(8);
        for (var i = 0; i < 60; i++)
        {
            var rows = RandomLedgers.Ledger(random, Rows.Time(start));
            var (filter, selects) = RandomLedgers.Filter(random, rows);
            var selected = rows.Where(selects).ToList();
            var expected = Falls(selected).OrderByDescending(fall => fall.Percentage).ToList();
            var limit = random.Next(1, 6);
            var actual = DrawdownPeriods.Of(rows.Selected(filter), limit);
            Assert.Equal(expected.Count, actual.Total);
            Assert.Equal(
                expected
                    .Take(limit)
                    .Select(fall =>
                        (fall.Peak, fall.Trough, fall.Recovery, FixedPoint.Of(fall.Depth), fall.Trades, fall.Seconds)
                    ),
                actual.Items.Select(one =>
                    (one.PeakTime, one.TroughTime, one.RecoveryTime, one.Depth, one.Trades, one.Seconds)
                )
            );
            Assert.All(
                expected.Zip(actual.Items),
                pair => Assert.Equal((double)pair.First.Percentage, pair.Second.DepthPercentage, 1e-9)
            );
        }
    }

    // A row under the highest so far, where the one before it is at it, begins one.
    private static IEnumerable<(
        DateTime Peak,
        DateTime Trough,
        DateTime? Recovery,
        decimal Depth,
        decimal Percentage,
        int Trades,
        double Seconds
    )> Falls(List<Row> rows)
    {
        if (rows.Count == 0)
            yield break;
        var curve = Naive.Curve(rows, Naive.Before(rows));
        for (var peak = 0; peak + 1 < curve.Count; peak++)
        {
            var height = curve[peak].Equity;
            if (
                height <= 0
                || height < curve.Take(peak + 1).Max(point => point.Equity)
                || curve[peak + 1].Equity >= height
            )
                continue;
            var end = curve.FindIndex(peak + 1, point => point.Equity >= height);
            var last = end < 0 ? curve.Count - 1 : end;
            var within = curve.GetRange(peak + 1, last - peak);
            var depth = height - within.Min(point => point.Equity);
            yield return (
                curve[peak].Time,
                within.First(point => point.Equity == height - depth).Time,
                end < 0 ? null : curve[end].Time,
                depth,
                depth / height * 100,
                last - peak,
                (curve[last].Time - curve[peak].Time).TotalSeconds
            );
        }
    }

    private static string Text(DrawdownPeriod one) =>
        string.Join(
            ' ',
            Time(one.PeakTime),
            Time(one.TroughTime),
            Time(one.RecoveryTime),
            one.Depth,
            one.DepthPercentage,
            one.Trades,
            one.Seconds / 3600
        );

    private static string Time(DateTime? time) => time is { } value ? $"{value:MM-dd'T'HH}" : "-";
}
