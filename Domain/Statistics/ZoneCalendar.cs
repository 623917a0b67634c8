using System.Collections.Concurrent;
using PnlPipeline.Domain.Calendar;

namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// The calendar of one time zone: which hour, day, week (from Monday) or month an instant belongs to, and when each
/// begins.
/// </summary>
/// <remarks>
/// A day starts at the first instant of its local date, and a date that the zone never had is no day. An hour starts
/// where the local minute is 0, so a repeated hour is two. Whoever falls on a date twice because the clock was put back
/// over midnight falls on that date both times.
/// </remarks>
public sealed class ZoneCalendar
{
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;

    // Wider than any offset from UTC, so that a local date's instants lie within it on either side.
    private const long WidestOffset = 15 * Hour;

    private static readonly ConcurrentDictionary<string, ZoneCalendar> Known = new(StringComparer.Ordinal);

    // Stretches of one offset: the first instant of each, Unix milliseconds, and the offset in it. The first has no
    // beginning.
    private readonly long[] _from;
    private readonly long[] _offset;

    private ZoneCalendar(TimeZoneInfo zone)
    {
        Name = zone.Id;
        var offsets = ZoneOffsets.Of(zone);
        (_from, _offset) = (offsets.From, offsets.Offset);
    }

    /// <summary>The zone's IANA name.</summary>
    public string Name { get; }

    /// <summary>The calendar of a zone; made once, in some milliseconds, and kept.</summary>
    public static ZoneCalendar Of(TimeZoneInfo zone) =>
        Known.GetOrAdd(zone.Id, static (_, zone) => new ZoneCalendar(zone), zone);

    /// <summary>
    /// Every period from that of the earliest time to that of the latest, in time in proportion to periods: few of the
    /// times are looked at.
    /// </summary>
    public Periods Divide(Period by, AscendingTimes times) =>
        times.Count == 0 ? Periods.None : Divide(by, times, times[0], times[times.Count - 1]);

    /// <summary>The same from one instant to another, which all of the times lie between.</summary>
    /// <param name="times">May be none.</param>
    /// <param name="first">Unix milliseconds.</param>
    /// <param name="last">The last instant that belongs to it.</param>
    public Periods Divide(Period by, AscendingTimes times, long first, long last) =>
        by == Period.Hour ? DivideByHour(times, first, last) : DivideByDate(by, times, first, last);

    /// <summary>The zone's clock, to be asked for times that ascend from this one on.</summary>
    /// <param name="first">Unix milliseconds.</param>
    public LocalClock ClockFrom(long first) => new(_from, _offset, RangeOf(first));

    private Periods DivideByHour(AscendingTimes times, long first, long last)
    {
        // Many, and nearly always this many: lists that double would leave as much behind.
        var starts = new List<long>((int)((last - first) / Hour) + 2);
        var stretch = RangeOf(first);
        var start = HourStart(first, ref stretch);
        while (start <= last)
        {
            starts.Add(start);
            start = NextHour(start, ref stretch);
        }

        var spans = new List<PeriodSpan>(Math.Min(starts.Count, times.Count));
        for (var (period, begin) = (0, 0); begin < times.Count; period++)
        {
            var end = period + 1 < starts.Count ? times.FirstAtOrAfter(starts[period + 1], begin) : times.Count;
            if (end > begin)
                spans.Add(new PeriodSpan(period, begin, end));
            begin = end;
        }

        return new Periods([.. starts], [.. spans]);
    }

    // The last instant at or before this one at which the local minute was 0; the stretch moves with it.
    private long HourStart(long time, ref int stretch)
    {
        while (true)
        {
            var start = FloorTo(time + _offset[stretch], Hour) - _offset[stretch];
            if (start >= _from[stretch] || stretch == 0)
                return start;

            // The clock was changed since, to a time past the full hour.
            time = _from[stretch] - 1;
            stretch--;
        }
    }

