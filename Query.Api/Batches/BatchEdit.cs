namespace PnlPipeline.Query.Api.Batches;

/// <summary>What a request wants changed; what is <c>null</c> stays as it is.</summary>
/// <param name="StartTime">Where it is to change: the new one, which may be none.</param>
public sealed record BatchEdit(
    string? Name = null,
    IReadOnlyList<string>? Symbols = null,
    IReadOnlyList<string>? Timeframes = null,
    IReadOnlyList<string>? Strategies = null,
    NewStartTime? StartTime = null,
    decimal? Capital = null,
    decimal? AllocationPercentage = null,
    decimal? FeePercentage = null
)
{
    public BatchSettings Apply(BatchSettings settings) =>
        new(
            Name ?? settings.Name,
            Symbols ?? settings.Symbols,
            Timeframes ?? settings.Timeframes,
            Strategies ?? settings.Strategies,
            StartTime is { } start ? start.Value : settings.StartTime,
            Capital ?? settings.Capital,
            AllocationPercentage ?? settings.AllocationPercentage,
            FeePercentage ?? settings.FeePercentage
        );
}

/// <summary>A start that is set, or taken away.</summary>
public sealed record NewStartTime(DateTime? Value);
