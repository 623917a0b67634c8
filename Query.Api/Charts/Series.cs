using PnlPipeline.Query.Api.Calendar;
using PnlPipeline.Query.Api.LedgerView;

namespace PnlPipeline.Query.Api.Charts;

/// <summary>The series of a selection of ledger rows, each a pure function of it and, by period, of a calendar.</summary>
public static class Series
{
    /// <summary>By trade: the equity after each, or the change each made.</summary>
    /// <param name="points">About how many points are wanted; <c>null</c> for all.</param>
    public static SeriesColumns CapitalByTrade(Selection rows, bool cumulative, int? points = null) =>
        ByTrade(rows, points, cumulative ? Equity(rows) : Changes(rows));

    /// <summary>By period: the equity at the end of each, or the change within each.</summary>
    public static SeriesColumns CapitalByPeriod(Selection rows, Periods periods, bool cumulative)
    {
        var value = new Amount[periods.Starts.Length];
        foreach (var (period, begin, end) in periods.Spans)
            value[period] += rows.Pnl(begin, end);
        return new SeriesColumns(periods.Starts, cumulative ? Accumulate(value, rows.InitialEquity) : value);
    }

    /// <summary>The number of trades closed within each period, or since the first.</summary>
    public static SeriesColumns TradesByPeriod(Periods periods, bool cumulative)
    {
        var value = new Amount[periods.Starts.Length];
        foreach (var (period, begin, end) in periods.Spans)
            value[period] += Amount.Of(end - begin);
        return new SeriesColumns(periods.Starts, cumulative ? Accumulate(value, Amount.Zero) : value);
    }

    /// <summary>How far the equity after each trade is under its highest so far, in money or in percent of that.</summary>
    /// <param name="points">About how many points are wanted; <c>null</c> for all.</param>
    public static SeriesColumns DrawdownByTrade(Selection rows, bool percentage, int? points = null) =>
        percentage && points is { } few && Thinning.IsLonger(rows.Count, few)
            ? Thinned(rows, few, NearPercentages(rows), kept => Percentages(rows, kept))
            : ByTrade(rows, points, Drawdowns(rows, percentage));

    /// <summary>The drawdown after the last trade of each period, against the highest equity after any trade so far; idle periods carry it on.</summary>
    public static SeriesColumns DrawdownByPeriod(Selection rows, Periods periods, bool percentage)
    {
        var (drawdown, peak) = (new Amount[periods.Starts.Length], new Amount[periods.Starts.Length]);
        var has = new bool[periods.Starts.Length];
        var (equity, highest) = (rows.InitialEquity, rows.InitialEquity);
        foreach (var (period, begin, end) in periods.Spans)
        {
            for (var i = begin; i < end; i++)
            {
                equity += rows.Pnl(i);
                highest = Amount.Max(highest, equity);
            }

            (drawdown[period], peak[period], has[period]) = (highest - equity, highest, true);
        }

        // The first period has a row, so there is always one to carry on from. A percentage takes a division: one a period, not one a row.
        for (var period = 0; period < drawdown.Length; period++)
        {
            if (!has[period])
                drawdown[period] = drawdown[period - 1];
            else if (percentage)
                drawdown[period] = Percentage(drawdown[period], peak[period]);
        }

        return new SeriesColumns(periods.Starts, drawdown);
    }

    // A selection that begins in ruin has a peak of 0, and nothing that could be under it.
    private static Amount Percentage(Amount drawdown, Amount peak) => drawdown == Amount.Zero ? drawdown : drawdown.PercentageOf(peak);

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
                peak = Amount.Max(peak, equity);
                var drawdown = peak - equity;
                values[i] = percentage ? Percentage(drawdown, peak) : drawdown;
            }

            (row, after, highest) = (row + values.Length, equity, peak);
        };
    }

    // To a hundred-millionth of a percent or two: enough to see which are high and low, at a tenth of what it takes to be exact.
    private static Thinning.Next NearPercentages(Selection rows)
    {
        var (row, after, highest, unitsAPart) = (0, rows.InitialEquity, rows.InitialEquity, UnitsAPart(rows.InitialEquity));
        return values =>
        {
            var (of, from, equity, peak, units) = (rows, row, after, highest, unitsAPart);
            for (var i = 0; i < values.Length; i++)
            {
                equity += of.Pnl(from + i);
                if (equity > peak)
                    (peak, units) = (equity, UnitsAPart(equity));
                values[i] = new Amount((long)(Near(peak - equity) * units));
            }

            (row, after, highest, unitsAPart) = (row + values.Length, equity, peak, units);
        };

        static double UnitsAPart(Amount peak) => peak > Amount.Zero ? Near(Amount.Of(100)) / Near(peak) : 0;

        static double Near(Amount amount) => amount.Units <= ulong.MaxValue ? (ulong)amount.Units : (double)amount.Units;
    }

    private static SeriesColumns ByTrade(Selection rows, int? points, Thinning.Next next)
    {
        if (points is { } few && Thinning.IsLonger(rows.Count, few))
            return Thinned(rows, few, next, exact: null);

        var (time, value, seq) = (new long[rows.Count], new Amount[rows.Count], new long[rows.Count]);
        next(value);
        var times = rows.ExitTimes;
        for (var i = 0; i < seq.Length; i++)
            (time[i], seq[i]) = (times[i], rows.Seq(i));
        return new SeriesColumns(time, value, seq);
    }

    // Of a million trades two thousand are shown: the rest is computed, and nothing of it is kept.
    private static SeriesColumns Thinned(Selection rows, int points, Thinning.Next next, Func<List<int>, Amount[]>? exact)
    {
        var (kept, values) = Thinning.Keep(rows.Count, points, next);
        return new SeriesColumns(
            [.. kept.Select(i => rows.Ledger.ExitTime[rows.Row(i)])], exact?.Invoke(kept) ?? [.. values], [.. kept.Select(rows.Seq)])
        {
            Total = rows.Count,
        };
    }

    private static Amount[] Percentages(Selection rows, List<int> of)
    {
        var value = new Amount[of.Count];
        var (equity, peak, next) = (rows.InitialEquity, rows.InitialEquity, 0);
        for (var i = 0; i < rows.Count; i++)
        {
            equity += rows.Pnl(i);
            peak = Amount.Max(peak, equity);
            if (of[next] != i)
                continue;
            value[next] = Percentage(peak - equity, peak);
            next = Math.Min(next + 1, of.Count - 1);
        }

        return value;
    }

    private static Amount[] Accumulate(Amount[] values, Amount start)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = start += values[i];
        return values;
    }
}