    private long NextHour(long start, ref int stretch)
    {
        var next = start + Hour;
        while (stretch + 1 < _from.Length && next >= _from[stretch + 1])
        {
            stretch++;
            next = CeilingTo(_from[stretch] + _offset[stretch], Hour) - _offset[stretch];
        }

        return next;
    }

    private Periods DivideByDate(Period by, AscendingTimes times, long begins, long ends)
    {
        // Local dates as days since 1970. They may go back by one where the clock was put back over midnight.
        var dates = new List<PeriodSpan>();
        var (first, last) = (DateOf(begins), DateOf(ends));
        var stretch = RangeOf(begins);
        for (var begin = 0; begin < times.Count; )
        {
            while (stretch + 1 < _from.Length && times[begin] >= _from[stretch + 1])
                stretch++;
            // A date lasts until the next midnight, or until the clock is changed.
            var date = (int)FloorDivide(times[begin] + _offset[stretch], Day);
            var until = ((date + 1) * Day) - _offset[stretch];
            if (stretch + 1 < _from.Length)
                until = Math.Min(until, _from[stretch + 1]);
            var end = times.FirstAtOrAfter(until, begin + 1);
            dates.Add(new PeriodSpan(date, begin, end));
            first = Math.Min(first, date);
            last = Math.Max(last, date);
            begin = end;
        }

        // A period begins with the first of its dates that the zone had, so go through all dates, from the first of the
        // first period.
        first = FirstDate(by, first);
        var starts = new List<long>();
        var periodOfDate = new int[last - first + 1];
        var firstDateOfPeriod = int.MinValue;
        for (var date = first; date <= last; date++)
        {
            var start = FirstInstantOf(date);
            var firstDate = FirstDate(by, date);
            if (start is { } instant && firstDate != firstDateOfPeriod)
            {
                starts.Add(instant);
                firstDateOfPeriod = firstDate;
            }

            periodOfDate[date - first] = starts.Count - 1;
        }

        var spans = new List<PeriodSpan>();
        foreach (var (date, begin, end) in dates)
        {
            var period = periodOfDate[date - first];
            if (spans is [.., var before] && before.Period == period)
                spans[^1] = before with { End = end };
            else
                spans.Add(new PeriodSpan(period, begin, end));
        }

        return new Periods([.. starts], [.. spans]);
    }

    // The date a period that holds this date begins with, whether or not the zone had it.
    private static int FirstDate(Period by, int date)
    {
        switch (by)
        {
            case Period.Day:
                return date;
            case Period.Week:
                // 1970-01-01 was a Thursday.
                return date - (int)FloorModulo(date + 3, 7);
            case Period.Month:
                return date - (DateTime.UnixEpoch.AddDays(date).Day - 1);
            default:
                throw new ArgumentOutOfRangeException(nameof(by));
        }
    }

    // Null where the zone never had that date.
    private long? FirstInstantOf(int date)
    {
        var (begin, end) = (date * Day, (date + 1) * Day);
        for (
            var stretch = RangeOf(begin - WidestOffset);
            stretch < _from.Length && _from[stretch] < end + WidestOffset;
            stretch++
        )
        {
            var instant = stretch == 0 ? begin - _offset[0] : Math.Max(_from[stretch], begin - _offset[stretch]);
            var next = stretch + 1 < _from.Length ? _from[stretch + 1] : long.MaxValue;
            if (instant < next && instant + _offset[stretch] < end)
                return instant;
        }

        return null;
    }

    private int DateOf(long time) => (int)FloorDivide(time + _offset[RangeOf(time)], Day);

    private int RangeOf(long time)
    {
        var found = Array.BinarySearch(_from, time);
        return found >= 0 ? found : Math.Max(0, ~found - 1);
    }

    private static long FloorDivide(long value, long by) => (value - FloorModulo(value, by)) / by;

    private static long FloorModulo(long value, long by) => ((value % by) + by) % by;

    private static long FloorTo(long value, long unit) => value - FloorModulo(value, unit);

    private static long CeilingTo(long value, long unit) => FloorTo(value + unit - 1, unit);
}
