namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// Times that ascend, Unix milliseconds: a column of them, or some rows of one, which are not copied.
/// </summary>
public readonly ref struct AscendingTimes
{
    private readonly ReadOnlySpan<long> _column;

    // Ascending positions in the column; none where it is taken whole.
    private readonly ReadOnlySpan<int> _rows;

    public AscendingTimes(ReadOnlySpan<long> column)
    {
        _column = column;
        Count = column.Length;
    }

    public AscendingTimes(ReadOnlySpan<long> column, ReadOnlySpan<int> rows)
    {
        _column = column;
        _rows = rows;
        Count = rows.Length;
    }

    public int Count { get; }

    public long this[int i] => _rows.IsEmpty ? _column[i] : _column[_rows[i]];

    public static implicit operator AscendingTimes(long[] column) => new(column);

    /// <summary>
    /// The first position from <paramref name="from"/> on whose time is at or after the one given; <see cref="Count"/>
    /// where there is none.
    /// </summary>
    // In steps that double, then halved: a period's last time is mostly near its first.
    public int FirstAtOrAfter(long time, int from)
    {
        var (low, step) = (from, 1);
        while (low + step < Count && this[low + step - 1] < time)
        {
            low += step;
            step *= 2;
        }

        var high = Math.Min(low + step, Count);
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) / 2);
            if (this[middle] < time)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
