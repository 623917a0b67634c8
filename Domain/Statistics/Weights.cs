namespace PnlPipeline.Domain.Statistics;

/// <summary>How weights are suggested.</summary>
public enum WeightSuggestion
{
    /// <summary>Each batch adds the same to the variance of the sum (Maillard, Roncalli and Teiletche, 2010).</summary>
    EqualRisk,

    /// <summary>The sum varies as little as it can, no weight being negative.</summary>
    MinimumVariance,
}

/// <summary>
/// Weights made of daily returns: fractions that add up to 1, none negative. Both are the least of a convex function,
/// found one weight after the other until none moves (cyclical coordinate descent: Griveau-Billion, Richard and
/// Roncalli, 2013).
/// </summary>
public static class Weights
{
    private const int MostRounds = 10_000;
    private const double Still = 1e-13;

    /// <param name="returns">Of each account, as many for all, of the same days.</param>
    /// <returns><c>null</c> where there are fewer than two days, or an account does not vary.</returns>
    public static double[]? Suggest(WeightSuggestion how, IReadOnlyList<double[]> returns)
    {
        var n = returns.Count;
        if (returns[0].Length < 2 || returns.Any(own => Array.Exists(own, double.IsNaN)))
            return null;
        var covariance = Covariance(returns);
        for (var i = 0; i < n; i++)
        {
            if (DailyReturns.IsRounding(Math.Sqrt(covariance[i, i]), returns[i].Max(Math.Abs)))
                return null;
        }

        // In units of each deviation, so that accounts of very different size move alike.
        var deviation = Enumerable.Range(0, n).Select(i => Math.Sqrt(covariance[i, i])).ToArray();
        var x = Array.ConvertAll(deviation, own => 1 / own);
        for (var round = 0; round < MostRounds; round++)
        {
            var moved = 0.0;
            for (var i = 0; i < n; i++)
            {
                var others = 0.0;
                for (var j = 0; j < n; j++)
                    others += i == j ? 0 : covariance[i, j] * x[j];
                var variance = covariance[i, i];
                // The least of x'Σx/2 − Σ ln x, and of x'Σx/2 − Σ x where no x is negative, along x of i.
                var next =
                    how == WeightSuggestion.EqualRisk
                        ? (-others + Math.Sqrt((others * others) + (4 * variance))) / (2 * variance)
                        : Math.Max(0, (1 - others) / variance);
                moved = Math.Max(
                    moved,
                    Math.Abs(next - x[i]) / Math.Max(Math.Abs(next), Math.Abs(x[i]) + double.Epsilon)
                );
                x[i] = next;
            }

            if (moved < Still)
                break;
        }

        var sum = x.Sum();
        return Array.ConvertAll(x, own => own / sum);
    }

    private static double[,] Covariance(IReadOnlyList<double[]> returns)
    {
        var (n, days) = (returns.Count, returns[0].Length);
        var means = returns.Select(own => own.Average()).ToArray();
        var covariance = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = 0.0;
                for (var day = 0; day < days; day++)
                    sum += (returns[i][day] - means[i]) * (returns[j][day] - means[j]);
                covariance[i, j] = covariance[j, i] = sum / (days - 1);
            }
        }

        return covariance;
    }
}

/// <summary>Weights that were suggested, and what they were made of: they fit the days they were taken from.</summary>
/// <param name="Weights">Of the batches in their order, together 1; <c>null</c> where there are none to
/// suggest.</param>
/// <param name="From">Epoch milliseconds: the first of the days that all batches have a return of; <c>null</c> where
/// there is none.</param>
/// <param name="To">The last of them.</param>
/// <param name="Days">How many.</param>
public sealed record SuggestedWeights(IReadOnlyList<double>? Weights, long? From, long? To, int Days);

/// <summary>The batches as parts of one account, day by day.</summary>
/// <param name="Weights">What part of the money each batch begins with; together 1.</param>
/// <param name="Value">Money at the end of each day: the sum of all capitals to begin with.</param>
/// <param name="ChangePercentage">Its change since the beginning.</param>
/// <param name="DrawdownPercentage">How far it is then under its highest at the end of any day so far.</param>
/// <param name="Volatility">Of its daily returns, annualized, over all days.</param>
/// <param name="Sharpe">Likewise.</param>
/// <param name="Sortino">Likewise.</param>
public sealed record WeightedAccount(
    IReadOnlyList<double> Weights,
    IReadOnlyList<double> Value,
    IReadOnlyList<double> ChangePercentage,
    IReadOnlyList<double> DrawdownPercentage,
    double? MaxDrawdownPercentage,
    double? Volatility,
    double? Sharpe,
    double? Sortino
)
{
    /// <param name="capital">The money there is, above 0.</param>
    /// <param name="weights">Of each account, together 1.</param>
    /// <param name="equity">Of each account, at the end of each day; a part grows as its account does.</param>
    /// <param name="initial">What each begins with.</param>
    /// <param name="rebalanced">The positions of the days before which the money is parted anew.</param>
    public static WeightedAccount Of(
        double capital,
        IReadOnlyList<double> weights,
        IReadOnlyList<double[]> equity,
        IReadOnlyList<double> initial,
        IReadOnlySet<int> rebalanced,
        int annualization
    )
    {
        var days = equity[0].Length;
        var (value, drawdown, returns) = (new double[days], new double[days], new double[days]);
        var parts = weights.Select(weight => weight * capital).ToArray();
        var bases = initial.ToArray();
        var (before, peak) = (capital, capital);
        for (var day = 0; day < days; day++)
        {
            if (day > 0 && rebalanced.Contains(day))
            {
                parts = [.. weights.Select(weight => weight * before)];
                bases = [.. equity.Select(own => own[day - 1])];
            }

            for (var i = 0; i < parts.Length; i++)
            {
                // What has nothing to grow from stays as money.
                value[day] += bases[i] > 0 ? parts[i] * equity[i][day] / bases[i] : parts[i];
            }

            returns[day] = before > 0 ? (value[day] / before) - 1 : double.NaN;
            peak = Math.Max(peak, value[day]);
            drawdown[day] = (peak - value[day]) / peak * 100;
            before = value[day];
        }

        var figures = DailyReturns.Figures(returns, annualization);
        return new WeightedAccount(
            weights,
            value,
            Array.ConvertAll(value, own => ((own / capital) - 1) * 100),
            drawdown,
            days == 0 ? null : drawdown.Max(),
            figures.Volatility,
            figures.Sharpe,
            figures.Sortino
        );
    }
}
