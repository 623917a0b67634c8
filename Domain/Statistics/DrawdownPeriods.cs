using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>A fall of the equity under its highest so far, until it is back.</summary>
/// <param name="PeakTime">The last time at the height that it fell from; the earliest entry where that is the initial
/// equity's.</param>
/// <param name="TroughTime">The first time at its deepest.</param>
/// <param name="RecoveryTime">The first time at or over that height again; <c>null</c> where it has not come
/// back.</param>
/// <param name="Depth">Peak less trough, in money, exact.</param>
/// <param name="DepthPercentage">In percent of the peak.</param>
/// <param name="Trades">The rows after the peak up to and with the recovery, or the last row where there is
/// none.</param>
/// <param name="Seconds">From the peak to the recovery, or to the last row where there is none.</param>
public sealed record DrawdownPeriod(
    DateTime PeakTime,
    DateTime TroughTime,
    DateTime? RecoveryTime,
    FixedPoint Depth,
    double DepthPercentage,
    int Trades,
    double Seconds
);

/// <summary>The worst of an account's falls.</summary>
/// <param name="Items">Worst first, by percentage; of equal ones the first.</param>
/// <param name="Total">How many there are of all.</param>
public sealed record DrawdownPeriods(IReadOnlyList<DrawdownPeriod> Items, int Total)
{
    private static readonly Comparer<One> WorstFirst = Comparer<One>.Create(
        (one, other) =>
            one.Fall.IsDeeperInPercent(other.Fall) ? -1
            : other.Fall.IsDeeperInPercent(one.Fall) ? 1
            : one.Order.CompareTo(other.Order)
    );

    private static readonly Comparer<One> WorstLast = Comparer<One>.Create(
        (one, other) => WorstFirst.Compare(other, one)
    );

    /// <summary>
    /// The falls of the equity after each selected row, which starts at the capital before the first at the earliest
    /// entry.
    /// </summary>
    /// <param name="limit">How many at most.</param>
    public static DrawdownPeriods Of(Selection rows, int limit)
    {
        // At most as many as are wanted are kept, the least bad on top.
        var worst = new PriorityQueue<One, One>(WorstLast);
        var total = 0;
        var (equity, peak, trough) = (rows.InitialEquity, rows.InitialEquity, rows.InitialEquity);
        var (peakAt, peakTime, troughTime) = (-1, rows.EarliestEntry ?? 0, 0L);
        var isUnder = false;
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows.Row(i);
            var time = rows.Ledger.ExitTime[row];
            equity += rows.Ledger.Pnl[row];
            if (equity >= peak)
            {
                if (isUnder)
                    Keep(time, time, i);
                (isUnder, peak, peakAt, peakTime) = (false, equity, i, time);
            }
            else if (!isUnder || equity < trough)
            {
                (isUnder, trough, troughTime) = (true, equity, time);
            }
        }

        if (isUnder)
            Keep(null, rows.Ledger.ExitTime[rows.Row(rows.Count - 1)], rows.Count - 1);
        return new DrawdownPeriods(
            [.. worst.UnorderedItems.Select(item => item.Element).Order(WorstFirst).Select(one => one.ToPeriod())],
            total
        );

        void Keep(long? recovery, long end, int last)
        {
            // Of an account that begins in ruin there is nothing that could fall.
            if (peak <= FixedPoint.Zero)
                return;
            var one = new One(
                new Fall(peak - trough, peak, peakTime, troughTime, recovery),
                total++,
                last - peakAt,
                end
            );
            if (worst.Count < limit)
                worst.Enqueue(one, one);
            else
                worst.EnqueueDequeue(one, one);
        }
    }

    private sealed record One(Fall Fall, int Order, int Trades, long End)
    {
        public DrawdownPeriod ToPeriod() =>
            new(
                UnixTime.FromUnixMilliseconds(Fall.PeakTime),
                UnixTime.FromUnixMilliseconds(Fall.TroughTime),
                Fall.Recovery is { } recovery ? UnixTime.FromUnixMilliseconds(recovery) : null,
                Fall.Depth,
                EquityCurve.Percentage(Fall.Depth, Fall.Peak),
                Trades,
                (End - Fall.PeakTime) / 1000.0
            );
    }
}
