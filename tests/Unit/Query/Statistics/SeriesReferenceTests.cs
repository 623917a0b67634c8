using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

/// <summary>
/// Every series of any ledger, filter and zone against one that is written down from the rows, with a look at the clock
/// each quarter of an hour.
/// </summary>
public sealed class SeriesReferenceTests
{
    private const int LedgersAPlace = 40;
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    [Theory]
    [MemberData(nameof(RandomLedgers.Places), MemberType = typeof(RandomLedgers))]
    public void Every_series_is_what_its_definition_says(string zone, string start)
    {
        var random = new Random(5);
        for (var i = 0; i < LedgersAPlace; i++)
        {
            var rows = RandomLedgers.Ledger(random, Rows.Time(start));
            var (filter, selects) = RandomLedgers.Filter(random, rows);
            var selected = rows.Where(selects).ToList();
            // A span that is wider than the trades, by what is asked for or by the batch's start; and a now that it may
            // not go past.
            filter = Wider(random, filter, rows);
            DateTime? begins =
                random.Next(2) == 0 && rows.Count > 0
                    ? rows.Min(row => row.Entry).AddMinutes(-random.Next(0, 20_000))
                    : null;
            var now = Rows.Time(start).AddMinutes(random.Next(0, 100_000));
            var ledger = rows.Columns();
            var selection = Selection.Of(ledger with { Version = ledger.Version with { StartTime = begins } }, filter);
            IsByTrade(selected, selection, rows);
            foreach (var by in Enum.GetValues<Period>())
                IsByPeriod(selected, selection, TimeZoneInfo.FindSystemTimeZoneById(zone), by, filter, begins, now);
        }
    }

    // No row more or less is selected.
    private static LedgerFilter Wider(Random random, LedgerFilter filter, List<Row> rows)
    {
        if (rows.Count == 0)
            return filter;
        if (filter.From is null && random.Next(2) == 0)
            filter = filter with { From = Rows.Milliseconds(rows[0].Exit) - random.NextInt64(0, 3_000_000_000) };
        if (filter.To is null && random.Next(2) == 0)
            filter = filter with { To = Rows.Milliseconds(rows[^1].Exit) + random.NextInt64(1, 3_000_000_000) };
        return filter;
    }

    private static void IsByTrade(List<Row> selected, Selection selection, List<Row> all)
    {
        var equity = selected.Count == 0 ? 0 : Naive.Before(selected);
        var peak = equity;
        List<decimal> cumulative = [],
            absolute = [],
            drawdown = [],
            percentage = [];
        foreach (var row in selected)
        {
            equity += row.Pnl;
            peak = Math.Max(peak, equity);
            cumulative.Add(equity);
            absolute.Add(row.Pnl);
            drawdown.Add(peak - equity);
            percentage.Add(peak > 0 ? Math.Round((peak - equity) / peak * 100, 8, MidpointRounding.ToEven) : 0);
        }

        Same(cumulative, Series.CapitalByTrade(selection, cumulative: true));
        Same(absolute, Series.CapitalByTrade(selection, cumulative: false));
        Same(drawdown, Series.DrawdownByTrade(selection, percentage: false));
        Same(percentage, Series.DrawdownByTrade(selection, percentage: true));
        var series = Series.CapitalByTrade(selection, cumulative: true);
        var entry = selected.Count == 0 ? 0 : Rows.Milliseconds(selected.Min(row => row.Entry));
        HasStart(selected, entry, selected.Count == 0 ? 0 : Naive.Before(selected), series);
        HasStart(selected, entry, 0, Series.DrawdownByTrade(selection, percentage: false));
        HasStart(selected, entry, 0, Series.DrawdownByTrade(selection, percentage: true, points: 5));
        Assert.Null(Series.CapitalByTrade(selection, cumulative: false).Start);
        Assert.Equal(selected.Select(row => Rows.Milliseconds(row.Exit)), series.Time);
        Assert.Equal(selected.Select(row => all.FindIndex(other => ReferenceEquals(other, row)) + 1L), series.Seq!);
        // Made short as it is drawn, or made whole and then short: one and the same.
        var (thin, short_) = (
            Thinning.Thin(series, 10),
            Series.CapitalByTrade(selection, cumulative: true, points: 10)
        );
        Assert.Equal(
            (thin.Time, thin.Value, thin.Seq, thin.Total),
            (short_.Time, short_.Value, short_.Seq, short_.Total),
            new ColumnsComparer()
        );
        // What is left of a drawdown in percent is exact, and chosen by what is so nearly: a high may be missed by as
        // much as nobody sees.
        var (whole, few) = (
            Series.DrawdownByTrade(selection, percentage: true),
            Series.DrawdownByTrade(selection, percentage: true, points: 10)
        );
        Assert.Equal(few.Seq!.Select(seq => whole.Value[Array.IndexOf(whole.Seq!, seq)]), few.Value);
        Assert.Equal(
            (whole.Total, whole.Seq!.FirstOrDefault(), whole.Seq!.LastOrDefault()),
            (few.Total, few.Seq!.FirstOrDefault(), few.Seq!.LastOrDefault())
        );
        if (whole.Total > 0)
            Assert.InRange((long)(whole.Value.Max() - few.Value.Max()).Units, 0, 2);
    }

