using PnlPipeline.Query.Api.Calendar;
using PnlPipeline.Query.Api.LedgerView;
using PnlPipeline.Query.Api.Statistics;

namespace PnlPipeline.Query.Api.Charts;

/// <summary>The returns of a calendar year, as fractions.</summary>
/// <param name="Months">
/// January to December: the equity at the month's end over that at its beginning, less 1. 0 where it was idle; <c>null</c> before the first
/// selected trade's month and after the last's, and where it began at or under 0.
/// </param>
/// <param name="Total">The months compounded: the same of the whole year. <c>null</c> where the year began at or under 0.</param>
public sealed record YearOfReturns(int Year, IReadOnlyList<double?> Months, double? Total);

/// <summary>Returns by month: a pure function of a selection and a calendar.</summary>
public static class Returns
{
    private const int MonthsAYear = 12;

    /// <summary>Every year from the first selected exit's to the last's.</summary>
    public static IReadOnlyList<YearOfReturns> ByMonth(Selection rows, ZoneCalendar calendar)
    {
        if (rows.Count == 0)
            return [];

        var periods = calendar.Divide(Period.Month, rows.ExitTimes);
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

        Amount EquityBefore(int period) => period == 0 ? rows.InitialEquity : equity[period - 1];
    }

    private static double? Return(Amount begin, Amount end) => begin > Amount.Zero ? Ratio.Of(end - begin, begin) : null;
}
