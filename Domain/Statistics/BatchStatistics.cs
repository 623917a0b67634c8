using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// Everything there is to say about a selection of ledger rows. Names that end in Percentage or speak of change are in
/// percent, everything else is a count, a fraction, seconds or money. Undefined is <c>null</c>: of no rows, everything
/// but counts, sums and streaks, which are 0.
/// </summary>
public sealed record BatchStatistics
{
    /// <summary>Under so many trades the figures say little.</summary>
    public const int Few = 30;

    /// <summary>How many rows are selected.</summary>
    public int Trades { get; init; }

    /// <summary>Trades with a pnl above 0.</summary>
    public int Wins { get; init; }

    /// <summary>Trades with a pnl below 0.</summary>
    public int Losses { get; init; }

    /// <summary>Trades with a pnl of 0.</summary>
    public int Breakeven { get; init; }

    /// <summary>Wins / trades.</summary>
    public double? WinRate { get; init; }

    /// <summary>The sum of the wins, exact.</summary>
    public FixedPoint GrossProfit { get; init; }

    /// <summary>The sum of the losses, exact, at or below 0.</summary>
    public FixedPoint GrossLoss { get; init; }

    /// <summary>The sum of all, exact.</summary>
    public FixedPoint NetProfit { get; init; }

    /// <summary>Gross profit / |gross loss|; null without losses.</summary>
    public double? ProfitFactor { get; init; }

    /// <summary>The mean win.</summary>
    public double? AverageWin { get; init; }

    /// <summary>The mean loss, below 0.</summary>
    public double? AverageLoss { get; init; }

    /// <summary>Average win / |average loss|.</summary>
    public double? PayoffRatio { get; init; }

    /// <summary>The mean pnl of a trade.</summary>
    public double? Expectancy { get; init; }

    /// <summary>(1 + payoff ratio) × win rate − 1.</summary>
    public double? ExpectancyRatio { get; init; }

    /// <summary>System quality number: √trades × mean pnl / sample deviation of pnl.</summary>
    public double? Sqn { get; init; }

    /// <summary>Win rate − (1 − win rate) / payoff ratio.</summary>
    public double? Kelly { get; init; }

    /// <summary>The mean change of a trade, net of fees, in percent.</summary>
    public double? AverageChange { get; init; }

    /// <summary>The median change, in percent.</summary>
    public double? MedianChange { get; init; }

    /// <summary>The id of the trade with the highest change, the first of equals.</summary>
    public string? BestTrade { get; init; }

    /// <summary>The id of the trade with the lowest change, the first of equals.</summary>
    public string? WorstTrade { get; init; }

    /// <summary>The most wins in a row; a breakeven trade ends it.</summary>
    public int LongestWinStreak { get; init; }

    /// <summary>The most losses in a row; a breakeven trade ends it.</summary>
    public int LongestLossStreak { get; init; }

    /// <summary>Wins in a row up to the last trade; losses as a negative number.</summary>
    public int CurrentStreak { get; init; }

    /// <summary>Seconds from entry to exit, the mean of all trades.</summary>
    public double? AverageHolding { get; init; }

    /// <summary>Seconds from entry to exit, the median of all trades.</summary>
    public double? MedianHolding { get; init; }

    /// <summary>Seconds from entry to exit, the mean of the wins.</summary>
    public double? AverageWinHolding { get; init; }

    /// <summary>Seconds from entry to exit, the median of the wins.</summary>
    public double? MedianWinHolding { get; init; }

    /// <summary>Seconds from entry to exit, the mean of the losses.</summary>
    public double? AverageLossHolding { get; init; }

    /// <summary>Seconds from entry to exit, the median of the losses.</summary>
    public double? MedianLossHolding { get; init; }

    /// <summary>Time with at least one of the trades open / time from the earliest entry to the last exit.</summary>
    public double? Exposure { get; init; }

    /// <summary>The deepest fall of the equity under its highest so far, in money, exact.</summary>
    public Drawdown<FixedPoint>? MaxDrawdown { get; init; }

    /// <summary>The deepest fall in percent of the peak; not always the same one.</summary>
    public Drawdown<double>? MaxDrawdownPercentage { get; init; }

    /// <summary>
    /// The most seconds from a peak to its recovery, or to the last row where there is none; 0 where the equity never
    /// fell.
    /// </summary>
    public double? LongestUnderwater { get; init; }

    /// <summary>How far the equity is under its highest now, in percent of that.</summary>
    public double? CurrentDrawdownPercentage { get; init; }

    /// <summary>The square root of the mean of squared drawdown percentages at the end of each day.</summary>
    public double? UlcerIndex { get; init; }

    /// <summary>Net profit / max drawdown.</summary>
    public double? RecoveryFactor { get; init; }

    /// <summary>Compound annual growth rate, of 365 days; null under 30 days.</summary>
    public double? Cagr { get; init; }

    /// <summary>Sample deviation of daily returns, annualized.</summary>
    public double? Volatility { get; init; }

    /// <summary>Mean / sample deviation of daily returns, annualized.</summary>
    public double? Sharpe { get; init; }

    /// <summary>Mean / downside deviation of daily returns over all days, annualized.</summary>
    public double? Sortino { get; init; }

    /// <summary>Cagr / max drawdown as a fraction.</summary>
    public double? Calmar { get; init; }

    /// <summary>The 5th percentile of daily returns; a loss is negative.</summary>
    public double? ValueAtRisk95 { get; init; }

    /// <summary>The mean of the daily returns at or below that.</summary>
    public double? ConditionalValueAtRisk95 { get; init; }

    /// <summary>Of daily returns, adjusted Fisher–Pearson; null under 3 days.</summary>
    public double? Skewness { get; init; }

    /// <summary>Excess kurtosis of daily returns; null under 4 days.</summary>
    public double? Kurtosis { get; init; }

    /// <summary>The highest daily return.</summary>
    public double? BestDay { get; init; }

    /// <summary>The lowest daily return.</summary>
    public double? WorstDay { get; init; }

    /// <summary>The share of days with a return above 0.</summary>
    public double? PositiveDays { get; init; }

    /// <summary>The sum of the fees, exact; with the slippage, where a what-if has one.</summary>
    public FixedPoint FeesPaid { get; init; }

    /// <summary>
    /// The highest exposure while the selected trades were open, in percent of the capital; always of all counted
    /// trades.
    /// </summary>
    public double? MaxExposure { get; init; }

    /// <summary>The share of the time from the earliest entry to the last exit in which that was over 100 %.</summary>
    public double? TimeOverExposed { get; init; }

    /// <summary>Open trades that the filter selects; its times do not ask.</summary>
    public int OpenTrades { get; init; }

    /// <summary>Under 30 trades: the figures say little.</summary>
    public bool FewTrades => Trades < Few;
}
