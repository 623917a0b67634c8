using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>How much of the capital was in trades while those of a selection were open.</summary>
/// <param name="Max">In percent; <c>null</c> where no row is selected.</param>
/// <param name="TimeOver">The share of the time from the earliest selected entry to the last exit in which it was over
/// 100 %; <c>null</c> where that is no time.</param>
public readonly record struct ExposureFigures(double? Max, double? TimeOver);

/// <summary>
/// The exposure of a batch: its allocation × the number of counted trades that are open, each from the instant of its
/// entry up to, not including, that of its exit. Always of all counted trades; a selection only says while which of
/// them it is looked at.
/// </summary>
public static class Exposure
{
    private const int Whole = 100;

    /// <param name="MaxOpen">The most trades that were open at once while one of the selection was.</param>
    public readonly record struct Curve(SeriesColumns Series, int MaxOpen);

    public static ExposureFigures Figures(Selection rows, OpenTrades open)
    {
        if (rows.Count == 0)
            return default;
        // Of everything it is asked for with every statistic, and is the same until a trade enters or exits. A filter
        // that lets every row through is not everything: it may shut out trades that are open.
        var isOfAll = rows.Count == rows.Ledger.Count && !rows.Filter.IsOfSome && rows.Filter.To is null;
        if (isOfAll && rows.Ledger.KnownExposure is { } known && known.Open.IsSameAs(open))
            return known.Figures;
        var figures = Figures(rows, open, TimeInMarket.Of(rows));
        if (isOfAll)
            rows.Ledger.KnownExposure = new LedgerColumns.ExposureOf(open, figures);
        return figures;
    }

    // Of at least one row. What Walk does step by step, in one loop: of a million rows three times as fast, and each
    // request with statistics waits for it.
    private static ExposureFigures Figures(Selection rows, OpenTrades open, TimeInMarket time)
    {
        var allowed = (int)Int128.Min(int.MaxValue, FixedPoint.Of(Whole).Units / open.AllocationPercentage.Units);
        var (entries, exits, order) = (rows.Ledger.EntryTime, rows.Ledger.ExitTime, rows.Ledger.EntryOrder());
        var (count, trades) = (rows.Ledger.Count, open.Trades);
        using var chosen = new Chosen(rows);
        var (entry, exit, opened) = (NextEntry(0), NextExit(0), 0);
        var (enters, leaves, opens) = (EntryTime(entry), ExitTime(exit), OpenTime(opened));
        var (isOpen, selected, max, over, since) = (0, 0, 0, 0L, time.EarliestEntry);
        while (Math.Min(Math.Min(enters, leaves), opens) is var now && now != long.MaxValue)
        {
            var within = Math.Clamp(now, time.EarliestEntry, time.LastExit);
            if (isOpen > allowed)
                over += within - since;
            since = within;
            for (; leaves == now; leaves = ExitTime(exit = NextExit(exit + 1)))
            {
                isOpen--;
                selected -= chosen.Has(exit) ? 1 : 0;
            }

            for (; enters == now; enters = EntryTime(entry = NextEntry(entry + 1)))
            {
                isOpen++;
                selected += chosen.Has(order[entry]) ? 1 : 0;
            }

            for (; opens == now; opens = OpenTime(++opened))
            {
                isOpen++;
                selected += OpenTrades.IsSelectedByTime(trades[opened], rows.Filter) ? 1 : 0;
            }

            if (selected > 0)
                max = Math.Max(max, isOpen);
        }

        if (isOpen > allowed)
            over += time.LastExit - since;
        return new ExposureFigures(
            Ratio.Of(open.AllocationPercentage.Units * max, FixedPoint.Of(1).Units),
            time.Total == 0 ? null : Ratio.Of(over, time.Total)
        );

        // Those that left in the instant of their entry are open at no time.
        int NextEntry(int at)
        {
            while (at < count && entries[order[at]] >= exits[order[at]])
                at++;
            return at;
        }

        int NextExit(int at)
        {
            while (at < count && entries[at] >= exits[at])
                at++;
            return at;
        }

        long EntryTime(int at) => at < count ? entries[order[at]] : long.MaxValue;

        long ExitTime(int at) => at < count ? exits[at] : long.MaxValue;

        long OpenTime(int at) => at < trades.Count ? trades[at].EntryTime : long.MaxValue;
    }

    /// <summary>
    /// The exposure in percent after each instant at which a trade enters or exits, from the earliest entry of the
    /// selection to its last exit; to the end, where one of it is still open.
    /// </summary>
    /// <param name="points">About how many points are wanted; <c>null</c> for all.</param>
    public static Curve Of(Selection rows, OpenTrades open, int? points = null)
    {
        var (count, max) = (0, 0);
        foreach (var (_, trades, isSelected) in Points(rows, open))
        {
            count++;
            if (isSelected)
                max = Math.Max(max, trades);
        }

        var allocation = open.AllocationPercentage.Units;
        if (points is not { } few || !Thinning.IsLonger(count, few))
        {
            var (time, value) = (new long[count], new FixedPoint[count]);
            foreach (var (i, point) in Points(rows, open).Index())
                (time[i], value[i]) = (point.Time, new FixedPoint(allocation * point.Open));
            return new Curve(new SeriesColumns(time, value), max);
        }

        using var next = Points(rows, open).GetEnumerator();
        var (kept, values) = Thinning.Keep(
            count,
            few,
            piece =>
            {
                for (var i = 0; i < piece.Length && next.MoveNext(); i++)
                    piece[i] = new FixedPoint(allocation * next.Current.Open);
            }
        );
        var times = new long[kept.Count];
        var at = 0;
        foreach (var (i, point) in Points(rows, open).Index())
        {
            if (at < kept.Count && kept[at] == i)
                times[at++] = point.Time;
        }

        return new Curve(new SeriesColumns(times, [.. values]) { Total = count }, max);
    }

