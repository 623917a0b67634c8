using System.ComponentModel.DataAnnotations;

namespace PnlPipeline.Analytics.Worker.Inbox;

/// <summary>What wants a look. Configuration section <c>Inbox</c>; values out of range stop the start.</summary>
public sealed class InboxOptions
{
    public const string Section = "Inbox";

    /// <summary>
    /// An alert whose time and arrival differ by more than this, and by more than this and a bar where it came later,
    /// is late.
    /// </summary>
    [Range(1, 31 * 86_400)]
    public int LateAlertSeconds { get; set; } = 300;

    /// <summary>Between two looks for streams that have fallen silent, and for what is no longer so.</summary>
    [Range(1, 86_400)]
    public int CheckEverySeconds { get; set; } = 60;

    /// <summary>What was found longer ago goes, whether or not somebody looked.</summary>
    [Range(1, 3_650)]
    public int KeepDays { get; set; } = 90;
}
