using System.Runtime.CompilerServices;

namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// Where each row stands among the keys that a breakdown is by; rows are asked for in the order of the ledger.
/// </summary>
internal struct GroupPositions
{
    private const long Hour = 60 * 60 * 1000;
    private const long Day = 24 * Hour;

    private readonly LedgerColumns _ledger;
    private readonly GroupBy _by;

    // Of what a stream has: for each stream the position of its key.
    private readonly int[] _ofStream;
    private LocalClock _clock;
    private long _date = long.MinValue;
    private int _ofDate;

    /// <param name="first">The first row that will be asked for.</param>
    public GroupPositions(LedgerColumns ledger, ZoneCalendar calendar, GroupBy by, int first)
    {
        (_ledger, _by, _clock) = (ledger, by, calendar.ClockFrom(ledger.ExitTime[first]));
        (Keys, _ofStream) = by switch
        {
            _ when IsOfStream(by) => ByStream(ledger, stream => new GroupKeys(WordOf(stream, by))),
            GroupBy.Side => (
                [new GroupKeys(new GroupKey(LedgerFilter.Long, 0)), new GroupKeys(new GroupKey(LedgerFilter.Short, 0))],
                []
            ),
            GroupBy.Weekday => (Numbers(1, 7), []),
            GroupBy.Hour => (Numbers(0, 24), []),
            _ => (Numbers(1, 12), []),
        };
    }

    // Two things that a stream has: of all pairs of them only few are there.
    private GroupPositions(LedgerColumns ledger, GroupBy one, GroupBy other)
    {
        (_ledger, _by) = (ledger, one);
        (Keys, _ofStream) = ByStream(ledger, stream => new GroupKeys(WordOf(stream, one), WordOf(stream, other)));
    }

    /// <summary>
    /// Every key there may be, in order: words in ordinal order, long before short, numbers ascending.
    /// </summary>
    public GroupKeys[] Keys { get; }

    public static bool IsOfStream(GroupBy by) => by is GroupBy.Symbol or GroupBy.Timeframe or GroupBy.Strategy;

    public static GroupPositions OfStreams(LedgerColumns ledger, GroupBy one, GroupBy other) => new(ledger, one, other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(int row)
    {
        switch (_by)
        {
            case GroupBy.Symbol or GroupBy.Timeframe or GroupBy.Strategy:
                return _ofStream[_ledger.Stream[row]];
            case GroupBy.Side:
                return _ledger.IsShort[row] ? 1 : 0;
            default:
                // No exit is before 1970, on any clock.
                var (localDate, time) = Math.DivRem(_clock.Local(_ledger.ExitTime[row]), Day);
                if (localDate != _date)
                    (_date, _ofDate) = (localDate, _by == GroupBy.Month ? MonthOf(localDate) : WeekdayOf(localDate));
                return _by == GroupBy.Hour ? (int)(time / Hour) : _ofDate;
        }
    }

    private static (GroupKeys[] Keys, int[] OfStream) ByStream(
        LedgerColumns ledger,
        Func<LedgerStream, GroupKeys> keyOf
    )
    {
        var ofStream = ledger.Streams.Select(keyOf).ToList();
        GroupKeys[] ordered =
        [
            .. ofStream
                .Distinct()
                .OrderBy(key => key.First.Word, StringComparer.Ordinal)
                .ThenBy(key => key.Second?.Word, StringComparer.Ordinal),
        ];
        var position = ordered.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        return (ordered, [.. ofStream.Select(key => position[key])]);
    }

    private static GroupKey WordOf(LedgerStream stream, GroupBy by) =>
        new(
            by switch
            {
                GroupBy.Symbol => stream.Symbol,
                GroupBy.Timeframe => stream.Timeframe,
                _ => stream.Strategy ?? "",
            },
            0
        );

    private static GroupKeys[] Numbers(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => new GroupKeys(new GroupKey(null, number)))];

    // Positions among the keys. 1970-01-01 was a Thursday.
    private static int WeekdayOf(long date) => (int)((date + 3) % 7);

    private static int MonthOf(long date) => DateTime.UnixEpoch.AddDays(date).Month - 1;
}
