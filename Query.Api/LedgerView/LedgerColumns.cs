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
    private const int Unknown = 0;
    private const int Narrow = 1;
    private const int Wide = 2;

    // Looked at once; whoever makes other columns of these with the same rows takes it along.
    private int _width;

    /// <summary>Of a row in all columns.</summary>
    public const int BytesARow = (2 * sizeof(long)) + sizeof(int) + sizeof(bool) + (3 * 16);

    /// <summary>How many rows there are.</summary>
    public int Count { get; init; } = ExitTime.Length;

    public LedgerVersion Version { get; init; } = new(0, Generation, ExitTime.Length, DateTime.MinValue);

    /// <summary>What the arrays take, with the room for rows to come.</summary>
    public long Bytes => (long)ExitTime.Length * BytesARow;

    /// <summary>
    /// Whether <see cref="Pnl"/> and <see cref="ChangePercentage"/>, and sums of any of their rows, fit 64 bits: as long as no more than 92 billion was won
    /// and lost together, in money and in percent.
    /// </summary>
    public bool IsNarrow
    {
        get
        {
            if (_width == Unknown)
                _width = Size(Pnl) <= long.MaxValue && Size(ChangePercentage) <= long.MaxValue ? Narrow : Wide;
            return _width == Narrow;
        }
    }

    public static LedgerColumns Empty(LedgerVersion version) => new(version.Generation, [], [], [], [], [], [], [], []) { Version = version };

    // What they add up to without their signs: none is larger than 10^26, and a hundred thousand million of those fit.
    private Int128 Size(Amount[] column)
    {
        Int128 size = 0;
        foreach (var amount in column.AsSpan(0, Count))
            size += Int128.IsNegative(amount.Units) ? -amount.Units : amount.Units;
        return size;
    }
}
