using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

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
    // Rule 6: no action word, and the fields agree or only one names a direction.
    [InlineData("buy", "bullish", AlertAction.Entry, Direction.Long)]
    [InlineData("sell", "bearish", AlertAction.Entry, Direction.Short)]
    [InlineData("sell", "", AlertAction.Entry, Direction.Short)]
    [InlineData(null, "long", AlertAction.Entry, Direction.Long)]
    [InlineData("signal", "long", AlertAction.Entry, Direction.Long)]
    [InlineData("long buy", "bull", AlertAction.Entry, Direction.Long)]
    // Rule 7: they disagree.
    [InlineData("sell", "bullish", AlertAction.Exit, null)]
    [InlineData("long", "bearish", AlertAction.Exit, null)]
    // Words are parted by whatever is no letter.
    [InlineData("buy2sell_x", "exit", AlertAction.Exit, null)]
    [InlineData("long\ud83d\ude80entry", "", AlertAction.Entry, Direction.Long)]
    [InlineData("long\u0301", "entry", AlertAction.Entry, Direction.Long)] // a combining mark is no letter
    [InlineData("\ud800long", "entry", AlertAction.Entry, Direction.Long)]
    public void Side_and_type_are_read_together(string? side, string? type, AlertAction action, Direction? direction)
    {
        Assert.True(
            AlertVocabulary.TryRead(side, type, out var readAction, out var readDirection, out var error),
            error
        );
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
    // Rule 5
    [InlineData("long short", "", "One field by itself")]
    [InlineData("", "buy/sell", "One field by itself")]
    [InlineData("long short", "long", "One field by itself")]
    // Rules 4 and 8
    [InlineData("", "", "No word")]
    [InlineData(null, null, "No word")]
    [InlineData("123", "!", "No word")]
    [InlineData("signal", "alert", "No word")]
    [InlineData("up", "down", "'up'")]
    [InlineData("longs", "entries", "'longs'")]
    [InlineData("", "bullishx xbuy", "'bullishx'")]
    [InlineData("longé", "élong", "'longé'")] // letters beyond ASCII are part of the word
    [InlineData("ｌｏｎｇ", "buyあ", "'ｌｏｎｇ'")]
    [InlineData("\U00020062uy", "", "'\U00020062uy'")] // past the first plane, though its last 16 bits are those of a b
    public void What_cannot_be_told_is_refused(string? side, string? type, string why)
    {
        Assert.False(AlertVocabulary.TryRead(side, type, out _, out _, out var error));
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    /// <summary>The table of the rules, phrase by phrase and word by word.</summary>
    [Theory]
    [InlineData("entry", "entry enter open")]
    [InlineData(
        "exit",
        "exit close flat tp sl stop takeprofit stoploss cover liquidation liquidated closeall closelong closeshort "
            + "exitlong exitshort"
    )]
    [InlineData(
        "exit",
        "take-profit stop-loss trailing-stop margin-call buy-to-cover buy-to-close sell-to-close close-entry "
            + "close-entries close-entry-s"
    )]
    [InlineData("long", "bullish bull long buy")]
    [InlineData("short", "bearish bear short sell")]
    [InlineData("neither", "stop-market stop-limit stop-order limit-order market-order")]
    [InlineData("neither", "order orders market limit position signal alert trade strategy")]
    [InlineData("long entry", "buy-to-open")]
    [InlineData("short entry", "sell-to-open")]
    public void The_table_means_what_it_says(string meaning, string entries)
    {
        foreach (var entry in entries.Split(' '))
        {
            var words = entry.Replace("-", " ", StringComparison.Ordinal);
            foreach (
                var text in (string[])
                    [
                        words,
                        words.ToUpperInvariant(),
                        words.Replace(" ", "_-(", StringComparison.Ordinal),
                        $"  {words}!1",
                    ]
            )
                Assert.Equal(meaning, Meaning(text));
        }
    }

    [Theory]
    [InlineData("price", "")]
    [InlineData("", "quote")]
    [InlineData("mark", null)]
    [InlineData("PRICE", "Quote")]
    [InlineData(" mark-price! ", "price 1")]
    public void Nothing_but_words_for_a_price_is_a_price(string? side, string? type)
    {
        Assert.True(AlertVocabulary.TryRead(side, type, out var action, out var direction, out var error), error);
        Assert.Equal((AlertAction.Price, null), (action, direction));
    }

    [Theory]
    [InlineData("price", "long", "'price'")]
    [InlineData("buy", "Mark", "'mark'")]
    [InlineData("price", "signal", "'price'")]
    [InlineData("price", "level", "'price'")]
    [InlineData("last price", "", "'last'")]
    public void A_word_for_a_price_beside_another_is_no_price_and_no_entry(string side, string type, string why) =>
        What_cannot_be_told_is_refused(side, type, why);

    [Theory]
    [InlineData("entry", "long price", AlertAction.Entry, Direction.Long)]
    [InlineData("exit", "mark", AlertAction.Exit, null)]
    [InlineData("take profit", "long", AlertAction.Exit, Direction.Long)]
    [InlineData("sell", "Margin call", AlertAction.Exit, Direction.Short)]
    [InlineData("buy to cover", "", AlertAction.Exit, null)]
    [InlineData("buy to cover", "short", AlertAction.Exit, Direction.Short)]
    [InlineData("Close entry(s) order Long", "", AlertAction.Exit, Direction.Long)]
    [InlineData("sell", "Close entry(s) order Long", AlertAction.Exit, null)]
    [InlineData("buy", "stop_market", AlertAction.Entry, Direction.Long)]
    [InlineData("buy", "Stop Limit order", AlertAction.Entry, Direction.Long)]
    [InlineData("sell", "market", AlertAction.Entry, Direction.Short)]
    [InlineData("buy", "stop", AlertAction.Exit, Direction.Long)]
    [InlineData("closelong", "", AlertAction.Exit, null)]
    [InlineData("exitshort", "short", AlertAction.Exit, Direction.Short)]
    [InlineData("buy to open", "", AlertAction.Entry, Direction.Long)]
    [InlineData("Sell to Open", "bearish", AlertAction.Entry, Direction.Short)]
    [InlineData("entry", "Bullish Engulfing", AlertAction.Entry, Direction.Long)]
    [InlineData("exit", "trim half", AlertAction.Exit, null)]
    [InlineData("long", "alert signal 3", AlertAction.Entry, Direction.Long)]
    [InlineData("buy to", "sell to exit", AlertAction.Exit, null)]
    [InlineData("take long", "tp", AlertAction.Exit, Direction.Long)]
    public void Signals_that_were_half_understood_are_read_as_they_were_meant(
        string side,
        string type,
        AlertAction action,
        Direction? direction
    ) => Side_and_type_are_read_together(side, type, action, direction);

    [Theory]
    [InlineData("trim", "long", "'trim'")]
    [InlineData("Bullish Engulfing", "", "'engulfing'")]
    [InlineData("buy", "to open the door", "an entry and")] // opens, but says nothing of the rest
    [InlineData("take", "long", "'take'")]
    [InlineData("profit", "long", "'profit'")]
    [InlineData("buy to sell", "", "'to'")]
    [InlineData("margin", "buy", "'margin'")]
    [InlineData("partial", "sell", "'partial'")]
    [InlineData("long", "scale in", "'scale'")]
    public void An_entry_is_not_guessed_from_what_is_half_understood(string side, string type, string why)
    {
        var isRead = AlertVocabulary.TryRead(side, type, out var action, out _, out var error);
        if (why.StartsWith('\''))
            Assert.Contains(why, error, StringComparison.Ordinal);
        else
            Assert.True(isRead && action == AlertAction.Entry, error);
    }

    /// <summary>
    /// Every word of English prose that means something to a trader, and random letters: with a direction beside them
    /// they make no entry.
    /// </summary>
    [Fact]
    public void No_word_outside_the_table_makes_an_entry()
    {
        string[] table =
        [
            .. "entry enter open exit close flat tp sl stop takeprofit stoploss cover liquidation liquidated closeall closelong closeshort exitlong".Split(
                ' '
            ),
            .. "exitshort bullish bull long buy bearish bear short sell order orders market limit position signal alert trade strategy".Split(
                ' '
            ),
        ];
        string[] words =
        [
            .. "trim reduce add scale hedge cancel modify move trail breakeven partial half target profit loss take margin call trailing to s a in out".Split(
                ' '
            ),
            .. "up down longs shorts buys sells bought sold longing closed closing opened opening entries exits exited entered reverse flip engulfing".Split(
                ' '
            ),
            .. "kaufen verkaufen compra venta acheter vendre купить продать 買い 売り 买入 卖出 شراء tp1x sl_x2y stopp exi entr buyy sel l".Split(
                ' '
            ),
        ];
        var random = new Random(20261129);
        var made = Enumerable
            .Range(0, 20_000)
            .Select(_ => new string(
                Enumerable.Range(0, random.Next(1, 13)).Select(_ => (char)('a' + random.Next(26))).ToArray()
            ));
        // One letter off what is known.
        var near = table.SelectMany(word =>
            Enumerable
                .Range(0, word.Length)
                .SelectMany(i => (string[])[word.Remove(i, 1), word.Insert(i, "x"), word[..i] + "é" + word[i..]])
        );

        foreach (
            var word in words
                .Concat(made)
                .Concat(near)
                .SelectMany(text => text.Split('_', ' '))
                .Select(word => word.TrimEnd("0123456789".ToCharArray()))
        )
        {
            if (word.Length == 0 || table.Contains(word))
                continue;
            foreach (
                var (side, type) in ((string, string)[])
                    [(word, "long"), ("buy", word), ($"long {word}", ""), ("", $"{word} short"), (word, "")]
            )
                Assert.False(
                    AlertVocabulary.TryRead(side, type, out var action, out _, out _) && action == AlertAction.Entry,
                    $"'{side}' + '{type}'"
                );
        }
    }

    [Fact]
    public void A_long_word_is_named_in_part()
    {
        AlertVocabulary.TryRead(new string('x', 16_000), "", out _, out _, out var error);

        Assert.InRange(error.Length, 1, 1_500);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("signal")]
    public void Where_nothing_is_recognised_every_known_word_is_listed(string side)
    {
        AlertVocabulary.TryRead(side, "", out _, out _, out var error);

        string[] words =
        [
            "entry",
            "enter",
            "open",
            "exit",
            "close",
            "flat",
            "tp",
            "sl",
            "stop",
            "takeprofit",
            "closeall",
            "exitshort",
            "buy to open",
            "margin call",
            "close entry s",
            "bullish",
            "bull",
            "long",
            "buy",
            "bearish",
            "bear",
            "short",
            "sell",
            "stop market",
            "order",
            "strategy",
            "price",
            "quote",
            "mark",
        ];
        Assert.All(words, word => Assert.Contains(word, error, StringComparison.Ordinal));
    }

    /// <summary>What a text says by itself, and beside an exit, tells its class.</summary>
    private static string Meaning(string text) =>
        (Says(text, ""), Says(text, "flat")) switch
        {
            ("An entry without", _) => "entry",
            ("Exit", "Exit") => "exit",
            ("Entry Long", "Exit Long") => "long",
            ("Entry Short", "Exit Short") => "short",
            ("No word", "Exit") => "neither",
            ("Entry Long", "Side and type together") => "long entry",
            ("Entry Short", "Side and type together") => "short entry",
            var other => $"{other}",
        };

    private static string Says(string side, string type)
    {
        if (AlertVocabulary.TryRead(side, type, out var action, out var direction, out var error))
            return $"{action} {direction}".TrimEnd();
        string[] refusals = ["An entry without", "No word", "Side and type together"];
        return refusals.FirstOrDefault(refusal => error.StartsWith(refusal, StringComparison.Ordinal)) ?? error;
    }

    [Fact]
    public void Any_letter_case_will_do()
    {
        Assert.True(AlertVocabulary.TryRead("eNtRy", "BULLISH", out var action, out var direction, out _));
        Assert.Equal((AlertAction.Entry, Direction.Long), (action, direction));
    }
}
