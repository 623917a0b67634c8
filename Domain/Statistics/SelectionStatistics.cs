using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// The statistics of a selection of ledger rows: a pure function of it, of a calendar, and of how many days make a
/// year.
/// </summary>
/// <remarks>
/// Sums are exact; averages, ratios and deviations are made of them as doubles at the very end. A few passes over the
/// columns, two at a time, nothing is made for each row.
/// </remarks>
public static class SelectionStatistics
{
    private const double Day = 24 * 60 * 60 * 1000;
    private const double MinDaysOfGrowth = 30;
    private const double DaysOfGrowth = 365;

    /// <param name="annualization">How many daily returns make a year.</param>
    /// <param name="open">What is open beside the rows.</param>
    /// <param name="exposure">Where it does not follow from the rows and what is open.</param>
    public static BatchStatistics Of(
        Selection rows,
        ZoneCalendar calendar,
        int annualization,
        OpenTrades open,
        ExposureFigures? exposure = null
    )
    {
        if (rows.Count == 0)
            return new BatchStatistics { OpenTrades = open.Count(rows.Filter) };

        // Of a million rows each of these takes a while: two rows of work that end at about the same time, and neither
        // waits for the other.
        var ((time, curve, daily, holdings), (tally, medianChange, systemQuality, fees, exposed)) = AtOnce(
            () => InTime(rows, calendar),
            () => ByTrade(rows, open, exposure)
        );
        var returns = DailyReturns.Figures(DailyReturns.Of(rows.InitialEquity, daily.Equity()), annualization);
        var cagr = GrowthRate(rows.InitialEquity, curve.Equity, time.Total / Day);
        double? winRate = Ratio.Of(tally.Wins, tally.Trades);
        double? averageWin = tally.Wins == 0 ? null : Ratio.Mean(tally.GrossProfit, tally.Wins);
        double? averageLoss = tally.Losses == 0 ? null : Ratio.Mean(tally.GrossLoss, tally.Losses);
        var payoffRatio = averageWin / -averageLoss;
        var maxDrawdown = curve.MaxDrawdown;
        var maxDrawdownPercentage = curve.MaxDrawdownPercentage;
        return new BatchStatistics
        {
            Trades = tally.Trades,
            Wins = tally.Wins,
            Losses = tally.Losses,
            Breakeven = tally.Breakeven,
            WinRate = winRate,
            GrossProfit = tally.GrossProfit,
            GrossLoss = tally.GrossLoss,
            NetProfit = tally.NetProfit,
            ProfitFactor = tally.Losses == 0 ? null : Ratio.Of(tally.GrossProfit.Units, -tally.GrossLoss.Units),
            AverageWin = averageWin,
            AverageLoss = averageLoss,
            PayoffRatio = payoffRatio,
            Expectancy = Ratio.Mean(tally.NetProfit, tally.Trades),
            ExpectancyRatio = ((1 + payoffRatio) * winRate) - 1,
            Sqn = systemQuality,
            Kelly = winRate - ((1 - winRate) / payoffRatio),
            AverageChange = Ratio.Mean(tally.ChangePercentage, tally.Trades),
            MedianChange = medianChange,
            BestTrade = rows.TradeId(tally.Best).ToString(),
            WorstTrade = rows.TradeId(tally.Worst).ToString(),
            LongestWinStreak = tally.LongestWinStreak,
            LongestLossStreak = tally.LongestLossStreak,
            CurrentStreak = tally.CurrentStreak,
            AverageHolding = holdings.All.Average,
            MedianHolding = holdings.All.Median,
            AverageWinHolding = holdings.Wins.Average,
            MedianWinHolding = holdings.Wins.Median,
            AverageLossHolding = holdings.Losses.Average,
            MedianLossHolding = holdings.Losses.Median,
            Exposure = time.Total == 0 ? null : Ratio.Of(time.Open, time.Total),
            MaxDrawdown = maxDrawdown,
            MaxDrawdownPercentage = maxDrawdownPercentage,
            LongestUnderwater = curve.LongestUnderwater / 1000.0,
            CurrentDrawdownPercentage = curve.DrawdownPercentage,
            UlcerIndex = UlcerIndex(daily.Drawdowns().Percentage),
            RecoveryFactor = maxDrawdown.Value == FixedPoint.Zero ? null : Ratio.Of(tally.NetProfit, maxDrawdown.Value),
            Cagr = cagr,
            Volatility = returns.Volatility,
            Sharpe = returns.Sharpe,
            Sortino = returns.Sortino,
            Calmar = maxDrawdownPercentage.Value > 0 ? cagr / (maxDrawdownPercentage.Value / 100) : null,
            ValueAtRisk95 = returns.ValueAtRisk95,
            ConditionalValueAtRisk95 = returns.ConditionalValueAtRisk95,
            Skewness = returns.Skewness,
            Kurtosis = returns.Kurtosis,
            BestDay = returns.BestDay,
            WorstDay = returns.WorstDay,
            PositiveDays = returns.PositiveDays,
            FeesPaid = fees,
            MaxExposure = exposed.Max,
            TimeOverExposed = exposed.TimeOver,
            OpenTrades = open.Count(rows.Filter),
        };
    }

    private static (TOne One, TOther Other) AtOnce<TOne, TOther>(Func<TOne> one, Func<TOther> other)
    {
        var (first, second) = (default(TOne)!, default(TOther)!);
        Parallel.Invoke(() => first = one(), () => second = other());
        return (first, second);
    }

