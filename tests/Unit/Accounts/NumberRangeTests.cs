using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Tests.Unit.Accounts;

public sealed class NumberRangeTests
{
    private const string TooManyDecimals = "Has more than 8 decimals. Send at most 8.";

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0.000000000000", "0")]
    [InlineData("100000", "100000")]
    [InlineData("1.10", "1.1")]
    [InlineData("1.100000000000", "1.1")]
    [InlineData("0.00000001", "0.00000001")]
    [InlineData("1e-8", "0.00000001")]
    [InlineData("123e-2", "1.23")]
    [InlineData("0.5E+3", "500")]
    [InlineData("99999999999999999999", "99999999999999999999")]
    [InlineData("0e99999999999999999999", "0")]
    [InlineData("-12.5", "-12.5")]
    [InlineData("1e20", "Is out of range. Send a number from -1000 to 100000000000000000000.")]
    [InlineData("1e99999999999999999999", "Is out of range. Send a number from -1000 to 100000000000000000000.")]
    [InlineData("1e-9", TooManyDecimals)]
    [InlineData("1.000000001", TooManyDecimals)]
    [InlineData("1.000000000000000000000000000000000000001", TooManyDecimals)]
    [InlineData("1e-99999999999999999999", TooManyDecimals)]
    [InlineData(".5", "Is not a number. Send one from -1000 to 100000000000000000000.")]
    [InlineData("1,5", "Is not a number. Send one from -1000 to 100000000000000000000.")]
    [InlineData("", "Is not a number. Send one from -1000 to 100000000000000000000.")]
    public void A_number_is_read_exactly_or_not_at_all(string text, string expected)
    {
        var range = new NumberRange(-1000, 100_000_000_000_000_000_000m);
        var isRead = range.TryRead(text, out var value, out var error);
        Assert.Equal(expected, isRead ? $"{value}" : error);
        Assert.Equal(isRead, error.Length == 0);
        Assert.True(isRead || value == 0);
    }

    [Theory]
    [InlineData("0", false, true)]
    [InlineData("-0.00000001", false, false)]
    [InlineData("0.00000001", true, true)]
    [InlineData("10", true, true)]
    [InlineData("10.00000001", false, false)]
    public void The_ends_belong_to_it_but_for_a_least_that_is_excluded(string text, bool withoutLeast, bool withLeast)
    {
        Assert.Equal(withoutLeast, new NumberRange(0, 10, ExclusiveMin: true).TryRead(text, out _, out _));
        Assert.Equal(withLeast, new NumberRange(0, 10).TryRead(text, out _, out _));
    }

    [Fact]
    public void Says_in_words_what_may_be_sent()
    {
        Assert.Equal("from 0 to 10", $"{BatchLimits.FeePercentage}");
        Assert.Equal("above 0 and at most 1000000000000", $"{BatchLimits.Capital}");
    }
}
