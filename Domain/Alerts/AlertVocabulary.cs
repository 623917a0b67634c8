using System.Buffers;
using System.Text;
using PnlPipeline.Contracts;

namespace PnlPipeline.Domain.Alerts;

/// <summary>
/// What the words of <c>side</c> and <c>type</c> mean. Different scripts fill the two differently, so both are read
/// together.
/// </summary>
public static class AlertVocabulary
{
    /// <summary>Characters of each of the two fields, at most.</summary>
    public const int MaxLength = 64;

    private const string EntryWords = "entry, enter, open";
    private const string ExitWords =
        "exit, close, flat, tp, sl, stop, takeprofit, stoploss, cover, liquidation, liquidated, closeall, closelong, "
        + "closeshort, exitlong, exitshort";
    private const string LongWords = "bullish, bull, long, buy";
    private const string ShortWords = "bearish, bear, short, sell";
    private const string OtherWords = "order, orders, market, limit, position, signal, alert, trade, strategy";

    private const string PriceWords = "price, quote, mark";

    private const int LongestWordInError = 32;

    /// <summary>Longest first; one that begins with a word of <see cref="BeginsPhrase"/> is found.</summary>
    private static readonly (string Text, Named Meaning)[] Phrases =
    [
        ("trailing stop", Named.Exit),
        ("close entry s", Named.Exit),
        ("sell to close", Named.Exit),
        ("close entries", Named.Exit),
        ("market order", Named.Other),
        ("sell to open", Named.Entry | Named.Short),
        ("buy to cover", Named.Exit),
        ("buy to close", Named.Exit),
        ("take profit", Named.Exit),
        ("margin call", Named.Exit),
        ("close entry", Named.Exit),
        ("stop market", Named.Other),
        ("limit order", Named.Other),
        ("buy to open", Named.Entry | Named.Long),
        ("stop limit", Named.Other),
        ("stop order", Named.Other),
        ("stop loss", Named.Exit),
    ];

    private static readonly string Known =
        $"Known are, for an entry: {EntryWords}, {ListOf(Named.Entry)}; for an exit: {ExitWords}, "
        + $"{ListOf(Named.Exit)}; "
        + $"for long: {LongWords}; for short: {ShortWords}; words that mean nothing: {OtherWords}, "
        + $"{ListOf(Named.Other)}; and, "
        + $"alone, for a price and no trade: {PriceWords}.";

