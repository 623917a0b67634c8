namespace PnlPipeline.Domain.Accounts;

/// <summary>
/// The bounds of a batch's settings: checks, forms, the API's settings and its description all take them from here.
/// </summary>
public static class BatchLimits
{
    /// <summary>Characters, after trimming.</summary>
    public const int MaxNameLength = 100;
    public const int MaxSymbols = 500;

    public const decimal MaxCapital = 1_000_000_000_000m;
    public const decimal MaxAllocationPercentage = 100m;
    public const decimal MaxFeePercentage = 10m;

    public static readonly NumberRange Capital = new(0, MaxCapital, ExclusiveMin: true);
    public static readonly NumberRange AllocationPercentage = new(0, MaxAllocationPercentage, ExclusiveMin: true);
    public static readonly NumberRange FeePercentage = new(0, MaxFeePercentage);

    // Of what-ifs alone.
    public const int MaxLookback = 10_000;
    public const int MaxExcludedTrades = 5_000;

    public static readonly NumberRange SlippagePercentage = new(0, MaxFeePercentage);
    public static readonly NumberRange Amount = new(0, MaxCapital, ExclusiveMin: true);
    public static readonly NumberRange RiskPercentage = new(0, 100m, ExclusiveMin: true);
    public static readonly NumberRange Lookback = new(1, MaxLookback, Decimals: 0);
    public static readonly NumberRange Fraction = new(0, 10m, ExclusiveMin: true);
    public static readonly NumberRange MaxExposurePercentage = new(0, 1_000_000m, ExclusiveMin: true);
    public static readonly NumberRange MaxOpenTrades = new(1, 1_000_000m, Decimals: 0);
}
