using System.Globalization;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Tests.Unit.Ledgers;

/// <summary>
/// Literal cases, worked out apart from the code with exact fractions. A trade is <c>gross change | entry price | exit
/// price</c>, a row <c>net change | pnl | available | peak | drawdown | drawdown % | highest drawdown % | wins | ruined
/// at | capped at</c>.
/// </summary>
public sealed class CapitalLedgerTests
{
    [Fact]
    public void A_first_trade_that_loses_is_a_drawdown_from_the_starting_capital() =>
        Expect(
            "100000",
            "100",
            "0",
            ("-10 | 100 | 90", "-10 | -10000 | 90000 | 100000 | 10000 | 10 | 10 | 0 | - | -"),
            ("5 | 100 | 105", "5 | 4500 | 94500 | 100000 | 5500 | 5.5 | 10 | 1 | - | -")
        );

    [Fact]
    public void The_fee_is_paid_on_both_fills() =>
        Expect(
            "100000",
            "100",
            "0.1",
            ("10 | 100 | 110", "9.79 | 9790 | 109790 | 109790 | 0 | 0 | 0 | 1 | - | -"),
            (
                "-3.33333333 | 30000 | 31000",
                "-3.53666666 | -3882.90632601 | 105907.09367399 | 109790 | 3882.90632601 | 3.53666666 | 3.53666666 | "
                    + "1 | - | -"
            ),
            (
                "0 | 3 | 7",
                "-0.33333333 | -353.02364205 | 105554.07003194 | 109790 | 4235.92996806 | 3.8582111 | 3.8582111 | 1 | "
                    + "- | -"
            )
        );

    [Fact]
    public void Only_the_allocation_is_at_stake() =>
        Expect(
            "100000",
            "33.33333333",
            "0",
            (
                "7.77777777 | 1 | 1",
                "7.77777777 | 2592.59258974 | 102592.59258974 | 102592.59258974 | 0 | 0 | 0 | 1 | - | -"
            ),
            (
                "-12.34567891 | 1 | 1",
                "-12.34567891 | -4221.9173551 | 98370.67523464 | 102592.59258974 | 4221.9173551 | 4.1152263 | "
                    + "4.1152263 | 1 | - | -"
            )
        );

    [Fact]
    public void A_pnl_half_way_goes_to_the_even_digit_on_either_side_of_zero() =>
        Expect(
            "0.5",
            "100",
            "0",
            ("0.000001 | 1 | 1", "0.000001 | 0 | 0.5 | 0.5 | 0 | 0 | 0 | 0 | - | -"),
            ("0.000003 | 1 | 1", "0.000003 | 0.00000002 | 0.50000002 | 0.50000002 | 0 | 0 | 0 | 1 | - | -"),
            (
                "-0.000001 | 1 | 1",
                "-0.000001 | -0.00000001 | 0.50000001 | 0.50000002 | 0.00000001 | 0.000002 | 0.000002 | 1 | - | -"
            ),
            (
                "-0.000005 | 1 | 1",
                "-0.000005 | -0.00000003 | 0.49999998 | 0.50000002 | 0.00000004 | 0.000008 | 0.000008 | 1 | - | -"
            ),
            (
                "0.000005 | 1 | 1",
                "0.000005 | 0.00000002 | 0.5 | 0.50000002 | 0.00000002 | 0.000004 | 0.000008 | 2 | - | -"
            )
        );

    [Fact]
    public void A_net_change_half_way_goes_to_the_even_digit() =>
        Expect(
            "100",
            "100",
            "0.00000001",
            ("1 | 2 | 1", "0.99999998 | 0.99999998 | 100.99999998 | 100.99999998 | 0 | 0 | 0 | 1 | - | -"),
            ("1.00000001 | 2 | 1", "1 | 1.01 | 102.00999998 | 102.00999998 | 0 | 0 | 0 | 2 | - | -"),
            (
                "-1 | 2 | 1",
                "-1.00000002 | -1.02010002 | 100.98989996 | 102.00999998 | 1.02010002 | 1.00000002 | 1.00000002 | 2 | "
                    + "- | -"
            )
        );

    [Fact]
    public void Capital_that_reached_zero_stays_there() =>
        Expect(
            "1000",
            "100",
            "0",
            ("50 | 1 | 1", "50 | 500 | 1500 | 1500 | 0 | 0 | 0 | 1 | - | -"),
            ("-250 | 1 | 1", "-250 | -1500 | 0 | 1500 | 1500 | 100 | 100 | 1 | 2 | -"),
            ("1000 | 1 | 1", "1000 | 0 | 0 | 1500 | 1500 | 100 | 100 | 1 | 2 | -"),
            ("-10 | 1 | 1", "-10 | 0 | 0 | 1500 | 1500 | 100 | 100 | 1 | 2 | -")
        );

