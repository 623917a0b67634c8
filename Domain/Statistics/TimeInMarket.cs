namespace PnlPipeline.Domain.Statistics;

/// <summary>When trades were open, and for how long the shortest and the longest.</summary>
/// <param name="EarliestEntry">Unix milliseconds.</param>
/// <param name="LastExit">Unix milliseconds.</param>
/// <param name="Open">Milliseconds with at least one of them open.</param>
/// <param name="ShortestHolding">Milliseconds.</param>
/// <param name="LongestHolding">Milliseconds.</param>
public readonly record struct TimeInMarket(
    long EarliestEntry,
    long LastExit,
    long Open,
    long ShortestHolding,
    long LongestHolding
)
{
    public long Total => LastExit - EarliestEntry;

    /// <param name="rows">At least one.</param>
    public static TimeInMarket Of(Selection rows)
    {
        // Exits ascend. From the last one back, what touches the stretch at hand makes it longer; what ends before it
        // begins a new one.
        var (entries, exits) = (rows.Ledger.EntryTime, rows.Ledger.ExitTime);
        var lastExit = exits[rows.Row(rows.Count - 1)];
        var (from, to, open) = (lastExit, lastExit, 0L);
        var (shortest, longest) = (long.MaxValue, long.MinValue);
        for (var i = rows.Count - 1; i >= 0; i--)
        {
            var row = rows.Row(i);
            var (entry, exit) = (entries[row], exits[row]);
            if (exit < from)
            {
                open += to - from;
                (from, to) = (exit, exit);
            }

            from = Math.Min(from, entry);
            shortest = Math.Min(shortest, exit - entry);
            longest = Math.Max(longest, exit - entry);
        }

        return new TimeInMarket(from, lastExit, open + to - from, shortest, longest);
    }
}
