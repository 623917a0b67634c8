using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

/// <summary>Against figures that others have published.</summary>
public sealed class DailyReturnsTests
{
    [Fact]
    public void Sortino_is_Rollinger_and_Hoffman_s()
    {
        // "Sortino: A 'Sharper' Ratio", Red Rock Capital: these annual returns against a target of 0 have 4.417.
        var figures = DailyReturns.Figures([0.17, 0.15, 0.23, -0.05, 0.12, 0.09, 0.13, -0.04], annualization: 1);
        Assert.Equal(4.417, figures.Sortino!.Value, 0.0005);
    }

    [Fact]
    public void Skewness_and_kurtosis_are_Excel_s()
    {
        // The examples in Microsoft's documentation of SKEW and KURT.
        var figures = DailyReturns.Figures([3, 4, 5, 2, 3, 4, 5, 6, 4, 7], annualization: 1);
        Assert.Equal(0.359543, figures.Skewness!.Value, 0.0000005);
        Assert.Equal(-0.151799637, figures.Kurtosis!.Value, 0.0000000005);
    }

    [Fact]
    public void Deviation_and_correlation_are_Excel_s()
    {
        // The examples in Microsoft's documentation of STDEV.S and CORREL.
        var figures = DailyReturns.Figures(
            [1345, 1301, 1368, 1322, 1310, 1370, 1318, 1350, 1303, 1299],
            annualization: 1
        );
        Assert.Equal(27.46391572, figures.Volatility!.Value, 0.000000005);
        Assert.Equal(1328.6 / 27.46391572, figures.Sharpe!.Value, 0.0000001);
        Assert.Equal(0.997054486, DailyReturns.Correlation([3, 2, 4, 5, 6], [9, 7, 12, 15, 17])!.Value, 0.0000000005);
    }

    [Fact]
    public void Sharpe_sortino_and_volatility_are_empyrical_s()
    {
        // quantopian/empyrical, empyrical/tests/test_stats.py: mixed_returns, of 252 days a year and no interest, with
        // the figures it is tested for.
        var figures = DailyReturns.Figures([0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1], annualization: 252);
        Assert.Equal(1.7238613961706866, figures.Sharpe!.Value, 1e-12);
        Assert.Equal(2.605531251673693, figures.Sortino!.Value, 1e-12);
        Assert.Equal(0.9136465399704637, figures.Volatility!.Value, 1e-12);
        // By hand: seven steps lie between the eight, a twentieth of them is 0.35 of the first, from -10 % to -4 %.
        // Only one is at or below that.
        Assert.Equal(-0.1 + (0.35 * 0.06), figures.ValueAtRisk95!.Value, 1e-12);
        Assert.Equal(-0.1, figures.ConditionalValueAtRisk95!.Value, 1e-12);
    }

    public static TheoryData<string, double, double> Percentiles =>
        new()
        {
            // Returns; 5th percentile as statistics.quantiles(n=20, method='inclusive')[0] and numpy.percentile(5) have
            // it; the mean at or below.
            { "5", 5, 5 },
            { "2 1", 1.05, 1 },
            // 21: the second lowest itself.
            { "21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1", 2, 1.5 },
            // Equal ones are all at or below.
            { "1 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 3", 2, 1.95 },
            // 31: half-way from the second to the third.
            { "1 2 4 8 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9", 3, 1.5 },
        };

    [Theory]
    [MemberData(nameof(Percentiles))]
    public void Value_at_risk_is_linear_between_ranks(string returns, double value, double below)
    {
        var figures = DailyReturns.Figures([.. returns.Split(' ').Select(double.Parse)], annualization: 365);
        Assert.Equal(value, figures.ValueAtRisk95!.Value, 1e-12);
        Assert.Equal(below, figures.ConditionalValueAtRisk95!.Value, 1e-12);
    }

    [Theory]
    [InlineData(1, false, false, false)]
    [InlineData(2, true, false, false)]
    [InlineData(3, true, true, false)]
    [InlineData(4, true, true, true)]
    public void Moments_want_their_days(int days, bool deviation, bool skewness, bool kurtosis)
    {
        var figures = DailyReturns.Figures([.. new[] { 0.1, -0.1, 0.3, 0.2 }.Take(days)], annualization: 365);
        Assert.Equal(
            (deviation, skewness, kurtosis),
            (figures.Sharpe is not null, figures.Skewness is not null, figures.Kurtosis is not null)
        );
    }

    [Fact]
    public void Correlation_is_undefined_without_two_days_or_deviation()
    {
        Assert.Null(DailyReturns.Correlation([], []));
        Assert.Null(DailyReturns.Correlation([0.1], [0.2]));
        Assert.Null(DailyReturns.Correlation([0.1, 0.1, 0.1], [0.1, 0.2, 0.3]));
        Assert.Null(DailyReturns.Correlation([0.1, double.NaN, 0.3], [0.1, 0.2, 0.3]));
        Assert.Equal(-1, DailyReturns.Correlation([0.1, 0.2], [0.2, 0.1])!.Value, 1e-12);
    }
}