    // From the first instant at which one of the selection is open to the last one.
    private static IEnumerable<(long Time, int Open, bool IsSelected)> Points(Selection rows, OpenTrades open)
    {
        using var walk = new Walk(rows, open);
        var (hasBegun, left) = (false, walk.SelectedTrades);
        var entered = 0;
        while (walk.Next())
        {
            hasBegun |= walk.Selected > 0;
            if (hasBegun)
                yield return (walk.Time, walk.Open, walk.Selected > 0);
            entered = walk.SelectedEntered;
            if (entered == left && walk.Selected == 0)
                yield break;
        }
    }

    /// <summary>
    /// Through the instants at which trades enter or exit, in order: of each, first all exits and then all entries.
    /// </summary>
    private sealed class Walk : IDisposable
    {
        private readonly LedgerColumns _ledger;
        private readonly int[] _order;
        private readonly OpenTrades _open;
        private readonly LedgerFilter _filter;

        private readonly Chosen _chosen;
        private int _entry;
        private int _exit;
        private int _opened;

        public Walk(Selection rows, OpenTrades open)
        {
            (_ledger, _open, _filter) = (rows.Ledger, open, rows.Filter);
            _order = _ledger.EntryOrder();
            for (var i = 0; i < rows.Count; i++)
                SelectedTrades += IsNever(rows.Row(i)) ? 0 : 1;
            SelectedTrades += open.Trades.Count(trade => OpenTrades.IsSelectedByTime(trade, _filter));
            _chosen = new Chosen(rows);
        }

        public long Time { get; private set; }

        /// <summary>How many trades are open from <see cref="Time"/> on.</summary>
        public int Open { get; private set; }

        /// <summary>How many of them are selected.</summary>
        public int Selected { get; private set; }

        /// <summary>How many selected trades are open at some time.</summary>
        public int SelectedTrades { get; }

        /// <summary>How many of them have entered.</summary>
        public int SelectedEntered { get; private set; }

        public bool Next()
        {
            var (entries, exits) = (_ledger.EntryTime, _ledger.ExitTime);
            while (_entry < _order.Length && IsNever(_order[_entry]))
                _entry++;
            while (_exit < _ledger.Count && IsNever(_exit))
                _exit++;
            var time = long.MaxValue;
            if (_entry < _order.Length)
                time = entries[_order[_entry]];
            if (_exit < _ledger.Count)
                time = Math.Min(time, exits[_exit]);
            if (_opened < _open.Trades.Count)
                time = Math.Min(time, _open.Trades[_opened].EntryTime);
            if (time == long.MaxValue)
                return false;

            Time = time;
            for (; _exit < _ledger.Count && exits[_exit] == time; _exit++)
            {
                if (!IsNever(_exit))
                    Count(_exit, -1);
            }

            for (; _entry < _order.Length && entries[_order[_entry]] == time; _entry++)
            {
                if (!IsNever(_order[_entry]))
                    Count(_order[_entry], 1);
            }

            for (; _opened < _open.Trades.Count && _open.Trades[_opened].EntryTime == time; _opened++)
            {
                Open++;
                if (OpenTrades.IsSelectedByTime(_open.Trades[_opened], _filter))
                    (Selected, SelectedEntered) = (Selected + 1, SelectedEntered + 1);
            }

            return true;
        }

        public void Dispose() => _chosen.Dispose();

        // Left in the instant of its entry: open at no time.
        private bool IsNever(int row) => _ledger.EntryTime[row] >= _ledger.ExitTime[row];

        private void Count(int row, int by)
        {
            Open += by;
            if (!_chosen.Has(row))
                return;
            Selected += by;
            SelectedEntered += by > 0 ? 1 : 0;
        }
    }

    /// <summary>Whether rows are selected.</summary>
    private readonly struct Chosen : IDisposable
    {
        private readonly int _first;
        private readonly uint _count;

        // Null where those that are follow one another.
        private readonly bool[]? _each;

        public Chosen(Selection rows)
        {
            _first = rows.Count == 0 ? 0 : rows.Row(0);
            _count = (uint)rows.Count;
            if (rows.Count == 0 || rows.Row(rows.Count - 1) - _first + 1 == rows.Count)
                return;
            _each = PooledBuffer<bool>.Pool.Rent(rows.Ledger.Count);
            _each.AsSpan(0, rows.Ledger.Count).Clear();
            for (var i = 0; i < rows.Count; i++)
                _each[rows.Row(i)] = true;
        }

        public bool Has(int row) => _each is null ? (uint)(row - _first) < _count : _each[row];

        public void Dispose()
        {
            if (_each is not null)
                PooledBuffer<bool>.Pool.Return(_each);
        }
    }
}
