namespace PnlPipeline.Domain.Notifications;

/// <summary>When a daily summary is due.</summary>
public static class DailySchedule
{
    /// <summary>
    /// The last time at or before now at which it was due, and the local date it is of. Where the clock is put forward
    /// over that time of day, it is due when it has been; where it is put back, at the first of both.
    /// </summary>
    /// <param name="now">UTC.</param>
    public static (DateTime Due, DateOnly Date) Last(DateTime now, TimeOnly time, TimeZoneInfo zone)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(now, zone));
        // A day is between 23 and 25 hours long: it is one of these.
        for (var date = today.AddDays(1); ; date = date.AddDays(-1))
        {
            var due = ToUtc(date.ToDateTime(time), zone);
            if (due <= now)
                return (due, date);
        }
    }

    /// <summary>The first instant of a local date.</summary>
    public static DateTime StartOf(DateOnly date, TimeZoneInfo zone) => ToUtc(date.ToDateTime(TimeOnly.MinValue), zone);

    private static DateTime ToUtc(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(1);
        // Of a time that comes twice the larger offset is the earlier.
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);
    }
}
