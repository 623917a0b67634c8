using System.ComponentModel.DataAnnotations;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>Configuration section <c>Worker:Pairing</c>; values out of range stop the start.</summary>
public sealed class PairingOptions
{
    public const string Section = "Worker:Pairing";

    /// <summary>
    /// Messages that the broker sends ahead, of each partition; each holds an alert to a few hundred. What waits here
    /// goes into the next transaction together.
    /// </summary>
    [Range(1, 10_000)]
    public int PrefetchMessages { get; set; } = 128;

    /// <summary>
    /// Of the bodies of messages that are at work at once: what they become in memory is several times as much.
    /// </summary>
    [Range(1, 1_024 * 1_024)]
    public int InFlightKibibytesMax { get; set; } = 4 * 1_024;

    /// <summary>The most alerts that one transaction takes.</summary>
    [Range(1, 10_000)]
    public int AlertsPerTransactionMax { get; set; } = 2_000;

    /// <summary>
    /// From the beginning of one transaction to that of the next, at least. An alert after idling waits for nothing; of
    /// a steady trickle a few go together, at the price of one.
    /// </summary>
    [Range(0, 1_000)]
    public int MinimumIntervalMs { get; set; } = 10;

    /// <summary>
    /// How long the broker may take to confirm what pairing did; then its message goes back to the queue, and it is
    /// announced again. Longer than the two heartbeats after which a broken line is noticed.
    /// </summary>
    [Range(1, 600)]
    public int AnnounceWithinSeconds { get; set; } = 30;
}
