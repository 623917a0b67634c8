using PnlPipeline.Contracts;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>A line that could not be taken, and how it begins.</summary>
internal sealed record RejectedLine(long Line, byte[] Text, IReadOnlyDictionary<string, string[]> Errors);

/// <summary>Some lines of a file that go the way together: one message, and one step of the position.</summary>
/// <param name="Alerts">Each once.</param>
/// <param name="Accepted">How many alerts there were; more than <paramref name="Alerts"/> where one stood twice.</param>
/// <param name="Position">The byte behind them.</param>
/// <param name="Lines">Lines of the file up to there.</param>
internal sealed record Slice(
    IReadOnlyList<AlertReceived> Alerts, long Accepted, long Skipped, IReadOnlyList<RejectedLine> Rejected, long Position, long Lines)
{
    /// <summary>How many of the alerts had been stored before; known once all of them are stored.</summary>
    public long? Duplicates { get; set; }
}
