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
    /// <summary>
    /// The places after one, in order. Descending is ascending the other way about, rows of one key too.
    /// </summary>
    /// <param name="after">The last one of the page before.</param>
    /// <param name="count">How many there are at most.</param>
    public static IReadOnlyList<RowPlace> Page(Selection rows, RowSort sort, bool ascending, RowPlace? after, int count)
    {
        if (count == 0)
            return [];

        // The least of what was not shown: those that are kept, the greatest on top.
        var kept = new PriorityQueue<RowPlace, RowPlace>(
            Comparer<RowPlace>.Create((one, other) => other.CompareTo(one))
        );
        var seen = after is { } shown ? Turned(shown) : (RowPlace?)null;
        var key = KeyOf(rows.Ledger, sort);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows.Row(i);
            var place = Turned(new RowPlace(key(row), row + 1));
            if (seen is { } last && place <= last)
                continue;
            if (kept.Count < count)
                kept.Enqueue(place, place);
            else if (place < kept.Peek())
                kept.EnqueueDequeue(place, place);
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

    private static Func<int, Int128> KeyOf(LedgerColumns ledger, RowSort sort)
    {
        switch (sort)
        {
            case RowSort.Seq:
                return row => row;
            case RowSort.Pnl:
                return row => ledger.Pnl[row].Units;
            case RowSort.ChangePercentage:
                return row => ledger.ChangePercentage[row].Units;
            case RowSort.Holding:
                return row => ledger.ExitTime[row] - ledger.EntryTime[row];
            default:
                // A ledger of an earlier version has no prices until it is built again: net it is, until then.
                if (!WhatIf.HasPrices(ledger))
                    return row => ledger.ChangePercentage[row].Units;
                return row =>
                    NetChange
                        .Of(
                            ledger.EntryPrice[row].Units,
                            ledger.ExitPrice[row].Units,
                            ledger.IsShort[row],
                            FixedPoint.Zero
                        )
                        .Units;
        }
    }
}
