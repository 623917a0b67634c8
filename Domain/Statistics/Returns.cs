using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>The returns of a calendar year, as fractions.</summary>
/// <param name="Months">
/// January to December: the equity at the month's end over that at its beginning, less 1. 0 where it was idle;
/// <c>null</c> before the first month of the span and after its last, and where it began at or under 0.
/// </param>
/// <param name="Total">The months compounded: the same of the whole year. <c>null</c> where the year began at or under
/// 0.</param>
public sealed record YearOfReturns(int Year, IReadOnlyList<double?> Months, double? Total);

/// <summary>Returns by month: a pure function of a selection and a calendar.</summary>
public static class Returns
{
    private const int MonthsAYear = 12;

    /// <summary>Every year of the span of <see cref="Selection.Divide"/>.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public static IReadOnlyList<YearOfReturns> ByMonth(Selection rows, ZoneCalendar calendar, long now)
    {
        if (rows.Count == 0)
            return [];

        var periods = rows.Divide(calendar, Period.Month, now);
        var equity = Series.CapitalByPeriod(rows, periods, cumulative: true).Value;
        var first = DateTime.UnixEpoch.AddMilliseconds(calendar.ClockFrom(periods.Starts[0]).Local(periods.Starts[0]));

        // Periods are months one after the other, so the position of one is known from the first.
        var years = new List<YearOfReturns>();
        for (var (period, month) = (0, first.Month - 1); period < equity.Length; month = 0)
        {
            var begin = EquityBefore(period);
            var months = new double?[MonthsAYear];
            for (; month < MonthsAYear && period < equity.Length; month++, period++)
                months[month] = Return(EquityBefore(period), equity[period]);
            years.Add(new YearOfReturns(first.Year + years.Count, months, Return(begin, equity[period - 1])));
        }

        return years;

        FixedPoint EquityBefore(int period) => period == 0 ? rows.InitialEquity : equity[period - 1];
    }

    private static double? Return(FixedPoint begin, FixedPoint end) =>
        begin > FixedPoint.Zero ? Ratio.Of(end - begin, begin) : null;
}
