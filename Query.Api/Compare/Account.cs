using PnlPipeline.Query.Api.Calendar;
using PnlPipeline.Query.Api.Charts;
using PnlPipeline.Query.Api.LedgerView;
using PnlPipeline.Query.Api.Statistics;

namespace PnlPipeline.Query.Api.Compare;

/// <summary>A batch to be compared: the selected rows of its ledger.</summary>
/// <param name="Capital">What it begins with.</param>
public sealed record Account(long BatchId, string Name, Amount Capital, Selection Rows, BatchStatistics Statistics)
{
    /// <summary>What a selection begins with: the capital before its first row; where it is empty, the capital at the time it begins.</summary>
    /// <param name="settled">The batch's capital by its settings, for a ledger without rows.</param>
    public static Amount CapitalOf(Selection rows, LedgerFilter filter, Amount settled)
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
/// <param name="Returns">Of each of its days.</param>
internal sealed record AccountDays(Account Account, int First, PeriodSpan[] Spans, Amount[] Equity, double[] Returns)
{
    public int End => First + Equity.Length;

    /// <summary>Every account's days, and the days from the first of all to the last of all.</summary>
    public static (AccountDays[] Accounts, long[] Days) Of(IReadOnlyList<Account> accounts, ZoneCalendar calendar)
    {
        var periods = accounts.Select(account => calendar.Divide(Period.Day, account.Rows.ExitTimes)).ToArray();
        var begun = Array.FindAll(periods, own => own.Starts.Length > 0);
        long[] days = begun.Length == 0
            ? []
            : calendar.Divide(Period.Day, new[] { begun.Min(own => own.Starts[0]), begun.Max(own => own.Starts[^1]) }).Starts;
        return ([.. accounts.Zip(periods, (account, own) => Of(account, own, days))], days);
    }

    /// <summary>The equity at the end of a day of all: the capital before its first, carried on after its last.</summary>
    public Amount EquityOn(int day) =>
        day < First || Equity.Length == 0 ? Account.Capital : Equity[Math.Min(day - First, Equity.Length - 1)];

    private static AccountDays Of(Account account, Periods own, long[] days)
    {
        var equity = Series.CapitalByPeriod(account.Rows, own, cumulative: true).Value;
        // Without rows: after all days, so that it has none in common with anyone.
        var first = equity.Length == 0 ? days.Length : Array.BinarySearch(days, own.Starts[0]);
        return new AccountDays(account, first, own.Spans, equity, DailyReturns.Of(account.Capital, equity));
    }
}
