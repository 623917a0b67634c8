using System.Globalization;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query;

public sealed class ZoneCalendarTests
{
    private const long Minute = 60_000;

    public static TheoryData<string, Period, string, string> Starts =>
        new()
        {
            // Zone, period, times, starts of every period from the first time's to the last's.
            {
                "UTC",
                Period.Hour,
                "2026-11-22T06:28Z 2026-11-22T09:00Z",
                "2026-11-22T06:00Z 2026-11-22T07:00Z 2026-11-22T08:00Z 2026-11-22T09:00Z"
            },
            {
                "UTC",
                Period.Day,
                "2026-02-28T23:59Z 2026-03-02T00:00Z",
                "2026-02-28T00:00Z 2026-03-01T00:00Z 2026-03-02T00:00Z"
            },
            { "UTC", Period.Week, "2026-11-22T23:59Z 2026-11-23T00:00Z", "2026-11-16T00:00Z 2026-11-23T00:00Z" },
            {
                "UTC",
                Period.Month,
                "2025-12-31T23:59Z 2026-03-01T00:00Z",
                "2025-12-01T00:00Z 2026-01-01T00:00Z 2026-02-01T00:00Z 2026-03-01T00:00Z"
            },
            // A zone of half an hour: hours start at :30 UTC.
            {
                "Asia/Kolkata",
                Period.Hour,
                "2026-11-22T06:29Z 2026-11-22T06:30Z",
                "2026-11-22T05:30Z 2026-11-22T06:30Z"
            },
            {
                "Asia/Kathmandu",
                Period.Day,
                "2026-11-22T18:14Z 2026-11-22T18:15Z",
                "2026-11-21T18:15Z 2026-11-22T18:15Z"
            },
            // A day of 23 hours, one of 25, and the hour that is repeated.
            {
                "Europe/Berlin",
                Period.Day,
                "2026-03-28T12:00Z 2026-03-30T12:00Z",
                "2026-03-27T23:00Z 2026-03-28T23:00Z 2026-03-29T22:00Z"
            },
            {
                "Europe/Berlin",
                Period.Day,
                "2026-10-24T12:00Z 2026-10-26T12:00Z",
                "2026-10-23T22:00Z 2026-10-24T22:00Z 2026-10-25T23:00Z"
            },
            {
                "Europe/Berlin",
                Period.Hour,
                "2026-10-25T00:10Z 2026-10-25T02:10Z",
                "2026-10-25T00:00Z 2026-10-25T01:00Z 2026-10-25T02:00Z"
            },
            // Midnight itself is skipped: the day starts at one.
            {
                "America/Sao_Paulo",
                Period.Day,
                "2018-11-03T12:00Z 2018-11-05T12:00Z",
                "2018-11-03T03:00Z 2018-11-04T03:00Z 2018-11-05T02:00Z"
            },
            {
                "Asia/Beirut",
                Period.Day,
                "2022-03-26T12:00Z 2022-03-28T12:00Z",
                "2022-03-25T22:00Z 2022-03-26T22:00Z 2022-03-27T21:00Z"
            },
            // The clock goes back at midnight to eleven of the evening before, which has 25 hours.
            {
                "America/Sao_Paulo",
                Period.Day,
                "2018-02-17T12:00Z 2018-02-18T12:00Z",
                "2018-02-17T02:00Z 2018-02-18T03:00Z"
            },
            // The date 2011-12-30 never was.
            {
                "Pacific/Apia",
                Period.Day,
                "2011-12-29T20:00Z 2011-12-31T20:00Z",
                "2011-12-29T10:00Z 2011-12-30T10:00Z 2011-12-31T10:00Z"
            },
            // Half an hour of daylight saving: from two straight to half past, and no hour starts in between.
            {
                "Australia/Lord_Howe",
                Period.Hour,
                "2024-10-05T14:40Z 2024-10-05T16:10Z",
                "2024-10-05T14:30Z 2024-10-05T16:00Z"
            },
            {
                "Australia/Lord_Howe",
                Period.Hour,
                "2024-04-06T14:10Z 2024-04-06T15:40Z",
                "2024-04-06T14:00Z 2024-04-06T15:30Z"
            },
            // Half past two and later belong to the hour that began at one: it began before the clock was changed.
            { "Australia/Lord_Howe", Period.Hour, "2024-10-05T15:40Z", "2024-10-05T14:30Z" },
        };

    [Theory]
    [MemberData(nameof(Starts))]
    public void Every_period_from_the_first_to_the_last_is_there(string zone, Period by, string times, string starts)
    {
        var periods = Calendar(zone).Divide(by, Times(times));
        Assert.Equal(Times(starts), periods.Starts);
        Assert.Equal(0, periods.Spans[0].Period);
        Assert.Equal(periods.Starts.Length - 1, periods.Spans[^1].Period);
    }

    public static TheoryData<string, string> Windows =>
        new()
        {
            // Zone, the date around which its clocks were changed.
            { "UTC", "2026-02-28" },
            { "Europe/Berlin", "2026-03-29" },
            { "Europe/Berlin", "2026-10-25" },
            { "America/New_York", "2026-03-08" },
            { "America/New_York", "2026-11-01" },
            { "Asia/Kolkata", "2026-01-01" },
            { "Asia/Beirut", "2022-03-27" },
            { "Asia/Beirut", "2022-10-30" },
            { "Asia/Beirut", "2023-03-26" },
            { "America/Sao_Paulo", "2018-02-18" },
            { "America/Sao_Paulo", "2018-11-04" },
            { "Australia/Lord_Howe", "2024-04-07" },
            { "Australia/Lord_Howe", "2024-10-06" },
            { "Pacific/Apia", "2011-12-30" },
            { "Pacific/Kiritimati", "2026-05-01" },
            // Changed at one minute past midnight: a minute of the next day comes before the last hour of this one.
            { "America/St_Johns", "2010-11-07" },
            { "America/St_Johns", "2010-03-14" },
            // Changed by half an hour at half past eleven, and at midnight.
            { "Asia/Pyongyang", "2018-05-05" },
            { "Asia/Pyongyang", "2015-08-15" },
            { "America/Caracas", "2016-05-01" },
            { "Africa/Casablanca", "2026-02-15" },
            { "Antarctica/Troll", "2026-10-25" },
        };

