namespace PnlPipeline.Query.Api.LedgerView;

/// <summary>The rows of a ledger that a filter lets through, and the equity they make by themselves.</summary>
public sealed class Selection
{
    private readonly LedgerColumns _ledger;
    private readonly int _first;

    // Null where the rows follow one another; else one longer than there are.
    private readonly int[]? _rows;

    private Selection(LedgerColumns ledger, int first, int count, int[]? rows)
    {
        _ledger = ledger;
        _first = first;
        _rows = rows;
        Count = count;
    }

    public int Count { get; }

    /// <summary>The ledger the rows are of; <see cref="Row"/> is the position in its columns.</summary>
    public LedgerColumns Ledger => _ledger;

    /// <summary>The capital before the first selected row, E0.</summary>
    public Amount InitialEquity => Count == 0 ? Amount.Zero : _ledger.AvailableCapital[Row(0)] - _ledger.Pnl[Row(0)];

    /// <summary>The exit times of the selected rows, ascending.</summary>
    public ReadOnlySpan<long> ExitTimes =>
        _rows is null ? _ledger.ExitTime.AsSpan(_first, Count) : ExitTimesOf(_rows.AsSpan(0, Count));

    public static Selection Of(LedgerColumns ledger, LedgerFilter filter)
    {
        // Exit times ascend: the span of time is a span of rows.
        var first = filter.From is { } from ? FirstAtOrAfter(ledger, from) : 0;
        var end = filter.To is { } to ? FirstAtOrAfter(ledger, to) : ledger.Count;
        if (end <= first)
            return new Selection(ledger, 0, 0, null);
        if (filter is { Symbols.Count: 0, Timeframes.Count: 0, Sides.Count: 0 })
            return new Selection(ledger, first, end - first, null);

        var streams = ledger.Streams.Select(filter.Selects).ToArray();
        var (longs, shorts) = (filter.SelectsSide(isShort: false), filter.SelectsSide(isShort: true));
        // Whether a row is let through cannot be foretold: each is put down, and the next one over it where it is not. Two passes, so that exactly as
        // much is taken as is kept.
        var count = 0;
        for (var row = first; row < end; row++)
            count += Selects(row);
        var rows = GC.AllocateUninitializedArray<int>(count + 1);
        var next = 0;
        for (var row = first; row < end; row++)
        {
            rows[next] = row;
            next += Selects(row);
        }

        return new Selection(ledger, 0, count, rows);

        int Selects(int row) => (streams[ledger.Stream[row]] & (ledger.IsShort[row] ? shorts : longs)) ? 1 : 0;
    }

    /// <summary>The position in the ledger of the selection's row <paramref name="i"/>.</summary>
    public int Row(int i) => _rows is null ? _first + i : _rows[i];

    /// <summary>The ledger's own number of that row.</summary>
    public long Seq(int i) => Row(i) + 1;

    public Amount Pnl(int i) => _ledger.Pnl[Row(i)];

    private long[] ExitTimesOf(ReadOnlySpan<int> rows)
    {
        var (column, times) = (_ledger.ExitTime, GC.AllocateUninitializedArray<long>(rows.Length));
        for (var i = 0; i < times.Length; i++)
            times[i] = column[rows[i]];
        return times;
    }

    private static int FirstAtOrAfter(LedgerColumns ledger, long time)
    {
        var (low, high) = (0, ledger.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (ledger.ExitTime[middle] < time)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
