using System.Globalization;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>What the rows of a ledger are sorted by.</summary>
public enum RowSort
{
    /// <summary>The order of the ledger, which is that of exits too.</summary>
    Seq,
    Pnl,

    /// <summary>Net of fees.</summary>
    ChangePercentage,

    /// <summary>From entry to exit.</summary>
    Holding,

    /// <summary>The trade's own change, before fees.</summary>
    GrossChange,
}

/// <summary>Where a row stands in an order: by its key, and rows of one key by their seq.</summary>
public readonly record struct RowPlace(Int128 Key, long Seq) : IComparable<RowPlace>
{
    public static bool operator <(RowPlace left, RowPlace right) => left.CompareTo(right) < 0;

    public static bool operator >(RowPlace left, RowPlace right) => left.CompareTo(right) > 0;

    public static bool operator <=(RowPlace left, RowPlace right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RowPlace left, RowPlace right) => left.CompareTo(right) >= 0;

    public int CompareTo(RowPlace other) => Key == other.Key ? Seq.CompareTo(other.Seq) : Key.CompareTo(other.Key);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Key} {Seq}");
}

/// <summary>
/// Pages of a selection in other orders than its own: a pass over the columns, and nothing is made for each row.
/// </summary>
public static class RowSorting
{
    // Of a key's double against the key: far above what conversions and two divisions lose.
    private const double Slack = 1e-12;

    /// <summary>What rows are sorted by.</summary>
    private interface IKey
    {
        Int128 Of(int row);

        /// <summary>About the key: within <see cref="Slack"/> of it, and one more.</summary>
        double Near(int row);
    }

    /// <summary>
    /// The places after one, in order. Descending is ascending the other way about, rows of one key too.
    /// </summary>
    /// <param name="after">The last one of the page before.</param>
    /// <param name="count">How many there are at most.</param>
    public static IReadOnlyList<RowPlace> Page(
        Selection rows,
        RowSort sort,
        bool ascending,
        RowPlace? after,
        int count
    ) =>
        sort switch
        {
            RowSort.Seq => Page(rows, new BySeq(), ascending, after, count),
            RowSort.Pnl => Page(rows, new ByAmount(rows.Ledger.Pnl), ascending, after, count),
            RowSort.Holding => Page(rows, new ByHolding(rows.Ledger), ascending, after, count),
            RowSort.GrossChange when WhatIf.HasPrices(rows.Ledger) => Page(
                rows,
                new ByGrossChange(rows.Ledger),
                ascending,
                after,
                count
            ),
            // A ledger of an earlier version has no prices until it is built again: net it is, until then.
            _ => Page(rows, new ByAmount(rows.Ledger.ChangePercentage), ascending, after, count),
        };

    private static IReadOnlyList<RowPlace> Page<TKey>(
        Selection rows,
        TKey key,
        bool ascending,
        RowPlace? after,
        int count
    )
        where TKey : struct, IKey
    {
        if (count == 0)
            return [];

        // The least of what was not shown: those that are kept, the greatest on top.
        var kept = new PriorityQueue<RowPlace, RowPlace>(
            Comparer<RowPlace>.Create((one, other) => other.CompareTo(one))
        );
        var seen = after is { } shown ? Turned(shown) : (RowPlace?)null;
        var (least, most) = (seen is { } first ? (double)first.Key : double.NegativeInfinity, double.PositiveInfinity);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows.Row(i);
            // Most are far from the page, and a key that nobody sees need not be exact.
            var near = ascending ? key.Near(row) : -key.Near(row);
            var slack = (Math.Abs(near) * Slack) + 1;
            if (near - slack > most || near + slack < least)
                continue;
            var place = Turned(new RowPlace(key.Of(row), row + 1));
            if (seen is { } last && place <= last)
                continue;
            if (kept.Count < count)
                kept.Enqueue(place, place);
            else if (place < kept.Peek())
                kept.EnqueueDequeue(place, place);
            if (kept.Count == count)
                most = (double)kept.Peek().Key;
        }

        return [.. kept.UnorderedItems.Select(item => item.Element).Order().Select(Turned)];

        RowPlace Turned(RowPlace place) => ascending ? place : new RowPlace(-place.Key, -place.Seq);
    }

    /// <summary>The rows of a trade with these times, and of others that have the same.</summary>
    /// <param name="exitTime">UTC; of an open trade there is no row.</param>
    public static IEnumerable<long> SeqsOf(LedgerColumns ledger, DateTime? exitTime, DateTime entryTime)
    {
        if (exitTime is not { } exited)
            yield break;
        var (exit, entry) = (exited.ToUnixMilliseconds(), entryTime.ToUnixMilliseconds());
        // Of one exit, rows are in the order of their entries.
        for (
            var row = Selection.FirstAtOrAfter(ledger, exit);
            row < ledger.Count && ledger.ExitTime[row] == exit && ledger.EntryTime[row] <= entry;
            row++
        )
        {
            if (ledger.EntryTime[row] == entry)
                yield return row + 1;
        }
    }

    private readonly struct BySeq : IKey
    {
        public Int128 Of(int row) => row;

        public double Near(int row) => row;
    }

    private readonly struct ByAmount(AmountColumn amounts) : IKey
    {
        public Int128 Of(int row) => amounts[row].Units;

        public double Near(int row) => Double(amounts, row);
    }

    private readonly struct ByHolding(LedgerColumns ledger) : IKey
    {
        public Int128 Of(int row) => ledger.ExitTime[row] - ledger.EntryTime[row];

        public double Near(int row) => ledger.ExitTime[row] - ledger.EntryTime[row];
    }

    private readonly struct ByGrossChange(LedgerColumns ledger) : IKey
    {
        public Int128 Of(int row) =>
            NetChange
                .Of(ledger.EntryPrice[row].Units, ledger.ExitPrice[row].Units, ledger.IsShort[row], FixedPoint.Zero)
                .Units;

        public double Near(int row)
        {
            var (entry, exit) = (Double(ledger.EntryPrice, row), Double(ledger.ExitPrice, row));
            var gained = ledger.IsShort[row] ? entry - exit : exit - entry;
            return Math.Clamp(gained / entry * NetChange.UnitsOfOne, -NetChange.MostUnits, NetChange.MostUnits);
        }
    }

    private static double Double(AmountColumn amounts, int row) =>
        amounts.Int64s is { } narrow ? narrow[row] : (double)amounts[row].Units;
}
