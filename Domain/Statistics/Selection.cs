using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// The rows of a ledger that a filter lets through, and the equity they make by themselves. Disposed, it gives back the
/// room that single rows took, and is not looked at any more; the ledger stays.
/// </summary>
public sealed class Selection : IDisposable
{
    private readonly LedgerColumns _ledger;
    private readonly int _first;

    // Null where the rows follow one another; else at least as long as there are.
    private int[]? _rows;

    private Selection(LedgerColumns ledger, LedgerFilter filter, int first, int count, int[]? rows)
    {
        _ledger = ledger;
        Filter = filter;
        _first = first;
        _rows = rows;
        Count = count;
    }

    public int Count { get; }

    /// <summary>What selects them.</summary>
    public LedgerFilter Filter { get; }

    /// <summary>The ledger the rows are of; <see cref="Row"/> is the position in its columns.</summary>
    public LedgerColumns Ledger => _ledger;

    /// <summary>The capital before the first selected row, E0.</summary>
    public FixedPoint InitialEquity =>
        Count == 0 ? FixedPoint.Zero : _ledger.AvailableCapital[Row(0)] - _ledger.Pnl[Row(0)];

    /// <summary>The earliest entry of a selected row, Unix milliseconds; <c>null</c> where there is none.</summary>
    public long? EarliestEntry
    {
        get
        {
            var (entries, earliest) = (_ledger.EntryTime, long.MaxValue);
            for (var i = 0; i < Count; i++)
                earliest = Math.Min(earliest, entries[Row(i)]);
            return Count == 0 ? null : earliest;
        }
    }

    /// <summary>The exit times of the selected rows.</summary>
    public AscendingTimes ExitTimes =>
        _rows is null
            ? new AscendingTimes(_ledger.ExitTime.AsSpan(_first, Count))
            : new AscendingTimes(_ledger.ExitTime, _rows.AsSpan(0, Count));

    public static Selection Of(LedgerColumns ledger, LedgerFilter filter)
    {
        var (first, end) = SpanOf(ledger, filter);
        if (end <= first)
            return new Selection(ledger, filter, 0, 0, null);
        if (!filter.IsOfSome)
            return new Selection(ledger, filter, first, end - first, null);

        var choice = new Choice(ledger, filter);
        // Whether a row is let through cannot be foretold: each is put down, and the next one over it where it is not.
        var rows = PooledBuffer<int>.Pool.Rent(end - first);
        var count = 0;
        for (var row = first; row < end; row++)
        {
            rows[count] = row;
            count += choice.Takes(row) ? 1 : 0;
        }

        return new Selection(ledger, filter, 0, count, rows);
    }

    /// <summary>
    /// Every period that a series by period has: from that of what was asked for, else of the batch's start, else of
    /// the first row; to that of the last instant asked for, as far as it has come, else of the last row. Of nothing,
    /// none.
    /// </summary>
    /// <param name="now">Unix milliseconds.</param>
    public Periods Divide(ZoneCalendar calendar, Period by, long now)
    {
        var times = ExitTimes;
        if (times.Count == 0)
            return Periods.None;
        var (first, last) = (times[0], times[times.Count - 1]);
        // While a batch with another start is built, rows from before it may still be served.
        var from = Math.Min(first, Filter.From ?? _ledger.Version.StartTime?.ToUnixMilliseconds() ?? first);
        return calendar.Divide(by, times, from, Filter.To is { } to ? Math.Max(last, Math.Min(to - 1, now)) : last);
    }

    /// <summary>The seqs of a page of the rows that a filter lets through.</summary>
    /// <param name="after">The seq of the last one of the page before.</param>
    /// <param name="count">How many there are at most.</param>
    public static List<long> SeqsOf(LedgerColumns ledger, LedgerFilter filter, bool ascending, long? after, int count)
    {
        var (first, end) = SpanOf(ledger, filter);
        if (after is { } seen && ascending)
            first = (int)Math.Max(first, Math.Min(seen, end));
        else if (after is { } shown)
            end = (int)Math.Min(end, Math.Max(shown - 1, first));

        var choice = new Choice(ledger, filter);
        var seqs = new List<long>();
        for (var i = 0; i < end - first && seqs.Count < count; i++)
        {
            var row = ascending ? first + i : end - 1 - i;
            if (choice.Takes(row))
                seqs.Add(row + 1);
        }

        return seqs;
    }

