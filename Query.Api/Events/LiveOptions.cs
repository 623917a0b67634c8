using System.ComponentModel.DataAnnotations;

namespace PnlPipeline.Query.Api.Events;

/// <summary>The event stream: the section <c>Live</c>; values out of range stop the start.</summary>
public sealed class LiveOptions
{
    public const string Section = "Live";

    /// <summary>
    /// How many of the last events are kept, about 300 bytes each, for all listeners together: who comes back within
    /// them misses nothing.
    /// </summary>
    [Range(100, 1_000_000)]
    public int BufferedEvents { get; set; } = 16_384;

    /// <summary>Listeners at once; one more is answered <c>503</c>.</summary>
    [Range(1, 100_000)]
    public int ListenersMax { get; set; } = 2_000;

    /// <summary>Between two heartbeats on a stream; also how soon a session that has ended is noticed.</summary>
    [Range(1, 50)]
    public int HeartbeatSeconds { get; set; } = 15;

    /// <summary>A listener that takes nothing for so long is cut off.</summary>
    [Range(1, 600)]
    public int SlowAfterSeconds { get; set; } = 20;

    /// <summary>Events that come within this time of the last ones sent go out together.</summary>
    [Range(0, 1_000)]
    public int MinimumIntervalMs { get; set; } = 50;
}
