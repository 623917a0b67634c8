using System.ComponentModel.DataAnnotations;

namespace PnlPipeline.Query.Api.Prices;

/// <summary>What is said of prices.</summary>
public sealed class PriceOptions
{
    public const string Section = "Prices";

    /// <summary>A last price that is older is said to be stale.</summary>
    [Range(1, 31_536_000)]
    public int StaleAfterSeconds { get; set; } = 3_600;
}
