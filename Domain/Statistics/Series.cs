using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// The series of a selection of ledger rows, each a pure function of it and, by period, of a calendar.
/// </summary>
public static class Series
{
    /// <summary>By trade: the equity after each, or the change each made.</summary>
    /// <param name="points">About how many points are wanted; <c>null</c> for all.</param>
    public static SeriesColumns CapitalByTrade(Selection rows, bool cumulative, int? points = null) =>
        ByTrade(rows, points, cumulative ? Equity(rows) : Changes(rows)) with
        {
            Start = cumulative ? StartByTrade(rows, rows.InitialEquity) : null,
        };

    /// <summary>By period: the equity at the end of each, or the change within each.</summary>
    public static SeriesColumns CapitalByPeriod(Selection rows, Periods periods, bool cumulative)
    {
        var value = new FixedPoint[periods.Starts.Length];
        foreach (var (period, begin, end) in periods.Spans)
            value[period] += rows.Pnl(begin, end);
        return cumulative ? Accumulate(periods, value, rows.InitialEquity) : new SeriesColumns(periods.Starts, value);
    }

    /// <summary>The number of trades closed within each period, or since the first.</summary>
    public static SeriesColumns TradesByPeriod(Periods periods, bool cumulative)
    {
        var value = new FixedPoint[periods.Starts.Length];
        foreach (var (period, begin, end) in periods.Spans)
            value[period] += FixedPoint.Of(end - begin);
        return cumulative ? Accumulate(periods, value, FixedPoint.Zero) : new SeriesColumns(periods.Starts, value);
    }

    /// <summary>
    /// How far the equity after each trade is under its highest so far, in money or in percent of that.
    /// </summary>
    /// <param name="points">About how many points are wanted; <c>null</c> for all.</param>
    public static SeriesColumns DrawdownByTrade(Selection rows, bool percentage, int? points = null) =>
        (
            percentage && points is { } few && Thinning.IsLonger(rows.Count, few)
                ? Thinned(rows, few, NearPercentages(rows), kept => Percentages(rows, kept))
                : ByTrade(rows, points, Drawdowns(rows, percentage))
        ) with
        {
            Start = StartByTrade(rows, FixedPoint.Zero),
        };

    /// <summary>
    /// The drawdown after the last trade of each period, against the highest equity after any trade so far; idle
    /// periods carry it on.
    /// </summary>
    public static SeriesColumns DrawdownByPeriod(Selection rows, Periods periods, bool percentage)
    {
        var (drawdown, peak) = (new FixedPoint[periods.Starts.Length], new FixedPoint[periods.Starts.Length]);
        var has = new bool[periods.Starts.Length];
        var (equity, highest) = (rows.InitialEquity, rows.InitialEquity);
        foreach (var (period, begin, end) in periods.Spans)
        {
            for (var i = begin; i < end; i++)
            {
                equity += rows.Pnl(i);
                highest = FixedPoint.Max(highest, equity);
            }

            (drawdown[period], peak[period], has[period]) = (highest - equity, highest, true);
        }

        // Before the first row there is none. A percentage takes a division: one a period, not one a row.
        for (var period = 0; period < drawdown.Length; period++)
        {
            if (!has[period])
                drawdown[period] = period == 0 ? FixedPoint.Zero : drawdown[period - 1];
            else if (percentage)
                drawdown[period] = Percentage(drawdown[period], peak[period]);
        }

        return new SeriesColumns(periods.Starts, drawdown) { Start = StartByPeriod(periods, FixedPoint.Zero) };
    }

    private static SeriesStart<FixedPoint>? StartByTrade(Selection rows, FixedPoint value) =>
        rows.EarliestEntry is { } time ? new SeriesStart<FixedPoint>(time, value) : null;

    private static SeriesStart<FixedPoint>? StartByPeriod(Periods periods, FixedPoint value) =>
        periods.Starts is [var time, ..] ? new SeriesStart<FixedPoint>(time, value) : null;

    // A selection that begins in ruin has a peak of 0, and nothing that could be under it.
    private static FixedPoint Percentage(FixedPoint drawdown, FixedPoint peak) =>
        drawdown == FixedPoint.Zero ? drawdown : drawdown.PercentageOf(peak);

