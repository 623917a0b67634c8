using System.Text.Json;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class BreakdownTests
{
    private static readonly List<Row> Account =
    [
        .. Rows.Of(
                1000m,
                // A Sunday in UTC, the hour that Berlin has twice, and once more an hour later; a Monday there.
                ("2026-10-24T10:00", "2026-10-25T00:30", 1m, 10m),
                ("2026-10-24T10:00", "2026-10-25T01:30", -2m, -20m),
                ("2026-10-24T10:00", "2026-10-25T02:30", 0m, 0m),
                ("2026-10-24T10:00", "2026-10-25T23:30", 5m, 50m)
            )
            .Select(
                (row, i) =>
                    row with
                    {
                        Symbol = i % 2 == 0 ? "ETH" : "BTC",
                        Timeframe = i < 3 ? "60" : "1D",
                        Side = i == 0 ? "short" : "long",
                    }
            ),
    ];

    public static TheoryData<string, string, string> Breakdowns =>
        new()
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
        Assert.Equal(
            expected,
            string.Join(
                "; ",
                groups.Select(group =>
                    string.Join(
                        ' ',
                        $"{group.Key}",
                        group.Trades,
                        group.Wins,
                        $"{group.Pnl}",
                        group.AverageChange,
                        group.ProfitFactor?.ToString() ?? "-",
                        group.Share?.ToString() ?? "-"
                    )
                )
            )
        );
        Assert.All(groups, group => Assert.Equal((double)group.Wins / group.Trades, group.WinRate));
    }

    [Theory]
    [InlineData(GroupBy.Symbol, GroupBy.Timeframe, "BTC 1D 1 50; BTC 60 1 -20; ETH 60 2 10")]
    [InlineData(GroupBy.Timeframe, GroupBy.Symbol, "1D BTC 1 50; 60 BTC 1 -20; 60 ETH 2 10")]
    [InlineData(GroupBy.Weekday, GroupBy.Hour, "1 0 1 50; 7 2 2 -10; 7 3 1 0")]
    [InlineData(GroupBy.Hour, GroupBy.Side, "0 long 1 50; 2 long 1 -20; 2 short 1 10; 3 long 1 0")]
    [InlineData(GroupBy.Side, GroupBy.Symbol, "long BTC 2 30; long ETH 1 0; short ETH 1 10")]
    public void By_two_there_is_a_group_for_each_pair_that_has_trades(GroupBy by, GroupBy second, string expected)
    {
        var groups = Groups.Of(Account.Selected(), Rows.Calendar("Europe/Berlin"), by, second);
        Assert.Equal(expected, string.Join("; ", groups.Select(group => $"{group.Key} {group.Trades} {group.Pnl}")));
    }

    [Fact]
    public void A_trade_counts_in_the_group_of_each_of_its_tags_and_shares_are_of_the_whole()
    {
        var rows = Rows.Daily(1000m, 100m, -40m, 20m, 120m);
        var tags = new Dictionary<AlertId, IReadOnlyList<string>>
        {
            [rows[0].Id] = ["late", "news"],
            [rows[1].Id] = ["news"],
            [rows[3].Id] = [],
        };
        using var selected = rows.Selected();
        var groups = Groups.ByTag(selected, tags);
        Assert.Equal(["", "late", "news"], groups.Select(group => group.Key.First.Word));
        Assert.Equal(
            [(2, 2, 140m), (1, 1, 100m), (2, 1, 60m)],
            groups.Select(group => (group.Trades, group.Wins, decimal.Parse($"{group.Pnl}", null)))
        );
        Assert.Equal([0.7, 0.5, 0.3], groups.Select(group => group.Share));
        Assert.Equal([null, null, 2.5], groups.Select(group => group.ProfitFactor));
    }

    [Fact]
    public void A_filter_by_tags_selects_trades_that_have_one()
    {
        var rows = Rows.Daily(1000m, 100m, -40m, 20m);
        using var selected = rows.Selected(
            LedgerFilter.None with
            {
                Tags = ["news"],
                Tagged = new HashSet<AlertId> { rows[0].Id, rows[2].Id },
            }
        );
        Assert.Equal([1, 3], Enumerable.Range(0, selected.Count).Select(selected.Seq));
        using var none = rows.Selected(LedgerFilter.None with { Tags = ["x"], Tagged = new HashSet<AlertId>() });
        Assert.Equal(0, none.Count);
    }

    [Fact]
    public void A_share_of_no_profit_is_undefined()
    {
        Assert.All(
            Groups.Of(Rows.Daily(1000m, 10m, -10m).Selected(), Rows.Calendar("UTC"), GroupBy.Weekday),
            group => Assert.Null(group.Share)
        );
    }

    [Fact]
    public void Of_nothing_there_is_no_group()
    {
        Assert.Empty(
            Groups.Of(
                Account.Selected(LedgerFilter.None with { Symbols = ["XRP"] }),
                Rows.Calendar("UTC"),
                GroupBy.Symbol
            )
        );
        // A stream that the filter leaves out is no group either.
        Assert.Single(
            Groups.Of(
                Account.Selected(LedgerFilter.None with { Symbols = ["BTC"] }),
                Rows.Calendar("UTC"),
                GroupBy.Symbol
            )
        );
    }

    [Fact]
    public void Keys_are_words_or_numbers()
    {
        foreach (
            var (key, json) in new[]
            {
                (new GroupKeys(new GroupKey("60", 0)), "\"60\""),
                (new GroupKeys(new GroupKey(null, 7)), "7"),
                (new GroupKeys(new GroupKey(null, 7), new GroupKey("ETH", 0)), """[7,"ETH"]"""),
            }
        )
        {
            Assert.Equal(json, JsonSerializer.Serialize(key, JsonFormats.Options));
            Assert.Equal(key, JsonSerializer.Deserialize<GroupKeys>(json, JsonFormats.Options));
        }
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
                foreach (
                    var second in Enum.GetValues<GroupBy>().Where(other => other != by).Cast<GroupBy?>().Append(null)
                )
                {
                    var expected = selected
                        .GroupBy(row =>
                            (
                                First: Key(by, row, Naive.Local(row.Exit, local)),
                                Second: second is { } other
                                    ? Key(other, row, Naive.Local(row.Exit, local))
                                    : (GroupKey?)null
                            )
                        )
                        .OrderBy(group => group.Key.First.Number)
                        .ThenBy(group => group.Key.First.Word, StringComparer.Ordinal)
                        .ThenBy(group => group.Key.Second?.Number)
                        .ThenBy(group => group.Key.Second?.Word, StringComparer.Ordinal)
                        .Select(group =>
                            Expected(
                                new GroupKeys(group.Key.First, group.Key.Second),
                                [.. group],
                                selected.Sum(row => row.Pnl)
                            )
                        );
                    Assert.Equal(
                        expected,
                        Groups.Of(rows.Selected(filter), Rows.Calendar(zone), by, second).Select(Rounded)
                    );
                }
            }
        }
    }

    private static GroupKey Key(GroupBy by, Row row, DateTime local) =>
        by switch
        {
            GroupBy.Symbol => new GroupKey(row.Symbol, 0),
            GroupBy.Timeframe => new GroupKey(row.Timeframe, 0),
            GroupBy.Strategy => new GroupKey(row.Strategy, 0),
            GroupBy.Side => new GroupKey(row.Side, 0),
            GroupBy.Weekday => new GroupKey(null, local.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)local.DayOfWeek),
            GroupBy.Hour => new GroupKey(null, local.Hour),
            _ => new GroupKey(null, local.Month),
        };

    private static Group Expected(GroupKeys key, List<Row> rows, decimal netProfit)
    {
        var loss = rows.Where(row => row.Pnl < 0).Sum(row => row.Pnl);
        return Rounded(
            new Group(
                key,
                rows.Count,
                rows.Count(row => row.Pnl > 0),
                (double)rows.Count(row => row.Pnl > 0) / rows.Count,
                FixedPoint.Of(rows.Sum(row => row.Pnl)),
                (double)rows.Average(row => row.Change),
                loss == 0 ? null : (double)(rows.Where(row => row.Pnl > 0).Sum(row => row.Pnl) / -loss),
                netProfit == 0 ? null : (double)(rows.Sum(row => row.Pnl) / netProfit)
            )
        );
    }

    // To 12 digits, so that the last ones of doubles do not matter.
    private static Group Rounded(Group group) =>
        group with
        {
            AverageChange = Round(group.AverageChange),
            ProfitFactor = group.ProfitFactor is { } factor ? Round(factor) : null,
            Share = group.Share is { } share ? Round(share) : null,
        };

    private static double Round(double value) =>
        double.Parse($"{value:E11}", System.Globalization.CultureInfo.InvariantCulture);
}
