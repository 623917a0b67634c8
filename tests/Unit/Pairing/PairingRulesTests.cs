using PnlPipeline.Contracts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Tests.Unit.Pairing;

public sealed class PairingRulesTests
{
    [Theory]
    // What is open before, the alert, what becomes of it, what is open after.
    [InlineData("", "2: entry long 110 @ 2", "opened 2", "2")]
    [InlineData("", "2: entry short 110 @ 2", "opened 2", "2")]
    [InlineData("1: entry long 100 @ 1", "2: entry long 110 @ 2", "ignored 1", "1")]
    [InlineData("1: entry short 100 @ 1", "2: entry short 110 @ 2", "ignored 1", "1")]
    [InlineData("1: entry long 100 @ 1", "2: entry short 110 @ 2", "flipped 2 1", "2")]
    [InlineData("1: entry short 100 @ 1", "2: entry long 110 @ 2", "flipped 2 1", "2")]
    [InlineData("", "2: exit - 110 @ 2", "unmatched", "")]
    [InlineData("1: entry long 100 @ 1", "2: exit - 110 @ 2", "closed 1", "")]
    [InlineData("1: entry short 100 @ 1", "2: exit - 110 @ 2", "closed 1", "")]
    [InlineData("1: entry long 100 @ 1", "2: exit short 110 @ 2", "closed 1", "")] // an exit's direction matters to nothing
    [InlineData("1: entry long 100 @ 1", "2: exit long 110 @ 2", "closed 1", "")]
    [InlineData("1: entry long 100 @ 1", "2: manual 1 110 @ 2", "closed 1", "")]
    [InlineData("1: entry long 100 @ 1", "2: manual 7 110 @ 2", "unmatched", "1")]
    [InlineData("", "2: manual 1 110 @ 2", "unmatched", "")]
    [InlineData("", "2: entry long 110 @ 2 voided", "voided", "")]
    [InlineData("1: entry long 100 @ 1", "2: entry short 110 @ 2 voided", "voided", "1")]
    [InlineData("1: entry long 100 @ 1", "2: exit - 110 @ 2 voided", "voided", "1")]
    [InlineData("1: entry long 100 @ 1", "2: manual 1 110 @ 2 voided", "voided", "1")]
    [InlineData("", "2: recorded long 100 @ 2 110 @ 3", "recorded 2", "")]
    [InlineData("1: entry long 100 @ 1", "2: recorded short 100 @ 2 110 @ 3", "recorded 2", "1")]
    [InlineData("1: entry long 100 @ 1", "2: recorded long 100 @ 2 110 @ 2", "recorded 2", "1")]
    [InlineData("1: entry long 100 @ 1", "2: recorded long 100 @ 2 110 @ 3 voided", "voided", "1")]
    public void An_alert_does_what_the_open_trade_lets_it(string before, string alert, string became, string openAfter)
    {
        var open = before.Length == 0 ? null : PairingRules.Apply(null, Alert.Row(before)).Open;
        var step = PairingRules.Apply(open, Alert.Row(alert));
        Assert.Equal(became, Alert.Describe(step.Became));
        Assert.Equal(openAfter, step.Open is { } trade ? $"{Alert.Number(trade.TradeId)}" : "");
    }

    [Theory]
    [InlineData("2: exit - 110 @ 2", ExitReason.Exit, 10)]
    [InlineData("2: entry short 110 @ 2", ExitReason.Flip, 10)]
    [InlineData("2: manual 1 90 @ 2", ExitReason.Manual, -10)]
    public void What_closes_a_trade_gives_it_its_exit(string alert, ExitReason reason, decimal change)
    {
        var open = PairingRules.Apply(null, Alert.Row("1: entry long 100 @ 1")).Open!;
        var exit = Alert.Row(alert);
        var closed = PairingRules.Apply(open, exit).Closed;
        Assert.Equal(new ClosedTrade(open, exit.AlertId, exit.Price, exit.Position.Timestamp, reason, change), closed);
    }

    [Theory]
    [InlineData("2: recorded long 100 @ 2 98 @ 2", Direction.Long, 98, 2, -2)]
    [InlineData("2: recorded short 100 @ 2 98 @ 9", Direction.Short, 98, 9, 2)]
    public void A_recorded_trade_is_closed_by_itself(
        string row,
        Direction side,
        decimal exitPrice,
        int exitSecond,
        decimal change
    )
    {
        var closed = PairingRules.Apply(null, Alert.Row(row)).Closed;
        var entry = new OpenTrade(Alert.Id(2), side, 100, Alert.Start.AddSeconds(2));
        Assert.Equal(
            new ClosedTrade(
                entry,
                Alert.Id(2),
                exitPrice,
                Alert.Start.AddSeconds(exitSecond),
                ExitReason.Recorded,
                change
            ),
            closed
        );
    }

    /// <summary>
    /// A file's trades as they are in it: on one bar, one upon another, one after another within an instant.
    /// </summary>
    [Fact]
    public void Recorded_trades_are_what_the_list_says_however_they_overlap()
    {
        string[] rows =
        [
            "1: recorded long 100 @ 1 98 @ 1",
            "2: recorded long 120 @ 3 126 @ 4",
            "3: recorded long 100 @ 1 110 @ 9",
            "4: recorded short 126 @ 4 126 @ 4",
            "5: entry long 100 @ 2",
            "6: exit - 105 @ 8",
        ];
        Assert.Equal(["recorded 1", "recorded 3", "opened 5", "recorded 2", "recorded 4", "closed 5"], Fold(rows));
    }