    private static Thinning.Next Changes(Selection rows)
    {
        var row = 0;
        return values =>
        {
            var (of, from) = (rows, row);
            for (var i = 0; i < values.Length; i++)
                values[i] = of.Pnl(from + i);
            row += values.Length;
        };
    }

    private static Thinning.Next Equity(Selection rows)
    {
        var (row, after) = (0, rows.InitialEquity);
        return values =>
        {
            var (of, from, equity) = (rows, row, after);
            for (var i = 0; i < values.Length; i++)
                values[i] = equity += of.Pnl(from + i);
            (row, after) = (row + values.Length, equity);
        };
    }

    private static Thinning.Next Drawdowns(Selection rows, bool percentage)
    {
        var (row, after, highest) = (0, rows.InitialEquity, rows.InitialEquity);
        return values =>
        {
            var (of, from, equity, peak) = (rows, row, after, highest);
            for (var i = 0; i < values.Length; i++)
            {
                equity += of.Pnl(from + i);
                peak = FixedPoint.Max(peak, equity);
                var drawdown = peak - equity;
                values[i] = percentage ? Percentage(drawdown, peak) : drawdown;
            }

            (row, after, highest) = (row + values.Length, equity, peak);
        };
    }

    // To a hundred-millionth of a percent or two: enough to see which are high and low, at a tenth of what it takes to
    // be exact.
    private static Thinning.Next NearPercentages(Selection rows)
    {
        var (row, after, highest, unitsAPart) = (
            0,
            rows.InitialEquity,
            rows.InitialEquity,
            UnitsAPart(rows.InitialEquity)
        );
        return values =>
        {
            var (of, from, equity, peak, units) = (rows, row, after, highest, unitsAPart);
            for (var i = 0; i < values.Length; i++)
            {
                equity += of.Pnl(from + i);
                if (equity > peak)
                    (peak, units) = (equity, UnitsAPart(equity));
                values[i] = new FixedPoint((long)(Near(peak - equity) * units));
            }

            (row, after, highest, unitsAPart) = (row + values.Length, equity, peak, units);
        };

        static double UnitsAPart(FixedPoint peak) => peak > FixedPoint.Zero ? Near(FixedPoint.Of(100)) / Near(peak) : 0;

        static double Near(FixedPoint amount) =>
            amount.Units <= ulong.MaxValue ? (ulong)amount.Units : (double)amount.Units;
    }

    private static SeriesColumns ByTrade(Selection rows, int? points, Thinning.Next next)
    {
        if (points is { } few && Thinning.IsLonger(rows.Count, few))
            return Thinned(rows, few, next, exact: null);

        var (time, value, seq) = (new long[rows.Count], new FixedPoint[rows.Count], new long[rows.Count]);
        next(value);
        var times = rows.ExitTimes;
        for (var i = 0; i < seq.Length; i++)
            (time[i], seq[i]) = (times[i], rows.Seq(i));
        return new SeriesColumns(time, value, seq);
    }

    // Of a million trades two thousand are shown: the rest is computed, and nothing of it is kept.
    private static SeriesColumns Thinned(
        Selection rows,
        int points,
        Thinning.Next next,
        Func<List<int>, FixedPoint[]>? exact
    )
    {
        var (kept, values) = Thinning.Keep(rows.Count, points, next);
        return new SeriesColumns(
            [.. kept.Select(i => rows.Ledger.ExitTime[rows.Row(i)])],
            exact?.Invoke(kept) ?? [.. values],
            [.. kept.Select(rows.Seq)]
        )
        {
            Total = rows.Count,
        };
    }

    private static FixedPoint[] Percentages(Selection rows, List<int> of)
    {
        var value = new FixedPoint[of.Count];
        var (equity, peak, next) = (rows.InitialEquity, rows.InitialEquity, 0);
        for (var i = 0; i < rows.Count; i++)
        {
            equity += rows.Pnl(i);
            peak = FixedPoint.Max(peak, equity);
            if (of[next] != i)
                continue;
            value[next] = Percentage(peak - equity, peak);
            next = Math.Min(next + 1, of.Count - 1);
        }

        return value;
    }

    private static SeriesColumns Accumulate(Periods periods, FixedPoint[] values, FixedPoint start)
    {
        var sum = start;
        for (var i = 0; i < values.Length; i++)
            values[i] = sum += values[i];
        return new SeriesColumns(periods.Starts, values) { Start = StartByPeriod(periods, start) };
    }
}
