using System.Globalization;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Tests.Unit.Alerts;

public sealed class PriceTests
{
    [Theory]
    [InlineData("43250.5", "43250.5")]
    [InlineData("100", "100")]
    [InlineData(" 100.00 ", "100")]
    [InlineData("1e2", "100")]
    [InlineData("1E+2", "100")]
    [InlineData("12345e-2", "123.45")]
    [InlineData("0.000000000001", "0.000000000001")]
    [InlineData("1e-12", "0.000000000001")]
    // Half-even at the 13th decimal.
    [InlineData("1.0000000000005", "1")]
    [InlineData("1.0000000000015", "1.000000000002")]
    [InlineData("1.0000000000025", "1.000000000002")]
    [InlineData("1.00000000000250000001", "1.000000000003")]
    [InlineData("1.0000000000024999999", "1.000000000002")]
    [InlineData("0.0000000000015", "0.000000000002")]
    [InlineData("0.00000000000050000000001", "0.000000000001")]
    // Once: 0.…0549… rounded to 13 decimals first would go up.
    [InlineData("2.00000000000049999999", "2")]
    [InlineData("2.99999999999949999999", "2.999999999999")]
    [InlineData("9.9999999999996", "10")]
    // 28 significant digits exactly; a decimal would hold no more decimals than these.
    [InlineData("999999999999999.9999999999994", "999999999999999.999999999999")]
    [InlineData("1234567890.123456789012345678", "1234567890.123456789012")]
    [InlineData("1.234567890123456789012345678", "1.234567890123")]
    [InlineData("0.000000000001234567890123456789012345678", "0.000000000001")]
    [InlineData("5.000000000000000000000000001e-13", "0.000000000001")]
    // Leading zeros are not significant, and an exponent may undo any number of them.
    [InlineData("0.00000000000000000000000000000000000000000001e45", "10")]
    [InlineData("1e14", "100000000000000")]
    [InlineData("100000000000000000000000000e-20", "1000000")]
    public void A_price_is_rounded_once_half_even_to_12_decimals(string text, string expected)
    {
        Assert.True(Price.TryParse(text, out var price, out var error), error);
        Assert.Equal(expected, price.ToString(CultureInfo.InvariantCulture));
        Assert.Equal("", error);
    }

    [Theory]
    [InlineData("0", "above 0")]
    [InlineData("-0", "above 0")]
    [InlineData("0.000", "above 0")]
    [InlineData("0e999999999999999999999", "above 0")]
    [InlineData("-1", "above 0")]
    [InlineData("-1e-400", "above 0")]
    [InlineData("1e-400", "Is 0 once")]
    [InlineData("1e-99999999999999999999999999", "Is 0 once")]
    [InlineData("0.0000000000004999", "Is 0 once")]
    [InlineData("0.0000000000005", "Is 0 once")] // half-even, to the even 0
    [InlineData("5e-13", "Is 0 once")]
    [InlineData("1e15", "below 10^15")]
    [InlineData("1000000000000000", "below 10^15")]
    [InlineData("999999999999999.9999999999995", "below 10^15")] // rounds up to it
    [InlineData("1e308", "below 10^15")]
    [InlineData("1e99999999999999999999999999", "below 10^15")]
    [InlineData("1.0000000000000000000000000001", "29 significant")]
    [InlineData("1.0000000000000000000000000000", "29 significant")] // trailing zeros are digits as written
    [InlineData("10000000000000000000000000000", "29 significant")]
    [InlineData("0.1234567890123456789012345678901234567890", "40 significant")]
    [InlineData("1234567890123456789012345678901234567890", "40 significant")]
    [InlineData("NaN", "Pine prints for na")]
    [InlineData(" nan ", "Pine prints for na")]
    [InlineData(null, "not a number")]
    [InlineData("", "not a number")]
    [InlineData("na", "not a number")]
    [InlineData("Infinity", "not a number")]
    [InlineData("+1", "not a number")]
    [InlineData("01", "not a number")]
    [InlineData("00.5", "not a number")]
    [InlineData(".5", "not a number")]
    [InlineData("5.", "not a number")]
    [InlineData("1.e5", "not a number")]
    [InlineData("1e", "not a number")]
    [InlineData("1e+", "not a number")]
    [InlineData("-", "not a number")]
    [InlineData("--1", "not a number")]
    [InlineData("1,5", "not a number")]
    [InlineData("1 000", "not a number")]
    [InlineData("0x10", "not a number")]
    [InlineData("١", "not a number")]
    [InlineData("1e1.5", "not a number")]
    public void What_is_no_price_is_refused_with_the_reason(string? text, string why)
    {
        Assert.False(Price.TryParse(text, out var price, out var error));
        Assert.Equal(0, price);
        Assert.Contains(why, error, StringComparison.Ordinal);
    }
}
