using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>A batch to be compared: the selected rows of its ledger.</summary>
/// <param name="Capital">What it begins with.</param>
public sealed record Account(long BatchId, string Name, FixedPoint Capital, Selection Rows, BatchStatistics Statistics)
{
    /// <summary>
    /// What a selection begins with: the capital before its first row; where it is empty, the capital at the time it
    /// begins.
    /// </summary>
    /// <param name="settled">The batch's capital by its settings, for a ledger without rows.</param>
    public static FixedPoint CapitalOf(Selection rows, LedgerFilter filter, FixedPoint settled)
    {
        if (rows.Count > 0)
            return rows.InitialEquity;

        var since = Selection.Of(rows.Ledger, LedgerFilter.None with { From = filter.From });
        if (since.Count > 0)
            return since.InitialEquity;
        return rows.Ledger.Count > 0 ? rows.Ledger.AvailableCapital[rows.Ledger.Count - 1] : settled;
    }
}

/// <summary>An account day by day, on a calendar that it shares with others.</summary>
/// <param name="First">The position of its first day in theirs.</param>
/// <param name="Spans">Its rows by its own days.</param>
/// <param name="Equity">At the end of each of its days.</param>
internal sealed record AccountDays(Account Account, int First, PeriodSpan[] Spans, FixedPoint[] Equity)
{
    /// <summary>
    /// The position in all days of the first that it has a return of: that of its first exit. The last is that of its
    /// last exit.
    /// </summary>
    public int FirstReturn { get; private init; }

    public double[] Returns { get; private init; } = [];

    /// <summary>Every account's days, and the days from the first of all to the last of all.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public static (AccountDays[] Accounts, long[] Days) Of(
        IReadOnlyList<Account> accounts,
        ZoneCalendar calendar,
        long now
    )
    {
        var periods = accounts.Select(account => account.Rows.Divide(calendar, Period.Day, now)).ToArray();
        var begun = Array.FindAll(periods, own => own.Starts.Length > 0);
        long[] days =
            begun.Length == 0
                ? []
                : calendar
                    .Divide(Period.Day, new[] { begun.Min(own => own.Starts[0]), begun.Max(own => own.Starts[^1]) })
                    .Starts;
        return ([.. accounts.Zip(periods, (account, own) => Of(account, own, days))], days);
    }

    /// <summary>
    /// The equity at the end of a day of all: the capital before its first, carried on after its last.
    /// </summary>
    public FixedPoint EquityOn(int day) =>
        day < First || Equity.Length == 0 ? Account.Capital : Equity[Math.Min(day - First, Equity.Length - 1)];

    private static AccountDays Of(Account account, Periods own, long[] days)
    {
        var equity = Series.CapitalByPeriod(account.Rows, own, cumulative: true).Value;
        // Without rows: after all days, so that it has none in common with anyone.
        if (equity.Length == 0)
            return new AccountDays(account, days.Length, own.Spans, equity) { FirstReturn = days.Length };
        var first = Array.BinarySearch(days, own.Starts[0]);
        var (begin, end) = (own.Spans.Min(span => span.Period), own.Spans.Max(span => span.Period) + 1);
        return new AccountDays(account, first, own.Spans, equity)
        {
            FirstReturn = first + begin,
            Returns = DailyReturns.Of(account.Capital, equity.AsSpan(begin, end - begin)),
        };
    }
}
