using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>The equity and the peak of all rows so far at the end of each day, fed row by row.</summary>
/// <param name="initialEquity">Before the first row.</param>
/// <param name="days">How many there are, idle ones too.</param>
public struct DayCurve(FixedPoint initialEquity, int days)
{
    // Rows ascend in time, and days with them but for a clock put back over midnight, which goes through the end of a
    // date twice. So what a day brought is summed up, while its drawdown is that after its last row.
    private readonly FixedPoint[] _change = new FixedPoint[days];
    private readonly FixedPoint[] _drawdown = new FixedPoint[days];
    private readonly double[] _drawdownPercentage = CreateUnknown(days);
    private int _day = -1;
    private readonly FixedPoint _initialEquity = initialEquity;
    private FixedPoint _before = initialEquity;

    /// <summary>Begins with the rows of a day, before the first of them is added to the curve.</summary>
    public void Begin(int day, in EquityCurve curve)
    {
        if (day == _day)
            return;
        End(curve);
        _day = day;
    }

    /// <summary>Ends the day, once all rows are added.</summary>
    public void End(in EquityCurve curve)
    {
        if (_day < 0)
            return;
        _change[_day] += curve.Equity - _before;
        _drawdown[_day] = curve.Peak - curve.Equity;
        _drawdownPercentage[_day] = curve.DrawdownPercentage;
        _before = curve.Equity;
    }

    /// <summary>The equity at the end of each day, once all have ended; idle ones carry it on.</summary>
    public readonly FixedPoint[] Equity()
    {
        var equity = new FixedPoint[_change.Length];
        var last = _initialEquity;
        for (var day = 0; day < equity.Length; day++)
            equity[day] = last += _change[day];
        return equity;
    }

    /// <summary>
    /// How far that is under the highest of all rows so far, in money and in percent of it; idle days carry it on.
    /// </summary>
    public readonly (FixedPoint[] Drawdown, double[] Percentage) Drawdowns()
    {
        var (drawdown, percentage) = ((FixedPoint[])_drawdown.Clone(), (double[])_drawdownPercentage.Clone());
        for (var day = 0; day < percentage.Length; day++)
        {
            // Before the first row there is none.
            if (double.IsNaN(percentage[day]))
                (drawdown[day], percentage[day]) =
                    day == 0 ? (FixedPoint.Zero, 0) : (drawdown[day - 1], percentage[day - 1]);
        }

        return (drawdown, percentage);
    }

    private static double[] CreateUnknown(int days)
    {
        var values = new double[days];
        Array.Fill(values, double.NaN);
        return values;
    }
}
