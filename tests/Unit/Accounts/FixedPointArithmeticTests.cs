using System.Numerics;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Tests.Unit.Accounts;

/// <summary>Against rationals of integers without end.</summary>
public sealed class FixedPointArithmeticTests
{
    private const int Cases = 50_000;
    private const decimal Limit = 1_000_000_000_000_000m;

    [Theory]
    [InlineData("1", "1", "3", "0.33333333")]
    [InlineData("2", "1", "3", "0.66666667")]
    [InlineData("0.000000005", "1", "1", "0")] // half: to the even neighbour
    [InlineData("0.000000015", "1", "1", "0.00000002")]
    [InlineData("-0.000000005", "1", "1", "0")]
    [InlineData("-0.000000015", "1", "1", "-0.00000002")]
    [InlineData("0.00000000500000000001", "1", "1", "0.00000001")] // more than half, far behind
    [InlineData("999999999999999.999999999999", "100", "0.000000000001", "1000000000000000")] // brought to the limit
    [InlineData("-999999999999999.999999999999", "100", "0.000000000001", "-1000000000000000")]
    [InlineData(
        "123456789012345.123456789012",
        "999999999999.99999999",
        "999999999999999.999999999999",
        "123456789012.34512346"
    )] // past 128 bits
    public void A_product_over_a_divisor_is_rounded_half_even_to_eight_decimals(
        string a,
        string b,
        string divisor,
        string expected
    ) =>
        Assert.Equal(
            decimal.Parse(expected),
            FixedPoint.MultiplyDivide(decimal.Parse(a), decimal.Parse(b), decimal.Parse(divisor), FixedPoint.Of(Limit))
        );

    [Fact]
    public void Any_product_over_a_divisor_is_the_exact_value_rounded_once()
    {
        var random = new Random(1);
        for (var i = 0; i < Cases; i++)
        {
            var (a, b, c) = (Any(random, 12), Any(random, 8), Any(random, 8));
            var divisor = Math.Abs(Any(random, 12));
            if (divisor == 0)
                continue;
            var expected = Rounded(Rational(a) * Rational(b) * Rational(c), Rational(divisor) * Scale * Scale, Limit);
            Assert.True(
                expected == FixedPoint.MultiplyDivide(a, b, c, divisor, FixedPoint.Of(Limit)),
                $"{a} * {b} * {c} / {divisor} is {expected}"
            );
        }
    }

    [Fact]
    public void Any_value_less_a_share_is_the_exact_value_rounded_once()
    {
        var random = new Random(2);
        for (var i = 0; i < Cases; i++)
        {
            var (value, factor) = (Any(random, 8), Any(random, 8));
            var (x, y) = (Math.Abs(Any(random, 12)), Math.Abs(Any(random, 12)));
            if (x == 0)
                continue;
            var expected = Rounded(
                (Rational(value) * Rational(x)) - (Rational(factor) * (Rational(x) + Rational(y))),
                Rational(x) * Scale,
                Limit
            );
            Assert.True(
                expected == FixedPoint.SubtractShare(value, factor, x, y, x, FixedPoint.Of(Limit)),
                $"{value} - {factor} * ({x} + {y}) / {x} is {expected}"
            );
        }
    }

    [Fact]
    public void Any_quotient_of_narrow_integers_is_that_of_wide_ones()
    {
        var random = new Random(3);
        for (var i = 0; i < Cases; i++)
        {
            var numerator = new Int128((ulong)random.NextInt64(), (ulong)random.NextInt64()) >> random.Next(1, 127);
            var denominator = new Int128((ulong)random.NextInt64(), (ulong)random.NextInt64()) >> random.Next(1, 127);
            if (denominator == 0)
                continue;
            numerator = random.Next(2) == 0 ? numerator : -numerator;
            denominator = random.Next(2) == 0 ? denominator : -denominator;
            Assert.Equal(
                FixedPoint.DivideHalfEven((BigInteger)numerator, (BigInteger)denominator),
                (BigInteger)FixedPoint.DivideHalfEven(numerator, denominator)
            );
        }
    }

    // Values as integers of 10^-12.
    private static readonly BigInteger Scale = BigInteger.Pow(10, 12);

    private static BigInteger Rational(decimal value)
    {
        var whole = decimal.Truncate(value);
        return (new BigInteger(whole) * Scale) + new BigInteger((value - whole) * 1_000_000_000_000m);
    }

    // Rounds by its own rule: the nearest of the two neighbours by distance, and of two that are equally near the even
    // one.
    private static decimal Rounded(BigInteger numerator, BigInteger denominator, decimal limit)
    {
        var scaled = numerator * 100_000_000;
        var floor = BigInteger.Divide(scaled - (((scaled % denominator) + denominator) % denominator), denominator);
        var down = scaled - (floor * denominator);
        var up = ((floor + 1) * denominator) - scaled;
        var nearest =
            down < up ? floor
            : up < down ? floor + 1
            : floor.IsEven ? floor
            : floor + 1;
        var bound = new BigInteger(limit) * 100_000_000;
        return (decimal)BigInteger.Max(-bound, BigInteger.Min(bound, nearest)) / 100_000_000m;
    }

    // Of every size and scale, ties and ends among them.
    private static decimal Any(Random random, int maxDecimals)
    {
        var digits = random.Next(1, maxDecimals + 16);
        var mantissa = BigInteger.Zero;
        for (var i = 0; i < digits; i++)
            mantissa =
                (mantissa * 10)
                + (
                    random.Next(4) == 0 ? 5
                    : random.Next(3) == 0 ? 0
                    : random.Next(10)
                );
        var decimals = random.Next(Math.Min(digits, maxDecimals) + 1);
        while (mantissa >= BigInteger.Pow(10, 15 + decimals))
            mantissa /= 10;
        var value = new decimal(
            (int)(uint)(mantissa & uint.MaxValue),
            (int)(uint)((mantissa >> 32) & uint.MaxValue),
            (int)(uint)(mantissa >> 64),
            false,
            (byte)decimals
        );
        return random.Next(2) == 0 ? value : -value;
    }
}
