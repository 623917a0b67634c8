using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Domain.Trades;

/// <summary>A trade as the alerts made it, with when those that opened and closed it came.</summary>
public sealed record DeliveredTrade(
    string TradeId,
    bool IsLong,
    DateTime EntryTime,
    decimal EntryPrice,
    DateTime EntryReceivedAt,
    DateTime? ExitTime,
    decimal? ExitPrice,
    DateTime? ExitReceivedAt
);

/// <summary>What became of an alert that came and is part of no trade.</summary>
public enum UnusedOutcome
{
    /// <summary>An entry while a trade of its direction was open.</summary>
    Ignored,

    /// <summary>An exit with nothing open.</summary>
    Unmatched,

    /// <summary>An administrator took it out.</summary>
    Voided,
}

/// <summary>An alert that came and is part of no trade.</summary>
/// <param name="IsEntry">Else an exit.</param>
/// <param name="IsLong"><c>null</c> where it names no direction.</param>
public sealed record UnusedAlert(string AlertId, bool IsEntry, bool? IsLong, DateTime Time, UnusedOutcome Outcome);

/// <summary>What still counts as the same.</summary>
/// <param name="Time">Between the list's time, moved by the offset, and the alert's.</param>
/// <param name="PricePercentage">Of the list's price.</param>
/// <param name="Delay">From an alert's timestamp to its arrival.</param>
public sealed record Tolerances(TimeSpan Time, decimal PricePercentage, TimeSpan Delay);

/// <summary>What is to be said of a trade that both have.</summary>
[Flags]
public enum Remarks
{
    None = 0,

    /// <summary>The alert of the entry came late.</summary>
    EntryReceivedLate = 1,
    ExitReceivedLate = 2,
    EntryTime = 4,
    ExitTime = 8,
    EntryPrice = 16,
    ExitPrice = 32,

    /// <summary>
    /// Closed in the list, and open here: the alert of the exit did not come, or came for another trade.
    /// </summary>
    ExitMissing = 64,

    /// <summary>Open in the list, and closed here.</summary>
    ExitExtra = 128,
}

/// <summary>A trade of the list, of the alerts, or of both.</summary>
/// <param name="Unused">Of a listed trade that was not delivered: the alert that came all the same.</param>
public sealed record Pair(ListedTrade? Listed, DeliveredTrade? Delivered, Remarks Remarks, UnusedAlert? Unused = null);

/// <summary>Everything compared, by the time of the entry.</summary>
/// <param name="Offset">From the list's times to the alerts'.</param>
/// <param name="Window">How far an entry was looked for from where it should be.</param>
/// <param name="Delays">From the timestamps of the alerts of the matched trades to their arrival, ascending.</param>
public sealed record Reconciled(
    TimeSpan Offset,
    TimeSpan Window,
    IReadOnlyList<TimeSpan> Delays,
    IReadOnlyList<Pair> Pairs
)
{
    /// <summary>
    /// The shortest delay that is at least as long as this share of them; <c>null</c> where there are none.
    /// </summary>
    public TimeSpan? Delay(int percentile) =>
        Delays.Count == 0 ? null : Delays[Math.Max(0, (int)Math.Ceiling(Delays.Count * percentile / 100.0) - 1)];
}

/// <summary>What is compared.</summary>
/// <param name="Listed">The whole list.</param>
/// <param name="Delivered">The trades that the alerts made; recorded ones are none.</param>
/// <param name="Unused">The alerts of the stream that made none.</param>
/// <param name="Bar">How long the bars of the timeframe are; <c>null</c> where it does not say.</param>
/// <param name="Offset">From the list's times to the alerts'; <c>null</c> to find it.</param>
/// <param name="From">Only trades that enter at or after this, by the alerts' clock.</param>
/// <param name="To">Only trades that enter before this.</param>
public sealed record ReconciliationInput(
    IReadOnlyList<ListedTrade> Listed,
    IReadOnlyList<DeliveredTrade> Delivered,
    IReadOnlyList<UnusedAlert> Unused,
    TimeSpan? Bar,
    TimeSpan? Offset,
    Tolerances Tolerances,
    DateTime? From = null,
    DateTime? To = null
);

