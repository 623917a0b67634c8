using PnlPipeline.Query.Api.Calendar;

namespace PnlPipeline.Query.Api.LedgerView;

/// <summary>
/// The rows of a ledger that a filter lets through, and the equity they make by themselves. Disposed, it gives back the room that single rows took, and is
/// not looked at any more; the ledger stays.
/// </summary>
public sealed class Selection : IDisposable
{
    private readonly LedgerColumns _ledger;
    private readonly int _first;

    // Null where the rows follow one another; else at least as long as there are.
    private int[]? _rows;

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

    /// <summary>The exit times of the selected rows.</summary>
    public AscendingTimes ExitTimes => _rows is null
        ? new AscendingTimes(_ledger.ExitTime.AsSpan(_first, Count))
        : new AscendingTimes(_ledger.ExitTime, _rows.AsSpan(0, Count));

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
        // Whether a row is let through cannot be foretold: each is put down, and the next one over it where it is not.
        var rows = Scratch<int>.Pool.Rent(end - first);
        var count = 0;
        for (var row = first; row < end; row++)
        {
            rows[count] = row;
            count += Selects(row);
        }

        return new Selection(ledger, 0, count, rows);

        int Selects(int row) => (streams[ledger.Stream[row]] & (ledger.IsShort[row] ? shorts : longs)) ? 1 : 0;
    }

    /// <summary>The position in the ledger of the selection's row <paramref name="i"/>.</summary>
    public int Row(int i) => _rows is null ? _first + i : _rows[i];

    /// <summary>The ledger's own number of that row.</summary>
    public long Seq(int i) => Row(i) + 1;

    public Amount Pnl(int i) => _ledger.Pnl[Row(i)];

    /// <summary>The sum of <see cref="Pnl(int)"/> from one row of the selection to before another.</summary>
    public Amount Pnl(int begin, int end)
    {
        if (_ledger.IsNarrow)
        {
            var (pnl, narrow) = (_ledger.Pnl.Narrow!, 0L);
            for (var i = begin; i < end; i++)
                narrow += pnl[Row(i)];
            return new Amount(narrow);
        }

        var sum = Amount.Zero;
        for (var i = begin; i < end; i++)
            sum += Pnl(i);
        return sum;
    }

    public void Dispose()
    {
        if (_rows is { Length: > 0 } rows)
            Scratch<int>.Pool.Return(rows);
        _rows = [];
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
