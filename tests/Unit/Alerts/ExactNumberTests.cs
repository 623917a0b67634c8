using System.Globalization;
using System.Numerics;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Tests.Unit.Alerts;

public sealed class ExactNumberTests
{
    private const int MaxDigits = 28;

    /// <summary>
    /// Against integers without end: texts of all lengths, with ties and long tails among them, and every exponent near
    /// them.
    /// </summary>
    [Fact]
    public void A_number_is_rounded_half_even_once_from_all_of_its_digits()
    {
        var random = new Random(11);
        for (var i = 0; i < 100_000; i++)
        {
            var (digits, exponent, decimals) = (Digits(random), random.Next(-45, 30), random.Next(0, 13));
            var text = $"{(random.Next(2) == 0 ? "-" : "")}{digits}e{exponent}";
            Assert.True(ExactNumber.TryParse(text, out var number), text);
            var expected = Rounded(BigInteger.Parse(digits, CultureInfo.InvariantCulture), exponent + decimals);
            var written = digits.TrimEnd('0').Length;
            var isRead = number.TryRound(decimals, out var value);

            if (isRead)
                Assert.Equal(number.IsNegative ? -expected : expected, Units(value, decimals));
            else
                Assert.True(
                    digits.TrimEnd('0').Length > MaxDigits || expected >= BigInteger.Pow(10, MaxDigits),
                    $"{text} to {decimals} decimals is {expected}"
                );
            Assert.Equal(value, ExactNumber.WithoutTrailingZeros(value));
        }
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0e-5", 0)]
    [InlineData("1.10", 1)]
    [InlineData("1e-9", 9)]
    [InlineData("12e3", 0)]
    [InlineData("1.2345e2", 2)]
    public void Decimals_count_as_they_are_needed_not_as_they_are_written(string text, int expected)
    {
        Assert.True(ExactNumber.TryParse(text, out var number));
        Assert.Equal(expected, number.DecimalPlaces);
    }

    [Theory]
    [InlineData("1.50", "1.5")]
    [InlineData("100", "100")]
    [InlineData("0.000", "0")]
    [InlineData("999999999999999.999999999990", "999999999999999.99999999999")]
    [InlineData("9999999999999999999999999999", "9999999999999999999999999999")]
    public void A_decimal_loses_the_zeros_at_its_end(string text, string expected) =>
        Assert.Equal(
            expected,
            ExactNumber
                .WithoutTrailingZeros(decimal.Parse(text, CultureInfo.InvariantCulture))
                .ToString(CultureInfo.InvariantCulture)
        );

    private static string Digits(Random random)
    {
        var length = random.Next(1, 32);
        var digits = Enumerable
            .Range(0, length)
            .Select(_ =>
                random.Next(4) switch
                {
                    0 => '5',
                    1 => '0',
                    _ => (char)('0' + random.Next(10)),
                }
            );
        return $"{random.Next(1, 10)}{string.Concat(digits)}";
    }

    private static BigInteger Rounded(BigInteger digits, int exponent)
    {
        if (exponent >= 0)
            return digits * BigInteger.Pow(10, exponent);
        var unit = BigInteger.Pow(10, -exponent);
        var (down, rest) = (digits / unit, digits % unit);
        return rest * 2 > unit || (rest * 2 == unit && !down.IsEven) ? down + 1 : down;
    }

    private static BigInteger Units(decimal value, int decimals)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var scale = (bits[3] >> 16) & 0xFF;
        var mantissa = ((BigInteger)(uint)bits[2] << 64) + ((BigInteger)(uint)bits[1] << 32) + (uint)bits[0];
        return (bits[3] < 0 ? -mantissa : mantissa) * BigInteger.Pow(10, decimals - scale);
    }
}
