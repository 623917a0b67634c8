using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Tests.Unit.Trades;

public sealed class NoteRulesTests
{
    [Theory]
    [InlineData("breakout", "breakout")]
    [InlineData("  Late Entry ", "late entry")]
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("\ud83d\ude80", "\ud83d\ude80")]
    [InlineData("12345678901234567890123456789012", "12345678901234567890123456789012")]
    [InlineData("123456789012345678901234567890123", null)]
    [InlineData(" ", null)]
    [InlineData("a,b", null)]
    [InlineData("a\nb", null)]
    public void A_tag_is_one_line_in_lower_case(string text, string? expected)
    {
        var isTag = NoteRules.TryParseTag(text, out var tag, out var error);
        Assert.Equal((expected is not null, expected is null), (isTag, error.Length > 0));
        if (expected is not null)
            Assert.Equal(expected, tag);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("One.\r\nTwo.\rThree.\n\n ", "One.\nTwo.\nThree.")]
    [InlineData("a\tb", "a\tb")]
    [InlineData("<b>&amp;</b>", "<b>&amp;</b>")]
    [InlineData("a\0b", null)]
    public void A_note_is_plain_text(string text, string? expected)
    {
        var isNote = NoteRules.TryParseNote(text, out var note, out var error);
        Assert.Equal((expected is not null, expected is null), (isNote, error.Length > 0));
        if (expected is not null)
            Assert.Equal(expected, note);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_text()
    {
        // Not as inline data: there it would become a question mark.
        var half = new string([(char)0xD83D]);
        Assert.False(NoteRules.TryParseTag(half, out _, out _));
        Assert.False(NoteRules.TryParseNote("a" + half, out _, out _));
        Assert.False(NoteRules.TryParseNote(new string([(char)0xDC00]), out _, out _));
    }

    [Fact]
    public void A_note_has_its_length()
    {
        Assert.True(NoteRules.TryParseNote(new string('x', 2000), out _, out _));
        Assert.False(NoteRules.TryParseNote(new string('x', 2001), out _, out var error));
        Assert.Equal("Has 2001 characters. Send at most 2000.", error);
    }
}