/// <summary>
/// Which trades of a list are which trades of the alerts. A pure function: the order of neither side matters.
/// </summary>
public static class Matching
{
    /// <summary>Of a timeframe that is a label nobody knows how long its bars are.</summary>
    private static readonly TimeSpan UnknownBar = TimeSpan.FromHours(1);

    // What one entry is compared with; more lie within a bar only where something else is wrong.
    private const int NeighboursMax = 16;
    private const int LooksMax = 256;

    private const int OffsetsTried = 8;

    public static Reconciled Reconcile(ReconciliationInput compared)
    {
        var (bar, tolerances) = (compared.Bar, compared.Tolerances);
        var list = compared
            .Listed.OrderBy(trade => trade.EntryTime)
            .ThenBy(trade => trade.ExitTime ?? DateTime.MaxValue)
            .ThenBy(trade => trade.Number)
            .ToList();
        var alerts = compared
            .Delivered.OrderBy(trade => trade.EntryTime)
            .ThenBy(trade => trade.TradeId, StringComparer.Ordinal)
            .ToList();
        var reach = bar ?? UnknownBar;
        var found = compared.Offset ?? FindOffset(list, alerts, reach, bar, tolerances);
        var window = reach > tolerances.Time ? reach : tolerances.Time;
        var candidates = new List<(TimeSpan Entry, TimeSpan Exit, decimal Price, int Listed, int Delivered)>();
        foreach (var (i, trade) in list.Index())
        {
            foreach (var j in Near(alerts, trade, found, window))
            {
                var other = alerts[j];
                var exit =
                    trade.ExitTime is { } end && other.ExitTime is { } otherEnd
                        ? (end + found - otherEnd).Duration()
                        : TimeSpan.Zero;
                candidates.Add(
                    (
                        (trade.EntryTime + found - other.EntryTime).Duration(),
                        exit,
                        Math.Abs(trade.EntryPrice - other.EntryPrice),
                        i,
                        j
                    )
                );
            }
        }

        // The nearest first, and each only once.
        candidates.Sort();
        var (partner, taken) = (new int?[list.Count], new bool[alerts.Count]);
        foreach (var (_, _, _, i, j) in candidates)
        {
            if (partner[i] is not null || taken[j])
                continue;
            partner[i] = j;
            taken[j] = true;
        }

        var usual = Median([
            .. alerts.Where((_, j) => taken[j]).Select(trade => trade.EntryReceivedAt - trade.EntryTime),
        ]);
        // A script that sends the time at which its bar opened sends it when the bar closes: that is no delay.
        var isInTime = tolerances with
        {
            Delay = tolerances.Delay + (usual >= bar && usual <= bar + tolerances.Delay ? bar.Value : TimeSpan.Zero),
        };
        var unused = new Unused(compared.Unused, found, tolerances.Time);
        var pairs = list.Select(
                (trade, i) =>
                    partner[i] is { } j
                        ? new Pair(trade, alerts[j], Compare(trade, alerts[j], found, isInTime))
                        : new Pair(trade, null, Remarks.None, unused.Take(trade))
            )
            .Concat(
                alerts
                    .Where((trade, j) => !taken[j] && IsWithin(list, trade, found, window))
                    .Select(trade => new Pair(null, trade, Remarks.None))
            )
            // Both sides by one clock, and a pair by its one time: so neither half of it is cut off.
            .Where(pair => !(TimeOf(pair) < compared.From) && !(TimeOf(pair) >= compared.To))
            .OrderBy(TimeOf)
            .ThenBy(pair => pair.Listed is null)
            .ToList();
        return new Reconciled(found, window, [.. pairs.SelectMany(DelaysOf).Order()], pairs);

        DateTime TimeOf(Pair pair) => pair.Delivered?.EntryTime ?? (pair.Listed!.EntryTime + found);
    }

