using PnlPipeline.Query.Api.Calendar;
using PnlPipeline.Query.Api.LedgerView;
using PnlPipeline.Query.Api.Statistics;

namespace PnlPipeline.Query.Api.Breakdown;

/// <summary>What a breakdown is by.</summary>
public enum GroupBy
{
    Symbol,
    Timeframe,
    Side,
    Weekday,
    Hour,
    Month,
}

/// <summary>Selected rows that have something in common.</summary>
/// <param name="Key">A symbol, timeframe or side; a weekday (1–7 from Monday), hour (0–23) or month (1–12) of the exit.</param>
/// <param name="Trades">How many, at least one.</param>
/// <param name="Wins">Those with a pnl above 0.</param>
/// <param name="WinRate">Wins / trades.</param>
/// <param name="Pnl">Their sum, exact.</param>
/// <param name="AverageChange">The mean change, net of fees, in percent.</param>
/// <param name="ProfitFactor">Profits / |losses|; null without losses.</param>
/// <param name="Share">Pnl / net profit of the whole selection; null where that is 0.</param>
public sealed record Group(
    GroupKey Key, int Trades, int Wins, double WinRate, Amount Pnl, double AverageChange, double? ProfitFactor, double? Share);

/// <summary>The breakdown of a selection: a pure function of it and, by weekday, hour and month, of a calendar.</summary>
public static class Groups
{
    private const long Hour = 60 * 60 * 1000;
    private const long Day = 24 * Hour;

    /// <summary>The groups that have a row: words in ordinal order (long before short), numbers ascending.</summary>
    public static IReadOnlyList<Group> Of(Selection rows, ZoneCalendar calendar, GroupBy by)
    {
        if (rows.Count == 0)
            return [];

        var (keys, keyOfStream) = KeysOf(rows.Ledger, by);
        var tallies = new Tally[keys.Length];
        Add(rows, calendar, by, keyOfStream, tallies);

        var netProfit = Amount.Zero;
        foreach (var tally in tallies)
            netProfit += tally.Pnl;
        var groups = new List<Group>();
        for (var i = 0; i < keys.Length; i++)
        {
            if (tallies[i].Trades > 0)
                groups.Add(tallies[i].ToGroup(keys[i], netProfit));
        }

        return groups;
    }

    private static void Add(Selection rows, ZoneCalendar calendar, GroupBy by, int[] keyOfStream, Tally[] tallies)
    {
        var ledger = rows.Ledger;
        var clock = calendar.ClockFrom(ledger.ExitTime[rows.Row(0)]);
        var (date, ofDate) = (long.MinValue, 0);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows.Row(i);
            int key;
            switch (by)
            {
                case GroupBy.Symbol or GroupBy.Timeframe:
                    key = keyOfStream[ledger.Stream[row]];
                    break;
                case GroupBy.Side:
                    key = ledger.IsShort[row] ? 1 : 0;
                    break;
                default:
                    // No exit is before 1970, on any clock.
                    var (localDate, time) = Math.DivRem(clock.Local(ledger.ExitTime[row]), Day);
                    if (localDate != date)
                        (date, ofDate) = (localDate, by == GroupBy.Month ? MonthOf(localDate) : WeekdayOf(localDate));
                    key = by == GroupBy.Hour ? (int)(time / Hour) : ofDate;
                    break;
            }

            tallies[key].Add(ledger.Pnl[row], ledger.ChangePercentage[row]);
        }
    }

    // Every key there may be, in order, and for each stream the position of its own.
    private static (GroupKey[] Keys, int[] KeyOfStream) KeysOf(LedgerColumns ledger, GroupBy by)
    {
        switch (by)
        {
            case GroupBy.Symbol or GroupBy.Timeframe:
                var words = ledger.Streams.Select(stream => by == GroupBy.Symbol ? stream.Symbol : stream.Timeframe).ToList();
                var ordered = words.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
                return (
                    Array.ConvertAll(ordered, word => new GroupKey(word, 0)),
                    [.. words.Select(word => Array.BinarySearch(ordered, word, StringComparer.Ordinal))]);
            case GroupBy.Side:
                return ([new GroupKey(LedgerFilter.Long, 0), new GroupKey(LedgerFilter.Short, 0)], []);
            case GroupBy.Weekday:
                return (Numbers(1, 7), []);
            case GroupBy.Hour:
                return (Numbers(0, 24), []);
            default:
                return (Numbers(1, 12), []);
        }
    }

    private static GroupKey[] Numbers(int first, int count) => [.. Enumerable.Range(first, count).Select(number => new GroupKey(null, number))];

    // Positions among the keys. 1970-01-01 was a Thursday.
    private static int WeekdayOf(long date) => (int)((date + 3) % 7);

    private static int MonthOf(long date) => DateTime.UnixEpoch.AddDays(date).Month - 1;

    private struct Tally
    {
        private int _wins;
        private Amount _profit;
        private Amount _loss;
        private Amount _change;

        public int Trades { get; private set; }

        public readonly Amount Pnl => _profit + _loss;

        public void Add(Amount pnl, Amount change)
        {
            Trades++;
            _change += change;
            if (pnl > Amount.Zero)
            {
                _wins++;
                _profit += pnl;
            }
            else
            {
                _loss += pnl;
            }
        }

        public readonly Group ToGroup(GroupKey key, Amount netProfit) => new(
            key,
            Trades,
            _wins,
            Ratio.Of(_wins, Trades),
            Pnl,
            Ratio.Mean(_change, Trades),
            _loss == Amount.Zero ? null : Ratio.Of(_profit.Units, -_loss.Units),
            netProfit == Amount.Zero ? null : Ratio.Of(Pnl, netProfit));
    }
}