    [Fact]
    public void A_recorded_trade_without_its_exit_is_a_bug() =>
        Assert.Throws<ArgumentException>(() =>
            PairingRules.Apply(null, Alert.Row("1: recorded long 100 @ 1 110 @ 2") with { Exit = null })
        );

    [Fact]
    public void A_flip_opens_the_other_side_at_its_own_price_and_time()
    {
        var open = PairingRules.Apply(null, Alert.Row("1: entry long 100 @ 1")).Open;
        var step = PairingRules.Apply(open, Alert.Row("2: entry short 110 @ 2"));
        Assert.Equal(new OpenTrade(Alert.Id(2), Direction.Short, 110, Alert.Start.AddSeconds(2)), step.Open);
    }

    [Fact]
    public void An_entry_and_its_own_exit_in_one_instant_leave_the_trade_open() =>
        Assert.Equal(["unmatched", "opened 1"], Fold("1: entry long 100 @ 1", "2: exit - 110 @ 1"));

    [Fact]
    public void A_flips_two_alerts_in_one_instant_close_and_open_in_either_order()
    {
        string[] expected = ["opened 1", "closed 1", "opened 2"];
        Assert.Equal(expected, Fold("1: entry long 100 @ 1", "2: entry short 110 @ 5", "3: exit - 110 @ 5"));
        Assert.Equal(expected, Fold("3: exit - 110 @ 5", "1: entry long 100 @ 1", "2: entry short 110 @ 5"));
    }

    [Fact]
    public void An_exit_that_arrives_for_a_trade_already_flipped_closes_the_new_one() =>
        Assert.Equal(
            ["opened 1", "flipped 2 1", "closed 2"],
            Fold("1: entry long 100 @ 1", "2: entry short 110 @ 2", "3: exit - 120 @ 3")
        );

    [Fact]
    public void An_entry_without_a_direction_is_a_bug() =>
        Assert.Throws<ArgumentException>(() => PairingRules.Apply(null, Alert.Row("1: entry - 100 @ 1")));

    [Theory]
    // By time, then exits and closes by hand before entries, then by id.
    [InlineData("9: entry long 1 @ 1", "1: exit - 1 @ 2")]
    [InlineData("9: exit - 1 @ 1", "1: entry long 1 @ 1")]
    [InlineData("9: manual 5 1 @ 1", "1: entry long 1 @ 1")]
    [InlineData("1: exit - 1 @ 1", "2: exit - 1 @ 1")]
    [InlineData("1: manual 5 1 @ 1", "2: exit - 1 @ 1")]
    [InlineData("1: exit - 1 @ 1", "2: manual 5 1 @ 1")]
    [InlineData("1: entry long 1 @ 1", "2: entry short 1 @ 1")]
    [InlineData("9: exit - 1 @ 1", "1: recorded long 1 @ 1 2 @ 2")]
    [InlineData("1: entry long 1 @ 1", "2: recorded long 1 @ 1 2 @ 2")]
    [InlineData("1: recorded long 1 @ 1 2 @ 9", "2: recorded long 1 @ 2 2 @ 3")]
    public void The_first_stands_before_the_second(string first, string second)
    {
        Assert.True(Alert.Row(first).Position < Alert.Row(second).Position);
        Assert.True(Alert.Row(second).Position > Alert.Row(first).Position);
    }

    [Theory]
    [InlineData(Direction.Long, "100", "110", "10")]
    [InlineData(Direction.Short, "100", "110", "-10")]
    [InlineData(Direction.Short, "100", "90", "10")]
    [InlineData(Direction.Long, "3", "4", "33.33333333")]
    [InlineData(Direction.Short, "3", "4", "-33.33333333")]
    [InlineData(Direction.Long, "3", "5", "66.66666667")]
    [InlineData(Direction.Long, "64000000", "64000000.0008", "0")] // 0.00000000125
    [InlineData(Direction.Long, "200", "200.00000001", "0")] // 0.000000005: half, to the even neighbour
    [InlineData(Direction.Long, "200", "200.00000003", "0.00000002")] // 0.000000015
    [InlineData(Direction.Short, "200", "200.00000003", "-0.00000002")]
    [InlineData(Direction.Long, "0.000000000001", "999999999999999", "1000000000000000")]
    [InlineData(Direction.Short, "0.000000000001", "999999999999999", "-1000000000000000")]
    public void A_change_is_in_percent_of_the_entry_price(Direction side, string entry, string exit, string expected) =>
        Assert.Equal(
            decimal.Parse(expected),
            PairingRules.ChangePercentage(side, decimal.Parse(entry), decimal.Parse(exit))
        );

    private static List<string> Fold(params string[] rows) =>
        PairingRules
            .Fold(null, rows.Select(Alert.Row).OrderBy(alert => alert.Position))
            .Select(step => Alert.Describe(step.Became))
            .ToList();
}