    private static void IsByPeriod(
        List<Row> selected,
        Selection selection,
        TimeZoneInfo zone,
        Period by,
        LedgerFilter filter,
        DateTime? begins,
        DateTime now
    )
    {
        var expected = Periods(selected, zone, by, filter, begins, now);
        var periods = selection.Divide(ZoneCalendar.Of(zone), by, Rows.Milliseconds(now));
        Assert.Equal(expected.Select(period => Rows.Milliseconds(period.Start)), periods.Starts);

        var (equity, closed) = (selected.Count == 0 ? 0 : Naive.Before(selected), 0);
        List<decimal> cumulative = [],
            absolute = [],
            trades = [],
            since = [];
        List<(decimal Value, decimal Percentage)> drawdown = [];
        foreach (var (_, rows) in expected)
        {
            absolute.Add(rows.Sum(row => row.Pnl));
            cumulative.Add(equity += absolute[^1]);
            trades.Add(rows.Count);
            since.Add(closed += rows.Count);
            drawdown.Add(
                rows.Count == 0
                    ? drawdown.LastOrDefault()
                    : Under(selected, selected.FindLastIndex(row => ReferenceEquals(row, rows[^1])))
            );
        }

        Same(cumulative, Series.CapitalByPeriod(selection, periods, cumulative: true));
        Same(absolute, Series.CapitalByPeriod(selection, periods, cumulative: false));
        Same(trades, Series.TradesByPeriod(periods, cumulative: false));
        Same(since, Series.TradesByPeriod(periods, cumulative: true));
        Same(drawdown.ConvertAll(under => under.Value), Series.DrawdownByPeriod(selection, periods, percentage: false));
        Same(
            drawdown.ConvertAll(under => under.Percentage),
            Series.DrawdownByPeriod(selection, periods, percentage: true)
        );
        var first = expected.Count == 0 ? 0 : Rows.Milliseconds(expected[0].Start);
        HasStart(
            selected,
            first,
            selected.Count == 0 ? 0 : Naive.Before(selected),
            Series.CapitalByPeriod(selection, periods, cumulative: true)
        );
        HasStart(selected, first, 0, Series.TradesByPeriod(periods, cumulative: true));
        HasStart(selected, first, 0, Series.DrawdownByPeriod(selection, periods, percentage: true));
        Assert.Null(Series.CapitalByPeriod(selection, periods, cumulative: false).Start);
        Assert.Null(Series.TradesByPeriod(periods, cumulative: false).Start);
    }

    private static void HasStart(List<Row> selected, long time, decimal value, SeriesColumns series) =>
        Assert.Equal(
            selected.Count == 0 ? null : new SeriesStart<FixedPoint>(time, FixedPoint.Of(value)),
            series.Start
        );

