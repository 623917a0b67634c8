using System.Runtime.CompilerServices;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>Counts, sums, streaks and extremes of trades, fed one by one. Sums are exact.</summary>
public struct TradeTally
{
    public TradeTally() { }

    public int Trades { get; private set; }

    public int Wins { get; private set; }

    public int Losses { get; private set; }

    public readonly int Breakeven => Trades - Wins - Losses;

    public readonly FixedPoint GrossProfit => NetProfit - GrossLoss;

    /// <summary>At or below 0.</summary>
    public FixedPoint GrossLoss { get; private set; }

    public FixedPoint NetProfit { get; private set; }

    public FixedPoint ChangePercentage { get; private set; }

    /// <summary>The trade with the highest change, counted from 0; the first of equals.</summary>
    public int Best { get; private set; }

    public FixedPoint BestChange { get; private set; }

    /// <summary>The one with the lowest.</summary>
    public int Worst { get; private set; }

    public FixedPoint WorstChange { get; private set; }

    public int LongestWinStreak { get; private set; }

    public int LongestLossStreak { get; private set; }

    /// <summary>
    /// Wins since the last that was none, or losses, as a negative number; 0 after a trade that was neither.
    /// </summary>
    public int CurrentStreak { get; private set; }

    /// <summary>Of all rows of a selection.</summary>
    public static TradeTally Of(Selection rows)
    {
        var tally = new TradeTally();
        if (rows.Ledger.FitsInt64)
        {
            tally.AddInt64(rows);
            return tally;
        }

        var (pnl, change) = (rows.Ledger.Pnl, rows.Ledger.ChangePercentage);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows.Row(i);
            tally.Add(pnl[row], change[row]);
        }

        return tally;
    }

    // Whether a trade won cannot be foretold, so nothing branches on it; records are rare, and may.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(FixedPoint pnl, FixedPoint change)
    {
        var isLoss = Int128.IsNegative(pnl.Units) ? 1 : 0;
        var isWin = pnl.Units != default ? 1 - isLoss : 0;
        Wins += isWin;
        Losses += isLoss;
        NetProfit += pnl;
        GrossLoss += new FixedPoint(pnl.Units & -(Int128)isLoss);

        // A streak goes on where its sign is the trade's: then all bits of it stay. Else the trade begins another, or
        // ends both.
        var sign = isWin - isLoss;
        var kept = -(CurrentStreak * sign) >> 31;
        CurrentStreak = sign + (CurrentStreak & kept);
        LongestWinStreak = Math.Max(LongestWinStreak, CurrentStreak);
        LongestLossStreak = Math.Max(LongestLossStreak, -CurrentStreak);

        ChangePercentage += change;
        if (Trades == 0 || change > BestChange)
            (Best, BestChange) = (Trades, change);
        if (Trades == 0 || change < WorstChange)
            (Worst, WorstChange) = (Trades, change);
        Trades++;
    }

    // What Add does with each, in numbers of 64 bits, which is twice as fast: into an empty tally.
    private void AddInt64(Selection rows)
    {
        var (pnls, changes) = (rows.Ledger.Pnl.Int64s!, rows.Ledger.ChangePercentage.Int64s!);
        var (wins, losses, current, longestWin, longestLoss) = (0, 0, 0, 0, 0);
        var (netProfit, grossLoss, sum) = (0L, 0L, 0L);
        var (best, bestChange, worst, worstChange) = (0, long.MinValue, 0, long.MaxValue);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows.Row(i);
            var pnl = pnls[row];
            var isLoss = (int)((ulong)pnl >> 63);
            var isWin = (int)((ulong)-pnl >> 63) & (1 - isLoss);
            wins += isWin;
            losses += isLoss;
            netProfit += pnl;
            grossLoss += pnl & -(long)isLoss;

            var sign = isWin - isLoss;
            current = sign + (current & (-(current * sign) >> 31));
            longestWin = Math.Max(longestWin, current);
            longestLoss = Math.Max(longestLoss, -current);

            var change = changes[row];
            sum += change;
            if (change > bestChange)
                (best, bestChange) = (i, change);
            if (change < worstChange)
                (worst, worstChange) = (i, change);
        }

        (Trades, Wins, Losses) = (rows.Count, wins, losses);
        (NetProfit, GrossLoss, ChangePercentage) = (
            new FixedPoint(netProfit),
            new FixedPoint(grossLoss),
            new FixedPoint(sum)
        );
        (CurrentStreak, LongestWinStreak, LongestLossStreak) = (current, longestWin, longestLoss);
        if (rows.Count > 0)
            (Best, BestChange, Worst, WorstChange) = (
                best,
                new FixedPoint(bestChange),
                worst,
                new FixedPoint(worstChange)
            );
    }
}
