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

    public Amount GrossProfit { get; private set; }

    /// <summary>At or below 0.</summary>
    public Amount GrossLoss { get; private set; }

    public readonly Amount NetProfit => GrossProfit + GrossLoss;

    public Amount LargestWin { get; private set; }

    /// <summary>At or below 0.</summary>
    public Amount LargestLoss { get; private set; }

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Amount pnl, Amount change)
    {
        if (pnl > Amount.Zero)
        {
            Wins++;
            GrossProfit += pnl;
            LargestWin = Amount.Max(LargestWin, pnl);
            CurrentStreak = Math.Max(CurrentStreak, 0) + 1;
            LongestWinStreak = Math.Max(LongestWinStreak, CurrentStreak);
        }
        else if (pnl < Amount.Zero)
        {
            Losses++;
            GrossLoss += pnl;
            LargestLoss = pnl < LargestLoss ? pnl : LargestLoss;
            CurrentStreak = Math.Min(CurrentStreak, 0) - 1;
            LongestLossStreak = Math.Max(LongestLossStreak, -CurrentStreak);
        }
        else
        {
            CurrentStreak = 0;
        }

        ChangePercentage += change;
        if (Trades == 0 || change > BestChange)
            (Best, BestChange) = (Trades, change);
        if (Trades == 0 || change < WorstChange)
            (Worst, WorstChange) = (Trades, change);
        Trades++;
    }
}
