using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>Compares accounts day by day: a pure function of their rows and a calendar.</summary>
public static class Comparing
{
    private const string Day = "day";

    /// <param name="accounts">At least one.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="weighting"><c>null</c> where no weights are asked for.</param>
    public static Comparison Of(
        IReadOnlyList<Account> accounts,
        ZoneCalendar calendar,
        long now,
        Weighting? weighting = null
    )
    {
        var (each, days) = AccountDays.Of(accounts, calendar, now);
        var suggestion = weighting?.Suggest is { } how ? Suggest(how, each, days) : null;
        var (weighted, unweighted) =
            weighting is not null && (weighting.Weights ?? suggestion?.Weights) is { } weights
                ? Weighted(weighting, weights, each, days, calendar)
                : default;
        return new Comparison(
            Day,
            calendar.Name,
            days,
            Array.ConvertAll(
                each,
                own => new ComparedBatch(
                    own.Account.BatchId,
                    own.Account.Name,
                    own.Account.Capital,
                    own.Equity.Length == 0 ? null : new SeriesStart<double>(days[own.First], 0),
                    Rebased(own, days.Length),
                    own.Account.Statistics
                )
            ),
            Correlations(each),
            Array.ConvertAll(each, own => Array.ConvertAll(each, other => Common(own, other).Count)),
            Sum(each, days),
            suggestion,
            weighted,
            unweighted
        );
    }

    // Of the days that all have a return of.
    private static SuggestedWeights Suggest(WeightSuggestion how, AccountDays[] each, long[] days)
    {
        var first = each.Max(own => own.FirstReturn);
        var count = each.Min(own => own.FirstReturn + own.Returns.Length) - first;
        if (count <= 0)
            return new SuggestedWeights(null, null, null, 0);
        return new SuggestedWeights(
            Weights.Suggest(
                how,
                Array.ConvertAll(each, own => own.Returns.AsSpan(first - own.FirstReturn, count).ToArray())
            ),
            days[first],
            days[first + count - 1],
            count
        );
    }

    // In those parts, and as the capitals are.
    private static (WeightedAccount? Weighted, WeightedAccount? Unweighted) Weighted(
        Weighting weighting,
        IReadOnlyList<double> weights,
        AccountDays[] each,
        long[] days,
        ZoneCalendar calendar
    )
    {
        var initial = Array.ConvertAll(each, own => (double)own.Account.Capital.Units / 1e8);
        var capital = initial.Sum();
        if (capital <= 0)
            return default;
        var equity = Array.ConvertAll(
            each,
            own => Enumerable.Range(0, days.Length).Select(day => (double)own.EquityOn(day).Units / 1e8).ToArray()
        );
        HashSet<int> months = weighting.IsMonthly
            ? [.. calendar.Divide(Period.Month, days).Spans.Select(span => span.Begin)]
            : [];
        return (
            WeightedAccount.Of(capital, weights, equity, initial, months, weighting.Annualization),
            WeightedAccount.Of(
                capital,
                Array.ConvertAll(initial, own => own / capital),
                equity,
                initial,
                new HashSet<int>(),
                weighting.Annualization
            )
        );
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
        var (first, days) = Common(one, other);
        return days == 0
            ? null
            : DailyReturns.Correlation(
                one.Returns.AsSpan(first - one.FirstReturn, days),
                other.Returns.AsSpan(first - other.FirstReturn, days)
            );
    }

    // The days that both have a return of.
    private static (int First, int Count) Common(AccountDays one, AccountDays other)
    {
        var first = Math.Max(one.FirstReturn, other.FirstReturn);
        var end = Math.Min(one.FirstReturn + one.Returns.Length, other.FirstReturn + other.Returns.Length);
        return (first, Math.Max(0, end - first));
    }

    private static SummedAccount Sum(AccountDays[] each, long[] days)
    {
        var capital = FixedPoint.Zero;
        foreach (var own in each)
            capital += own.Account.Capital;
        var begun = Array.FindAll(each, own => own.Equity.Length > 0);
        if (begun.Length == 0)
            return new SummedAccount(capital, FixedPoint.Zero, null, [], [], [], [], null, null);

        var curve = new EquityCurve(capital, begun.Min(own => TimeInMarket.Of(own.Account.Rows).EarliestEntry));
        var daily = new DayCurve(capital, days.Length);
        var lastExit = AddInOrder(begun, ref curve, ref daily);
        curve.End(lastExit);
        daily.End(curve);

        var value = daily.Equity();
        var (drawdown, drawdownPercentage) = daily.Drawdowns();
        return new SummedAccount(
            capital,
            curve.Equity - capital,
            new SeriesStart<FixedPoint>(days[0], capital),
            value,
            Array.ConvertAll(value, equity => ChangePercentage(capital, equity)),
            drawdown,
            drawdownPercentage,
            curve.MaxDrawdown,
            curve.MaxDrawdownPercentage
        );
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

    private static long EntryOf(AccountDays own, int row) =>
        own.Account.Rows.Ledger.EntryTime[own.Account.Rows.Row(row)];

    private static double? ChangePercentage(FixedPoint from, FixedPoint to) =>
        from > FixedPoint.Zero ? Ratio.Of((to - from).Units * 100, from.Units) : null;
}
