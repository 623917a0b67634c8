using System.Globalization;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Tests.Unit.Reconciliation;

public sealed class MatchingTests
{
    private static readonly DateTime Day = new(2024, 1, 15, 0, 0, 0, DateTimeKind.Utc);
    private static readonly Tolerances Usual = new(TimeSpan.FromSeconds(60), 0.1m, TimeSpan.FromSeconds(60));

    public static TheoryData<string, string[], string[], string, string[]> Scenarios =>
        new()
        {
            // What it is, the list and the alerts (side, entry time and price, exit time and price, seconds of delay of
            // both), the offset, what comes of it.
            {
                "the same",
                ["long 10:00 100 12:00 110", "short 12:00 110 15:00 90"],
                ["long 10:00 100 12:00 110", "short 12:00 110 15:00 90"],
                "00:00",
                ["1=1", "2=2"]
            },
            { "nothing", [], ["long 10:00 100 12:00 110"], "00:00", [] },
            { "no alerts", ["long 10:00 100 12:00 110"], [], "00:00", ["1 missing"] },
            {
                "one missing",
                ["long 10:00 100 12:00 110", "short 14:00 110 15:00 90", "long 18:00 100"],
                ["long 10:00 100 12:00 110", "long 18:00 100"],
                "00:00",
                ["1=1", "2 missing", "3=2"]
            },
            {
                "one extra",
                ["long 10:00 100 12:00 110", "long 18:00 100 20:00 100"],
                ["long 10:00 100 12:00 110", "short 14:00 110 15:00 90", "long 18:00 100 20:00 100"],
                "00:00",
                ["1=1", "extra 2", "2=3"]
            },
            {
                "another side is another trade",
                ["long 10:00 100 12:00 110"],
                ["short 10:00 100 12:00 110"],
                "00:00",
                ["1 missing", "extra 1"]
            },
            {
                "trades before and after the list are not missing from it",
                ["long 10:00 100 12:00 110"],
                ["short 02:00 1 03:00 1", "long 10:00 100 12:00 110", "short 18:00 1 19:00 1"],
                "00:00",
                ["1=2"]
            },
            {
                "but with a trade open the list goes on",
                ["long 10:00 100"],
                ["long 10:00 100", "short 18:00 1 19:00 1"],
                "00:00",
                ["1=1", "extra 2"]
            },
            { "seconds apart", ["long 10:00 100 12:00 110"], ["long 10:00:03 100 12:01 110"], "00:00", ["1=1"] },
            {
                "minutes apart",
                ["long 10:00 100 12:00 110", "long 14:00 1 15:00 1"],
                ["long 10:02 100 12:00 110", "long 14:00 1 15:05 1"],
                "00:00",
                ["1=1 EntryTime", "2=2 ExitTime"]
            },
            {
                "prices within a tenth of a percent",
                ["long 10:00 100 12:00 110"],
                ["long 10:00 100.1 12:00 109.89"],
                "00:00",
                ["1=1"]
            },
            {
                "and not",
                ["long 10:00 100 12:00 110"],
                ["long 10:00 100.11 12:00 109.88"],
                "00:00",
                ["1=1 EntryPrice, ExitPrice"]
            },
            {
                "received late",
                ["long 10:00 100 12:00 110", "long 14:00 1 16:00 1"],
                ["long 10:00 100 12:00 110 90 2", "long 14:00 1 16:00 1 1 61"],
                "00:00",
                ["1=1 EntryReceivedLate", "2=2 ExitReceivedLate"]
            },
            {
                "an exit that did not come",
                ["long 10:00 100 12:00 110"],
                ["long 10:00 100"],
                "00:00",
                ["1=1 ExitMissing"]
            },
            { "an exit too many", ["long 10:00 100"], ["long 10:00 100 12:00 110"], "00:00", ["1=1 ExitExtra"] },
            {
                "an exit that did not come, the next entry in the same direction",
                ["long 10:00 100 12:00 110", "long 14:00 100 16:00 120"],
                ["long 10:00 100 16:00 120"],
                "00:00",
                ["1=1 ExitTime, ExitPrice", "2 missing"]
            },
            {
                "the list has the opening of the bar, the alerts its close",
                ["long 10:00 100 12:00 110", "short 12:00 110 15:00 90", "long 15:00 90"],
                ["long 11:00 100 13:00 110", "short 13:00 110 16:00 90", "long 16:00 90"],
                "01:00",
                ["1=1", "2=2", "3=3"]
            },
            {
                "the alerts have the opening of the bar before the fill's",
                ["long 10:00 100 12:00 110", "short 12:00 110 15:00 90"],
                ["long 09:00 100 11:00 110", "short 11:00 110 14:00 90"],
                "-01:00",
                ["1=1", "2=2"]
            },
            {
                "by a bar, and one of them late",
                ["long 10:00 100 12:00 110", "short 13:00 110 15:00 90", "long 17:00 1 18:00 1"],
                ["long 11:00 100 13:00 110", "short 14:20 110 16:00 90", "long 18:00 1 19:00 1"],
                "01:00",
                ["1=1", "2=2 EntryTime", "3=3"]
            },
            {
                "by something else",
                ["long 10:00 100 12:00 110", "short 12:00 110 15:00 90"],
                ["long 10:30 100 12:30 110", "short 12:30 110 15:30 90"],
                "00:30",
                ["1=1", "2=2"]
            },
            {
                "no offset explains as many as one",
                ["long 10:00 100 11:00 1", "long 11:00 100 12:00 1"],
                ["long 10:00 100 11:00 1", "long 11:00 100 12:00 1"],
                "00:00",
                ["1=1", "2=2"]
            },
            {
                "a script that sends the opening of its bar sends it at the close",
                ["long 10:00 100 12:00 110", "long 14:00 1 16:00 1"],
                ["long 10:00 100 12:00 110 3602 3601", "long 14:00 1 16:00 1 3601 3700"],
                "00:00",
                ["1=1", "2=2 ExitReceivedLate"]
            },
        };

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Trades_are_told_apart(
        string what,
        string[] listed,
        string[] delivered,
        string offset,
        string[] expected
    )
    {
        Assert.NotEqual("", what);
        var list = listed.Select((row, i) => Listed(row, i + 1)).ToList();
        var alerts = delivered.Select((row, i) => Delivered(row, $"{i + 1}")).ToList();
        var bar = TimeSpan.FromHours(1);
        var result = Matching.Reconcile(new(list, alerts, [], bar, null, Usual));
        Assert.Equal(expected, result.Pairs.Select(Text));
        Assert.Equal(offset.TrimStart('-'), result.Offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture));
        Assert.Equal(offset.StartsWith('-'), result.Offset < TimeSpan.Zero);

