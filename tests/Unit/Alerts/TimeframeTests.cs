using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Tests.Unit.Alerts;

public sealed class TimeframeTests
{
    [Theory]
    // Pine's own: digits are minutes, a unit alone gets a 1.
    [InlineData("60", "60")]
    [InlineData("D", "1D")]
    [InlineData("W", "1W")]
    [InlineData("M", "1M")]
    [InlineData("S", "1S")]
    [InlineData("h", "60")]
    [InlineData("m", "1")]
    [InlineData("1D", "1D")]
    [InlineData("12M", "12M")]
    // A unit matches in either letter case, but for the month and the minute.
    [InlineData("d", "1D")]
    [InlineData("w", "1W")]
    [InlineData("s", "1S")]
    [InlineData("H", "60")]
    // Human forms.
    [InlineData("15m", "15")]
    [InlineData("1h", "60")]
    [InlineData("1H", "60")]
    [InlineData("4h", "240")]
    [InlineData("1d", "1D")]
    [InlineData("1w", "1W")]
    [InlineData("30s", "30S")]
    [InlineData("1M", "1M")]
    [InlineData("1m", "1")]
    // Nothing else is folded.
    [InlineData("1440", "1440")]
    [InlineData("24h", "1440")]
    [InlineData("7D", "7D")]
    [InlineData("60S", "60S")]
    // Leading zeros go, before the digits are counted.
    [InlineData("015", "15")]
    [InlineData("004h", "240")]
    [InlineData("01D", "1D")]
    [InlineData("0000999999", "999999")]
    [InlineData("999999h", "59999940")]
    // Anything else is a label, kept upper-case.
    [InlineData("1000000", "1000000")]
    [InlineData("0001234567", "0001234567")]
    [InlineData("1234567m", "1234567M")]
    [InlineData("10r", "10R")]
    [InlineData("1.5h", "1.5H")]
    [InlineData("-5", "-5")]
    [InlineData("1hh", "1HH")]
    [InlineData("h1", "H1")]
    [InlineData("renko:5", "RENKO:5")]
    [InlineData(" 60 ", "60")]
    [InlineData("-", "-")]
    [InlineData("..", "..")]
    [InlineData("日足", "日足")]
    [InlineData("5ми\u0438\u0306", "5МИЙ")]
    [InlineData("٣", "٣")]
    public void A_timeframe_becomes_what_Pine_would_write(string text, string expected)
    {
        Assert.True(Timeframe.TryParse(text, out var canonical, out var error), error);
        Assert.Equal(expected, canonical);
        Assert.True(Timeframe.TryParse(canonical, out var again, out _));
        Assert.Equal(canonical, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("0")]
    [InlineData("000")]
    [InlineData("00000000")]
    [InlineData("0D")]
    [InlineData("0m")]
    [InlineData("00h")]
    [InlineData("4 h")]
    [InlineData("4|h")]
    [InlineData("4\u00B2")]
    [InlineData("4\U0001F680")]
    [InlineData("12345678901234567")]
    public void Zero_and_other_characters_and_more_than_16_are_refused(string? text)
    {
        Assert.False(Timeframe.TryParse(text, out var canonical, out var error));
        Assert.Equal("", canonical);
        Assert.NotEqual("", error);
    }
}
