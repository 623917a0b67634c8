using System.Text.Json;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class StatisticsTests
{
    // It loses first, breaks even once, falls in two steps, recovers after weeks, and has two best and two worst
    // trades.
    private static readonly List<Row> Account = Rows.Of(
        1000m,
        ("2026-01-01T00:00", "2026-01-01T12:00", -5m, -50m),
        ("2026-01-01T06:00", "2026-01-02T06:00", 3.15789474m, 30m),
        ("2026-01-03T00:00", "2026-01-03T01:00", 7.14285714m, 70m),
        ("2026-01-03T02:00", "2026-01-05T02:00", 0m, 0m),
        ("2026-01-05T00:00", "2026-01-06T00:00", 10m, 105m),
        ("2026-01-06T00:00", "2026-01-06T12:00", 0.43290043m, 5m),
        ("2026-01-07T00:00", "2026-01-07T06:00", -10m, -116m),
        ("2026-01-10T00:00", "2026-01-10T00:30", -9.57854406m, -100m),
        ("2026-01-20T00:00", "2026-01-25T00:00", 10m, 40m),
        ("2026-01-25T12:00", "2026-02-01T10:00", 8m, 180.00000001m),
        ("2026-02-01T10:00", "2026-02-03T23:30", 3.09278351m, 36m),
        ("2026-02-09T00:00", "2026-02-10T00:00", -10m, -12.5m)
    );

    // Worked out apart from this program, in Python with fractions, statistics.variance,
    // statistics.quantiles(method='inclusive') and pandas' formulas of skewness and kurtosis.
    public static TheoryData<string, string> Figures =>
        new()
        {
            { "trades", "12" },
            { "wins", "7" },
            { "losses", "4" },
            { "breakeven", "1" },
            { "winRate", "0.5833333333333334" },
            { "grossProfit", "466.00000001" },
            { "grossLoss", "-278.5" },
            { "netProfit", "187.50000001" },
            { "profitFactor", "1.6732495512028724" },
            { "averageWin", "66.57142857285714" },
            { "averageLoss", "-69.625" },
            { "payoffRatio", "0.9561426006873557" },
            { "expectancy", "15.625000000833333" },
            { "expectancyRatio", "0.14108318373429085" },
            { "sqn", "0.654074400331689" },
            { "kelly", "0.14755454221249883" },
            { "averageChange", "0.60399098" },
            { "medianChange", "1.76284197" },
            { "longestWinStreak", "3" },
            { "longestLossStreak", "2" },
            { "currentStreak", "-1" },
            { "averageHolding", "149700" },
            { "medianHolding", "86400" },
            { "averageWinHolding", "210085.7142857143" },
            { "medianWinHolding", "86400" },
            { "averageLossHolding", "38250" },
            { "medianLossHolding", "32400" },
            { "exposure", "0.5114583333333333" },
            {
                "maxDrawdown",
                """{"value":216,"peakTime":"2026-01-06T12:00:00Z","troughTime":"2026-01-10T00:30:00Z","recoveryTime":"2026-02-01T10:00:00Z"}"""
            },
            { "longestUnderwater", "2239200" },
            { "currentDrawdownPercentage", "1.0416666666579861" },
            { "ulcerIndex", "13.198716955495065" },
            { "recoveryFactor", "0.8680555556018519" },
            { "cagr", "3.797685406006331" },
            { "volatility", "0.8218401367889534" },
            { "sharpe", "2.2509013680597074" },
            { "sortino", "4.200750602687831" },
            { "calmar", "20.39497718040437" },
            { "valueAtRisk95", "-0.05" },
            { "conditionalValueAtRisk95", "-0.08192848020434228" },
            { "skewness", "1.5309245854972164" },
            { "kurtosis", "8.267289199658478" },
            { "bestDay", "0.18292682927845527" },
            { "worstDay", "-0.1" },
            { "positiveDays", "0.14634146341463414" },
            { "fewTrades", "true" },
        };

    [Theory]
    [MemberData(nameof(Figures))]
    public void An_account_worked_out_by_hand_has_these_figures(string name, string expected)
    {
        var actual = Json(Account).GetProperty(name);
        if (double.TryParse(expected, out var number))
            Assert.Equal(number, actual.GetDouble(), 1e-12 * Math.Max(1, Math.Abs(number)));
        else
            Assert.Equal(expected, actual.GetRawText());
    }

    [Fact]
    public void A_year_may_have_252_days()
    {
        var figures = Of(Account, annualization: 252);
        Assert.Equal(1.8702958202180995, figures.Sharpe!.Value, 1e-12);
        // Growth is of 365 whatever returns are.
        Assert.Equal(3.797685406006331, figures.Cagr!.Value, 1e-12);
    }

    [Fact]
    public void The_best_and_the_worst_trade_are_the_first_of_equals()
    {
        var figures = Of(Account);
        Assert.Equal(($"{Account[4].Id}", $"{Account[6].Id}"), (figures.BestTrade, figures.WorstTrade));
        // Of a selection: the ledger's own rows.
        figures = Of(
            Account,
            filter: LedgerFilter.None with
            {
                From = Rows.Milliseconds(Rows.Time("2026-01-07T12:00")),
            }
        );
        Assert.Equal(($"{Account[8].Id}", $"{Account[11].Id}"), (figures.BestTrade, figures.WorstTrade));
    }

    [Fact]
    public void Of_nothing_there_are_counts_sums_and_streaks()
    {
        Assert.Equal(
            """
            {"trades":0,"wins":0,"losses":0,"breakeven":0,"winRate":null,"grossProfit":0,"grossLoss":0,"netProfit":0,"profitFactor":null,"averageWin":null,
            "averageLoss":null,"payoffRatio":null,"expectancy":null,"expectancyRatio":null,"sqn":null,"kelly":null,"averageChange":null,"medianChange":null,
            "bestTrade":null,"worstTrade":null,"longestWinStreak":0,"longestLossStreak":0,"currentStreak":0,"averageHolding":null,"medianHolding":null,
            "averageWinHolding":null,"medianWinHolding":null,"averageLossHolding":null,"medianLossHolding":null,"exposure":null,"maxDrawdown":null,
            "maxDrawdownPercentage":null,"longestUnderwater":null,"currentDrawdownPercentage":null,"ulcerIndex":null,"recoveryFactor":null,"cagr":null,
            "volatility":null,"sharpe":null,"sortino":null,"calmar":null,"valueAtRisk95":null,"conditionalValueAtRisk95":null,"skewness":null,"kurtosis":null,
            "bestDay":null,"worstDay":null,"positiveDays":null,"feesPaid":0,"maxExposure":null,"timeOverExposed":null,"openTrades":0,"fewTrades":true}
            """.ReplaceLineEndings(""),
            Json([]).GetRawText()
        );
    }

    public static TheoryData<string, int, int, int> Streaks =>
        new()
        {
            // Pnl; the longest of wins and of losses, the current one.
            { "1 1 -1 1", 2, 1, 1 },
            { "1 0 1", 1, 0, 1 },
            { "-1 -1 0 -1", 0, 2, -1 },
            { "-1 -1 -1", 0, 3, -3 },
            { "1 1 0", 2, 0, 0 },
            { "0", 0, 0, 0 },
            { "1 -1 -1 1 1 1 -2 -2", 3, 2, -2 },
            { "1 0 0 1 1", 2, 0, 2 },
            { "-1 0 -1 0 -1", 0, 1, -1 },
            { "1 0 -1", 1, 1, -1 },
        };

    [Theory]
    [MemberData(nameof(Streaks))]
    public void Breakeven_ends_a_streak_of_either_kind(string pnl, int wins, int losses, int current)
    {
        var figures = Of(Rows.Daily(1000m, Numbers(pnl)));
        Assert.Equal(
            (wins, losses, current),
            (figures.LongestWinStreak, figures.LongestLossStreak, figures.CurrentStreak)
        );
    }

    public static TheoryData<string, string, string> Drawdowns =>
        new()
        {
            // Pnl, day by day from 1000, the first entry at 11 of day 1, exits at noon; in money and in percent: value,
            // peak, trough, recovery. The first trade loses: the peak is the capital, at the earliest entry.
            { "-100 50", "100 1T11 1 -", "10 1T11 1 -" },
            { "-100 100", "100 1T11 1 2", "10 1T11 1 2" },
            // freqtrade#6655, tests/data/test_btanalysis.py: of 1000, 500, 1000, 11000, 10000 the deepest in money is
            // 1000, in percent the half lost at once.
            { "0 -500 500 10000 -1000", "1000 4 5 -", "50 1 2 3" },
            // Nothing lost.
            { "1 0 1", "0 - - -", "0 - - -" },
            { "0", "0 - - -", "0 - - -" },
            // The peak: the last row at that height. The trough: the first at that depth. Recovered: the first at or
            // over the peak.
            { "100 0 -50 0 20 30 1", "50 2 3 6", "4.545454545454546 2 3 6" },
            { "100 -50 50 -50 60", "50 1 2 3", "4.545454545454546 1 2 3" },
            // Back at the capital, then under it: from there.
            { "0 -10", "10 1 2 -", "1 1 2 -" },
            // The deepest in money is not the deepest in percent.
            { "-200 1200 -300 300", "300 2 3 4", "20 1T11 1 2" },
            // Of equal ones the first: in percent 100 of 1000 and 200 of 2000.
            { "-100 1100 -200 300", "200 2 3 4", "10 1T11 1 2" },
            { "-1 1 -1 1", "1 1T11 1 2", "0.1 1T11 1 2" },
            // All of it, and it stays there.
            { "500 -1500 0 0", "1500 1 2 -", "100 1 2 -" },
        };

    [Theory]
    [MemberData(nameof(Drawdowns))]
    public void A_drawdown_has_its_peak_its_trough_and_its_recovery(string pnl, string money, string percentage)
    {
        var figures = Of(Rows.Daily(1000m, Numbers(pnl)));
        Assert.Equal(money, Text(figures.MaxDrawdown!));
        Assert.Equal(percentage, Text(figures.MaxDrawdownPercentage!));
    }

    [Theory]
    // Hours from a peak to its recovery, or to the last row.
    [InlineData("-100 50 50", 49)]
    [InlineData("-100 50 20", 49)]
    [InlineData("1 1 1", 0)]
    [InlineData("10 -5 5 -5 0 0 0", 96)]
    [InlineData("-1 1 -1 0 0 1 1", 96)]
    public void Underwater_lasts_from_a_peak_to_its_recovery(string pnl, double hours)
    {
        Assert.Equal(hours * 3600, Of(Rows.Daily(1000m, Numbers(pnl))).LongestUnderwater);
    }

    [Fact]
    public void Drawdowns_that_doubles_cannot_tell_apart_are_told_apart()
    {
        // 10 % of 10^18 less a hundred-millionth, then 10 % exactly: deeper by a part in 10^26.
        const decimal capital = 1_000_000_000_000_000_000m;
        var fall = capital / 10;
        var rows = Rows.Daily(capital, -(fall - 0.00000001m), fall - 0.00000001m, -fall, fall);
        Assert.Equal("10 2 3 4", Text(Of(rows).MaxDrawdownPercentage!));
        Assert.Equal("100000000000000000 2 3 4", Text(Of(rows).MaxDrawdown!));
    }

    [Fact]
    public void Where_a_day_begins_with_nothing_daily_returns_say_nothing()
    {
        var figures = Of(Rows.Daily(1000m, 10m, -1010m, 0m, 0m));
        Assert.All(
            [
                figures.Volatility,
                figures.Sharpe,
                figures.Sortino,
                figures.ValueAtRisk95,
                figures.ConditionalValueAtRisk95,
                figures.Skewness,
                figures.Kurtosis,
                figures.BestDay,
                figures.WorstDay,
                figures.PositiveDays,
            ],
            Assert.Null
        );
        Assert.Equal(
            (100, 100, 3600 * 72),
            (figures.MaxDrawdownPercentage!.Value, figures.CurrentDrawdownPercentage, figures.LongestUnderwater)
        );
        Assert.Equal(2, figures.Breakeven);

        // Ruin on the last day is a day like others.
        figures = Of(Rows.Daily(1000m, 10m, -1010m));
        Assert.Equal(-1, figures.WorstDay);
    }

    [Fact]
    public void An_account_that_begins_in_ruin_has_no_returns_and_no_drawdown()
    {
        var ruined = Rows.Daily(1000m, -1000m, 0m, 0m);
        var figures = Of(ruined, filter: LedgerFilter.None with { From = Rows.Milliseconds(ruined[1].Exit) });
        Assert.Equal((2, 2), (figures.Trades, figures.Breakeven));
        Assert.Equal("0 - - -", Text(figures.MaxDrawdownPercentage!));
        Assert.Equal((0, 0), (figures.CurrentDrawdownPercentage, figures.UlcerIndex));
        Assert.Null(figures.Cagr);
        Assert.Null(figures.WorstDay);
    }

    public static TheoryData<string, string, string, double?> Growth =>
        new()
        {
            // Entry, exit, pnl on 1000.
            { "2026-01-01", "2027-01-01", "100", 0.1 },
            { "2026-01-01", "2026-01-31", "0", 0.0 },
            { "2026-01-01T00:00:00.001", "2026-01-31", "100", null },
            { "2026-01-01", "2026-06-01", "-1000", -1.0 },
            { "2026-01-01", "2026-06-01", "-1001", null },
            // 10^26 times as much within 30 days: more in a year than a double holds.
            { "2026-01-01", "2026-01-31", "999999999999999999999999999", null },
        };

    [Theory]
    [MemberData(nameof(Growth))]
    public void Growth_is_of_a_year_of_365_days(string entry, string exit, string pnl, double? expected)
    {
        // Capital that small that no decimal overflows.
        var capital = pnl.Length > 20 ? 0.00000001m : 1000m;
        var value =
            pnl.Length > 20
                ? 1_000_000_000_000_000_000m
                : decimal.Parse(pnl, System.Globalization.CultureInfo.InvariantCulture);
        var row = new Row("BTC", "60", "long", Rows.Time(entry), Rows.Time(exit), 0m, value, capital + value);
        var actual = Of([row]).Cagr;
        Assert.Equal(expected is null, actual is null);
        Assert.Equal(expected ?? 0, actual ?? 0, 1e-12);
    }

    [Fact]
    public void A_ratio_over_a_deviation_that_is_only_rounding_is_no_ratio()
    {
        // A tenth a day, which no double is: their deviation in doubles is not 0.
        var figures = Of(Rows.Daily(1000m, 100m, 110m, 121m, 133.1m, 146.41m));
        Assert.Null(figures.Sharpe);
        Assert.Null(figures.Sortino);
        Assert.Null(figures.Skewness);
        Assert.Null(figures.Kurtosis);
        Assert.Equal(0, figures.Volatility!.Value, 1e-12);
        // Equal pnl.
        Assert.Null(Of(Rows.Daily(1000m, 0.1m, 0.1m, 0.1m)).Sqn);
        Assert.Null(
            Of(Rows.Daily(1_000_000_000_000m, 123_456_789.12345678m, 123_456_789.12345678m, 123_456_789.12345679m)).Sqn
        );
        Assert.NotNull(Of(Rows.Daily(1000m, 0.1m, 0.1m, 0.10000001m)).Sqn);
    }

    [Fact]
    public void What_is_made_of_averages_of_nothing_is_undefined()
    {
        var winner = Of(Rows.Daily(1000m, 10m, 20m));
        Assert.Equal(
            (1, null, null, null, null),
            (winner.WinRate, winner.ProfitFactor, winner.PayoffRatio, winner.ExpectancyRatio, winner.Kelly)
        );
        Assert.Equal((15, null, null), (winner.AverageWin, winner.AverageLoss, winner.MedianLossHolding));
        var loser = Of(Rows.Daily(1000m, -10m, -20m));
        Assert.Equal(
            (0, 0, null, null, null),
            (loser.WinRate, loser.ProfitFactor, loser.PayoffRatio, loser.ExpectancyRatio, loser.Kelly)
        );
        Assert.Null(winner.RecoveryFactor);
        Assert.Equal(-1, loser.RecoveryFactor);
    }

    [Fact]
    public void One_trade_has_what_one_trade_can_have()
    {
        var one = Of(Rows.Daily(1000m, -100m));
        Assert.Equal(
            (-0.1, -0.1, -0.1, -0.1, 0),
            (one.ValueAtRisk95, one.ConditionalValueAtRisk95, one.BestDay, one.WorstDay, one.PositiveDays)
        );
        Assert.Equal(1, one.Exposure);
        Assert.Null(one.Sqn);
        Assert.Null(one.Volatility);
        Assert.Null(one.Sharpe);
        Assert.Equal(-Math.Sqrt(365), one.Sortino!.Value, 1e-12);
    }

    [Fact]
    public void Time_in_the_market_is_counted_once()
    {
        // 0–4, 1–2 and 3–6 overlap, 6–7 follows at once, 9–10 stands apart: 8 of 10 hours.
        var rows = Rows.Of(
            1000m,
            ("2026-01-01T01:00", "2026-01-01T02:00", 1m, 1m),
            ("2026-01-01T00:00", "2026-01-01T04:00", 1m, 1m),
            ("2026-01-01T03:00", "2026-01-01T06:00", 1m, 1m),
            ("2026-01-01T06:00", "2026-01-01T07:00", 1m, 1m),
            ("2026-01-01T09:00", "2026-01-01T10:00", 1m, 1m)
        );
        Assert.Equal(0.8, Of(rows).Exposure);
    }

    [Fact]
    public void A_day_is_one_of_the_zone_s()
    {
        // An hour before and after midnight in Berlin; one day in UTC.
        var rows = Rows.Of(
            1000m,
            ("2026-07-01T10:00", "2026-07-01T21:00", 1m, 100m),
            ("2026-07-01T10:00", "2026-07-01T23:00", 1m, -110m)
        );
        Assert.Equal((-0.01, 0), (Of(rows).BestDay, Of(rows).PositiveDays));
        Assert.Equal(
            (0.1, 0.5),
            (Of(rows, zone: "Europe/Berlin").BestDay, Of(rows, zone: "Europe/Berlin").PositiveDays)
        );
    }

    public static TheoryData<string, string, double[]> Borders =>
        new()
        {
            // A zone; exits in UTC, each with a loss of 100 of the first 1000; the daily returns, by hand from what the
            // zone's clock says then. Kiritimati is 14 hours ahead, Niue 11 behind: one instant, two dates; and a date
            // that only one of them has between the two.
            { "Pacific/Kiritimati", "2026-03-01T09:59 2026-03-01T10:00", [-0.1, -0.1 / 0.9] },
            { "Pacific/Niue", "2026-03-01T09:59 2026-03-01T10:00", [-0.2] },
            { "Pacific/Niue", "2026-03-01T10:59 2026-03-01T11:00", [-0.1, -0.1 / 0.9] },
            // New York put its clock forward at 07:00 on 2026-03-08: its midnight is 05:00 before and 04:00 after.
            { "America/New_York", "2026-03-08T04:59 2026-03-08T05:00", [-0.1, -0.1 / 0.9] },
            { "America/New_York", "2026-03-09T03:59 2026-03-09T04:00", [-0.1, -0.1 / 0.9] },
            { "America/New_York", "2026-03-08T05:00 2026-03-09T03:59", [-0.2] },
            // Samoa went over the date line: 2011-12-29 was followed by 2011-12-31, with no idle day between.
            { "Pacific/Apia", "2011-12-30T09:59 2011-12-30T10:00", [-0.1, -0.1 / 0.9] },
            { "UTC", "2011-12-30T09:59 2011-12-30T10:00", [-0.2] },
            // Kathmandu is 5:45 ahead.
            { "Asia/Kathmandu", "2026-01-01T18:14 2026-01-01T18:15", [-0.1, -0.1 / 0.9] },
        };

    [Theory]
    [MemberData(nameof(Borders))]
    public void Returns_are_of_the_days_on_either_side_of_a_zone_s_midnight(string zone, string exits, double[] returns)
    {
        var rows = Rows.Of(1000m, [.. exits.Split(' ').Select(exit => (exit[..10], exit, -10m, -100m))]);
        var figures = Of(rows, zone);
        Assert.Equal(returns[^1], figures.WorstDay!.Value, 1e-12);
        Assert.Equal(returns[0], figures.BestDay!.Value, 1e-12);
        // The deviation says how many days there are: idle ones would count.
        Assert.Equal(returns.Length > 1, figures.Volatility is not null);
        if (returns.Length > 1)
            Assert.Equal(
                Math.Abs(returns[1] - returns[0]) / Math.Sqrt(2) * Math.Sqrt(365),
                figures.Volatility!.Value,
                1e-12
            );
    }

    [Fact]
    public void Few_trades_are_under_thirty()
    {
        Assert.True(Of(Rows.Daily(1000m, new decimal[29])).FewTrades);
        Assert.False(Of(Rows.Daily(1000m, new decimal[30])).FewTrades);
    }

    private static BatchStatistics Of(
        List<Row> rows,
        string zone = "UTC",
        int annualization = 365,
        LedgerFilter? filter = null
    ) => SelectionStatistics.Of(rows.Selected(filter), Rows.Calendar(zone), annualization, OpenTrades.None);

    private static JsonElement Json(List<Row> rows) => JsonSerializer.SerializeToElement(Of(rows), JsonFormats.Options);

    private static decimal[] Numbers(string text) =>
        [.. text.Split(' ').Select(number => decimal.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];

    // Days of January; with the hour where it is not noon.
    private static string Text<T>(Drawdown<T> drawdown) =>
        string.Join(
            ' ',
            $"{drawdown.Value}",
            Day(drawdown.PeakTime),
            Day(drawdown.TroughTime),
            Day(drawdown.RecoveryTime)
        );

    private static string Day(DateTime? time) =>
        time is { } value ? $"{value.Day}{(value.Hour == 12 ? "" : $"T{value.Hour}")}" : "-";
}
