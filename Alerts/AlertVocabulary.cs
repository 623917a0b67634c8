using System.Text;
using PnlPipeline.Contracts;

namespace PnlPipeline.Alerts;

/// <summary>
/// What the words of <c>side</c> and <c>type</c> mean. Different scripts fill the two differently, so both are read together.
/// </summary>
public static class AlertVocabulary
{
    private const string EntryWords = "entry, enter, open";
    private const string ExitWords = "exit, close, flat, tp, sl, stop";
    private const string LongWords = "bullish, bull, long, buy";
    private const string ShortWords = "bearish, bear, short, sell";

    private const int LongestWord = 7;

    [Flags]
    private enum Named
    {
        None = 0,
        Entry = 1,
        Exit = 2,
        Long = 4,
        Short = 8,
        BothDirections = Long | Short,
    }

    /// <summary>Reads both fields; nothing in one is no words.</summary>
    /// <param name="direction">Always there for an entry; for an exit where exactly one is named in both fields together.</param>
    /// <param name="error">What is wrong and what to do; empty where nothing is.</param>
    public static bool TryRead(
        ReadOnlySpan<char> side, ReadOnlySpan<char> type, out AlertAction action, out Direction? direction, out string error)
    {
        var inSide = Read(side);
        var inType = Read(type);
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

        if (named.HasFlag(Named.Entry | Named.Exit))
        {
            error = $"Side and type together name an entry and an exit. Send words of one kind only: {EntryWords}; or {ExitWords}.";
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
            error = $"No word of side or type is known. Known are, for an entry: {EntryWords}; for an exit: {ExitWords}; "
                + $"for long: {LongWords}; for short: {ShortWords}.";
        }

        return error.Length == 0;
    }

    /// <summary>Splits on whatever is no letter, and looks each word up; words that are not listed mean nothing.</summary>
    private static Named Read(ReadOnlySpan<char> text)
    {
        var named = Named.None;
        Span<char> word = stackalloc char[LongestWord];
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsLetter(rune))
            {
                named |= Meaning(word, length);
                length = 0;
                continue;
            }

            // A letter beyond ASCII, or one more than the longest word has, makes a word that is not listed.
            var lower = Rune.ToLowerInvariant(rune);
            if (!lower.IsAscii)
                length = LongestWord;
            else if (length < LongestWord)
                word[length] = (char)lower.Value;
            length++;
        }

        return named | Meaning(word, length);
    }

    private static Named Meaning(ReadOnlySpan<char> letters, int length) => length > letters.Length
        ? Named.None
        : letters[..length] switch
        {
            "entry" or "enter" or "open" => Named.Entry,
            "exit" or "close" or "flat" or "tp" or "sl" or "stop" => Named.Exit,
            "bullish" or "bull" or "long" or "buy" => Named.Long,
            "bearish" or "bear" or "short" or "sell" => Named.Short,
            _ => Named.None,
        };
}