    private static readonly SearchValues<char> AsciiLetters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    );

    [Flags]
    private enum Named
    {
        None = 0,
        Entry = 1,
        Exit = 2,
        Long = 4,
        Short = 8,
        BothDirections = Long | Short,

        /// <summary>A word of the table that means nothing.</summary>
        Other = 16,

        /// <summary>A word that is not in the table.</summary>
        Unknown = 32,

        /// <summary>
        /// Alone, it makes a price of the alert; beside anything else it is a word like any that is not in the table.
        /// </summary>
        Price = 64,
    }

    /// <summary>Reads both fields; nothing in one is no words.</summary>
    /// <param name="direction">Always there for an entry; for an exit where exactly one is named in both fields
    /// together.</param>
    /// <param name="error">What is wrong and what to do; empty where nothing is.</param>
    public static bool TryRead(
        ReadOnlySpan<char> side,
        ReadOnlySpan<char> type,
        out AlertAction action,
        out Direction? direction,
        out string error
    )
    {
        var inSide = Read(side, out var unknown);
        var inType = Read(type, out var unknownInType);
        var named = inSide | inType;
        var directions = named & Named.BothDirections;

        action = named.HasFlag(Named.Exit) ? AlertAction.Exit : AlertAction.Entry;
        direction = directions switch
        {
            Named.Long => Direction.Long,
            Named.Short => Direction.Short,
            _ => null,
        };
        error = "";

        if (named == Named.Price)
        {
            action = AlertAction.Price;
        }
        else if (named.HasFlag(Named.Entry | Named.Exit))
        {
            error =
                $"Side and type together name an entry and an exit. Send words of one kind only: {EntryWords}; or "
                + $"{ExitWords}.";
        }
        else if (named.HasFlag(Named.Exit))
        {
            // Whatever is open is closed; the direction is only noted.
        }
        else if (named.HasFlag(Named.Entry))
        {
            if (directions == Named.None)
                error = $"An entry without a direction. Name one in side or type: {LongWords}; or {ShortWords}.";
            else if (directions == Named.BothDirections)
                error = $"An entry in both directions. Name one only: {LongWords}; or {ShortWords}.";
        }
        else if ((named & (Named.Unknown | Named.Price)) != Named.None)
        {
            // Half understood is not understood: "trim" with "long" is no entry.
            error =
                $"The word '{JsonText.WellFormed((unknown.IsEmpty ? unknownInType : unknown).ToString())}' of side or "
                + $"type is not known, and neither of them says entry or "
                + $"exit. Send \"entry\" or \"exit\" beside it, or leave it out. {Known}";
        }
        else if (inSide.HasFlag(Named.BothDirections) || inType.HasFlag(Named.BothDirections))
        {
            error = $"One field by itself names both directions. Name one only: {LongWords}; or {ShortWords}.";
        }
        else if (directions == Named.BothDirections)
        {
            // The two disagree, as in sell + bullish: the bullish position is sold.
            action = AlertAction.Exit;
        }
        else if (directions == Named.None)
        {
            error = $"No word of side or type says what to do. {Known}";
        }

        return error.Length == 0;
    }

    /// <summary>
    /// Splits on whatever is no letter, and looks up the longest phrase that stands at each word, else the word.
    /// </summary>
    /// <param name="unknown">The first word that is not in the table, as it is written.</param>
    private static Named Read(ReadOnlySpan<char> text, out ReadOnlySpan<char> unknown)
    {
        unknown = [];
        if (text.IsEmpty)
            return Named.None;

        // A letter is never longer in lower case than it was, and words had at least one character between them.
        var words = text.Length <= 128 ? stackalloc char[text.Length] : new char[text.Length];
        if (!text.ContainsAnyExcept(AsciiLetters))
        {
            // One word, as nearly every script sends.
            Ascii.ToLower(text, words, out _);
            if (Meaning(words) is var ofWord and not Named.Unknown)
            {
                unknown = ofWord == Named.Price ? words.ToString() : [];
                return ofWord;
            }
        }

        words = words[..Lower(text, words)];
        var named = Named.None;
        while (!words.IsEmpty)
        {
            var length = words.IndexOf(' ') is var space && space < 0 ? words.Length : space;
            var meaning = Meaning(words[..length]);
            if (BeginsPhrase(words[..length]) && Phrase(words) is { Meaning: not Named.None } phrase)
                (meaning, length) = (phrase.Meaning, phrase.Length);
            if (meaning is Named.Unknown or Named.Price && unknown.IsEmpty)
                unknown = words[..Math.Min(length, LongestWordInError)].ToString();
            named |= meaning;
            words = words[Math.Min(words.Length, length + 1)..];
        }

        return named;
    }

    /// <summary>Writes the words in lower case, one space between them.</summary>
    private static int Lower(ReadOnlySpan<char> text, Span<char> words)
    {
        var length = 0;
        var isBetween = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsLetter(rune))
            {
                isBetween = length > 0;
                continue;
            }

            if (isBetween)
                words[length++] = ' ';
            isBetween = false;
            length += Rune.ToLowerInvariant(rune).EncodeToUtf16(words[length..]);
        }

        return length;
    }

    private static Named Meaning(ReadOnlySpan<char> word) =>
        word switch
        {
            "entry" or "enter" or "open" => Named.Entry,
            "exit"
            or "close"
            or "flat"
            or "tp"
            or "sl"
            or "stop"
            or "takeprofit"
            or "stoploss"
            or "cover"
            or "liquidation"
            or "liquidated"
            or "closeall"
            or "closelong"
            or "closeshort"
            or "exitlong"
            or "exitshort" => Named.Exit,
            "bullish" or "bull" or "long" or "buy" => Named.Long,
            "bearish" or "bear" or "short" or "sell" => Named.Short,
            "order" or "orders" or "market" or "limit" or "position" or "signal" or "alert" or "trade" or "strategy" =>
                Named.Other,
            "price" or "quote" or "mark" => Named.Price,
            _ => Named.Unknown,
        };

    private static bool BeginsPhrase(ReadOnlySpan<char> word) =>
        word is "buy" or "sell" or "take" or "stop" or "trailing" or "margin" or "close" or "limit" or "market";

    private static (Named Meaning, int Length) Phrase(ReadOnlySpan<char> words)
    {
        foreach (var (text, meaning) in Phrases)
        {
            if (words.StartsWith(text) && (words.Length == text.Length || words[text.Length] == ' '))
                return (meaning, text.Length);
        }

        return default;
    }

    private static string ListOf(Named meaning) =>
        string.Join(", ", Phrases.Where(phrase => phrase.Meaning.HasFlag(meaning)).Select(phrase => phrase.Text));
}