    [Fact]
    public void The_pnl_that_would_pass_the_cap_is_cut_and_later_losses_count_as_ever() =>
        Expect(
            "1000000000000",
            "100",
            "0",
            (
                "1000000000000000 | 1 | 1",
                "1000000000000000 | 999999000000000000 | 1000000000000000000 | 1000000000000000000 | 0 | 0 | 0 | 1 | "
                    + "- | 1"
            ),
            (
                "0.00000001 | 1 | 1",
                "0.00000001 | 0 | 1000000000000000000 | 1000000000000000000 | 0 | 0 | 0 | 1 | - | 1"
            ),
            (
                "-40 | 1 | 1",
                "-40 | -400000000000000000 | 600000000000000000 | 1000000000000000000 | 400000000000000000 | 40 | 40 "
                    + "| 1 | - | 1"
            ),
            (
                "10 | 1 | 1",
                "10 | 60000000000000000 | 660000000000000000 | 1000000000000000000 | 340000000000000000 | 34 | 40 | 2 "
                    + "| - | 1"
            ),
            (
                "1000000000 | 1 | 1",
                "1000000000 | 340000000000000000 | 1000000000000000000 | 1000000000000000000 | 0 | 0 | 40 | 3 | - | 1"
            )
        );

    [Fact]
    public void Capital_that_arrives_at_the_cap_exactly_is_not_cut() =>
        Expect(
            "1000000000000",
            "100",
            "0",
            (
                "99999900 | 1 | 1",
                "99999900 | 999999000000000000 | 1000000000000000000 | 1000000000000000000 | 0 | 0 | 0 | 1 | - | -"
            ),
            ("0 | 1 | 1", "0 | 0 | 1000000000000000000 | 1000000000000000000 | 0 | 0 | 0 | 1 | - | -"),
            ("1 | 1 | 1", "1 | 0 | 1000000000000000000 | 1000000000000000000 | 0 | 0 | 0 | 1 | - | 3")
        );

    [Fact]
    public void The_smallest_capital_grows_by_rounding_alone() =>
        Expect(
            "0.00000001",
            "100",
            "0",
            ("50 | 1 | 1", "50 | 0 | 0.00000001 | 0.00000001 | 0 | 0 | 0 | 0 | - | -"),
            ("150 | 1 | 1", "150 | 0.00000002 | 0.00000003 | 0.00000003 | 0 | 0 | 0 | 1 | - | -"),
            ("50 | 1 | 1", "50 | 0.00000002 | 0.00000005 | 0.00000005 | 0 | 0 | 0 | 2 | - | -"),
            ("-50 | 1 | 1", "-50 | -0.00000002 | 0.00000003 | 0.00000005 | 0.00000002 | 40 | 40 | 2 | - | -"),
            ("-60 | 1 | 1", "-60 | -0.00000002 | 0.00000001 | 0.00000005 | 0.00000004 | 80 | 80 | 2 | - | -")
        );

    [Fact]
    public void The_smallest_capital_is_ruined_by_more_than_half_of_it() =>
        Expect(
            "0.00000001",
            "100",
            "0",
            ("-50 | 1 | 1", "-50 | 0 | 0.00000001 | 0.00000001 | 0 | 0 | 0 | 0 | - | -"),
            (
                "-50.00000001 | 1 | 1",
                "-50.00000001 | -0.00000001 | 0 | 0.00000001 | 0.00000001 | 100 | 100 | 0 | 2 | -"
            ),
            ("900 | 1 | 1", "900 | 0 | 0 | 0.00000001 | 0.00000001 | 100 | 100 | 0 | 2 | -")
        );

    [Fact]
    public void Products_longer_than_a_decimal_are_rounded_once() =>
        Expect(
            "987654321012.34567891",
            "99.99999999",
            "0",
            (
                "12.34567891 | 1 | 1",
                "12.34567891 | 121932631200.73159586 | 1109586952213.07727477 | 1109586952213.07727477 | 0 | 0 | 0 | "
                    + "1 | - | -"
            ),
            (
                "-7.65432109 | 1 | 1",
                "-7.65432109 | -84931348086.64066077 | 1024655604126.436614 | 1109586952213.07727477 | "
                    + "84931348086.64066077 | 7.65432109 | 7.65432109 | 1 | - | -"
            ),
            (
                "33.33333333 | 1 | 1",
                "33.33333333 | 341551867973.83516439 | 1366207472100.27177839 | 1366207472100.27177839 | 0 | 0 | "
                    + "7.65432109 | 2 | - | -"
            ),
            (
                "-0.00000001 | 1 | 1",
                "-0.00000001 | -136.6207472 | 1366207471963.65103119 | 1366207472100.27177839 | 136.6207472 | "
                    + "0.00000001 | 7.65432109 | 2 | - | -"
            )
        );

