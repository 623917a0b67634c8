using System.Numerics;
using System.Text.Json;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Tests.Unit.Accounts;

public sealed class FixedPointTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("1.50", "1.5")]
    [InlineData("-0.00000001", "-0.00000001")]
    [InlineData("100512.3", "100512.3")]
    [InlineData("1000000000000000000", "1000000000000000000")]
    [InlineData("-999999999999999999.99999999", "-999999999999999999.99999999")]
    [InlineData("0.10000000000", "0.1")]
    public void Is_written_in_plain_digits(string value, string text)
    {
        var amount = FixedPoint.Of(decimal.Parse(value));
        Assert.Equal(text, amount.ToString());
        Assert.Equal($"[{text}]", JsonSerializer.Serialize<FixedPoint[]>([amount]));
    }

    [Fact]
    public void The_widest_sum_is_written_whole()
    {
        Assert.Equal("1701411834604692317316873037158.84105727", new FixedPoint(Int128.MaxValue).ToString());
        Assert.Equal("-1701411834604692317316873037158.84105727", new FixedPoint(-Int128.MaxValue).ToString());
    }

    [Fact]
    public void Nine_decimals_are_a_bug()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedPoint.Of(0.000000001m));
    }

    [Theory]
    [InlineData("1", "3", "33.33333333")]
    [InlineData("2", "3", "66.66666667")]
    [InlineData("1", "1", "100")]
    // Exactly half-way: to the even neighbour.
    [InlineData("0.00000001", "200", "0")]
    [InlineData("0.00000003", "200", "0.00000002")]
    [InlineData("0.00000005", "200", "0.00000002")]
    [InlineData("999999999999999999.99999999", "1000000000000000000", "100")]
    public void A_percentage_is_rounded_half_even_once(string part, string whole, string percentage)
    {
        Assert.Equal(
            percentage,
            FixedPoint.Of(decimal.Parse(part)).PercentageOf(FixedPoint.Of(decimal.Parse(whole))).ToString()
        );
    }

    [Fact]
    public void A_percentage_is_what_whole_numbers_without_end_say()
    {
        var random = new Random(7);
        for (var i = 0; i < 200_000; i++)
        {
            var whole = Any(random);
            // Near and far, at and around what is exactly half-way.
            var part =
                i % 3 == 0 ? Any(random)
                : i % 3 == 1 ? random.NextInt64(Math.Min(whole, long.MaxValue / 4) * 3)
                : whole;
            var (quotient, remainder) = BigInteger.DivRem((BigInteger)part * 10_000_000_000, whole);
            if (remainder * 2 > whole || (remainder * 2 == whole && !quotient.IsEven))
                quotient++;
            Assert.Equal(quotient, (BigInteger)new FixedPoint(part).PercentageOf(new FixedPoint(whole)).Units);
        }

        static long Any(Random random) => 1 + (random.NextInt64() >> random.Next(62));
    }

    [Fact]
    public void A_percentage_of_the_widest_sums_does_not_overflow()
    {
        Assert.Equal(
            "50",
            new FixedPoint(Int128.MaxValue / 2).PercentageOf(new FixedPoint(Int128.MaxValue - 1)).ToString()
        );
    }
}