    private static (TimeInMarket Time, EquityCurve Curve, DayCurve Daily, Holdings Holdings) InTime(
        Selection rows,
        ZoneCalendar calendar
    )
    {
        var time = TimeInMarket.Of(rows);
        var days = calendar.Divide(Period.Day, rows.ExitTimes);
        var curve = new EquityCurve(rows.InitialEquity, time.EarliestEntry);
        var daily = new DayCurve(rows.InitialEquity, days.Starts.Length);
        foreach (var (day, begin, end) in days.Spans)
        {
            daily.Begin(day, curve);
            curve.Add(rows, begin, end);
        }

        curve.End(time.LastExit);
        daily.End(curve);
        return (time, curve, daily, Holdings.Of(rows, time));
    }

    private static (
        TradeTally Tally,
        double MedianChange,
        double? SystemQuality,
        FixedPoint Fees,
        ExposureFigures Exposure
    ) ByTrade(Selection rows, OpenTrades open, ExposureFigures? exposure)
    {
        var tally = TradeTally.Of(rows);
        return (
            tally,
            MedianChange(rows, tally),
            SystemQuality(rows, tally),
            rows.Fees(),
            exposure ?? Exposure.Figures(rows, open)
        );
    }

    // √N × mean / sample deviation. Deviations are taken from the whole unit nearest to the mean, exactly, and what
    // that is off by is taken out of their squares afterwards: equal numbers deviate by 0, however large they are.
    private static double? SystemQuality(Selection rows, in TradeTally tally)
    {
        if (rows.Count < 2)
            return null;

        var near = tally.NetProfit.Units / rows.Count;
        var off = (double)(tally.NetProfit.Units - (near * rows.Count));
        var (squares, largest) = rows.Ledger.FitsInt64 ? SquaresOfInt64(rows, (long)near) : Squares(rows, near);
        var sampleDeviation = Math.Sqrt(Math.Max(0, squares - (off * off / rows.Count)) / (rows.Count - 1));
        return DailyReturns.IsRounding(sampleDeviation, largest)
            ? null
            : Ratio.Finite(Math.Sqrt(rows.Count) * Ratio.Of(tally.NetProfit.Units, rows.Count) / sampleDeviation);
    }

    // The sum of the squared deviations, and the largest pnl without its sign.
    private static (double Sum, double Largest) Squares(Selection rows, Int128 near)
    {
        var pnl = rows.Ledger.Pnl;
        var (squares, largest) = (0.0, 0.0);
        for (var i = 0; i < rows.Count; i++)
        {
            var units = pnl[rows.Row(i)].Units;
            var deviation = ToDouble(units - near);
            squares += deviation * deviation;
            largest = Math.Max(largest, Math.Abs(ToDouble(units)));
        }

        return (squares, largest);
    }

    // No pnl is further from the mean than all of them add up to, without their signs.
    private static (double Sum, double Largest) SquaresOfInt64(Selection rows, long near)
    {
        var pnl = rows.Ledger.Pnl.Int64s!;
        var (squares, largest) = (0.0, 0L);
        for (var i = 0; i < rows.Count; i++)
        {
            var units = pnl[rows.Row(i)];
            var deviation = (double)(units - near);
            squares += deviation * deviation;
            largest = Math.Max(largest, Math.Abs(units));
        }

        return (squares, largest);
    }

    private static double MedianChange(Selection rows, in TradeTally tally)
    {
        var changes = rows.Ledger.ChangePercentage;
        var lowest = tally.WorstChange.Units;
        if (tally.BestChange.Units - lowest > long.MaxValue)
            return MedianOfWide(rows);

        var parts = new Median.Parts(0, (long)(tally.BestChange.Units - lowest));
        Span<int> counts = stackalloc int[Median.Parts.Count];
        counts.Clear();
        for (var i = 0; i < rows.Count; i++)
            counts[parts.Of(Above(i))]++;
        var middle = parts.Find(counts, (rows.Count - 1) / 2, rows.Count / 2);
        var gathered = PooledBuffer<long>.Pool.Rent(middle.Wanted);
        try
        {
            var next = 0;
            for (var i = 0; next < middle.Wanted; i++)
            {
                var above = Above(i);
                if (middle.Wants(above))
                    gathered[next++] = above;
            }

            var (lower, upper) = Median.Of(gathered.AsSpan(0, middle.Wanted), middle);
            return Ratio.Mean(new FixedPoint(lowest + lower + lowest + upper), 2);
        }
        finally
        {
            PooledBuffer<long>.Pool.Return(gathered);
        }

        // What fits 64 bits comes out right however much is cut off on the way.
        long Above(int i) => unchecked((long)changes[rows.Row(i)].Units - (long)lowest);
    }

    // Changes that lie more than 90 billion percent apart.
    private static double MedianOfWide(Selection rows)
    {
        var sorted = new Int128[rows.Count];
        for (var i = 0; i < sorted.Length; i++)
            sorted[i] = rows.Ledger.ChangePercentage[rows.Row(i)].Units;
        Array.Sort(sorted);
        return Ratio.Mean(new FixedPoint(sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]), 2);
    }

    private static double UlcerIndex(double[] drawdownPercentage)
    {
        var squares = 0.0;
        foreach (var percentage in drawdownPercentage)
            squares += percentage * percentage;
        return Math.Sqrt(squares / drawdownPercentage.Length);
    }

    private static double? GrowthRate(FixedPoint initial, FixedPoint last, double days) =>
        days < MinDaysOfGrowth || last < FixedPoint.Zero || initial <= FixedPoint.Zero
            ? null
            : Ratio.Finite(Math.Pow(Ratio.Of(last, initial), DaysOfGrowth / days) - 1);

    private static double ToDouble(Int128 value) => value == (long)value ? (long)value : (double)value;
}
