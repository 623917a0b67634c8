using System.ComponentModel.DataAnnotations;

namespace PnlPipeline.Query.Api.Corrections;

/// <summary>Configuration section <c>Corrections</c>; values out of range stop the start.</summary>
public sealed class CorrectionOptions
{
    public const string Section = "Corrections";

    /// <summary>How long a correction may wait for pairing to take it, before it is withdrawn.</summary>
    [Range(100, 60_000)]
    public int DeadlineMs { get; set; } = 5_000;
}
