using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>A symbol on a timeframe, for a strategy or for none.</summary>
/// <param name="StreamId">The database's number of it.</param>
public sealed record LedgerStream(string Symbol, string Timeframe, long StreamId = 0, string? Strategy = null);

/// <summary>
/// One generation of a batch's ledger, a column an array: row <c>i</c> is the one with seq <c>i + 1</c>, in the order
/// (exit time, entry time, trade id). The first <see cref="Count"/> of each never change once made; an array may be
/// longer, where rows that come later are put for the columns made then.
/// </summary>
/// <param name="Generation">0 before the first.</param>
/// <param name="ExitTime">Unix milliseconds, ascending.</param>
/// <param name="EntryTime">Unix milliseconds.</param>
/// <param name="Stream">Position in <paramref name="Streams"/>.</param>
/// <param name="IsShort">The side of the trade.</param>
/// <param name="ChangePercentage">Net of fees.</param>
/// <param name="AvailableCapital">After the row; before it, it was that less <paramref name="Pnl"/>.</param>
/// <param name="Fee">The part of <paramref name="Pnl"/> that the fees took.</param>
/// <param name="EntryPrice">× 10^4: a unit is 10^-12, as <see cref="FixedPoint.PriceUnits"/> has them; 0 in a ledger
/// that has no prices yet.</param>
/// <param name="ExitPrice">Likewise.</param>
public sealed record LedgerColumns(
    long Generation,
    long[] ExitTime,
    long[] EntryTime,
    int[] Stream,
    bool[] IsShort,
    AmountColumn ChangePercentage,
    AmountColumn Pnl,
    AmountColumn AvailableCapital,
    AmountColumn Fee,
    AmountColumn EntryPrice,
    AmountColumn ExitPrice,
    AlertId[] TradeId,
    IReadOnlyList<LedgerStream> Streams
)
{
    private const int Unknown = 0;
    private const int Int64s = 1;
    private const int Wide = 2;

    /// <summary>Two of them add up to what fits 64 bits; × 10^8.</summary>
    public const long MaxInt64Sum = long.MaxValue / 2;

    // Looked at once; whoever makes other columns of these with the same rows takes it along.
    private int _width;
    private int[]? _entryOrder;

    /// <summary>How many rows there are.</summary>
    public int Count { get; init; } = ExitTime.Length;

    public LedgerVersion Version { get; init; } = new(0, Generation, ExitTime.Length, DateTime.MinValue);

    /// <summary>What the arrays take, with the room for rows to come.</summary>
    public long Bytes =>
        ((long)ExitTime.Length * ((2 * sizeof(long)) + sizeof(int) + sizeof(bool) + AlertId.Length))
        + ChangePercentage.Bytes
        + Pnl.Bytes
        + AvailableCapital.Bytes
        + Fee.Bytes
        + EntryPrice.Bytes
        + ExitPrice.Bytes
        + ((_entryOrder?.Length ?? 0) * (long)sizeof(int));

    /// <summary>
    /// Whether sums of any rows of <see cref="Pnl"/> or <see cref="ChangePercentage"/> are within
    /// <see cref="MaxInt64Sum"/>: as long as no more than 46 billion was won and lost together, in money and in
    /// percent. Then both are <see cref="AmountColumn.Int64s"/>.
    /// </summary>
    public bool FitsInt64
    {
        get
        {
            if (_width == Unknown)
                _width = HasInt64Sums(Pnl) && HasInt64Sums(ChangePercentage) ? Int64s : Wide;
            return _width == Int64s;
        }
    }

    public static LedgerColumns Empty(LedgerVersion version) =>
        new(
            version.Generation,
            [],
            [],
            [],
            [],
            AmountColumn.Of(),
            AmountColumn.Of(),
            AmountColumn.Of(),
            AmountColumn.Of(),
            AmountColumn.Of(),
            AmountColumn.Of(),
            [],
            []
        )
        {
            Version = version,
        };

    /// <summary>
    /// The order of entries of rows that these begin with, where it is known: it need not be found again.
    /// </summary>
    public int[]? EarlierEntryOrder { private get; init; }

    /// <summary>The order of entries, where it has been asked for.</summary>
    public int[]? KnownEntryOrder => _entryOrder;

    /// <summary>What was found of the exposure of all rows, and with what open beside them.</summary>
    public sealed record ExposureOf(OpenTrades Open, ExposureFigures Figures);

    /// <summary>As it was last asked for.</summary>
    public ExposureOf? KnownExposure { get; set; }

    /// <summary>
    /// All rows, as positions, in the order of their entries: by entry time, then trade id. Found once.
    /// </summary>
    public int[] EntryOrder()
    {
        if (_entryOrder is { } known)
            return known;
        var earlier = EarlierEntryOrder ?? [];
        var order = new int[Count];
        var later = Enumerable.Range(earlier.Length, Count - earlier.Length).ToArray();
        SortByEntry(later);
        // Merged from the end: what is later mostly entered later.
        var (i, j) = (earlier.Length - 1, later.Length - 1);
        for (var k = Count - 1; k >= 0; k--)
            order[k] = j < 0 || (i >= 0 && IsEnteredBefore(later[j], earlier[i])) ? earlier[i--] : later[j--];
        return _entryOrder = order;
    }

    /// <summary>The same where columns were put in place of others: what was found out of those is forgotten.</summary>
    public LedgerColumns Anew() => this with { _width = Unknown, KnownExposure = null };

    private bool IsEnteredBefore(int row, int other) =>
        EntryTime[row] != EntryTime[other] ? EntryTime[row] < EntryTime[other] : TradeId[row] < TradeId[other];

    private void SortByEntry(int[] rows)
    {
        var times = Array.ConvertAll(rows, row => EntryTime[row]);
        Array.Sort(times, rows);
        // By time alone, so that the processor compares numbers; those of one instant are put in order afterwards.
        for (var (begin, end) = (0, 0); begin < rows.Length; begin = end)
        {
            while (end < rows.Length && times[end] == times[begin])
                end++;
            if (end - begin > 1)
                Array.Sort(
                    rows,
                    begin,
                    end - begin,
                    Comparer<int>.Create((one, other) => TradeId[one].CompareTo(TradeId[other]))
                );
        }
    }

    // What they add up to without their signs: a hundred thousand million numbers of 64 bits fit 128.
    private bool HasInt64Sums(AmountColumn column)
    {
        if (column.Int64s is not { } numbers)
            return false;
        Int128 size = 0;
        foreach (var number in numbers.AsSpan(0, Count))
            size += Int128.Abs(number);
        return size <= MaxInt64Sum;
    }
}