    private static IEnumerable<TimeSpan> DelaysOf(Pair pair)
    {
        if (pair is not { Listed: not null, Delivered: { } delivered })
            yield break;
        yield return delivered.EntryReceivedAt - delivered.EntryTime;
        if (delivered.ExitReceivedAt - delivered.ExitTime is { } exit)
            yield return exit;
    }

    /// <summary>Alerts that made no trade, each of which explains one listed trade at most.</summary>
    private sealed class Unused
    {
        private readonly List<UnusedAlert> _entries;
        private readonly List<UnusedAlert> _exits;
        private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
        private readonly TimeSpan _offset;
        private readonly TimeSpan _tolerance;

        public Unused(IEnumerable<UnusedAlert> alerts, TimeSpan offset, TimeSpan tolerance)
        {
            var all = alerts
                .OrderBy(alert => alert.Time)
                .ThenBy(alert => alert.AlertId, StringComparer.Ordinal)
                .ToList();
            (_entries, _exits) = (all.FindAll(alert => alert.IsEntry), all.FindAll(alert => !alert.IsEntry));
            (_offset, _tolerance) = (offset, tolerance);
        }

        // The entry says more than the exit.
        public UnusedAlert? Take(ListedTrade trade)
        {
            var found =
                Nearest(_entries, trade.EntryTime + _offset, trade.IsLong)
                ?? (trade.ExitTime is { } exit ? Nearest(_exits, exit + _offset, trade.IsLong) : null);
            if (found is not null)
                _taken.Add(found.AlertId);
            return found;
        }

        private UnusedAlert? Nearest(List<UnusedAlert> alerts, DateTime expected, bool isLong)
        {
            UnusedAlert? nearest = null;
            for (
                var i = FirstAtOrAfter(alerts, expected - _tolerance, alert => alert.Time);
                i < alerts.Count && alerts[i].Time <= expected + _tolerance;
                i++
            )
            {
                if (alerts[i].IsLong is { } direction && direction != isLong || _taken.Contains(alerts[i].AlertId))
                    continue;
                if (nearest is null || (alerts[i].Time - expected).Duration() < (nearest.Time - expected).Duration())
                    nearest = alerts[i];
            }

            return nearest;
        }
    }

