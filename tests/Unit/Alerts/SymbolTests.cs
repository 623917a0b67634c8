using PnlPipeline.Alerts;

namespace PnlPipeline.Tests.Unit.Alerts;

public sealed class SymbolTests
{
    [Theory]
    [InlineData("BTCUSDT", "BTCUSDT")]
    [InlineData("btcUsdt", "BTCUSDT")]
    [InlineData(" \tbtc\r\n", "BTC")]
    [InlineData("\u00A0btc\u2003", "BTC")]
    [InlineData("binance:btcusdt.p", "BINANCE:BTCUSDT.P")]
    [InlineData("!~", "!~")]
    [InlineData("<script>'--", "<SCRIPT>'--")]
    public void A_symbol_is_trimmed_and_stored_in_upper_case(string text, string expected)
    {
        Assert.True(Symbol.TryParse(text, out var canonical, out var error), error);
        Assert.Equal(expected, canonical);
        Assert.Equal("", error);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("BTC USDT")]
    [InlineData("BTC|USDT")]
    [InlineData("BTC\u0000")]
    [InlineData("BTC\u007F")]
    [InlineData("BTÇ")]
    [InlineData("\uFF21")]
    [InlineData("\ud83d\ude00")]
    public void A_symbol_is_visible_ASCII_without_a_bar(string? text)
    {
        Assert.False(Symbol.TryParse(text, out var canonical, out var error));
        Assert.Equal("", canonical);
        Assert.NotEqual("", error);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_symbol_has_at_most_64_characters_after_trimming(int length, bool isSymbol) =>
        Assert.Equal(isSymbol, Symbol.TryParse($"  {new string('a', length)}  ", out _, out _));
}
