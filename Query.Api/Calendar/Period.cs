namespace PnlPipeline.Query.Api.Calendar;

/// <summary>What a series is divided by.</summary>
public enum Period
{
    Hour,
    Day,
    Week,
    Month,
}

/// <summary>Periods one after the other, idle ones too, and the period each of a list of times belongs to.</summary>
/// <param name="Starts">The first instant of each, Unix milliseconds, ascending.</param>
/// <param name="PeriodOf">For each time, in the order given: its position in <paramref name="Starts"/>.</param>
public sealed record Periods(long[] Starts, int[] PeriodOf)
{
    public static readonly Periods None = new([], []);
}
