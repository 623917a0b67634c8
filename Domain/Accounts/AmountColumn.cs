using System.Runtime.CompilerServices;

namespace PnlPipeline.Domain.Accounts;

/// <summary>
/// A column of exact numbers: in 64 bits as long as each of them fits, up to 92 billion, which halves what there is to
/// keep and to read; else in 128. Where some of it is read while rows are put behind them, those that are read never
/// change.
/// </summary>
public sealed class AmountColumn
{
    private readonly FixedPoint[] _wide = [];

    private AmountColumn(long[] narrow) => Int64s = narrow;

    private AmountColumn(FixedPoint[] wide) => _wide = wide;

    /// <summary>The numbers × 10^8; <c>null</c> where one of them does not fit.</summary>
    public long[]? Int64s { get; }

    /// <summary>How many rows there is room for.</summary>
    public int Length => Int64s?.Length ?? _wide.Length;

    /// <summary>What they take.</summary>
    public long Bytes =>
        Int64s is { } narrow ? (long)narrow.Length * sizeof(long) : (long)_wide.Length * 2 * sizeof(long);

    public FixedPoint this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Int64s is { } narrow ? new FixedPoint(narrow[row]) : _wide[row];
    }

    public static AmountColumn Of(params ReadOnlySpan<FixedPoint> values)
    {
        var column = WithRoom(values.Length, null, 0);
        for (var row = 0; row < values.Length; row++)
            column = column.Put(row, values[row]);
        return column;
    }

    /// <param name="units">The numbers × 10^8; they are the column's from now on.</param>
    public static AmountColumn OfInt64s(long[] units) => new(units);

    /// <summary>A column of its own that begins with rows of another.</summary>
    public static AmountColumn WithRoom(int length, AmountColumn? held, int kept)
    {
        if (held is { Int64s: null })
        {
            var wide = GC.AllocateUninitializedArray<FixedPoint>(length);
            held._wide.AsSpan(0, kept).CopyTo(wide);
            return new AmountColumn(wide);
        }

        var narrow = GC.AllocateUninitializedArray<long>(length);
        held?.Int64s.AsSpan(0, kept).CopyTo(narrow);
        return new AmountColumn(narrow);
    }

    /// <summary>
    /// Puts a number behind the first <paramref name="row"/>, and returns the column that has it: where it does not
    /// fit, another one.
    /// </summary>
    public AmountColumn Put(int row, FixedPoint value)
    {
        if (Int64s is not { } narrow)
        {
            _wide[row] = value;
            return this;
        }

        if (value.Units == (long)value.Units)
        {
            narrow[row] = (long)value.Units;
            return this;
        }

        var wide = GC.AllocateUninitializedArray<FixedPoint>(narrow.Length);
        for (var i = 0; i < row; i++)
            wide[i] = new FixedPoint(narrow[i]);
        wide[row] = value;
        return new AmountColumn(wide);
    }
}
