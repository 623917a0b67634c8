using System.Runtime.CompilerServices;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>The deepest fall of an equity curve under its highest point so far.</summary>
/// <param name="Value">How far, at or above 0; 0 where it never fell.</param>
/// <param name="PeakTime">The last time at the height that it fell from; the earliest entry where that is the initial
/// equity's.</param>
/// <param name="TroughTime">The first time at that depth.</param>
/// <param name="RecoveryTime">The first time at or over that height again; <c>null</c> where it has not come
/// back.</param>
public sealed record Drawdown<T>(T Value, DateTime? PeakTime, DateTime? TroughTime, DateTime? RecoveryTime);

/// <summary>
/// An equity curve, fed row by row, and its falls. A fall lasts from a peak, the last row at that height, to the first
/// row that is at or over it again. Within one the peak is the same, so its deepest point is the deepest in money and
/// in percent alike.
/// </summary>
public struct EquityCurve
{
    private long _peakTime;
    private bool _isUnderwater;
    private FixedPoint _trough;
    private long _troughTime;
    private Fall _deepest;
    private Fall _deepestPercentage;

    /// <param name="initialEquity">The first peak.</param>
    /// <param name="start">When it stands there, Unix milliseconds: the earliest entry.</param>
    public EquityCurve(FixedPoint initialEquity, long start)
    {
        Equity = Peak = initialEquity;
        _peakTime = start;
    }

    public FixedPoint Equity { get; private set; }

    /// <summary>The highest so far.</summary>
    public FixedPoint Peak { get; private set; }

    /// <summary>Milliseconds from a peak to its recovery, or to the last row: the longest of all.</summary>
    public long LongestUnderwater { get; private set; }

    /// <summary>How far the equity is under its highest so far, in percent of that.</summary>
    // A peak of 0 is that of a selection that begins in ruin: nothing can be under it.
    public readonly double DrawdownPercentage => Percentage(Peak - Equity, Peak);

    public readonly Drawdown<FixedPoint> MaxDrawdown => _deepest.Named(_deepest.Depth);

    public readonly Drawdown<double> MaxDrawdownPercentage => _deepestPercentage.Named(DeepestPercentage);

    /// <summary>How far it fell at most, in percent of the peak.</summary>
    public readonly double DeepestPercentage => Percentage(_deepestPercentage.Depth, _deepestPercentage.Peak);

    public static double Percentage(FixedPoint depth, FixedPoint peak) =>
        peak > FixedPoint.Zero ? Ratio.Of(depth.Units * 100, peak.Units) : 0;

    /// <param name="time">Unix milliseconds, ascending.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(FixedPoint pnl, long time)
    {
        Equity += pnl;
        if (Equity >= Peak)
        {
            if (_isUnderwater)
                EndFall(time, time);
            Peak = Equity;
            _peakTime = time;
        }
        else if (!_isUnderwater || Equity < _trough)
        {
            _isUnderwater = true;
            _trough = Equity;
            _troughTime = time;
        }
    }

    /// <summary>Whether it ever fell by more than a percentage of a peak: by exactly so much is not more.</summary>
    public readonly bool HasFallenOver(FixedPoint percentage) => _deepestPercentage.IsOver(percentage);

    /// <summary>Adds rows of a selection that follow one another.</summary>
    public void Add(Selection rows, int begin, int end)
    {
        var ledger = rows.Ledger;
        if (
            ledger.FitsInt64
            && Int128.Abs(Equity.Units) <= LedgerColumns.MaxInt64Sum
            && Int128.Abs(Peak.Units) <= LedgerColumns.MaxInt64Sum
        )
        {
            AddInt64(rows, ledger.Pnl.Int64s!, ledger.ExitTime, begin, end);
            return;
        }

        for (var i = begin; i < end; i++)
        {
            var row = rows.Row(i);
            Add(ledger.Pnl[row], ledger.ExitTime[row]);
        }
    }

    // The same in numbers of 64 bits, which is several times as fast.
    private void AddInt64(Selection rows, long[] pnl, long[] exits, int begin, int end)
    {
        var (equity, peak, trough, isUnderwater) = (
            (long)Equity.Units,
            (long)Peak.Units,
            (long)_trough.Units,
            _isUnderwater
        );
        for (var i = begin; i < end; i++)
        {
            var row = rows.Row(i);
            equity += pnl[row];
            if (equity >= peak)
            {
                if (isUnderwater)
                {
                    (Peak, _trough) = (new FixedPoint(peak), new FixedPoint(trough));
                    EndFall(exits[row], exits[row]);
                    isUnderwater = false;
                }

                peak = equity;
                _peakTime = exits[row];
            }
            else if (!isUnderwater || equity < trough)
            {
                isUnderwater = true;
                trough = equity;
                _troughTime = exits[row];
            }
        }

        (Equity, Peak, _trough, _isUnderwater) = (
            new FixedPoint(equity),
            new FixedPoint(peak),
            new FixedPoint(trough),
            isUnderwater
        );
    }

    /// <summary>Counts the fall that has not recovered, once all rows are added.</summary>
    public void End(long lastTime)
    {
        if (_isUnderwater)
            EndFall(null, lastTime);
    }

    private void EndFall(long? recovery, long end)
    {
        _isUnderwater = false;
        LongestUnderwater = Math.Max(LongestUnderwater, end - _peakTime);
        var fall = new Fall(Peak - _trough, Peak, _peakTime, _troughTime, recovery);
        if (fall.Depth > _deepest.Depth)
            _deepest = fall;
        if (Peak > FixedPoint.Zero && fall.IsDeeperInPercent(_deepestPercentage))
            _deepestPercentage = fall;
    }
}
