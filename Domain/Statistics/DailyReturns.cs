using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// What is made of daily returns, as fractions of the equity each day began with. All of it is <c>null</c> where a day
/// begins at or under 0, and each figure by itself where it is undefined.
/// </summary>
public sealed record DailyReturns
{
    // A deviation that is less than this part of the largest value is what rounding left of none.
    private const double Rounding = 1e-12;

    public double? Volatility { get; private init; }

    public double? Sharpe { get; private init; }

    public double? Sortino { get; private init; }

    public double? ValueAtRisk95 { get; private init; }

    public double? ConditionalValueAtRisk95 { get; private init; }

    public double? Skewness { get; private init; }

    public double? Kurtosis { get; private init; }

    public double? BestDay { get; private init; }

    public double? WorstDay { get; private init; }

    public double? PositiveDays { get; private init; }

    /// <summary>
    /// The return of each period: the equity at its end over that at the end of the one before, less 1.
    /// <see cref="double.NaN"/> where it begins at or under 0.
    /// </summary>
    /// <param name="initialEquity">What the first one begins with.</param>
    public static double[] Of(FixedPoint initialEquity, ReadOnlySpan<FixedPoint> equity)
    {
        var returns = new double[equity.Length];
        var before = initialEquity;
        for (var i = 0; i < returns.Length; i++)
        {
            returns[i] = before > FixedPoint.Zero ? Ratio.Of(equity[i] - before, before) : double.NaN;
            before = equity[i];
        }

        return returns;
    }

    /// <param name="returns">Of every day from the first to the last.</param>
    /// <param name="annualization">How many of them make a year.</param>
    public static DailyReturns Figures(double[] returns, int annualization)
    {
        if (returns.Length == 0 || Array.Exists(returns, double.IsNaN))
            return new DailyReturns();

        var n = (double)returns.Length;
        var mean = Sum(returns) / n;
        var deviation = SampleDeviation(returns, mean);
        var sorted = (double[])returns.Clone();
        Array.Sort(sorted);
        var (valueAtRisk, conditional) = ValueAtRisk(sorted);
        var largest = Math.Max(sorted[^1], -sorted[0]);
        var isSpread = !IsRounding(deviation, largest);
        return new DailyReturns
        {
            Volatility = VolatilityOf(returns, annualization),
            Sharpe = SharpeOf(returns, annualization),
            Sortino = SortinoOf(returns, annualization),
            ValueAtRisk95 = Ratio.Finite(valueAtRisk),
            ConditionalValueAtRisk95 = Ratio.Finite(conditional),
            Skewness = isSpread ? Ratio.Finite(AdjustedSkewness(returns, mean, deviation)) : null,
            Kurtosis = isSpread ? Ratio.Finite(ExcessKurtosis(returns, mean, deviation)) : null,
            BestDay = Ratio.Finite(sorted[^1]),
            WorstDay = Ratio.Finite(sorted[0]),
            PositiveDays = returns.Count(r => r > 0) / n,
        };
    }

    /// <summary>
    /// The sample deviation of returns, annualized; <c>null</c> under two, and where a day begins at or under 0.
    /// </summary>
    public static double? VolatilityOf(ReadOnlySpan<double> returns, int annualization) =>
        Ratio.Finite(SampleDeviation(returns, Sum(returns) / returns.Length) * Math.Sqrt(annualization));

    /// <summary>
    /// The mean over the sample deviation, annualized; <c>null</c> where that is none, and where a day begins at or
    /// under 0.
    /// </summary>
    public static double? SharpeOf(ReadOnlySpan<double> returns, int annualization)
    {
        var mean = Sum(returns) / returns.Length;
        var deviation = SampleDeviation(returns, mean);
        return IsRounding(deviation, Largest(returns))
            ? null
            : Ratio.Finite(mean / deviation * Math.Sqrt(annualization));
    }

    /// <summary>
    /// The mean over the downside deviation of all days, annualized; <c>null</c> where that is none, and where a day
    /// begins at or under 0.
    /// </summary>
    public static double? SortinoOf(ReadOnlySpan<double> returns, int annualization)
    {
        var squares = new double[returns.Length];
        for (var i = 0; i < squares.Length; i++)
            squares[i] = Math.Min(returns[i], 0) * Math.Min(returns[i], 0);
        var downside = Math.Sqrt(Sum(squares) / squares.Length);
        return IsRounding(downside, Largest(returns))
            ? null
            : Ratio.Finite(Sum(returns) / returns.Length * annualization / (downside * Math.Sqrt(annualization)));
    }