    private static int FirstAtOrAfter<T>(List<T> sorted, DateTime time, Func<T, DateTime> timeOf)
    {
        var (low, high) = (0, sorted.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (timeOf(sorted[middle]) < time)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    // What was traded before the list begins or after it was exported is not missing from it. With a trade still open,
    // it goes on.
    private static bool IsWithin(List<ListedTrade> list, DeliveredTrade trade, TimeSpan offset, TimeSpan window) =>
        list.Count > 0
        && trade.EntryTime >= list[0].EntryTime + offset - window
        && (
            list.Exists(listed => listed.ExitTime is null)
            || trade.EntryTime <= list.Max(listed => listed.ExitTime!.Value) + offset + window
        );

    private static TimeSpan? Median(List<TimeSpan> delays)
    {
        delays.Sort();
        return delays.Count == 0 ? null : delays[delays.Count / 2];
    }

    /// <summary>
    /// The list has the time at which the bar of a fill opened; a script may send the time at which the bar of its
    /// signal opened or closed. So there may be a bar between the two, or what is left of a day: a constant, which the
    /// trades themselves tell best.
    /// </summary>
    private static TimeSpan FindOffset(
        List<ListedTrade> list,
        List<DeliveredTrade> alerts,
        TimeSpan reach,
        TimeSpan? bar,
        Tolerances tolerances
    )
    {
        var votes = new Dictionary<TimeSpan, (int All, int AtPrice)>();
        foreach (var trade in list)
        {
            foreach (var j in Near(alerts, trade, TimeSpan.Zero, reach + tolerances.Time))
            {
                var difference = alerts[j].EntryTime - trade.EntryTime;
                var (all, atPrice) = votes.GetValueOrDefault(difference);
                votes[difference] = (
                    all + 1,
                    atPrice + (IsOff(trade.EntryPrice, alerts[j].EntryPrice, tolerances) ? 0 : 1)
                );
            }
        }

        if (votes.Count == 0)
            return TimeSpan.Zero;
        // None, a bar, and what most of them differ by. The simplest that explains as many as any other, and of those
        // most at their prices.
        List<TimeSpan> offsets = [TimeSpan.Zero];
        if (bar is { } length)
            offsets.AddRange([length, -length]);
        var inOrder = votes.OrderBy(vote => vote.Key.Duration()).ThenByDescending(vote => vote.Key).ToList();
        offsets.AddRange(inOrder.OrderByDescending(vote => vote.Value.All).Take(OffsetsTried).Select(vote => vote.Key));
        offsets.AddRange(
            inOrder.OrderByDescending(vote => vote.Value.AtPrice).Take(OffsetsTried).Select(vote => vote.Key)
        );
        return offsets
            .Distinct()
            .Select(offset => (Offset: offset, Fit: Fit(list, alerts, offset, tolerances)))
            .MaxBy(candidate => candidate.Fit)
            .Offset;
    }

    // How many of the list an offset explains, and how many at their price.
    private static (int Explained, int AtPrice) Fit(
        List<ListedTrade> list,
        List<DeliveredTrade> alerts,
        TimeSpan offset,
        Tolerances tolerances
    )
    {
        var (explained, atPrice) = (0, 0);
        foreach (var trade in list)
        {
            var near = Near(alerts, trade, offset, tolerances.Time).ToList();
            explained += near.Count > 0 ? 1 : 0;
            atPrice += near.Exists(j => !IsOff(trade.EntryPrice, alerts[j].EntryPrice, tolerances)) ? 1 : 0;
        }

        return (explained, atPrice);
    }

    // The nearest first, outwards from where the entry should be.
    private static IEnumerable<int> Near(
        List<DeliveredTrade> alerts,
        ListedTrade trade,
        TimeSpan offset,
        TimeSpan window
    )
    {
        var expected = trade.EntryTime + offset;
        var first = FirstAtOrAfter(alerts, expected, alert => alert.EntryTime);
        var (before, after, found) = (first - 1, first, 0);
        for (var looks = 0; looks < LooksMax && found < NeighboursMax; looks++)
        {
            var down = before >= 0 ? expected - alerts[before].EntryTime : TimeSpan.MaxValue;
            var up = after < alerts.Count ? alerts[after].EntryTime - expected : TimeSpan.MaxValue;
            if (down > window && up > window)
                yield break;
            var next = up <= down ? after++ : before--;
            if (alerts[next].IsLong != trade.IsLong)
                continue;
            found++;
            yield return next;
        }
    }

    private static Remarks Compare(ListedTrade listed, DeliveredTrade delivered, TimeSpan offset, Tolerances tolerances)
    {
        var remarks = Remarks.None;
        if (delivered.EntryReceivedAt - delivered.EntryTime > tolerances.Delay)
            remarks |= Remarks.EntryReceivedLate;
        if ((delivered.EntryTime - listed.EntryTime - offset).Duration() > tolerances.Time)
            remarks |= Remarks.EntryTime;
        if (IsOff(listed.EntryPrice, delivered.EntryPrice, tolerances))
            remarks |= Remarks.EntryPrice;
        if (listed.ExitTime is null || delivered.ExitTime is null)
        {
            return remarks
                | (listed.ExitTime is not null ? Remarks.ExitMissing : Remarks.None)
                | (delivered.ExitTime is not null ? Remarks.ExitExtra : Remarks.None);
        }

        if (delivered.ExitReceivedAt - delivered.ExitTime > tolerances.Delay)
            remarks |= Remarks.ExitReceivedLate;
        if ((delivered.ExitTime.Value - listed.ExitTime.Value - offset).Duration() > tolerances.Time)
            remarks |= Remarks.ExitTime;
        if (IsOff(listed.ExitPrice!.Value, delivered.ExitPrice!.Value, tolerances))
            remarks |= Remarks.ExitPrice;
        return remarks;
    }

    // Both are below 10^15: nothing overflows.
    private static bool IsOff(decimal listed, decimal delivered, Tolerances tolerances) =>
        Math.Abs(delivered - listed) * 100 > tolerances.PricePercentage * listed;
}
