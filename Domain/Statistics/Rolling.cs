using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>A figure that is made of a window of the last trades, or of the last days' returns.</summary>
public enum RollingFigure
{
    WinRate,
    ProfitFactor,
    Expectancy,
    AverageChange,
    Sharpe,
    Sortino,
    Volatility,
}

/// <summary>A series of numbers as columns of one length.</summary>
/// <param name="Time">Unix milliseconds: the exit of the last trade of each window, or the start of its last
/// day.</param>
/// <param name="Value"><c>null</c> until the window is full, and where the figure is undefined.</param>
/// <param name="Seq">By trades: the ledger's number of the row; else <c>null</c>.</param>
/// <param name="Total">How many points there were before thinning.</param>
public sealed record RollingColumns(
    IReadOnlyList<long> Time,
    IReadOnlyList<double?> Value,
    IReadOnlyList<long>? Seq,
    int Total
);

/// <summary>
/// Statistics over a window that moves along a selection: a pure function of it and, by days, of a calendar.
/// </summary>
public static class Rolling
{
    /// <summary>Whether it is made of daily returns: then windows are of days, else of trades.</summary>
    public static bool IsOfDays(RollingFigure of) =>
        of is RollingFigure.Sharpe or RollingFigure.Sortino or RollingFigure.Volatility;

    /// <summary>The figure of the last <paramref name="window"/> rows after each.</summary>
    /// <param name="points">About how many points are wanted; <c>null</c> for all.</param>
    public static RollingColumns ByTrades(Selection rows, RollingFigure of, int window, int? points)
    {
        var values = PooledBuffer<double>.Pool.Rent(rows.Count);
        try
        {
            var (pnl, change) = (rows.Ledger.Pnl, rows.Ledger.ChangePercentage);
            var tally = new Window();
            for (var i = 0; i < rows.Count; i++)
            {
                var row = rows.Row(i);
                tally.Add(pnl[row], change[row], 1);
                if (i >= window)
                    tally.Add(pnl[rows.Row(i - window)], change[rows.Row(i - window)], -1);
                values[i] = i + 1 < window ? double.NaN : tally.Figure(of, window);
            }

            var kept = Kept(values.AsSpan(0, rows.Count), points);
            return new RollingColumns(
                [.. kept.Select(i => rows.Ledger.ExitTime[rows.Row(i)])],
                [.. kept.Select(i => Ratio.Finite(values[i]))],
                [.. kept.Select(rows.Seq)],
                rows.Count
            );
        }
        finally
        {
            PooledBuffer<double>.Pool.Return(values);
        }
    }

    /// <summary>
    /// The figure of the last <paramref name="window"/> days' returns, at the end of every day from the first exit's to
    /// the last's.
    /// </summary>
    /// <param name="annualization">How many daily returns make a year.</param>
    /// <param name="points">About how many points are wanted; <c>null</c> for all.</param>
    public static RollingColumns ByDays(
        Selection rows,
        ZoneCalendar calendar,
        RollingFigure of,
        int window,
        int annualization,
        int? points
    )
    {
        var days = calendar.Divide(Period.Day, rows.ExitTimes);
        var returns = DailyReturns.Of(rows.InitialEquity, Series.CapitalByPeriod(rows, days, cumulative: true).Value);
        var values = new double[returns.Length];
        for (var day = 0; day < values.Length; day++)
            values[day] =
                day + 1 < window
                    ? double.NaN
                    : Figure(returns.AsSpan(day + 1 - window, window), of, annualization) ?? double.NaN;

        var kept = Kept(values, points);
        return new RollingColumns(
            [.. kept.Select(i => days.Starts[i])],
            [.. kept.Select(i => Ratio.Finite(values[i]))],
            null,
            values.Length
        );
    }

    private static IEnumerable<int> Kept(ReadOnlySpan<double> values, int? points) =>
        points is { } few && Thinning.IsLonger(values.Length, few)
            ? Thinning.Keep(values, few)
            : Enumerable.Range(0, values.Length);

    private static double? Figure(ReadOnlySpan<double> returns, RollingFigure of, int annualization) =>
        of switch
        {
            RollingFigure.Sharpe => DailyReturns.SharpeOf(returns, annualization),
            RollingFigure.Sortino => DailyReturns.SortinoOf(returns, annualization),
            RollingFigure.Volatility => DailyReturns.VolatilityOf(returns, annualization),
            _ => throw new ArgumentOutOfRangeException(nameof(of)),
        };

    /// <summary>Sums over the rows of a window, exact: what leaves it is taken out again without a rest.</summary>
    private struct Window
    {
        private int _wins;
        private int _losses;
        private FixedPoint _profit;
        private FixedPoint _loss;
        private FixedPoint _change;

        /// <param name="sign">1 for a row that comes in, −1 for one that leaves.</param>
        public void Add(FixedPoint pnl, FixedPoint change, int sign)
        {
            _change = new FixedPoint(_change.Units + (sign * change.Units));
            if (pnl > FixedPoint.Zero)
            {
                _wins += sign;
                _profit = new FixedPoint(_profit.Units + (sign * pnl.Units));
            }
            else if (pnl < FixedPoint.Zero)
            {
                _losses += sign;
                _loss = new FixedPoint(_loss.Units + (sign * pnl.Units));
            }
        }

        public readonly double Figure(RollingFigure of, int trades) =>
            of switch
            {
                RollingFigure.WinRate => Ratio.Of(_wins, trades),
                RollingFigure.ProfitFactor => _losses == 0 ? double.NaN : Ratio.Of(_profit.Units, -_loss.Units),
                RollingFigure.Expectancy => Ratio.Mean(_profit + _loss, trades),
                RollingFigure.AverageChange => Ratio.Mean(_change, trades),
                _ => throw new ArgumentOutOfRangeException(nameof(of)),
            };
    }
}
