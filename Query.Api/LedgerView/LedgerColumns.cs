namespace PnlPipeline.Query.Api.LedgerView;

/// <summary>A symbol on a timeframe.</summary>
public sealed record LedgerStream(string Symbol, string Timeframe);

/// <summary>
/// One generation of a batch's ledger, a column an array: row <c>i</c> is the one with seq <c>i + 1</c>, in the order
/// (exit time, entry time, trade id). Never changed once made.
/// </summary>
/// <param name="ExitTime">Unix milliseconds, ascending.</param>
/// <param name="EntryTime">Unix milliseconds.</param>
/// <param name="Stream">Position in <paramref name="Streams"/>.</param>
/// <param name="IsShort">The side of the trade.</param>
/// <param name="ChangePercentage">Net of fees.</param>
/// <param name="AvailableCapital">After the row; before it, it was that less <paramref name="Pnl"/>.</param>
public sealed record LedgerColumns(
    long Generation,
    long[] ExitTime,
    long[] EntryTime,
    int[] Stream,
    bool[] IsShort,
    Amount[] ChangePercentage,
    Amount[] Pnl,
    Amount[] AvailableCapital,
    IReadOnlyList<LedgerStream> Streams)
{
    public static readonly LedgerColumns Empty = new(0, [], [], [], [], [], [], [], []);

    public int Count => ExitTime.Length;
}
