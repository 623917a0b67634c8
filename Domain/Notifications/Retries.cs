namespace PnlPipeline.Domain.Notifications;

/// <summary>When a delivery that failed is tried again, and when it is given up.</summary>
public static class Retries
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>A message that old helps nobody.</summary>
    public static TimeSpan GivenUpAfter { get; } = TimeSpan.FromDays(1);

    /// <param name="attempts">Made so far, at least one.</param>
    /// <param name="retryAfter">What the channel asked for; it is waited for however long, up to a day.</param>
    /// <returns>When to try again; <c>null</c>: it is given up.</returns>
    public static DateTime? Next(int attempts, DateTime createdAt, DateTime now, TimeSpan? retryAfter)
    {
        var pause = First * Math.Pow(2, Math.Min(attempts - 1, 20));
        if (pause > Longest)
            pause = Longest;
        if (retryAfter > pause)
            pause = retryAfter.Value;
        var end = createdAt + GivenUpAfter;
        // The last attempt is made at the end itself, so that a day is a day.
        return now >= end ? null
            : now + pause < end ? now + pause
            : end;
    }
}
