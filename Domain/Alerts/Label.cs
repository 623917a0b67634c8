using System.Globalization;
using System.Text;

namespace PnlPipeline.Domain.Alerts;

/// <summary>
/// What symbols and timeframes have in common: visible ASCII without the bar that parts the fields of an id's text, and
/// letters, marks and digits of any script, composed (Unicode NFC).
/// </summary>
internal static class Label
{
    /// <summary>Trims, composes and checks.</summary>
    /// <param name="error">What is wrong and what to do; empty where nothing is.</param>
    /// <returns>The text, its letter case as it came; meaningless where there is an error.</returns>
    public static ReadOnlySpan<char> Check(ReadOnlySpan<char> text, int maxLength, string example, out string error)
    {
        error = "";
        text = text.Trim();
        if (text.IsEmpty)
        {
            error = $"Is empty. Send 1 to {maxLength} characters, for example {example}.";
            return text;
        }

        if (!JsonText.TryCount(text, out var characters))
        {
            error = JsonText.IsHalf;
            return text;
        }

        // Four characters become one at most: what is longer than that is not worth composing.
        if (!Ascii.IsValid(text) && characters <= 4 * maxLength)
        {
            text = Composition.Compose(text);
            JsonText.TryCount(text, out characters);
        }

        if (characters > maxLength)
        {
            error = $"Has {characters} characters. Send at most {maxLength}, for example {example}.";
            return text;
        }

        foreach (var character in text.EnumerateRunes())
        {
            if (!IsAllowed(character))
            {
                error =
                    $"Holds {Describe(character)}, which is not allowed. Use letters, digits and signs of ASCII, "
                    + $"no spaces and no '|', for example {example}.";
                return text;
            }
        }

        return text;
    }

    /// <summary>Whether it is what reading it gives.</summary>
    public static bool IsCanonical(string text, int maxLength)
    {
        if (Ascii.IsValid(text))
            return text.Length > 0
                && text.Length <= maxLength
                && text.All(c => c is >= '!' and <= '~' and not '|' && !char.IsAsciiLetterLower(c));
        var label = Check(text, maxLength, "", out var error);
        return error.Length == 0 && ToUpper(label) == text;
    }

    /// <summary>The canonical form of a text that was checked.</summary>
    public static string ToUpper(ReadOnlySpan<char> text)
    {
        var upper = string.Create(text.Length, text, static (target, source) => source.ToUpperInvariant(target));
        return Ascii.IsValid(upper) ? upper : Composition.Compose(upper);
    }

    private static bool IsAllowed(Rune character) =>
        character.IsAscii
            ? character.Value is >= '!' and <= '~' and not '|'
            : Rune.IsLetter(character)
                || Rune.GetUnicodeCategory(character)
                    is UnicodeCategory.DecimalDigitNumber
                        or UnicodeCategory.NonSpacingMark
                        or UnicodeCategory.SpacingCombiningMark
                        or UnicodeCategory.EnclosingMark;

    private static string Describe(Rune character) =>
        character.Value switch
        {
            '|' => "'|'",
            ' ' => "a space",
            _ => $"the character U+{character.Value:X4}",
        };
}
