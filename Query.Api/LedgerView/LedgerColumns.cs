namespace PnlPipeline.Query.Api.LedgerView;

/// <summary>A symbol on a timeframe.</summary>
/// <param name="StreamId">The database's number of it.</param>
public sealed record LedgerStream(string Symbol, string Timeframe, long StreamId = 0);

/// <summary>
/// One generation of a batch's ledger, a column an array: row <c>i</c> is the one with seq <c>i + 1</c>, in the order
/// (exit time, entry time, trade id). The first <see cref="Count"/> of each never change once made; an array may be longer, where rows that
/// come later are put for the columns made then.
/// </summary>
/// <param name="Generation">0 before the first.</param>
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
    /// <summary>Of a row in all columns.</summary>
    public const int BytesARow = (2 * sizeof(long)) + sizeof(int) + sizeof(bool) + (3 * 16);

    /// <summary>How many rows there are.</summary>
    public int Count { get; init; } = ExitTime.Length;

    public LedgerVersion Version { get; init; } = new(0, Generation, ExitTime.Length, DateTime.MinValue);

    /// <summary>What the arrays take, with the room for rows to come.</summary>
    public long Bytes => (long)ExitTime.Length * BytesARow;

    public static LedgerColumns Empty(LedgerVersion version) => new(version.Generation, [], [], [], [], [], [], [], []) { Version = version };
}
