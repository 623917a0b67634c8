using PnlPipeline.Query.Api.Calendar;
using PnlPipeline.Query.Api.LedgerView;
using PnlPipeline.Query.Api.Statistics;

namespace PnlPipeline.Query.Api.Compare;

/// <summary>Compares accounts day by day: a pure function of their rows and a calendar.</summary>
public static class Comparing
{
    private const string Day = "day";

    /// <param name="accounts">At least one.</param>
    public static Comparison Of(IReadOnlyList<Account> accounts, ZoneCalendar calendar)
    {
        var (each, days) = AccountDays.Of(accounts, calendar);
        return new Comparison(
            Day,
            calendar.Name,
            days,
            Array.ConvertAll(each, own => new ComparedBatch(
                own.Account.BatchId, own.Account.Name, own.Account.Capital, Rebased(own, days.Length), own.Account.Statistics)),
            Correlations(each),
            Sum(each, days.Length));
    }

    private static double?[] Rebased(AccountDays own, int days)
    {
        var change = new double?[days];
        for (var day = own.First; day < days; day++)
            change[day] = ChangePercentage(own.Account.Capital, own.EquityOn(day));
        return change;
    }

    private static double?[][] Correlations(AccountDays[] each)
    {
        var matrix = Array.ConvertAll(each, _ => new double?[each.Length]);
        for (var row = 0; row < each.Length; row++)
        {
            for (var column = 0; column <= row; column++)
            {
                var correlation = Correlation(each[row], each[column]);
                // With itself it is 1 but for rounding, or undefined.
                matrix[row][column] = matrix[column][row] = row == column && correlation is not null ? 1 : correlation;
            }
        }

        return matrix;
    }

    private static double? Correlation(AccountDays one, AccountDays other)
    {
        var (first, end) = (Math.Max(one.First, other.First), Math.Min(one.End, other.End));
        return end <= first
            ? null
            : DailyReturns.Correlation(one.Returns.AsSpan(first - one.First, end - first), other.Returns.AsSpan(first - other.First, end - first));
    }

    private static SummedAccount Sum(AccountDays[] each, int days)
    {
        var capital = Amount.Zero;
        foreach (var own in each)
            capital += own.Account.Capital;
        var begun = Array.FindAll(each, own => own.Equity.Length > 0);
        if (begun.Length == 0)
            return new SummedAccount(capital, Amount.Zero, [], [], [], [], null, null);

        var curve = new EquityCurve(capital, begun.Min(own => TimeInMarket.Of(own.Account.Rows).EarliestEntry));
        var daily = new DayCurve(capital, days);
        var lastExit = AddInOrder(begun, ref curve, ref daily);
        curve.End(lastExit);
        daily.End(curve);

        var value = daily.Equity();
        var (drawdown, drawdownPercentage) = daily.Drawdowns();
        return new SummedAccount(
            capital,
            curve.Equity - capital,
            value,
            Array.ConvertAll(value, equity => ChangePercentage(capital, equity)),
            drawdown,
            drawdownPercentage,
            curve.MaxDrawdown,
            curve.MaxDrawdownPercentage);
    }

    // In the order of a ledger, by exit and entry time; of one instant, the batch with the lower id first.
    private static long AddInOrder(AccountDays[] accounts, ref EquityCurve curve, ref DayCurve daily)
    {
        var each = accounts.OrderBy(own => own.Account.BatchId).ToArray();
        var (next, span) = (new int[each.Length], new int[each.Length]);
        var exit = Array.ConvertAll(each, own => ExitOf(own, 0));
        var last = 0L;
        while (true)
        {
            var (first, earliest) = (0, exit[0]);
            for (var other = 1; other < exit.Length; other++)
            {
                if (exit[other] <= earliest && (exit[other] < earliest || IsEarlier(other, first)))
                    (first, earliest) = (other, exit[other]);
            }

            if (earliest == long.MaxValue)
                return last;

            last = earliest;
            var own = each[first];
            var row = next[first]++;
            if (row == own.Spans[span[first]].End)
                span[first]++;
            daily.Begin(own.First + own.Spans[span[first]].Period, curve);
            curve.Add(own.Account.Rows.Pnl(row), last);
            exit[first] = ExitOf(own, row + 1);
        }

        bool IsEarlier(int one, int other) =>
            exit[one] < long.MaxValue && EntryOf(each[one], next[one]) < EntryOf(each[other], next[other]);
    }

    private static long ExitOf(AccountDays own, int row) =>
        row < own.Account.Rows.Count ? own.Account.Rows.Ledger.ExitTime[own.Account.Rows.Row(row)] : long.MaxValue;

    private static long EntryOf(AccountDays own, int row) => own.Account.Rows.Ledger.EntryTime[own.Account.Rows.Row(row)];

    private static double? ChangePercentage(Amount from, Amount to) =>
        from > Amount.Zero ? Ratio.Of((to - from).Units * 100, from.Units) : null;
}
