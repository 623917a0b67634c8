namespace PnlPipeline.Domain.Statistics;

/// <summary>What a series is divided by.</summary>
public enum Period
{
    Hour,
    Day,
    Week,
    Month,
}

/// <summary>Some of a list of ascending times that follow one another and belong to one period.</summary>
/// <param name="Period">The position of the period.</param>
/// <param name="Begin">The position of the first of the times.</param>
/// <param name="End">One past the last.</param>
public readonly record struct PeriodSpan(int Period, int Begin, int End);

/// <summary>
/// Periods one after the other, idle ones too, and which of a list of ascending times belong to each.
/// </summary>
/// <param name="Starts">The first instant of each, Unix milliseconds, ascending.</param>
/// <param name="Spans">
/// All times, in their order; none is empty. Periods ascend with them but for a clock put back over midnight, which
/// goes through the end of a date twice.
/// </param>
public sealed record Periods(long[] Starts, PeriodSpan[] Spans)
{
    public static readonly Periods None = new([], []);
}
