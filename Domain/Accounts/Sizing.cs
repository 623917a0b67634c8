namespace PnlPipeline.Domain.Accounts;

/// <summary>How much money a trade of a what-if account is made with, its notional.</summary>
public enum Sizing
{
    /// <summary>The ledger's rule: the allocation of the capital before its row, fixed at its exit.</summary>
    Sequential,

    /// <summary>The allocation of the equity at its entry.</summary>
    PercentOfEquity,

    /// <summary>An amount of money.</summary>
    FixedAmount,

    /// <summary>
    /// So much that a mean loss of the trades before it costs a percentage of the equity at its entry; never more than
    /// the allocation.
    /// </summary>
    FixedRisk,

    /// <summary>A fraction of Kelly's criterion of the trades before it, of the equity at its entry.</summary>
    Kelly,
}

/// <summary>What a what-if account is kept with.</summary>
/// <param name="FillPercentage">Fee and slippage together: per fill, of its notional.</param>
/// <param name="Amount">Of <see cref="Sizing.FixedAmount"/>.</param>
/// <param name="RiskPercentage">Of <see cref="Sizing.FixedRisk"/>.</param>
/// <param name="Lookback">How many trades <see cref="Sizing.FixedRisk"/> and <see cref="Sizing.Kelly"/> look back
/// at.</param>
/// <param name="Fraction">Of <see cref="Sizing.Kelly"/>.</param>
/// <param name="MaxExposurePercentage">An entry that would pass it is skipped; <c>null</c>: none is.</param>
/// <param name="MaxOpenTrades">Likewise.</param>
public sealed record AccountSettings(
    decimal Capital,
    decimal AllocationPercentage,
    decimal FillPercentage,
    Sizing Sizing = Sizing.Sequential,
    decimal Amount = 0,
    decimal RiskPercentage = 0,
    int Lookback = 1,
    decimal Fraction = 0,
    decimal? MaxExposurePercentage = null,
    int? MaxOpenTrades = null
)
{
    /// <summary>Whether entries can be skipped.</summary>
    public bool IsLimited => MaxExposurePercentage is not null || MaxOpenTrades is not null;
}

/// <summary>Why an entry was skipped.</summary>
public enum SkipReason
{
    /// <summary>As many trades were open as may be.</summary>
    MaxOpenTrades,

    /// <summary>With it the exposure would have passed its limit.</summary>
    MaxExposurePercentage,
}