    private static (decimal Value, decimal Percentage) Under(List<Row> rows, int last)
    {
        var equities = new List<decimal> { Naive.Before(rows) };
        foreach (var row in rows.Take(last + 1))
            equities.Add(equities[^1] + row.Pnl);
        var (peak, under) = (equities.Max(), equities.Max() - equities[^1]);
        return (under, peak > 0 ? Math.Round(under / peak * 100, 8, MidpointRounding.ToEven) : 0);
    }

    // From looking at the clock: a period is a stretch of quarters of an hour that read alike; one that the clock comes
    // back to is the same one, but for an hour, which is then another.
    private static List<(DateTime Start, List<Row> Rows)> Periods(
        List<Row> rows,
        TimeZoneInfo zone,
        Period by,
        LedgerFilter filter,
        DateTime? begins,
        DateTime now
    )
    {
        var periods = new List<(DateTime Start, List<Row> Rows)>();
        if (rows.Count == 0)
            return periods;
        var lead = by switch
        {
            Period.Hour => 2,
            Period.Day => 50,
            Period.Week => 8 * 24,
            _ => 33 * 24,
        };
        var (first, last) = (rows.Min(row => row.Exit), rows.Max(row => row.Exit));
        var from = filter.From is { } asked ? DateTime.UnixEpoch.AddMilliseconds(asked) : begins;
        first = from < first ? from.Value : first;
        if (filter.To is { } until)
        {
            var end = DateTime.UnixEpoch.AddMilliseconds(until - 1);
            end = end > now ? now : end;
            last = end > last ? end : last;
        }

        var (firstAt, lastAt) = (-1, -1);
        var known = new Dictionary<DateTime, int>();
        var next = 0;
        var current = -1;
        var begin = first.Date.AddHours(-lead);
        for (var time = begin; time <= last; time += Quarter)
        {
            var local = Naive.Local(time, zone);
            if (by == Period.Hour ? local.Minute == 0 : !known.ContainsKey(Key(local, by)))
            {
                known[Key(local, by)] = periods.Count;
                periods.Add((time, []));
            }

            current = by == Period.Hour ? periods.Count - 1 : known[Key(local, by)];
            firstAt = time <= first ? current : firstAt;
            lastAt = current;
            for (; next < rows.Count && rows[next].Exit < time + Quarter; next++)
            {
                if (current >= 0)
                    periods[current].Rows.Add(rows[next]);
            }
        }

        // A clock that is put back over midnight may have the date of a row before that of the first instant, or after
        // that of the last.
        var (firstRow, lastRow) = (
            periods.FindIndex(period => period.Rows.Count > 0),
            periods.FindLastIndex(period => period.Rows.Count > 0)
        );
        return periods[Math.Min(firstAt, firstRow)..(Math.Max(lastAt, lastRow) + 1)];
    }

    private static DateTime Key(DateTime local, Period by) =>
        by switch
        {
            Period.Hour => local,
            Period.Day => local.Date,
            Period.Week => local.Date.AddDays(-(((int)local.DayOfWeek + 6) % 7)),
            _ => new DateTime(local.Year, local.Month, 1),
        };

    private static void Same(List<decimal> expected, SeriesColumns actual) =>
        Assert.Equal(expected.Select(FixedPoint.Of), actual.Value);

    private sealed class ColumnsComparer : IEqualityComparer<(long[] Time, FixedPoint[] Value, long[]? Seq, int Total)>
    {
        public bool Equals(
            (long[] Time, FixedPoint[] Value, long[]? Seq, int Total) x,
            (long[] Time, FixedPoint[] Value, long[]? Seq, int Total) y
        ) =>
            x.Time.SequenceEqual(y.Time)
            && x.Value.SequenceEqual(y.Value)
            && x.Seq!.SequenceEqual(y.Seq!)
            && x.Total == y.Total;

        public int GetHashCode((long[] Time, FixedPoint[] Value, long[]? Seq, int Total) obj) => obj.Total;
    }
}
