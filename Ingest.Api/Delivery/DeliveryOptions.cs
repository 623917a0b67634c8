using System.ComponentModel.DataAnnotations;

namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>How alerts go to the broker: the section <c>Delivery</c>.</summary>
public sealed class DeliveryOptions
{
    public const string Section = "Delivery";

    /// <summary>
    /// What is not confirmed this long after it arrived is answered with 503. TradingView gives up after 3 seconds, and
    /// then sends no more; after a 503 it sends again. The answer is promised within 2 seconds: the rest is for a
    /// machine that is busy.
    /// </summary>
    [Range(100, 2_500)]
    public int DeadlineMs { get; init; } = 1_500;

    /// <summary>
    /// Where there is a spool: what the broker has not confirmed after this long goes there, in what is left of the
    /// deadline. Where the broker is known to be away, it goes there at once.
    /// </summary>
    [Range(50, 2_000)]
    public int SpoolAfterMs { get; init; } = 750;

    /// <summary>
    /// Publishes in flight at a time. A few are enough: what arrives meanwhile goes together in the next message.
    /// </summary>
    [Range(1, 32)]
    public int Publishers { get; init; } = 4;

    [Range(1, 4_096)]
    public int AlertsPerMessageMax { get; init; } = 256;

    /// <summary>Of the alerts' payloads in one message; the one that goes past it still goes along.</summary>
    [Range(1_024, 16 * 1024 * 1024)]
    public int PayloadBytesPerMessageMax { get; init; } = 512 * 1024;

    /// <summary>Alerts that may wait for their publish; with more than that, the answer is 503 at once.</summary>
    [Range(1, 1_000_000)]
    public int WaitingMax { get; init; } = 4_096;

    /// <summary>
    /// Of the payloads of alerts that wait or are in flight; with more than that, the answer is 503 at once.
    /// </summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int WaitingBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>
    /// Refused bodies that may wait to be recorded; with more than that, they are answered and only counted.
    /// </summary>
    [Range(1, 1_000_000)]
    public int RejectionsWaitingMax { get; init; } = 512;
}
