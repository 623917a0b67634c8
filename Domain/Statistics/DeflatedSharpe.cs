namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// How likely a Sharpe ratio is more than what the best of so many tries would have had by luck: Bailey and López de
/// Prado, The Deflated Sharpe Ratio (2014). Ratios are of single days, not annualized.
/// </summary>
public static class DeflatedSharpe
{
    private const double EulerMascheroni = 0.57721566490153286;

    /// <summary>The Sharpe ratio to expect of the best of trials that are worth nothing.</summary>
    /// <param name="variance">The sample variance of the ratios of all trials.</param>
    public static double ExpectedBest(double variance, int trials) =>
        trials < 2
            ? 0
            : Math.Sqrt(variance)
                * (
                    ((1 - EulerMascheroni) * NormalDistribution.Quantile(1 - (1.0 / trials)))
                    + (EulerMascheroni * NormalDistribution.Quantile(1 - (1 / (trials * Math.E))))
                );

    /// <summary>The deflated ratio, a probability; <c>null</c> where it is undefined.</summary>
    /// <param name="sharpe">Of a day.</param>
    /// <param name="days">How many returns it is of.</param>
    /// <param name="skewness">Of these.</param>
    /// <param name="kurtosis">Of these, excess: a normal distribution has 0.</param>
    /// <param name="expectedBest">What <see cref="ExpectedBest"/> says.</param>
    public static double? Of(double? sharpe, int days, double? skewness, double? kurtosis, double expectedBest)
    {
        if (sharpe is not { } ratio || skewness is not { } third || kurtosis is not { } fourth || days < 2)
            return null;
        var spread = 1 - (third * ratio) + ((fourth + 2) / 4 * ratio * ratio);
        return spread > 0
            ? Ratio.Finite(
                NormalDistribution.Cumulative((ratio - expectedBest) * Math.Sqrt(days - 1) / Math.Sqrt(spread))
            )
            : null;
    }

    /// <summary>The sample variance; 0 of less than two.</summary>
    public static double Variance(IReadOnlyCollection<double> ratios)
    {
        if (ratios.Count < 2)
            return 0;
        var mean = ratios.Average();
        return ratios.Sum(ratio => (ratio - mean) * (ratio - mean)) / (ratios.Count - 1);
    }
}