    /// <summary>The position in the ledger of the selection's row <paramref name="i"/>.</summary>
    public int Row(int i) => _rows is null ? _first + i : _rows[i];

    /// <summary>The ledger's own number of that row.</summary>
    public long Seq(int i) => Row(i) + 1;

    public AlertId TradeId(int i) => _ledger.TradeId[Row(i)];

    public FixedPoint Pnl(int i) => _ledger.Pnl[Row(i)];

    /// <summary>The sum of <see cref="Pnl(int)"/> from one row of the selection to before another.</summary>
    public FixedPoint Pnl(int begin, int end)
    {
        if (_ledger.FitsInt64)
        {
            var (pnl, narrow) = (_ledger.Pnl.Int64s!, 0L);
            for (var i = begin; i < end; i++)
                narrow += pnl[Row(i)];
            return new FixedPoint(narrow);
        }

        var sum = FixedPoint.Zero;
        for (var i = begin; i < end; i++)
            sum += Pnl(i);
        return sum;
    }

    /// <summary>The sum of the fees of all rows.</summary>
    public FixedPoint Fees()
    {
        var sum = FixedPoint.Zero;
        for (var i = 0; i < Count; i++)
            sum += _ledger.Fee[Row(i)];
        return sum;
    }

    public void Dispose()
    {
        if (_rows is { Length: > 0 } rows)
            PooledBuffer<int>.Pool.Return(rows);
        _rows = [];
    }

    // Exit times ascend: a span of time is a span of rows.
    private static (int First, int End) SpanOf(LedgerColumns ledger, LedgerFilter filter) =>
        (
            filter.From is { } from ? FirstAtOrAfter(ledger, from) : 0,
            filter.To is { } to ? FirstAtOrAfter(ledger, to) : ledger.Count
        );

    /// <summary>The position of the first row that exited at or after a time, Unix milliseconds.</summary>
    /// <summary>
    /// The seq that rows go on from which stood behind one, or before it: its own, also where a late trade made it
    /// another; where it is gone, that of its place. Of rows with its times the one that repeats some rather than
    /// skips one: the columns know no trades.
    /// </summary>
    /// <param name="seq">What it was.</param>
    /// <param name="exitTime">Unix milliseconds, as <paramref name="entryTime"/>.</param>
    public static long SeqOf(LedgerColumns ledger, long seq, long exitTime, long entryTime, bool ascending)
    {
        if (seq >= 1 && seq <= ledger.Count && TimesOf(seq - 1) == (exitTime, entryTime))
            return seq;
        var row = FirstAtOrAfter(ledger, exitTime);
        while (row < ledger.Count && TimesOf(row).CompareTo((exitTime, entryTime)) < 0)
            row++;
        if (row == ledger.Count || TimesOf(row) != (exitTime, entryTime))
            return ascending ? row : row + 1;
        while (!ascending && row + 1 < ledger.Count && TimesOf(row + 1) == (exitTime, entryTime))
            row++;
        return row + 1;

        (long, long) TimesOf(long at) => (ledger.ExitTime[at], ledger.EntryTime[at]);
    }

    internal static int FirstAtOrAfter(LedgerColumns ledger, long time)
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

    /// <summary>Whether a row is of a stream and a side that the filter lets through.</summary>
    private readonly struct Choice(LedgerColumns ledger, LedgerFilter filter)
    {
        private readonly int[] _stream = ledger.Stream;
        private readonly bool[] _isShort = ledger.IsShort;
        private readonly IReadOnlySet<AlertId>? _tagged = filter.Tagged;
        private readonly AlertId[] _tradeId = ledger.TradeId;
        private readonly bool[] _streams = [.. ledger.Streams.Select(filter.Selects)];
        private readonly bool _longs = filter.SelectsSide(isShort: false);
        private readonly bool _shorts = filter.SelectsSide(isShort: true);

        public bool Takes(int row) =>
            _streams[_stream[row]] & (_isShort[row] ? _shorts : _longs)
            && (_tagged is null || _tagged.Contains(_tradeId[row]));
    }
}
