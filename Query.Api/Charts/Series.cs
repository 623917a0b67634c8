using PnlPipeline.Query.Api.Calendar;
using PnlPipeline.Query.Api.LedgerView;

namespace PnlPipeline.Query.Api.Charts;

/// <summary>The series of a selection of ledger rows, each a pure function of it and, by period, of a calendar.</summary>
public static class Series
{
    /// <summary>By trade: the equity after each, or the change each made.</summary>
    /// <param name="points">About how many points are wanted; <c>null</c> for all.</param>
    public static SeriesColumns CapitalByTrade(Selection rows, bool cumulative, int? points = null) => ByTrade(rows, points, value =>
    {
        var equity = rows.InitialEquity;
        for (var i = 0; i < value.Length; i++)
        {
            var pnl = rows.Pnl(i);
            equity += pnl;
            value[i] = cumulative ? equity : pnl;
        }
    });

    /// <summary>By period: the equity at the end of each, or the change within each.</summary>
    public static SeriesColumns CapitalByPeriod(Selection rows, Periods periods, bool cumulative)
    {
        var value = new Amount[periods.Starts.Length];
        for (var i = 0; i < rows.Count; i++)
            value[periods.PeriodOf[i]] += rows.Pnl(i);
        return new SeriesColumns(periods.Starts, cumulative ? Accumulate(value, rows.InitialEquity) : value);
    }

    /// <summary>The number of trades closed within each period, or since the first.</summary>
    public static SeriesColumns TradesByPeriod(Periods periods, bool cumulative)
    {
        var one = Amount.Of(1);
        var value = new Amount[periods.Starts.Length];
        foreach (var period in periods.PeriodOf)
            value[period] += one;
        return new SeriesColumns(periods.Starts, cumulative ? Accumulate(value, Amount.Zero) : value);
    }

    /// <summary>How far the equity after each trade is under its highest so far, in money or in percent of that.</summary>
    /// <param name="points">About how many points are wanted; <c>null</c> for all.</param>
    public static SeriesColumns DrawdownByTrade(Selection rows, bool percentage, int? points = null) =>
        percentage && points is { } few && Thinning.IsLonger(rows.Count, few)
            ? Thinned(rows, few, value => NearPercentages(rows, value), kept => Percentages(rows, kept))
            : ByTrade(rows, points, value => Drawdowns(rows, percentage, value));

    /// <summary>The drawdown after the last trade of each period, against the highest equity after any trade so far; idle periods carry it on.</summary>
    public static SeriesColumns DrawdownByPeriod(Selection rows, Periods periods, bool percentage)
    {
        var (drawdown, peak) = (new Amount[periods.Starts.Length], new Amount[periods.Starts.Length]);
        var has = new bool[periods.Starts.Length];
        var (equity, highest) = (rows.InitialEquity, rows.InitialEquity);
        for (var i = 0; i < rows.Count; i++)
        {
            equity += rows.Pnl(i);
            highest = Amount.Max(highest, equity);
            var period = periods.PeriodOf[i];
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

    private static void Drawdowns(Selection rows, bool percentage, Span<Amount> value)
    {
        var equity = rows.InitialEquity;
        var peak = equity;
        for (var i = 0; i < value.Length; i++)
        {
            equity += rows.Pnl(i);
            peak = Amount.Max(peak, equity);
            var drawdown = peak - equity;
            value[i] = percentage ? Percentage(drawdown, peak) : drawdown;
        }
    }

    private delegate void Fill(Span<Amount> value);

    private static SeriesColumns ByTrade(Selection rows, int? points, Fill fill)
    {
        if (points is { } few && Thinning.IsLonger(rows.Count, few))
            return Thinned(rows, few, fill, exact: null);

        var value = new Amount[rows.Count];
        fill(value);
        var seq = new long[rows.Count];
        for (var i = 0; i < seq.Length; i++)
            seq[i] = rows.Seq(i);
        return new SeriesColumns(rows.ExitTimes.ToArray(), value, seq);
    }

    // Of a million trades two thousand are shown: the rest is computed, and nothing of it is kept.
    private static SeriesColumns Thinned(Selection rows, int points, Fill fill, Func<List<int>, Amount[]>? exact)
    {
        var rented = Scratch<Amount>.Pool.Rent(rows.Count);
        try
        {
            var value = rented.AsSpan(0, rows.Count);
            fill(value);
            var kept = Thinning.Keep(value, points);
            return new SeriesColumns(
                [.. kept.Select(i => rows.Ledger.ExitTime[rows.Row(i)])], exact?.Invoke(kept) ?? [.. kept.Select(i => rented[i])], [.. kept.Select(rows.Seq)])
            {
                Total = rows.Count,
            };
        }
        finally
        {
            Scratch<Amount>.Pool.Return(rented);
        }
    }

    // To a hundred-millionth of a percent or two: enough to see which are high and low, at a tenth of what it takes to be exact.
    private static void NearPercentages(Selection rows, Span<Amount> value)
    {
        var equity = rows.InitialEquity;
        var (peak, unitsAPart) = (equity, UnitsAPart(equity));
        for (var i = 0; i < value.Length; i++)
        {
            equity += rows.Pnl(i);
            if (equity > peak)
                (peak, unitsAPart) = (equity, UnitsAPart(equity));
            value[i] = new Amount((long)(Near(peak - equity) * unitsAPart));
        }

        static double UnitsAPart(Amount peak) => peak > Amount.Zero ? Near(Amount.Of(100)) / Near(peak) : 0;

        static double Near(Amount amount) => amount.Units <= ulong.MaxValue ? (ulong)amount.Units : (double)amount.Units;
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
