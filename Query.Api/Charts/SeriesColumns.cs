using PnlPipeline.Query.Api.LedgerView;

namespace PnlPipeline.Query.Api.Charts;

/// <summary>A series as columns of one length.</summary>
/// <param name="Time">Unix milliseconds: the start of the period, or the trade's exit.</param>
/// <param name="Seq">By trade: the ledger's number of the row; else <c>null</c>.</param>
public sealed record SeriesColumns(long[] Time, Amount[] Value, long[]? Seq = null)
{
    public int Count => Time.Length;

    /// <summary>How many points there were before thinning.</summary>
    public int Total { get; init; } = Time.Length;
}
