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
    AmountColumn ChangePercentage,
    AmountColumn Pnl,
    AmountColumn AvailableCapital,
    IReadOnlyList<LedgerStream> Streams)
{
    private const int Unknown = 0;
    private const int Narrow = 1;
    private const int Wide = 2;

    /// <summary>Two of them add up to what fits 64 bits; × 10^8.</summary>
    public const long MaxNarrow = long.MaxValue / 2;

    // Looked at once; whoever makes other columns of these with the same rows takes it along.
    private int _width;

    /// <summary>How many rows there are.</summary>
    public int Count { get; init; } = ExitTime.Length;

    public LedgerVersion Version { get; init; } = new(0, Generation, ExitTime.Length, DateTime.MinValue);

    /// <summary>What the arrays take, with the room for rows to come.</summary>
    public long Bytes =>
        ((long)ExitTime.Length * ((2 * sizeof(long)) + sizeof(int) + sizeof(bool))) + ChangePercentage.Bytes + Pnl.Bytes + AvailableCapital.Bytes;

    /// <summary>
    /// Whether sums of any rows of <see cref="Pnl"/> or <see cref="ChangePercentage"/> are within <see cref="MaxNarrow"/>: as long as no more than 46 billion was won
    /// and lost together, in money and in percent. Then both are <see cref="AmountColumn.Narrow"/>.
    /// </summary>
    public bool IsNarrow
    {
        get
        {
            if (_width == Unknown)
                _width = HasNarrowSums(Pnl) && HasNarrowSums(ChangePercentage) ? Narrow : Wide;
            return _width == Narrow;
        }
    }

    public static LedgerColumns Empty(LedgerVersion version) => new(version.Generation, [], [], [], [], AmountColumn.Of(), AmountColumn.Of(), AmountColumn.Of(), []) { Version = version };

    // What they add up to without their signs: a hundred thousand million numbers of 64 bits fit 128.
    private bool HasNarrowSums(AmountColumn column)
    {
        if (column.Narrow is not { } numbers)
            return false;
        Int128 size = 0;
        foreach (var number in numbers.AsSpan(0, Count))
            size += Int128.Abs(number);
        return size <= MaxNarrow;
    }
}
