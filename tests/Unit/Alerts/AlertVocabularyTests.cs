using PnlPipeline.Alerts;
using PnlPipeline.Contracts;

namespace PnlPipeline.Tests.Unit.Alerts;

public sealed class AlertVocabularyTests
{
    [Theory]
    // Rule 2: an exit word is an exit, whatever else is named; its direction only where exactly one is.
    [InlineData("exit", "bearish", AlertAction.Exit, Direction.Short)]
    [InlineData("close", "", AlertAction.Exit, null)]
    [InlineData("flat", null, AlertAction.Exit, null)]
    [InlineData("tp", "long", AlertAction.Exit, Direction.Long)]
    [InlineData("TP1", "long", AlertAction.Exit, Direction.Long)]
    [InlineData("sl", "buy", AlertAction.Exit, Direction.Long)]
    [InlineData("stop", "sell", AlertAction.Exit, Direction.Short)]
    [InlineData("exit long", "bearish", AlertAction.Exit, null)]
    [InlineData("close_long", "", AlertAction.Exit, Direction.Long)]
    [InlineData("", "exit long short", AlertAction.Exit, null)]
    // Rule 3: an entry word with the one direction named, wherever it stands.
    [InlineData("entry", "bullish", AlertAction.Entry, Direction.Long)]
    [InlineData("enter", "bear", AlertAction.Entry, Direction.Short)]
    [InlineData("open", "short", AlertAction.Entry, Direction.Short)]
    [InlineData("bull", "ENTRY", AlertAction.Entry, Direction.Long)]
    [InlineData("Enter Long!", null, AlertAction.Entry, Direction.Long)]
    [InlineData("entry long", "buy", AlertAction.Entry, Direction.Long)]
    // Rule 5: no action word, and the fields agree or only one names a direction.
    [InlineData("buy", "bullish", AlertAction.Entry, Direction.Long)]
    [InlineData("sell", "bearish", AlertAction.Entry, Direction.Short)]
    [InlineData("sell", "", AlertAction.Entry, Direction.Short)]
    [InlineData(null, "long", AlertAction.Entry, Direction.Long)]
    [InlineData("signal", "long", AlertAction.Entry, Direction.Long)]
    [InlineData("long buy", "bull", AlertAction.Entry, Direction.Long)]
    // Rule 6: they disagree.
    [InlineData("sell", "bullish", AlertAction.Exit, null)]
    [InlineData("long", "bearish", AlertAction.Exit, null)]
    // Words are parted by whatever is no letter.
    [InlineData("buy2sell_x", "exit", AlertAction.Exit, null)]
    [InlineData("long\ud83d\ude80entry", "", AlertAction.Entry, Direction.Long)]
    [InlineData("long\u0301", "entry", AlertAction.Entry, Direction.Long)] // a combining mark is no letter
    [InlineData("\ud800long", "entry", AlertAction.Entry, Direction.Long)]
    public void Side_and_type_are_read_together(string? side, string? type, AlertAction action, Direction? direction)
    {
        Assert.True(AlertVocabulary.TryRead(side, type, out var readAction, out var readDirection, out var error), error);
        Assert.Equal((action, direction), (readAction, readDirection));
        Assert.Equal("", error);
    }

    [Theory]
    // Rule 1
    [InlineData("entry", "exit", "an entry and an exit")]
    [InlineData("open close", "long", "an entry and an exit")]
    [InlineData("stop", "enter buy", "an entry and an exit")]
    // Rule 3
    [InlineData("entry", "", "without a direction")]
    [InlineData("entry", "up", "without a direction")]
    [InlineData("entry", "long short", "both directions")]
    [InlineData("entry long", "bearish", "both directions")]
    // Rule 4
    [InlineData("long short", "", "One field by itself")]
    [InlineData("", "buy/sell", "One field by itself")]
    [InlineData("long short", "long", "One field by itself")]
    // Rule 7
    [InlineData("", "", "No word")]
    [InlineData(null, null, "No word")]
    [InlineData("up", "down", "No word")]
    [InlineData("longs", "entries", "No word")]
    [InlineData("bullishx", "xbuy", "No word")]
    [InlineData("longé", "élong", "No word")] // letters beyond ASCII are part of the word
    [InlineData("ｌｏｎｇ", "buyあ", "No word")]
    [InlineData("\U00020062uy", "", "No word")] // past the first plane, though its last 16 bits are those of a b
    public void What_cannot_be_told_is_refused(string? side, string? type, string why)
    {
        Assert.False(AlertVocabulary.TryRead(side, type, out _, out _, out var error));
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_recognised_every_known_word_is_listed()
    {
        AlertVocabulary.TryRead("up", "", out _, out _, out var error);

        string[] words = ["entry", "enter", "open", "exit", "close", "flat", "tp", "sl", "stop",
            "bullish", "bull", "long", "buy", "bearish", "bear", "short", "sell"];
        Assert.All(words, word => Assert.Contains(word, error, StringComparison.Ordinal));
    }

    [Fact]
    public void Any_letter_case_will_do()
    {
        Assert.True(AlertVocabulary.TryRead("eNtRy", "BULLISH", out var action, out var direction, out _));
        Assert.Equal((AlertAction.Entry, Direction.Long), (action, direction));
    }
}