    [Theory]
    [MemberData(nameof(Windows))]
    public void Agrees_with_looking_at_every_minute_of_the_clock(string zone, string around)
    {
        var naive = new NaiveCalendar(TimeZoneInfo.FindSystemTimeZoneById(zone), Time(around + "T00:00Z"));
        var random = new Random(20261122);
        foreach (var by in Enum.GetValues<Period>())
        {
            for (var round = 0; round < 20; round++)
            {
                var times = Enumerable
                    .Range(0, random.Next(1, 40))
                    .Select(_ => naive.Middle + (long)((random.NextDouble() - 0.5) * 6 * 1440 * Minute))
                    .Order()
                    .ToArray();
                var periods = Calendar(zone).Divide(by, times);
                Assert.Equal(naive.Starts(by, times), periods.Starts);
                Assert.Equal(
                    times.Select(time => naive.Start(by, time)),
                    PeriodOfEach(periods).Select(period => periods.Starts[period])
                );
            }
        }
    }

    [Fact]
    public void Without_times_there_are_no_periods()
    {
        Assert.Empty(Calendar("UTC").Divide(Period.Day, Array.Empty<long>()).Starts);
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("UTC")]
    [InlineData("Etc/UTC")]
    [InlineData("GMT")]
    [InlineData("Etc/GMT+5")]
    [InlineData("America/Argentina/Buenos_Aires")]
    public void A_name_of_the_database_is_a_zone(string name)
    {
        Assert.True(TimeZones.TryFind(name, out var zone));
        Assert.Equal(name, zone.Id);
        // In another letter case it is none, whether or not the right one was asked for before.
        Assert.False(TimeZones.TryFind(name.ToLowerInvariant(), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Mars/Olympus")]
    [InlineData("Eastern Standard Time")]
    [InlineData("+02:00")]
    [InlineData("../UTC")]
    [InlineData("/etc/localtime")]
    [InlineData("localtime")]
    [InlineData("posixrules")]
    [InlineData("right/UTC")]
    [InlineData("zone.tab")]
    [InlineData("Europe/Berlin\0")]
    public void Anything_else_is_none(string name)
    {
        Assert.False(TimeZones.TryFind(name, out _));
    }

    // None is left out and none is there twice.
    private static IEnumerable<int> PeriodOfEach(Periods periods)
    {
        var next = 0;
        foreach (var (period, begin, end) in periods.Spans)
        {
            Assert.True(begin == next && end > begin, $"{begin}..{end} after {next}");
            for (; next < end; next++)
                yield return period;
        }
    }

    private static ZoneCalendar Calendar(string zone) => ZoneCalendar.Of(TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static long Time(string text) =>
        DateTimeOffset
            .ParseExact(text, "yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            .ToUnixTimeMilliseconds();

    private static long[] Times(string texts) => [.. texts.Split(' ').Select(Time)];

    /// <summary>The same questions, answered by reading the local clock minute by minute, 40 days either way.</summary>
    private sealed class NaiveCalendar
    {
        private readonly List<(long Time, DateTime Local)> _clock = [];
        private readonly Dictionary<(Period, DateTime), long> _first = [];

        public NaiveCalendar(TimeZoneInfo zone, long middle)
        {
            Middle = middle;
            for (var minute = -40 * 1440; minute <= 5 * 1440; minute++)
            {
                var time = middle + (minute * Minute);
                var local = TimeZoneInfo.ConvertTimeFromUtc(DateTime.UnixEpoch.AddMilliseconds(time), zone);
                _clock.Add((time, local));
                foreach (var by in new[] { Period.Day, Period.Week, Period.Month })
                    _first.TryAdd((by, Key(by, local)), time);
            }
        }

        public long Middle { get; }

        public long Start(Period by, long time) =>
            by == Period.Hour ? LastFullHour(time) : _first[(by, Key(by, Local(time)))];

        public long[] Starts(Period by, long[] times)
        {
            if (by == Period.Hour)
            {
                var first = LastFullHour(times[0]);
                return
                [
                    .. _clock
                        .Where(tick => tick.Local.Minute == 0 && tick.Time >= first && tick.Time <= times[^1])
                        .Select(tick => tick.Time),
                ];
            }

            var keys = times.Select(time => Key(by, Local(time))).ToList();
            return
            [
                .. _first
                    .Where(first =>
                        first.Key.Item1 == by && first.Key.Item2 >= keys.Min() && first.Key.Item2 <= keys.Max()
                    )
                    .Select(first => first.Value)
                    .Order(),
            ];
        }

        private int Index(long time) => (int)((time - _clock[0].Time) / Minute);

        private DateTime Local(long time) => _clock[Index(time)].Local;

        private long LastFullHour(long time)
        {
            var index = Index(time);
            while (_clock[index].Local.Minute != 0)
                index--;
            return _clock[index].Time;
        }

        private static DateTime Key(Period by, DateTime local) =>
            by switch
            {
                Period.Day => local.Date,
                Period.Week => local.Date.AddDays(-(((int)local.DayOfWeek + 6) % 7)),
                _ => new DateTime(local.Year, local.Month, 1),
            };
    }
}
