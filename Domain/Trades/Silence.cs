namespace PnlPipeline.Domain.Trades;

/// <summary>When a stream has fallen silent: without an alert for longer than its own pauses explain.</summary>
public static class Silence
{
    /// <summary>Alerts looked at: the last ones, of one instant counted once.</summary>
    public const int Alerts = 51;

    private const int EnoughPauses = 10;
    private const int Bars = 200;

    /// <summary>Shorter pauses are nothing to speak of.</summary>
    public static TimeSpan Least { get; } = TimeSpan.FromHours(1);

    /// <summary>After so long without an alert a stream has ended.</summary>
    public static TimeSpan Ended { get; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long a stream may be without an alert: twice the longest pause among its last alerts, or, of fewer than 11,
    /// 200 bars; never less than an hour.
    /// </summary>
    /// <param name="times">Of its last alerts, in any order.</param>
    /// <param name="bar">The bar of its timeframe, <c>null</c> where that says nothing of time.</param>
    /// <returns><c>null</c> where it cannot be told.</returns>
    public static TimeSpan? Allowed(IEnumerable<DateTime> times, TimeSpan? bar)
    {
        List<DateTime> ordered = [.. times.Distinct().OrderDescending().Take(Alerts)];
        TimeSpan? usual =
            ordered.Count > EnoughPauses ? 2 * ordered.Zip(ordered.Skip(1), (later, earlier) => later - earlier).Max()
            : ordered.Count > 0 && bar is { } length ? Bars * length
            : null;
        return usual < Least ? Least : usual;
    }
}
