using System.Globalization;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class RollingTests
{
    // Changes are a tenth of the pnl, in percent.
    private static readonly List<Row> Account = Rows.Daily(1000m, 100m, -110m, 0m, 99m, -108.9m);

    public static TheoryData<RollingFigure, int, string> Windows =>
        new()
        {
            { RollingFigure.WinRate, 2, "- 0.5 0 0.5 0.5" },
            { RollingFigure.WinRate, 1, "1 0 0 1 0" },
            { RollingFigure.WinRate, 5, "- - - - 0.4" },
            { RollingFigure.WinRate, 6, "- - - - -" },
            { RollingFigure.ProfitFactor, 2, "- 0.9090909090909091 0 - 0.9090909090909091" },
            { RollingFigure.Expectancy, 2, "- -5 -55 49.5 -4.95" },
            { RollingFigure.AverageChange, 3, "- - -0.33333333 -0.36666667 -0.33" },
            // Daily returns: 0.1, −0.1, 0, 0.1, −0.1. Of two that are a and b: (a + b) / |a − b| / √2 × √365.
            { RollingFigure.Sharpe, 2, "- 0 -13.50925609 13.50925609 0" },
            // Of 0.1 and −0.1 the deviation is √0.02, of one of them and 0 √0.005.
            { RollingFigure.Volatility, 2, "- 2.70185122 1.35092561 1.35092561 2.70185122" },
            // Mean / √(mean of the squares under 0) × √365.
            { RollingFigure.Sortino, 2, "- 0 -13.50925609 - 0" },
            { RollingFigure.Sortino, 4, "- - - 9.55248659 -6.75462804" },
        };

    [Theory]
    [MemberData(nameof(Windows))]
    public void A_window_moves_along(RollingFigure of, int window, string expected)
    {
        using var rows = Account.Selected();
        var series = Rolling.IsOfDays(of)
            ? Rolling.ByDays(rows, Rows.Calendar("UTC"), of, window, 365, null)
            : Rolling.ByTrades(rows, of, window, null);
        Assert.Equal(
            expected
                .Split(' ')
                .Select(number => number == "-" ? (double?)null : double.Parse(number, CultureInfo.InvariantCulture)),
            series.Value,
            (one, other) => one is { } a && other is { } b ? Math.Abs(a - b) < 1e-8 : one == other
        );
        var days = Enumerable
            .Range(0, 5)
            .Select(day => Rows.Time(Rolling.IsOfDays(of) ? "2026-01-01" : "2026-01-01T12:00").AddDays(day));
        Assert.Equal(days.Select(Rows.Milliseconds), series.Time);
        Assert.Equal(Rolling.IsOfDays(of) ? null : [1L, 2, 3, 4, 5], series.Seq);
        Assert.Equal(5, series.Total);
    }

    [Theory]
    [MemberData(nameof(RandomLedgers.Places), MemberType = typeof(RandomLedgers))]
    public void Each_point_is_the_figure_of_its_window_alone(string zone, string start)
    {
        var random = new Random(9);
        var local = TimeZoneInfo.FindSystemTimeZoneById(zone);
        for (var i = 0; i < 25; i++)
        {
            var all = RandomLedgers.Ledger(random, Rows.Time(start));
            var (filter, selects) = RandomLedgers.Filter(random, all);
            var rows = all.Where(selects).ToList();
            var window = random.Next(1, 12);
            using var selection = all.Selected(filter);
            foreach (var of in Enum.GetValues<RollingFigure>().Where(figure => !Rolling.IsOfDays(figure)))
            {
                var expected = rows.Select(
                    (_, last) => last + 1 < window ? null : Figure(of, rows.GetRange(last + 1 - window, window))
                );
                Assert.Equal(expected.Select(Round), Rolling.ByTrades(selection, of, window, null).Value.Select(Round));
            }

            var returns =
                rows.Count == 0
                    ? []
                    : Naive.Returns(Naive.Before(rows), Naive.DailyEquity(rows, Naive.Days(rows, local)));
            foreach (var of in Enum.GetValues<RollingFigure>().Where(Rolling.IsOfDays))
            {
                var expected = returns.Select(
                    (_, last) => last + 1 < window ? null : OfDays(of, returns.GetRange(last + 1 - window, window))
                );
                Assert.Equal(
                    expected.Select(Round),
                    Rolling.ByDays(selection, Rows.Calendar(zone), of, window, 252, null).Value.Select(Round)
                );
            }
        }
    }

    [Fact]
    public void Made_short_it_keeps_its_ends_its_highs_and_lows_and_where_it_is_undefined()
    {
        var random = new Random(10);
        var rows = Rows.Daily(
            1_000_000m,
            [.. Enumerable.Range(0, 2_000).Select(day => day is > 900 and < 950 ? 10m : random.Next(-50, 51))]
        );
        using var selection = rows.Selected();
        var whole = Rolling.ByTrades(selection, RollingFigure.ProfitFactor, 10, null);
        var few = Rolling.ByTrades(selection, RollingFigure.ProfitFactor, 10, 100);
        Assert.InRange(few.Value.Count, 100, 120);
        Assert.Equal(2_000, few.Total);
        Assert.Equal((1, 2_000), (few.Seq![0], few.Seq[^1]));
        Assert.Equal(few.Seq.Select(seq => whole.Value[(int)seq - 1]), few.Value);
        Assert.Equal((whole.Value.Max(), whole.Value.Min()), (few.Value.Max(), few.Value.Min()));
        Assert.Contains(few.Seq.Zip(few.Value), point => point.Second is null && point.First is > 900 and < 960);
    }

    // In decimal, of the rows of the window.
    private static double? Figure(RollingFigure of, List<Row> window)
    {
        var (profit, loss) = (
            window.Where(row => row.Pnl > 0).Sum(row => row.Pnl),
            window.Where(row => row.Pnl < 0).Sum(row => row.Pnl)
        );
        return of switch
        {
            RollingFigure.WinRate => (double)window.Count(row => row.Pnl > 0) / window.Count,
            RollingFigure.ProfitFactor => loss == 0 ? null : (double)(profit / -loss),
            RollingFigure.Expectancy => (double)(window.Sum(row => row.Pnl) / window.Count),
            _ => (double)window.Average(row => row.Change),
        };
    }

    private static double? OfDays(RollingFigure of, List<decimal?> window)
    {
        if (window.Contains(null))
            return null;
        var r = window.ConvertAll(value => (double)value!.Value);
        var (mean, largest) = (r.Average(), r.Max(Math.Abs));
        double? deviation =
            r.Count > 1 ? Math.Sqrt(r.Sum(value => (value - mean) * (value - mean)) / (r.Count - 1)) : null;
        var downside = Math.Sqrt(r.Average(value => Math.Pow(Math.Min(value, 0), 2)));
        return of switch
        {
            RollingFigure.Volatility => deviation * Math.Sqrt(252),
            RollingFigure.Sharpe => deviation > 1e-12 * largest ? mean / deviation * Math.Sqrt(252) : null,
            _ => downside > 1e-12 * largest ? mean / downside * Math.Sqrt(252) : null,
        };
    }

    // To 9 digits, so that the last ones of doubles do not matter.
    private static double? Round(double? value) =>
        value is { } number
            ? (
                Math.Abs(number) < 1e-9
                    ? 0
                    : double.Parse(
                        $"{(Math.Abs(number) < 1000 ? Math.Round(number, 8) : number):E8}",
                        CultureInfo.InvariantCulture
                    )
            ) + 0.0
            : null;
}