    /// <summary>
    /// The Sharpe ratio alone, of equity at the end of each day; <c>null</c> where it is undefined. Quick, for it is
    /// made of thousands of paths.
    /// </summary>
    public static double? SharpeOf(FixedPoint initialEquity, ReadOnlySpan<FixedPoint> equity, int annualization)
    {
        var (sum, largest) = (0.0, 0.0);
        var before = (double)initialEquity.Units;
        foreach (var after in equity)
        {
            if (before <= 0)
                return null;
            var end = (double)after.Units;
            var one = (end - before) / before;
            (sum, largest, before) = (sum + one, Math.Max(largest, Math.Abs(one)), end);
        }

        var mean = sum / equity.Length;
        var squares = 0.0;
        before = (double)initialEquity.Units;
        foreach (var after in equity)
        {
            var end = (double)after.Units;
            var off = ((end - before) / before) - mean;
            (squares, before) = (squares + (off * off), end);
        }

        var deviation = Math.Sqrt(squares / (equity.Length - 1));
        return equity.Length < 2 || IsRounding(deviation, largest)
            ? null
            : Ratio.Finite(mean / deviation * Math.Sqrt(annualization));
    }

    /// <summary>
    /// Pearson's correlation of returns of the same days; <c>null</c> where either does not deviate, a day begins at or
    /// under 0, or there are not two.
    /// </summary>
    public static double? Correlation(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var (meanX, meanY) = (Sum(x) / x.Length, Sum(y) / y.Length);
        var (deviationX, deviationY) = (SampleDeviation(x, meanX), SampleDeviation(y, meanY));
        if (IsRounding(deviationX, Largest(x)) || IsRounding(deviationY, Largest(y)))
            return null;

        var products = new double[x.Length];
        for (var i = 0; i < products.Length; i++)
            products[i] = (x[i] - meanX) / deviationX * ((y[i] - meanY) / deviationY);
        return Math.Clamp(Sum(products) / (x.Length - 1), -1, 1);
    }

    /// <summary>
    /// The covariance of returns of the same days over the variance of the others; <c>null</c> where these do not
    /// deviate, a day begins at or under 0, or there are not two.
    /// </summary>
    public static double? Beta(ReadOnlySpan<double> returns, ReadOnlySpan<double> others)
    {
        var (mean, meanOfOthers) = (Sum(returns) / returns.Length, Sum(others) / others.Length);
        if (IsRounding(SampleDeviation(others, meanOfOthers), Largest(others)))
            return null;

        var (products, squares) = (new double[returns.Length], new double[returns.Length]);
        for (var i = 0; i < products.Length; i++)
        {
            products[i] = (returns[i] - mean) * (others[i] - meanOfOthers);
            squares[i] = (others[i] - meanOfOthers) * (others[i] - meanOfOthers);
        }

        return Ratio.Finite(Sum(products) / Sum(squares));
    }

    /// <summary>
    /// Whether a deviation is nothing, or nothing but rounding, so that no ratio can be made over it; also where there
    /// is none.
    /// </summary>
    /// <param name="largest">The largest value it is the deviation of, without its sign.</param>
    internal static bool IsRounding(double deviation, double largest) => !(deviation > Rounding * largest);

    // Linear at rank (n − 1)/20, the sorted returns being counted from 0; and the mean of those at or below.
    private static (double Value, double MeanBelow) ValueAtRisk(double[] sorted)
    {
        var (rank, rest) = Math.DivRem(sorted.Length - 1, 20);
        var value = rest == 0 ? sorted[rank] : sorted[rank] + ((sorted[rank + 1] - sorted[rank]) * rest / 20);
        var below = rank + 1;
        while (below < sorted.Length && sorted[below] <= value)
            below++;
        return (value, Sum(sorted.AsSpan(0, below)) / below);
    }

    // Adjusted Fisher–Pearson, as pandas.Series.skew and Excel's SKEW have it. NaN under 3.
    private static double AdjustedSkewness(double[] returns, double mean, double deviation)
    {
        var n = (double)returns.Length;
        var cubes = Sum(Array.ConvertAll(returns, r => Math.Pow((r - mean) / deviation, 3)));
        return n < 3 ? double.NaN : n / ((n - 1) * (n - 2)) * cubes;
    }

    // As pandas.Series.kurt and Excel's KURT have it: a normal distribution has 0. NaN under 4.
    private static double ExcessKurtosis(double[] returns, double mean, double deviation)
    {
        var n = (double)returns.Length;
        var fourths = Sum(Array.ConvertAll(returns, r => Math.Pow((r - mean) / deviation, 4)));
        return n < 4
            ? double.NaN
            : (n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourths) - (3 * (n - 1) * (n - 1) / ((n - 2) * (n - 3)));
    }

    // In two passes. NaN where there are not two values, or one of them is NaN.
    private static double SampleDeviation(ReadOnlySpan<double> values, double mean)
    {
        var squares = new double[values.Length];
        for (var i = 0; i < squares.Length; i++)
            squares[i] = (values[i] - mean) * (values[i] - mean);
        return values.Length < 2 ? double.NaN : Math.Sqrt(Sum(squares) / (values.Length - 1));
    }

    private static double Largest(ReadOnlySpan<double> values)
    {
        var largest = 0.0;
        foreach (var value in values)
            largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    // Neumaier's: what each addition rounds off is kept and added at the end.
    private static double Sum(ReadOnlySpan<double> values)
    {
        var (sum, rest) = (0.0, 0.0);
        foreach (var value in values)
        {
            var next = sum + value;
            rest += Math.Abs(sum) >= Math.Abs(value) ? sum - next + value : value - next + sum;
            sum = next;
        }

        return sum + rest;
    }
}
