namespace PnlPipeline.Domain.Alerts;

/// <summary>Whether an alert came when it should have.</summary>
public static class Lateness
{
    /// <summary>
    /// How far an alert's time and its arrival differ by more than they may: above 0 it came late, below 0 before its
    /// time. <see cref="TimeSpan.Zero"/> where it came in time.
    /// </summary>
    /// <param name="bar">
    /// The bar of its timeframe, <c>null</c> where that says nothing of time. Scripts send the time at which a bar
    /// opened, at its close: that much later is in time.
    /// </param>
    /// <param name="allowed">What it may differ beside that.</param>
    public static TimeSpan Of(DateTime timestamp, DateTime receivedAt, TimeSpan? bar, TimeSpan allowed)
    {
        var late = receivedAt - timestamp;
        return late > allowed + (bar ?? TimeSpan.Zero) || late < -allowed ? late : TimeSpan.Zero;
    }
}
