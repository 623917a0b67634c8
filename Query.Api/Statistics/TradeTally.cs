using System.Runtime.CompilerServices;
using PnlPipeline.Query.Api.LedgerView;

namespace PnlPipeline.Query.Api.Statistics;

/// <summary>Counts, sums, streaks and extremes of trades, fed one by one. Sums are exact.</summary>
public struct TradeTally
{
    public TradeTally()
    {
    }

    public int Trades { get; private set; }

    public int Wins { get; private set; }

    public int Losses { get; private set; }

    public readonly int Breakeven => Trades - Wins - Losses;

    public readonly Amount GrossProfit => NetProfit - GrossLoss;

    /// <summary>At or below 0.</summary>
    public Amount GrossLoss { get; private set; }

    public Amount NetProfit { get; private set; }

    public Amount ChangePercentage { get; private set; }

    /// <summary>The trade with the highest change, counted from 0; the first of equals.</summary>
    public int Best { get; private set; }

    public Amount BestChange { get; private set; }

    /// <summary>The one with the lowest.</summary>
    public int Worst { get; private set; }

    public Amount WorstChange { get; private set; }

    public int LongestWinStreak { get; private set; }

    public int LongestLossStreak { get; private set; }

    /// <summary>Wins since the last that was none, or losses, as a negative number; 0 after a trade that was neither.</summary>
    public int CurrentStreak { get; private set; }

    // Whether a trade won cannot be foretold, so nothing branches on it; records are rare, and may.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Amount pnl, Amount change)
    {
        var isLoss = Int128.IsNegative(pnl.Units) ? 1 : 0;
        var isWin = pnl.Units != default ? 1 - isLoss : 0;
        Wins += isWin;
        Losses += isLoss;
        NetProfit += pnl;
        GrossLoss += new Amount(pnl.Units & -(Int128)isLoss);

        // A streak goes on where its sign is the trade's: then all bits of it stay. Else the trade begins another, or ends both.
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
}
