namespace PnlPipeline.Domain.Trades;

/// <summary>How long the bars of a timeframe are.</summary>
public static class BarLength
{
    /// <summary>Nobody has longer bars; what says it has is not to take dates out of the calendar.</summary>
    private const int DaysMax = 366;

    /// <param name="timeframe">Canonical.</param>
    /// <returns><c>null</c> where it is a label that says nothing of time. A month counts as its longest.</returns>
    public static TimeSpan? Of(string timeframe)
    {
        var digits = timeframe.TrimEnd('S', 'D', 'W', 'M');
        if (timeframe.Length - digits.Length > 1 || digits.Length is 0 or > 6 || !digits.All(char.IsAsciiDigit))
            return null;
        var count = int.Parse(digits);
        var length = timeframe[^1] switch
        {
            'S' => TimeSpan.FromSeconds(count),
            'D' => TimeSpan.FromDays(Math.Min(count, DaysMax)),
            'W' => TimeSpan.FromDays(7 * Math.Min(count, DaysMax)),
            'M' => TimeSpan.FromDays(31 * Math.Min(count, DaysMax)),
            _ => TimeSpan.FromMinutes(count),
        };
        return length < TimeSpan.FromDays(DaysMax) ? length : TimeSpan.FromDays(DaysMax);
    }
}
