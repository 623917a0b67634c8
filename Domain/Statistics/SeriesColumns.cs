using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>Where a curve starts, before its first point: without it, the first trade could not be seen.</summary>
/// <param name="Time">Epoch milliseconds: the earliest entry, or the first instant of the first period.</param>
/// <param name="Value">What there was then.</param>
public sealed record SeriesStart<T>(long Time, T Value);

/// <summary>A series as columns of one length.</summary>
/// <param name="Time">Unix milliseconds: the start of the period, or the trade's exit.</param>
/// <param name="Seq">By trade: the ledger's number of the row; else <c>null</c>.</param>
public sealed record SeriesColumns(long[] Time, FixedPoint[] Value, long[]? Seq = null)
{
    public int Count => Time.Length;

    /// <summary>How many points there were before thinning.</summary>
    public int Total { get; init; } = Time.Length;

    /// <summary>Of a curve: <c>null</c> where each point stands for itself, and where there is none.</summary>
    public SeriesStart<FixedPoint>? Start { get; init; }
}
