namespace PnlPipeline.Query.Api.Reconciliation;

/// <summary>A trade as the list has it.</summary>
/// <param name="Number">As it stands there.</param>
/// <param name="ExitTime">UTC, like <paramref name="EntryTime"/>; <c>null</c> while it is open.</param>
public sealed record ListedTrade(string Number, bool IsLong, DateTime EntryTime, decimal EntryPrice, DateTime? ExitTime, decimal? ExitPrice);

/// <summary>A trade as the alerts made it, with when those that opened and closed it came.</summary>
public sealed record DeliveredTrade(
    string TradeId,
    bool IsLong,
    DateTime EntryTime,
    decimal EntryPrice,
    DateTime EntryReceivedAt,
    DateTime? ExitTime,
    decimal? ExitPrice,
    DateTime? ExitReceivedAt);

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

    /// <summary>Closed in the list, and open here: the alert of the exit did not come, or came for another trade.</summary>
    ExitMissing = 64,

    /// <summary>Open in the list, and closed here.</summary>
    ExitExtra = 128,
}

/// <summary>A trade of the list, of the alerts, or of both.</summary>
public sealed record Pair(ListedTrade? Listed, DeliveredTrade? Delivered, Remarks Remarks);

/// <summary>Everything compared, by the time of the entry.</summary>
/// <param name="Offset">From the list's times to the alerts'.</param>
/// <param name="Window">How far an entry was looked for from where it should be.</param>
/// <param name="UsualDelay">From an alert's timestamp to its arrival, the median of the entries matched; <c>null</c> where none is.</param>
public sealed record Reconciled(TimeSpan Offset, TimeSpan Window, TimeSpan? UsualDelay, IReadOnlyList<Pair> Pairs);

/// <summary>Which trades of a list are which trades of the alerts. A pure function: the order of neither side matters.</summary>
public static class Matching
{
    /// <summary>Of a timeframe that is a label nobody knows how long its bars are.</summary>
    private static readonly TimeSpan UnknownBar = TimeSpan.FromHours(1);

    // What one entry is compared with; more lie within a bar only where something else is wrong.
    private const int NeighboursMax = 16;
    private const int LooksMax = 256;

    /// <param name="bar">How long the bars of the timeframe are; <c>null</c> where it does not say.</param>
    /// <param name="offset">From the list's times to the alerts'; <c>null</c> to find it.</param>
    public static Reconciled Reconcile(
        IEnumerable<ListedTrade> listed, IEnumerable<DeliveredTrade> delivered, TimeSpan? bar, TimeSpan? offset, Tolerances tolerances)
    {
        var list = listed.OrderBy(trade => trade.EntryTime).ThenBy(trade => trade.ExitTime ?? DateTime.MaxValue).ThenBy(trade => trade.Number, StringComparer.Ordinal).ToList();
        var alerts = delivered.OrderBy(trade => trade.EntryTime).ThenBy(trade => trade.TradeId, StringComparer.Ordinal).ToList();
        var reach = bar ?? UnknownBar;
        var found = offset ?? FindOffset(list, alerts, reach, bar, tolerances.Time);
        var window = reach > tolerances.Time ? reach : tolerances.Time;
        var candidates = new List<(TimeSpan Entry, TimeSpan Exit, decimal Price, int Listed, int Delivered)>();
        foreach (var (i, trade) in list.Index())
        {
            foreach (var j in Near(alerts, trade, found, window))
            {
                var other = alerts[j];
                var exit = trade.ExitTime is { } end && other.ExitTime is { } otherEnd ? (end + found - otherEnd).Duration() : TimeSpan.Zero;
                candidates.Add(((trade.EntryTime + found - other.EntryTime).Duration(), exit, Math.Abs(trade.EntryPrice - other.EntryPrice), i, j));
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

        var usual = Median([.. alerts.Where((_, j) => taken[j]).Select(trade => trade.EntryReceivedAt - trade.EntryTime)]);
        // A script that sends the time at which its bar opened sends it when the bar closes: that is no delay.
        var inTime = tolerances with { Delay = tolerances.Delay + (usual >= bar && usual <= bar + tolerances.Delay ? bar.Value : TimeSpan.Zero) };
        var pairs = list.Select((trade, i) => partner[i] is { } j
                ? new Pair(trade, alerts[j], Compare(trade, alerts[j], found, inTime))
                : new Pair(trade, null, Remarks.None))
            .Concat(alerts.Where((trade, j) => !taken[j] && IsWithin(list, trade, found, window)).Select(trade => new Pair(null, trade, Remarks.None)))
            .OrderBy(pair => pair.Listed is { } trade ? trade.EntryTime + found : pair.Delivered!.EntryTime)
            .ThenBy(pair => pair.Listed is null);
        return new Reconciled(found, window, usual, [.. pairs]);
    }

    // What was traded before the list begins or after it was exported is not missing from it. With a trade still open, it goes on.
    private static bool IsWithin(List<ListedTrade> list, DeliveredTrade trade, TimeSpan offset, TimeSpan window) =>
        list.Count > 0
        && trade.EntryTime >= list[0].EntryTime + offset - window
        && (list.Exists(listed => listed.ExitTime is null) || trade.EntryTime <= list.Max(listed => listed.ExitTime!.Value) + offset + window);

    private static TimeSpan? Median(List<TimeSpan> delays)
    {
        delays.Sort();
        return delays.Count == 0 ? null : delays[delays.Count / 2];
    }

    /// <summary>
    /// The list has the time at which the bar of a fill opened; a script may send the time at which the bar of its signal opened or closed. So there may be a
    /// bar between the two, or what is left of a day: a constant, which the trades themselves tell best.
    /// </summary>
    private static TimeSpan FindOffset(
        List<ListedTrade> list, List<DeliveredTrade> alerts, TimeSpan reach, TimeSpan? bar, TimeSpan tolerance)
    {
        var votes = new Dictionary<TimeSpan, int>();
        foreach (var trade in list)
        {
            foreach (var j in Near(alerts, trade, TimeSpan.Zero, reach + tolerance))
            {
                var difference = alerts[j].EntryTime - trade.EntryTime;
                votes[difference] = votes.GetValueOrDefault(difference) + 1;
            }
        }

        if (votes.Count == 0)
            return TimeSpan.Zero;
        // None, a bar, and what most of them differ by. The simplest that explains as many as any other.
        List<TimeSpan> offsets = [TimeSpan.Zero];
        if (bar is { } length)
            offsets.AddRange([length, -length]);
        offsets.AddRange(votes.OrderByDescending(vote => vote.Value).ThenBy(vote => vote.Key.Duration()).ThenByDescending(vote => vote.Key).Take(8).Select(vote => vote.Key));
        return offsets.Index()
            .Select(candidate => (candidate.Index, candidate.Item, Explained: list.Count(trade => Near(alerts, trade, candidate.Item, tolerance).Any())))
            .OrderByDescending(candidate => candidate.Explained)
            .ThenBy(candidate => candidate.Index)
            .First()
            .Item;
    }

    // The nearest first, outwards from where the entry should be.
    private static IEnumerable<int> Near(List<DeliveredTrade> alerts, ListedTrade trade, TimeSpan offset, TimeSpan window)
    {
        var expected = trade.EntryTime + offset;
        var (low, high) = (0, alerts.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (alerts[middle].EntryTime < expected)
                low = middle + 1;
            else
                high = middle;
        }

        var (before, after, found) = (low - 1, low, 0);
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
