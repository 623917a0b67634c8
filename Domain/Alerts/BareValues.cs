using System.Text;

namespace PnlPipeline.Domain.Alerts;

/// <summary>
/// What scripts leave in a body without quotes although JSON has no such value: <c>NaN</c> and <c>Infinity</c>, which
/// Pine and other languages print for numbers that are none, and placeholders that nobody filled in.
/// </summary>
internal static class BareValues
{
    // {{plot("a title of one's own")}} is the longest there is.
    private const int LongestPlaceholder = 128;

    /// <summary>
    /// The body with a number in place of each such value, so that it can be read: a value is one of them where the two
    /// differ in its first byte. The body itself where there is none.
    /// </summary>
    /// <param name="hasBraces">Whether a placeholder may stand anywhere in it, in quotes or bare.</param>
    /// <param name="placeholders">Those that were overwritten, each as it stands; null where there is none.</param>
    public static ReadOnlySpan<byte> Mask(ReadOnlySpan<byte> json, out bool hasBraces, out List<string>? placeholders)
    {
        placeholders = null;
        hasBraces = json.IndexOf("{{"u8) >= 0;
        if (!hasBraces && json.IndexOf("NaN"u8) < 0 && json.IndexOf("Infinity"u8) < 0)
            return json;

        var masked = json.ToArray();
        for (var at = 0; at < json.Length; )
        {
            var length = json[at] switch
            {
                (byte)'"' => LengthOfString(json[at..]),
                (byte)'{' => LengthOfPlaceholder(json[at..]),
                (byte)'N' or (byte)'I' or (byte)'-' => LengthOfWord(json, at),
                _ => 0,
            };
            if (length > 0 && json[at] != '"')
            {
                if (json[at] == '{')
                    (placeholders ??= []).Add(Encoding.UTF8.GetString(json.Slice(at, length)));
                masked.AsSpan(at, length).Fill((byte)' ');
                masked[at] = (byte)'0';
            }

            at += Math.Max(1, length);
        }

        return masked;
    }

    /// <summary>The first placeholder in a text, as it stands there; empty where there is none.</summary>
    public static ReadOnlySpan<char> Placeholder(ReadOnlySpan<char> text)
    {
        var start = text.IndexOf("{{");
        var length = start < 0 ? -1 : text[start..].IndexOf("}}");
        return length < 0 ? [] : text.Slice(start, length + 2);
    }

    private static int LengthOfString(ReadOnlySpan<byte> text)
    {
        for (var at = 1; at < text.Length; at++)
        {
            if (text[at] == '\\')
                at++;
            else if (text[at] == '"')
                return at + 1;
        }

        return text.Length;
    }

    /// <summary>
    /// Of <c>{{name}}</c>: a letter behind the braces, and no other brace and no end of line before they are closed.
    /// </summary>
    private static int LengthOfPlaceholder(ReadOnlySpan<byte> text)
    {
        text = text[..Math.Min(text.Length, LongestPlaceholder)];
        var name = text.StartsWith("{{"u8) ? text[2..] : [];
        var length = name.IndexOfAny("{}\r\n"u8);
        return length > 0 && name[length..].StartsWith("}}"u8) && char.IsAsciiLetter((char)name.TrimStart((byte)' ')[0])
            ? length + 4
            : 0;
    }

    private static int LengthOfWord(ReadOnlySpan<byte> text, int start)
    {
        var word = text[start] == '-' ? text[(start + 1)..] : text[start..];
        var length =
            word.StartsWith("NaN"u8) ? 3
            : word.StartsWith("Infinity"u8) ? 8
            : 0;
        var isAlone =
            (start == 0 || " \t\r\n:,[{"u8.Contains(text[start - 1]))
            && (word.Length == length || " \t\r\n,]}"u8.Contains(word[length]));
        return length == 0 || !isAlone ? 0 : length + (text[start] == '-' ? 1 : 0);
    }
}
