namespace PnlPipeline.Database;

public static class DatabaseClock
{
    /// <summary>
    /// Now, as the database keeps it: UTC in whole milliseconds, cut and not rounded, so that it is never ahead.
    /// </summary>
    public static DateTime GetDatabaseTime(this TimeProvider clock)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
    }
}
