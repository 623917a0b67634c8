namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// Between the database's UTC times, which carry no kind, and the milliseconds of series and cursors.
/// </summary>
public static class UnixTime
{
    public static long ToUnixMilliseconds(this DateTime utc) =>
        (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    public static DateTime FromUnixMilliseconds(long milliseconds) =>
        DateTime.UnixEpoch.AddTicks(milliseconds * TimeSpan.TicksPerMillisecond);

    /// <summary>Reads what a cursor of ours holds: whole milliseconds of a year that the database has.</summary>
    public static bool TryParse(string text, out DateTime utc)
    {
        const int maxDigits = 14; // the year 5138
        var isTime = text.Length is > 0 and <= maxDigits && text.All(char.IsAsciiDigit);
        utc = isTime ? FromUnixMilliseconds(long.Parse(text)) : default;
        return isTime;
    }
}