        // Newest first it is the same, and with the offset given too.
        list.Reverse();
        alerts.Reverse();
        Assert.Equal(expected, Matching.Reconcile(new(list, alerts, [], bar, result.Offset, Usual)).Pairs.Select(Text));
    }

    [Fact]
    public void Daily_bars_listed_by_their_date_match_alerts_at_the_close_in_New_York_through_summer_and_winter()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        var list = new List<ListedTrade>();
        var alerts = new List<DeliveredTrade>();
        for (var i = 0; i < 40; i++)
        {
            DateTime Utc(int day, int hour) =>
                TimeZoneInfo.ConvertTimeToUtc(new DateTime(2024, 1, 2).AddDays(day).AddHours(hour), zone);
            list.Add(new ListedTrade(i, "A", true, Utc(i * 7, 0), 100, Utc((i * 7) + 3, 0), 101));
            alerts.Add(
                new DeliveredTrade(
                    $"{i}",
                    true,
                    Utc(i * 7, 16),
                    100,
                    Utc(i * 7, 16),
                    Utc((i * 7) + 3, 16),
                    101,
                    Utc((i * 7) + 3, 16)
                )
            );
        }

        var result = Matching.Reconcile(new(list, alerts, [], TimeSpan.FromDays(1), null, Usual));
        Assert.Equal(TimeSpan.FromHours(16), result.Offset);
        Assert.All(
            result.Pairs,
            pair => Assert.Equal(($"{pair.Listed!.Number}", Remarks.None), (pair.Delivered!.TradeId, pair.Remarks))
        );
    }

    public static TheoryData<string, string[], string[], string> Unused =>
        new()
        {
            // A listed trade that was not delivered, the alerts that made no trade, what is said of it.
            { "nothing came", ["long 10:00 100 12:00 110"], [], "missing" },
            {
                "the entry came while one was open",
                ["long 10:00 100 12:00 110"],
                ["entry long 10:00:20 Ignored"],
                "Ignored"
            },
            {
                "the entry was taken out",
                ["long 10:00 100 12:00 110"],
                ["entry long 10:00 Voided", "exit - 12:00 Unmatched"],
                "Voided"
            },
            { "only the exit came", ["long 10:00 100 12:00 110"], ["exit - 12:00 Unmatched"], "Unmatched" },
            { "and named the direction", ["long 10:00 100 12:00 110"], ["exit long 12:00 Unmatched"], "Unmatched" },
            {
                "of another direction",
                ["long 10:00 100 12:00 110"],
                ["entry short 10:00 Ignored", "exit short 12:00 Unmatched"],
                "missing"
            },
            {
                "at another time",
                ["long 10:00 100 12:00 110"],
                ["entry long 10:02 Ignored", "exit - 11:00 Unmatched"],
                "missing"
            },
            {
                "one alert explains one trade",
                ["long 10:00 100 12:00 110", "long 10:00 101 12:00 110"],
                ["entry long 10:00 Ignored"],
                "Ignored missing"
            },
            {
                "an open trade has no exit that could have come",
                ["long 10:00 100"],
                ["exit - 12:00 Unmatched"],
                "missing"
            },
        };

    [Theory]
    [MemberData(nameof(Unused))]
    public void A_trade_whose_alert_came_to_nothing_is_not_missing(
        string what,
        string[] listed,
        string[] unused,
        string expected
    )
    {
        Assert.NotEqual("", what);
        var alerts = unused.Index().Select(alert => Alert(alert.Item, $"{alert.Index}")).ToList();
        var result = Matching.Reconcile(
            new(
                [.. listed.Select((row, i) => Listed(row, i + 1))],
                [],
                alerts,
                TimeSpan.FromHours(1),
                TimeSpan.Zero,
                Usual
            )
        );
        Assert.Equal(
            expected,
            string.Join(' ', result.Pairs.Select(pair => pair.Unused?.Outcome.ToString() ?? "missing"))
        );
    }

    [Fact]
    public void Among_offsets_that_explain_as_many_the_one_whose_prices_fit_counts()
    {
        // A trade every hour: moved by an hour either way, all but one fit as well by time alone.
        var list = Enumerable
            .Range(0, 20)
            .Select(i => new ListedTrade(i, "A", true, Day.AddHours(i), 100 + i, Day.AddHours(i + 1), 101 + i))
            .ToList();
        var alerts = Enumerable
            .Range(-3, 26)
            .Select(i => new DeliveredTrade(
                $"{i}",
                true,
                Day.AddHours(i + 1),
                100 + i,
                Day.AddHours(i + 1),
                Day.AddHours(i + 2),
                101 + i,
                Day.AddHours(i + 2)
            ))
            .ToList();
        var result = Matching.Reconcile(new(list, alerts, [], TimeSpan.FromHours(1), null, Usual));
        Assert.Equal(TimeSpan.FromHours(1), result.Offset);
        Assert.All(
            result.Pairs.Where(pair => pair.Listed is not null),
            pair => Assert.Equal(($"{pair.Listed!.Number}", Remarks.None), (pair.Delivered!.TradeId, pair.Remarks))
        );
    }

    [Fact]
    public void From_and_to_select_pairs_and_not_the_halves_of_one()
    {
        // By the list's clock the trade enters before the span, by the alerts' within it.
        var list = new List<ListedTrade>
        {
            Listed("long 09:00 100 12:00 110", 1),
            Listed("long 14:00 100 15:00 110", 2),
            Listed("long 17:00 100 18:00 110", 3),
        };
        var alerts = new List<DeliveredTrade>
        {
            Delivered("long 10:00 100 13:00 110", "1"),
            Delivered("long 15:00 100 16:00 110", "2"),
            Delivered("long 18:00 100 19:00 110", "3"),
        };
        var result = Matching.Reconcile(
            new(list, alerts, [], TimeSpan.FromHours(1), null, Usual, Day.AddHours(9.5), Day.AddHours(18))
        );
        Assert.Equal((TimeSpan.FromHours(1), "1=1 2=2"), (result.Offset, string.Join(' ', result.Pairs.Select(Text))));
    }

    [Fact]
    public void Delays_are_of_both_alerts_of_each_matched_trade()
    {
        var list = new List<ListedTrade>
        {
            Listed("long 10:00 100 12:00 110", 1),
            Listed("long 14:00 100", 2),
            Listed("short 16:00 100", 3),
        };
        var alerts = new List<DeliveredTrade>
        {
            Delivered("long 10:00 100 12:00 110 2 30", "1"),
            Delivered("long 14:00 100", "2"),
        };
        var result = Matching.Reconcile(new(list, alerts, [], TimeSpan.FromHours(1), null, Usual));
        Assert.Equal([1, 2, 30], result.Delays.Select(delay => delay.TotalSeconds));
        Assert.Equal(
            (2, 30, 30),
            (
                result.Delay(50)!.Value.TotalSeconds,
                result.Delay(95)!.Value.TotalSeconds,
                result.Delay(100)!.Value.TotalSeconds
            )
        );
        Assert.Null(Matching.Reconcile(new(list, [], [], null, null, Usual)).Delay(50));
    }

    [Theory]
    [InlineData("60", 3600)]
    [InlineData("1", 60)]
    [InlineData("30S", 30)]
    [InlineData("1D", 86_400)]
    [InlineData("1W", 604_800)]
    [InlineData("1M", 2_678_400)]
    [InlineData("999999M", 31_622_400)]
    [InlineData("RENKO", null)]
    [InlineData("D", null)]
    public void A_timeframe_says_how_long_its_bars_are(string timeframe, int? seconds) =>
        Assert.Equal(seconds, (int?)BarLength.Of(timeframe)?.TotalSeconds);

    [Fact]
    public void Many_trades_at_once_take_no_longer_than_they_should()
    {
        // All within one bar of a label: the neighbours of each are bounded.
        var list = Enumerable
            .Range(0, 2_000)
            .Select(i => new ListedTrade(i, "A", true, Day.AddSeconds(i), 100, Day.AddSeconds(i + 1), 100))
            .ToList();
        var alerts = list.ConvertAll(trade => new DeliveredTrade(
            $"{trade.Number}",
            true,
            trade.EntryTime,
            100,
            trade.EntryTime,
            trade.ExitTime,
            100,
            trade.ExitTime
        ));
        var result = Matching.Reconcile(new(list, alerts, [], null, null, Usual));
        Assert.All(result.Pairs, pair => Assert.Equal($"{pair.Listed!.Number}", pair.Delivered!.TradeId));
    }

    private static string Text(Pair pair)
    {
        if (pair.Listed is null)
            return $"extra {pair.Delivered!.TradeId}";
        if (pair.Delivered is null)
            return $"{pair.Listed.Number} missing";
        return $"{pair.Listed.Number}={pair.Delivered.TradeId}{(pair.Remarks == Remarks.None ? "" : $" {pair.Remarks}")}";
    }

    private static ListedTrade Listed(string row, long number)
    {
        var cells = row.Split(' ');
        return new ListedTrade(
            number,
            "A",
            cells[0] == "long",
            Time(cells[1]),
            Price(cells[2]),
            cells.Length > 3 ? Time(cells[3]) : null,
            cells.Length > 3 ? Price(cells[4]) : null
        );
    }

    private static DeliveredTrade Delivered(string row, string id)
    {
        var cells = row.Split(' ');
        var trade = Listed(row, 0);
        return new DeliveredTrade(
            id,
            trade.IsLong,
            trade.EntryTime,
            trade.EntryPrice,
            trade.EntryTime.AddSeconds(cells.Length > 5 ? int.Parse(cells[5]) : 1),
            trade.ExitTime,
            trade.ExitPrice,
            trade.ExitTime?.AddSeconds(cells.Length > 6 ? int.Parse(cells[6]) : 1)
        );
    }

    private static UnusedAlert Alert(string row, string id)
    {
        var cells = row.Split(' ');
        return new UnusedAlert(
            id,
            cells[0] == "entry",
            cells[1] == "-" ? null : cells[1] == "long",
            Time(cells[2]),
            Enum.Parse<UnusedOutcome>(cells[3])
        );
    }

    private static DateTime Time(string text) => Day + TimeSpan.Parse(text, CultureInfo.InvariantCulture);

    private static decimal Price(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
