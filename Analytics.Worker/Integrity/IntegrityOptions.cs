using System.ComponentModel.DataAnnotations;

namespace PnlPipeline.Analytics.Worker.Integrity;

/// <summary>
/// How much of the streams is checked at once, and how often. Configuration section <c>Worker:Integrity</c>; values out
/// of range stop the start.
/// </summary>
public sealed class IntegrityOptions
{
    public const string Section = "Worker:Integrity";

    /// <summary>Between two looks. A look never takes more than a tenth of the time.</summary>
    [Range(1, 3_600)]
    public int EverySeconds { get; set; } = 10;

    /// <summary>Alerts folded again in one look; a stream of more goes on in the next.</summary>
    [Range(100, 1_000_000)]
    public int AlertsPerRangeMax { get; set; } = 20_000;

    /// <summary>Alerts read, and where they are wrong repaired under their stream's lock, together.</summary>
    [Range(10, 100_000)]
    public int RangeAlerts { get; set; } = 2_000;

    /// <summary>From the end of a stream's round to the beginning of its next.</summary>
    [Range(1, 31 * 86_400)]
    public int RoundEverySeconds { get; set; } = 3_600;
}
