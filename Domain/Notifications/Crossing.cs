using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Notifications;

/// <summary>Where a rule with a limit stands in a batch.</summary>
/// <param name="IsOver">It was over its limit, and has not come back far enough.</param>
/// <param name="Day">Of a daily loss: the local date that is counted, as <c>yyyyMMdd</c>; else 0.</param>
/// <param name="DayCapital">The capital before that day's first row.</param>
public readonly record struct CrossingState(bool IsOver, int Day, decimal DayCapital);

/// <summary>A row that took a rule over its limit.</summary>
/// <param name="Value">In percent.</param>
public readonly record struct Crossed(long Seq, DateTime At, double Value);

/// <summary>
/// Rules with a limit over a batch's rows, with hysteresis: one that fired fires again only after it has come back to
/// nine tenths of its limit.
/// </summary>
public static class Crossing
{
    private const double BackAt = 0.9;

    /// <summary>Whether it is over after this value, and whether that is news.</summary>
    public static (bool IsOver, bool Fires) Step(bool wasOver, double value, double limit) =>
        value >= limit ? (true, !wasOver) : (wasOver && value > limit * BackAt, false);

    /// <summary>
    /// Where a rule stands that was never asked, or is another since: what is over already is no crossing.
    /// </summary>
    /// <param name="of">Of a daily loss: the day counted so far.</param>
    public static CrossingState Begin(string kind, in LedgerState state, decimal limit, CrossingState of = default) =>
        of with
        {
            IsOver = kind switch
            {
                RuleKinds.Drawdown => Drawdown(state) >= (double)limit,
                RuleKinds.DailyLoss => Loss(of.DayCapital, state) >= (double)limit,
                _ => state.RuinedSeq is not null,
            },
        };

    /// <summary>Goes on through rows that were added to a ledger, in order.</summary>
    /// <param name="before">What the first of them goes on from.</param>
    /// <param name="since">Rows whose trade closed earlier are history, and fire nothing.</param>
    /// <returns>Where the rule stands now, and the first row that fired.</returns>
    public static (CrossingState State, Crossed? Fired) Go(
        string kind,
        decimal limit,
        TimeZoneInfo zone,
        CrossingState state,
        LedgerState before,
        IEnumerable<LedgerRow> rows,
        DateTime since
    )
    {
        Crossed? fired = null;
        foreach (var row in rows)
        {
            if (kind == RuleKinds.DailyLoss && DayOf(row.ExitTime, zone) is var day && day != state.Day)
                state = new CrossingState(false, day, before.AvailableCapital);
            var value = kind switch
            {
                RuleKinds.Drawdown => Drawdown(row.State),
                RuleKinds.DailyLoss => Loss(state.DayCapital, row.State),
                _ => row.State.RuinedSeq is null ? 0 : 100,
            };
            var (isOver, fires) = Step(state.IsOver, value, kind == RuleKinds.Ruin ? 100 : (double)limit);
            state = state with { IsOver = isOver };
            if (fires && row.ExitTime >= since)
                fired ??= new Crossed(row.State.Seq, row.ExitTime, value);
            before = row.State;
        }

        return (state, fired);
    }

    private static double Drawdown(in LedgerState state) =>
        state.PeakCapital > 0 ? (double)((state.PeakCapital - state.AvailableCapital) / state.PeakCapital * 100) : 0;

    private static double Loss(decimal dayCapital, in LedgerState state) =>
        dayCapital > 0 ? (double)((dayCapital - state.AvailableCapital) / dayCapital * 100) : 0;

    private static int DayOf(DateTime utc, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(utc, zone);
        return (local.Year * 10_000) + (local.Month * 100) + local.Day;
    }
}