    [Fact]
    public void Prices_at_their_widest_are_charged_exactly() =>
        Expect(
            "999999999999.99999999",
            "99.99999999",
            "9.99999999",
            (
                "12345.67890123 | 123456789012345.123456789012 | 98765432109876.987654321098",
                "12327.67890118 | 123276788999472.32109759 | 124276788999472.32109758 | 124276788999472.32109758 | 0 "
                    + "| 0 | 0 | 1 | - | -"
            ),
            (
                "-87.65432109 | 0.000000000007 | 0.000000000003",
                "-101.94003536 | -124276788999472.32109758 | 0 | 124276788999472.32109758 | 124276788999472.32109758 "
                    + "| 100 | 100 | 1 | 2 | -"
            ),
            (
                "998877665544.33221101 | 0.000000000001 | 999999999999999.999999999999",
                "-1000000000000000 | 0 | 0 | 124276788999472.32109758 | 124276788999472.32109758 | 100 | 100 | 1 | 2 "
                    + "| -"
            )
        );

    [Theory]
    [InlineData("1000000000000000.00000001", "1000000000000000")]
    [InlineData("-1000000000000000.00000001", "-1000000000000000")]
    public void A_gross_change_past_the_limit_is_brought_to_it_without_a_fee_too(string gross, string net)
    {
        var row = CapitalLedger.Next(
            new LedgerSettings(1m, 0.00000001m, 0m),
            LedgerState.Start(new LedgerSettings(1m, 1m, 0m)),
            Trade($"{gross} | 1 | 1", 1)
        );
        Assert.Equal(decimal.Parse(net, CultureInfo.InvariantCulture), row.ChangePercentage);
    }

    [Fact]
    public void A_ledger_is_ordered_by_exit_then_entry_then_id()
    {
        var early = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var late = early.AddMilliseconds(1);
        LedgerPosition[] inOrder =
        [
            new(early, late, Id(9)),
            new(late, early, Id(8)),
            new(late, late, Id(1)),
            new(late, late, Id(0x80)),
        ];
        Assert.Equal(inOrder, inOrder.Reverse().Order());
    }

    private static void Expect(
        string capital,
        string allocation,
        string fee,
        params (string Trade, string Row)[] expected
    )
    {
        var settings = new LedgerSettings(Number(capital), Number(allocation), Number(fee));
        var state = LedgerState.Start(settings);
        var seq = 0;
        foreach (var (trade, row) in expected)
        {
            var next = CapitalLedger.Next(settings, state, Trade(trade, ++seq));
            Assert.Equal(seq, next.State.Seq);
            Assert.Equal(row, Text(next));
            state = next.State;
        }
    }

    private static string Text(in LedgerRow row) =>
        string.Join(
            " | ",
            Text(row.ChangePercentage),
            Text(row.Pnl),
            Text(row.State.AvailableCapital),
            Text(row.State.PeakCapital),
            Text(row.Drawdown),
            Text(row.DrawdownPercentage),
            Text(row.State.MaxDrawdownPercentage),
            row.State.Wins.ToString(CultureInfo.InvariantCulture),
            row.State.RuinedSeq?.ToString(CultureInfo.InvariantCulture) ?? "-",
            row.State.CappedSeq?.ToString(CultureInfo.InvariantCulture) ?? "-"
        );

    private static string Text(decimal value) =>
        value.ToString("0.############################", CultureInfo.InvariantCulture);

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static CountedTrade Trade(string text, int minute)
    {
        var cells = text.Split(" | ");
        var entry = new DateTime(2026, 1, 1, 0, minute, 0, DateTimeKind.Utc);
        return new CountedTrade(
            Id((byte)minute),
            1,
            Direction.Long,
            entry,
            entry.AddSeconds(30),
            Number(cells[1]),
            Number(cells[2]),
            Number(cells[0])
        );
    }

    private static AlertId Id(byte first) => new([first, .. new byte[AlertId.Length - 1]]);
}
