using System.Runtime.CompilerServices;

namespace PnlPipeline.Query.Api.LedgerView;

/// <summary>
/// A column of exact numbers: in 64 bits as long as each of them fits, up to 92 billion, which halves what there is to keep and to read; else in 128. Where
/// some of it is read while rows are put behind them, those that are read never change.
/// </summary>
public sealed class AmountColumn
{
    private readonly Amount[] _wide = [];

    private AmountColumn(long[] narrow) => Narrow = narrow;

    private AmountColumn(Amount[] wide) => _wide = wide;

    /// <summary>The numbers × 10^8; <c>null</c> where one of them does not fit.</summary>
    public long[]? Narrow { get; }

    /// <summary>How many rows there is room for.</summary>
    public int Length => Narrow?.Length ?? _wide.Length;

    /// <summary>What they take.</summary>
    public long Bytes => Narrow is { } narrow ? (long)narrow.Length * sizeof(long) : (long)_wide.Length * 2 * sizeof(long);

    public Amount this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Narrow is { } narrow ? new Amount(narrow[row]) : _wide[row];
    }

    public static AmountColumn Of(params ReadOnlySpan<Amount> values)
    {
        var column = WithRoom(values.Length, null, 0);
        for (var row = 0; row < values.Length; row++)
            column = column.Put(row, values[row]);
        return column;
    }

    /// <summary>A column of its own that begins with rows of another.</summary>
    public static AmountColumn WithRoom(int length, AmountColumn? held, int kept)
    {
        if (held is { Narrow: null })
        {
            var wide = GC.AllocateUninitializedArray<Amount>(length);
            held._wide.AsSpan(0, kept).CopyTo(wide);
            return new AmountColumn(wide);
        }

        var narrow = GC.AllocateUninitializedArray<long>(length);
        held?.Narrow.AsSpan(0, kept).CopyTo(narrow);
        return new AmountColumn(narrow);
    }

    /// <summary>Puts a number behind the first <paramref name="row"/>, and returns the column that has it: where it does not fit, another one.</summary>
    public AmountColumn Put(int row, Amount value)
    {
        if (Narrow is not { } narrow)
        {
            _wide[row] = value;
            return this;
        }

        if (value.Units == (long)value.Units)
        {
            narrow[row] = (long)value.Units;
            return this;
        }

        var wide = GC.AllocateUninitializedArray<Amount>(narrow.Length);
        for (var i = 0; i < row; i++)
            wide[i] = new Amount(narrow[i]);
        wide[row] = value;
        return new AmountColumn(wide);
    }
}
