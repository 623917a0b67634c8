using System.ComponentModel.DataAnnotations;

namespace PnlPipeline.Ingest.Api.Delivery.Spool;

/// <summary>Where alerts are kept while the broker is away: the section <c>Spool</c>.</summary>
public sealed class SpoolOptions
{
    public const string Section = "Spool";

    /// <summary>
    /// A directory of this process's own, on a disk that outlives it. Absent: there is no spool, and alerts that the
    /// broker does not confirm are answered with 503, in time for TradingView to send them again.
    /// </summary>
    public string? Directory { get; init; }

    /// <summary>All that may lie in it; past that the answer is 503. An alert takes about 800 bytes.</summary>
    [Range(1024 * 1024, long.MaxValue)]
    public long BytesMax { get; init; } = 1024L * 1024 * 1024;
}
