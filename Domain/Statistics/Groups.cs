using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>What a breakdown is by.</summary>
public enum GroupBy
{
    Symbol,
    Timeframe,
    Strategy,
    Side,
    Weekday,
    Hour,
    Month,
}

/// <summary>Selected rows that have something in common.</summary>
/// <param name="Key">
/// A symbol, timeframe, strategy (empty: none), side or tag (empty: none); a weekday (1–7 from Monday), hour (0–23) or
/// month (1–12) of the exit. By two of these, a list of both.
/// </param>
/// <param name="Trades">How many, at least one.</param>
/// <param name="Wins">Those with a pnl above 0.</param>
/// <param name="WinRate">Wins / trades.</param>
/// <param name="Pnl">Their sum, exact.</param>
/// <param name="AverageChange">The mean change, net of fees, in percent.</param>
/// <param name="ProfitFactor">Profits / |losses|; null without losses.</param>
/// <param name="Share">Pnl / net profit of the whole selection; null where that is 0.</param>
public sealed record Group(
    GroupKeys Key,
    int Trades,
    int Wins,
    double WinRate,
    FixedPoint Pnl,
    double AverageChange,
    double? ProfitFactor,
    double? Share
);

/// <summary>
/// The breakdown of a selection: a pure function of it and, by weekday, hour and month, of a calendar.
/// </summary>
public static class Groups
{
    /// <summary>
    /// The groups that have a row: words in ordinal order (long before short), numbers ascending; by two, those of the
    /// first come first.
    /// </summary>
    /// <param name="second">Another one than <paramref name="by"/>: a group is then of what both have in
    /// common.</param>
    public static IReadOnlyList<Group> Of(Selection rows, ZoneCalendar calendar, GroupBy by, GroupBy? second = null)
    {
        if (rows.Count == 0)
            return [];

        var (ledger, first) = (rows.Ledger, rows.Row(0));
        if (second is { } other && GroupPositions.IsOfStream(by) && GroupPositions.IsOfStream(other))
            return ByOne(rows, GroupPositions.OfStreams(ledger, by, other));
        var positions = new GroupPositions(ledger, calendar, by, first);
        return second is { } within
            ? ByTwo(rows, positions, new GroupPositions(ledger, calendar, within, first))
            : ByOne(rows, positions);
    }

    /// <summary>
    /// By tag, in ordinal order, those without one first: a trade with several counts in each, so that groups may come
    /// to more than the whole. The share is of the whole.
    /// </summary>
    /// <param name="tags">Of trades that have any.</param>
    public static IReadOnlyList<Group> ByTag(Selection rows, IReadOnlyDictionary<AlertId, IReadOnlyList<string>> tags)
    {
        var (ledger, netProfit) = (rows.Ledger, rows.Pnl(0, rows.Count));
        var tallies = new Dictionary<string, Tally>(StringComparer.Ordinal);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows.Row(i);
            foreach (var tag in tags.TryGetValue(rows.TradeId(i), out var own) && own.Count > 0 ? own : Untagged)
            {
                var tally = tallies.GetValueOrDefault(tag);
                tally.Add(ledger.Pnl[row], ledger.ChangePercentage[row]);
                tallies[tag] = tally;
            }
        }

        return
        [
            .. tallies
                .OrderBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => one.Value.ToGroup(new GroupKeys(new GroupKey(one.Key, 0)), netProfit)),
        ];
    }

    private static readonly IReadOnlyList<string> Untagged = [""];

    private static List<Group> ByOne(Selection rows, GroupPositions positions)
    {
        var (ledger, tallies) = (rows.Ledger, new Tally[positions.Keys.Length]);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows.Row(i);
            tallies[positions.Of(row)].Add(ledger.Pnl[row], ledger.ChangePercentage[row]);
        }

        return Named(tallies, i => positions.Keys[i]);
    }

    private static List<Group> ByTwo(Selection rows, GroupPositions positions, GroupPositions within)
    {
        var width = within.Keys.Length;
        var (ledger, tallies) = (rows.Ledger, new Tally[positions.Keys.Length * width]);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows.Row(i);
            tallies[(positions.Of(row) * width) + within.Of(row)].Add(ledger.Pnl[row], ledger.ChangePercentage[row]);
        }

        return Named(tallies, i => new GroupKeys(positions.Keys[i / width].First, within.Keys[i % width].First));
    }

    private static List<Group> Named(Tally[] tallies, Func<int, GroupKeys> keyOf)
    {
        var netProfit = FixedPoint.Zero;
        foreach (var tally in tallies)
            netProfit += tally.Pnl;
        var groups = new List<Group>();
        for (var i = 0; i < tallies.Length; i++)
        {
            if (tallies[i].Trades > 0)
                groups.Add(tallies[i].ToGroup(keyOf(i), netProfit));
        }

        return groups;
    }

    private struct Tally
    {
        private int _wins;
        private FixedPoint _profit;
        private FixedPoint _loss;
        private FixedPoint _change;

        public int Trades { get; private set; }

        public readonly FixedPoint Pnl => _profit + _loss;

        public void Add(FixedPoint pnl, FixedPoint change)
        {
            Trades++;
            _change += change;
            if (pnl > FixedPoint.Zero)
            {
                _wins++;
                _profit += pnl;
            }
            else
            {
                _loss += pnl;
            }
        }

        public readonly Group ToGroup(GroupKeys key, FixedPoint netProfit) =>
            new(
                key,
                Trades,
                _wins,
                Ratio.Of(_wins, Trades),
                Pnl,
                Ratio.Mean(_change, Trades),
                _loss == FixedPoint.Zero ? null : Ratio.Of(_profit.Units, -_loss.Units),
                netProfit == FixedPoint.Zero ? null : Ratio.Of(Pnl, netProfit)
            );
    }
}
