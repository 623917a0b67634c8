using System.ComponentModel.DataAnnotations;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>Configuration section <c>Imports</c>; values out of range stop the start.</summary>
public sealed class ImportOptions
{
    public const string Section = "Imports";

    /// <summary>The largest file that is taken.</summary>
    [Range(1_024, 64L * 1024 * 1024 * 1024)]
    public long BytesMax { get; set; } = 1024 * 1024 * 1024;

    /// <summary>
    /// How far an import runs ahead of pairing: alerts that are on the queue and not stored yet. A live alert waits
    /// behind no more than these.
    /// </summary>
    [Range(100, 1_000_000)]
    public int AlertsAheadMax { get; set; } = 5_000;

    /// <summary>Alerts in one message.</summary>
    [Range(1, 10_000)]
    public int AlertsPerMessageMax { get; set; } = 1_000;

    /// <summary>Lines in error that are kept of one import, each with its errors; the rest is only counted.</summary>
    [Range(0, 1_000_000)]
    public int ErrorsKeptMax { get; set; } = 10_000;

    /// <summary>A replica that has not been heard of for this long has lost its import to the next.</summary>
    [Range(1, 600)]
    public int LeaseSeconds { get; set; } = 15;
}
