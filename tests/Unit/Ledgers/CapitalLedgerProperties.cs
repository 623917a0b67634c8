using System.Numerics;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using Fraction = PnlPipeline.Tests.Unit.Ledgers.ReferenceLedger.Fraction;

namespace PnlPipeline.Tests.Unit.Ledgers;

/// <summary>
/// What holds for every sequence of trades, tried on many; a failure names the seed that brings it back.
/// </summary>
public sealed class CapitalLedgerProperties
{
    private static readonly FixedPoint CapitalLimit = FixedPoint.Of(CapitalLedger.MaxCapital);
    private static readonly FixedPoint ChangeLimit = FixedPoint.Of(CapitalLedger.MaxChangePercentage);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 300)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_row_equals_the_one_computed_with_fractions(int seed)
    {
        var (settings, trades) = Sequence(new Random(seed));
        var expected = ReferenceLedger.Of(settings, trades);
        var state = LedgerState.Start(settings);
        for (var i = 0; i < trades.Count; i++)
        {
            var row = CapitalLedger.Next(settings, state, trades[i]);
            state = row.State;
            Assert.Equal(expected[i], InUnits(row));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Rows_add_up_between_the_floor_and_the_cap_and_under_their_peak(int seed)
    {
        var (settings, trades) = Sequence(new Random(seed));
        var before = LedgerState.Start(settings);
        var highest = settings.Capital;
        foreach (var trade in trades)
        {
            var row = CapitalLedger.Next(settings, before, trade);
            var state = row.State;
            highest = Math.Max(highest, state.AvailableCapital);
            Assert.Equal(before.Seq + 1, state.Seq);
            Assert.Equal(before.AvailableCapital + row.Pnl, state.AvailableCapital);
            Assert.InRange(state.AvailableCapital, 0m, CapitalLedger.MaxCapital);
            Assert.Equal(highest, state.PeakCapital);
            Assert.Equal(state.PeakCapital - state.AvailableCapital, row.Drawdown);
            Assert.InRange(row.DrawdownPercentage, 0m, 100m);
            Assert.InRange(row.ChangePercentage, -CapitalLedger.MaxChangePercentage, CapitalLedger.MaxChangePercentage);
            Assert.True(before.AvailableCapital != 0 || row.Pnl == 0, "Nothing comes of nothing.");
            Assert.Equal(before.RuinedSeq ?? (state.AvailableCapital == 0 ? state.Seq : null), state.RuinedSeq);
            before = state;
        }
    }

    [Fact]
    public void Going_on_from_any_row_makes_the_same_rows()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var (settings, trades) = Sequence(new Random(seed));
            var rows = Run(settings, LedgerState.Start(settings), trades);
            var middle = trades.Count / 2;
            Assert.Equal(rows.Skip(middle), Run(settings, rows[middle - 1].State, trades.Skip(middle)));
        }
    }

    [Fact]
    public void Products_and_quotients_are_rounded_once_from_the_exact_value()
    {
        var random = new Random(7);
        for (var i = 0; i < 200_000; i++)
        {
            var (a, b, c) = (Any(random, 18, 8), Any(random, 3, 8), Any(random, 15, 8));
            var divisor = random.Next(2) == 0 ? 10_000m : Math.Max(Math.Abs(Any(random, 18, 8)), 0.00000001m);
            var exact = (Fraction.Of(a) * Fraction.Of(b) * Fraction.Of(c) / Fraction.Of(divisor)).Rounded();
            Assert.Equal(
                Within(exact, 18),
                ReferenceLedger.Units(FixedPoint.MultiplyDivide(a, b, c, divisor, CapitalLimit))
            );
        }
    }

    [Fact]
    public void A_share_taken_off_is_rounded_once_from_the_exact_value()
    {
        var random = new Random(8);
        for (var i = 0; i < 200_000; i++)
        {
            var (value, factor) = (Any(random, 15, 8), Math.Abs(Any(random, 1, 8)));
            var (x, y) = (Price(random), Price(random));
            var exact = (
                Fraction.Of(value) - (Fraction.Of(factor) * (Fraction.Of(x) + Fraction.Of(y)) / Fraction.Of(x))
            ).Rounded();
            Assert.Equal(
                Within(exact, 15),
                ReferenceLedger.Units(FixedPoint.SubtractShare(value, factor, x, y, x, ChangeLimit))
            );
        }
    }

    [Theory]
    [InlineData(5, 10, 0)]
    [InlineData(15, 10, 2)]
    [InlineData(25, 10, 2)]
    [InlineData(-5, 10, 0)]
    [InlineData(-15, 10, -2)]
    [InlineData(15, -10, -2)]
    [InlineData(-25, -10, 2)]
    [InlineData(16, 10, 2)]
    [InlineData(-14, 10, -1)]
    [InlineData(7, 3, 2)]
    public void Half_goes_to_the_even_neighbour(int numerator, int denominator, int expected)
    {
        Assert.Equal(expected, FixedPoint.DivideHalfEven((Int128)numerator, denominator));
        Assert.Equal(expected, FixedPoint.DivideHalfEven((BigInteger)numerator, denominator));
    }

    [Fact]
    public void A_result_wider_than_a_decimal_is_a_bug_and_throws() =>
        Assert.Throws<OverflowException>(() =>
            FixedPoint.MultiplyDivide(decimal.MaxValue, 1m, 2m, FixedPoint.Of(decimal.MaxValue))
        );

    [Fact]
    public void More_decimals_than_are_stored_are_a_bug_and_throw() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            FixedPoint.SubtractShare(0.000000001m, 1m, 1m, 1m, 1m, ChangeLimit)
        );

    internal static List<LedgerRow> Run(LedgerSettings settings, LedgerState state, IEnumerable<CountedTrade> trades)
    {
        var rows = new List<LedgerRow>();
        foreach (var trade in trades)
        {
            rows.Add(CapitalLedger.Next(settings, state, trade));
            state = rows[^1].State;
        }

        return rows;
    }

    // A third of the sequences is of ordinary size, the others go to the edges: ruin, cap, one unit of capital, prices
    // far apart.
    internal static (LedgerSettings Settings, List<CountedTrade> Trades) Sequence(Random random)
    {
        var ordinary = random.Next(3) == 0;
        var settings = new LedgerSettings(
            ordinary
                ? 100_000m
                : Pick(
                    random,
                    0.00000001m,
                    1_000_000_000_000m,
                    999_999_999_999.99999999m,
                    Math.Abs(Any(random, 12, 8)) + 0.00000001m
                ),
            Pick(random, 100m, 33.33333333m, 0.00000001m, random.Next(1, 100) + 0.12345678m),
            Pick(random, 0m, 0.1m, 10m, 0.00000001m, 3.33333333m)
        );
        return (settings, [.. Enumerable.Range(0, random.Next(2, 60)).Select(i => Trade(random, i, ordinary))]);
    }

    private static CountedTrade Trade(Random random, int minute, bool ordinary)
    {
        var entryTime = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(minute);
        var id = new byte[AlertId.Length];
        random.NextBytes(id);
        var entry = ordinary ? random.Next(1, 1_000_000_000) / 10_000m : Price(random);
        var exit = ordinary ? Math.Round(entry * (0.95m + (random.Next(1_000) / 10_000m)), 12) : Price(random);
        var change = ordinary ? Math.Round((exit - entry) / entry * 100, 8) : Any(random, random.Next(1, 16), 8);
        return new CountedTrade(
            new AlertId(id),
            1,
            Direction.Long,
            entryTime,
            entryTime.AddSeconds(30),
            entry,
            exit,
            change
        );
    }

    // As many digits as come, spread over all lengths; now and then a tie in the making.
    private static decimal Any(Random random, int wholeDigits, int decimals)
    {
        var whole = random.Next(wholeDigits + 1);
        BigInteger units = 0;
        var digits = random.Next(2) == 0 ? whole + decimals : random.Next(1, whole + decimals + 1);
        for (var i = 0; i < digits; i++)
            units = (units * 10) + (random.Next(4) == 0 ? 5 : random.Next(10));
        var value = (decimal)units / (decimal)BigInteger.Pow(10, decimals);
        return random.Next(2) == 0 ? -value : value;
    }

    private static decimal Price(Random random) =>
        Pick(
            random,
            0.000000000001m,
            999_999_999_999_999.999999999999m,
            Math.Abs(Any(random, 15, 12)) + 0.000000000001m,
            random.Next(1, 100)
        );

    private static T Pick<T>(Random random, params T[] values) => values[random.Next(values.Length)];

    private static BigInteger Within(BigInteger units, int power)
    {
        var limit = BigInteger.Pow(10, power + 8);
        return BigInteger.Max(BigInteger.Min(units, limit), -limit);
    }

    private static ReferenceLedger.Row InUnits(in LedgerRow row) =>
        new(
            ReferenceLedger.Units(row.ChangePercentage),
            ReferenceLedger.Units(row.Pnl),
            ReferenceLedger.Units(row.Fee),
            ReferenceLedger.Units(row.State.AvailableCapital),
            ReferenceLedger.Units(row.State.PeakCapital),
            ReferenceLedger.Units(row.Drawdown),
            ReferenceLedger.Units(row.DrawdownPercentage),
            ReferenceLedger.Units(row.State.MaxDrawdownPercentage),
            row.State.Wins,
            row.State.RuinedSeq,
            row.State.CappedSeq
        );
}
