using System.Text.Json;
using PnlPipeline.Query.Api.Breakdown;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.LedgerView;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class BreakdownTests
{
    private static readonly List<Row> Account = [.. Rows.Of(
        1000m,
        // A Sunday in UTC, the hour that Berlin has twice, and once more an hour later; a Monday there.
        ("2026-10-24T10:00", "2026-10-25T00:30", 1m, 10m),
        ("2026-10-24T10:00", "2026-10-25T01:30", -2m, -20m),
        ("2026-10-24T10:00", "2026-10-25T02:30", 0m, 0m),
        ("2026-10-24T10:00", "2026-10-25T23:30", 5m, 50m)).Select((row, i) => row with
        {
            Symbol = i % 2 == 0 ? "ETH" : "BTC",
            Timeframe = i < 3 ? "60" : "1D",
            Side = i == 0 ? "short" : "long",
        })];

    public static TheoryData<string, string, string> Breakdowns => new()
    {
        // By, zone, groups: key, trades, wins, pnl, average change, profit factor, share.
        { "Symbol", "UTC", "BTC 2 1 30 1.5 2.5 0.75; ETH 2 1 10 0.5 - 0.25" },
        { "Timeframe", "UTC", "1D 1 1 50 5 - 1.25; 60 3 1 -10 -0.3333333333333333 0.5 -0.25" },
        { "Side", "UTC", "long 3 1 30 1 2.5 0.75; short 1 1 10 1 - 0.25" },
        { "Weekday", "UTC", "7 4 2 40 1 3 1" },
        { "Weekday", "Europe/Berlin", "1 1 1 50 5 - 1.25; 7 3 1 -10 -0.3333333333333333 0.5 -0.25" },
        // Half past two, twice.
        { "Hour", "Europe/Berlin", "0 1 1 50 5 - 1.25; 2 2 1 -10 -0.5 0.5 -0.25; 3 1 0 0 0 - 0" },
        { "Month", "UTC", "10 4 2 40 1 3 1" },
    };

    [Theory]
    [MemberData(nameof(Breakdowns))]
    public void Groups_add_up(string by, string zone, string expected)
    {
        var groups = Groups.Of(Account.Selected(), Rows.Calendar(zone), Enum.Parse<GroupBy>(by));
        Assert.Equal(expected, string.Join("; ", groups.Select(group => string.Join(
            ' ',
            $"{group.Key}",
            group.Trades,
            group.Wins,
            $"{group.Pnl}",
            group.AverageChange,
            group.ProfitFactor?.ToString() ?? "-",
            group.Share?.ToString() ?? "-"))));
        Assert.All(groups, group => Assert.Equal((double)group.Wins / group.Trades, group.WinRate));
    }

    [Fact]
    public void A_share_of_no_profit_is_undefined()
    {
        Assert.All(Groups.Of(Rows.Daily(1000m, 10m, -10m).Selected(), Rows.Calendar("UTC"), GroupBy.Weekday), group => Assert.Null(group.Share));
    }

    [Fact]
    public void Of_nothing_there_is_no_group()
    {
        Assert.Empty(Groups.Of(Account.Selected(LedgerFilter.None with { Symbols = ["XRP"] }), Rows.Calendar("UTC"), GroupBy.Symbol));
        // A stream that the filter leaves out is no group either.
        Assert.Single(Groups.Of(Account.Selected(LedgerFilter.None with { Symbols = ["BTC"] }), Rows.Calendar("UTC"), GroupBy.Symbol));
    }

    [Fact]
    public void Keys_are_words_or_numbers()
    {
        Assert.Equal("\"60\"", JsonSerializer.Serialize(new GroupKey("60", 0), JsonFormats.Options));
        Assert.Equal("7", JsonSerializer.Serialize(new GroupKey(null, 7), JsonFormats.Options));
    }

    [Theory]
    [MemberData(nameof(RandomLedgers.Places), MemberType = typeof(RandomLedgers))]
    public void Every_breakdown_of_any_ledger_filter_and_zone_is_what_its_definition_says(string zone, string start)
    {
        var random = new Random(2);
        var local = TimeZoneInfo.FindSystemTimeZoneById(zone);
        for (var i = 0; i < 60; i++)
        {
            var rows = RandomLedgers.Ledger(random, Rows.Time(start));
            var (filter, selects) = RandomLedgers.Filter(random, rows);
            var selected = rows.Where(selects).ToList();
            foreach (var by in Enum.GetValues<GroupBy>())
            {
                var expected = selected
                    .GroupBy(row => Key(by, row, Naive.Local(row.Exit, local)))
                    .OrderBy(group => group.Key.Number).ThenBy(group => group.Key.Word, StringComparer.Ordinal)
                    .Select(group => Expected(group.Key, [.. group], selected.Sum(row => row.Pnl)));
                Assert.Equal(expected, Groups.Of(rows.Selected(filter), Rows.Calendar(zone), by).Select(Rounded));
            }
        }
    }

    private static GroupKey Key(GroupBy by, Row row, DateTime local) => by switch
    {
        GroupBy.Symbol => new GroupKey(row.Symbol, 0),
        GroupBy.Timeframe => new GroupKey(row.Timeframe, 0),
        GroupBy.Side => new GroupKey(row.Side, 0),
        GroupBy.Weekday => new GroupKey(null, local.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)local.DayOfWeek),
        GroupBy.Hour => new GroupKey(null, local.Hour),
        _ => new GroupKey(null, local.Month),
    };

    private static Group Expected(GroupKey key, List<Row> rows, decimal netProfit)
    {
        var loss = rows.Where(row => row.Pnl < 0).Sum(row => row.Pnl);
        return Rounded(new Group(
            key,
            rows.Count,
            rows.Count(row => row.Pnl > 0),
            (double)rows.Count(row => row.Pnl > 0) / rows.Count,
            Amount.Of(rows.Sum(row => row.Pnl)),
            (double)rows.Average(row => row.Change),
            loss == 0 ? null : (double)(rows.Where(row => row.Pnl > 0).Sum(row => row.Pnl) / -loss),
            netProfit == 0 ? null : (double)(rows.Sum(row => row.Pnl) / netProfit)));
    }

    // To 12 digits, so that the last ones of doubles do not matter.
    private static Group Rounded(Group group) => group with
    {
        AverageChange = Round(group.AverageChange),
        ProfitFactor = group.ProfitFactor is { } factor ? Round(factor) : null,
        Share = group.Share is { } share ? Round(share) : null,
    };

    private static double Round(double value) => double.Parse($"{value:E11}", System.Globalization.CultureInfo.InvariantCulture);
}
