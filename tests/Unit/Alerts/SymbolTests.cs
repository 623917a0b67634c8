using System.Text;
using PnlPipeline.Domain.Alerts;

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
    [InlineData(".a", ".A")]
    [InlineData("a.", "A.")]
    // Letters, marks and digits of any script, composed.
    [InlineData("btç", "BTÇ")]
    [InlineData("btc\u0327", "BTÇ")]
    [InlineData("\uFF21", "\uFF21")]
    [InlineData("贵州茅台", "贵州茅台")]
    [InlineData("сбер", "СБЕР")]
    [InlineData("삼성전자", "삼성전자")]
    [InlineData("\u1109\u1161\u11B7", "삼")]
    [InlineData("हिन्दी१", "हिन्दी१")]
    [InlineData("\U00010428", "\U00010400")]
    [InlineData("ßı", "ßı")]
    [InlineData("\u1F80", "\u1F88")]
    [InlineData("a\u0345", "A\u0399")]
    [InlineData("\u212Am", "KM")]
    public void A_symbol_is_trimmed_and_stored_in_upper_case(string text, string expected)
    {
        Assert.True(Symbol.TryParse(text, out var canonical, out var error), error);
        Assert.Equal(expected, canonical);
        Assert.Equal("", error);
        Assert.True(Symbol.TryParse(canonical, out var again, out _));
        Assert.Equal(canonical, again);
    }

    [Fact]
    public void Every_letter_mark_and_digit_is_of_one_form_whatever_it_is_written_after()
    {
        string[] before = ["", "a", "\u0323", "A\u0300", "\u1100", "\uAC00", "\u0399"];
        for (var code = 0; code <= 0x10FFFF; code++)
        {
            if (!Rune.IsValid(code))
                continue;
            foreach (var first in before)
            {
                var text = first + new Rune(code);
                if (Symbol.TryParse(text, out var canonical, out _))
                    Assert.True(
                        Symbol.TryParse(canonical, out var again, out _) && again == canonical,
                        $"U+{code:X4} after '{first}'"
                    );
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("BTC USDT")]
    [InlineData("BTC|USDT")]
    [InlineData("BTC\u0000")]
    [InlineData("BTC\u007F")]
    [InlineData("\u00A0")]
    [InlineData("A\u00A0B")]
    [InlineData("A\u200B")]
    [InlineData("A€")]
    [InlineData("A½")]
    [InlineData("AⅣ")]
    [InlineData("A｜B")]
    [InlineData("A\uE000")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(" ... ")]
    public void A_symbol_is_signs_of_ASCII_without_a_bar_and_letters_marks_and_digits(string? text)
    {
        Assert.False(Symbol.TryParse(text, out var canonical, out var error));
        Assert.Equal("", canonical);
        Assert.NotEqual("", error);
    }

    [Theory]
    [InlineData("A\U0001F680", "U+1F680")]
    [InlineData("\u20AC", "U+20AC")]
    [InlineData("A|B", "'|'")]
    [InlineData("A B", "a space")]
    public void An_error_names_the_whole_character(string text, string named)
    {
        Assert.False(Symbol.TryParse(text, out _, out var error));
        Assert.Contains(named, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", 64, true)]
    [InlineData("a", 65, false)]
    [InlineData("\U00010428", 64, true)]
    [InlineData("\U00010428", 65, false)]
    [InlineData("c\u0327", 64, true)]
    [InlineData("c\u0327", 65, false)]
    [InlineData("\u0323\u0301", 8_000, false)]
    public void A_symbol_has_at_most_64_characters_after_trimming(string character, int length, bool isSymbol)
    {
        var text = $"  {string.Concat(Enumerable.Repeat(character, length))}  ";

        Assert.Equal(isSymbol, Symbol.TryParse(text, out _, out _));
    }
}
