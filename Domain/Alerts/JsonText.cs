using System.Globalization;
using System.Text;

namespace PnlPipeline.Domain.Alerts;

/// <summary>
/// The characters of a JSON token. The reader's own methods throw where an escape stands for half a character
/// (<c>\ud800</c>), which JSON's grammar allows; here it stays what it is and the caller decides.
/// </summary>
internal static class JsonText
{
    /// <summary>Said of a text in which a character is only half there.</summary>
    public const string IsHalf =
        "Holds half a character (an escaped surrogate without its other half). Send whole characters.";

    /// <param name="source">The token as the reader has it, without quotes, in valid UTF-8.</param>
    /// <param name="isEscaped">Whether there are escapes in it; the reader knows.</param>
    /// <param name="scratch">Where the characters go if they fit.</param>
    public static ReadOnlySpan<char> Decode(ReadOnlySpan<byte> source, bool isEscaped, Span<char> scratch)
    {
        // No character takes more UTF-16 units than it takes bytes, escaped or not.
        var target = source.Length <= scratch.Length ? scratch : new char[source.Length];
        if (!isEscaped)
            return target[..Encoding.UTF8.GetChars(source, target)];

        var length = 0;
        for (int escape; (escape = source.IndexOf((byte)'\\')) >= 0; )
        {
            length += Encoding.UTF8.GetChars(source[..escape], target[length..]);
            var kind = source[escape + 1];
            if (kind == 'u')
            {
                target[length++] = (char)ushort.Parse(source.Slice(escape + 2, 4), NumberStyles.AllowHexSpecifier);
                source = source[(escape + 6)..];
            }
            else
            {
                target[length++] = Unescape(kind);
                source = source[(escape + 2)..];
            }
        }

        length += Encoding.UTF8.GetChars(source, target[length..]);
        return target[..length];
    }

    /// <summary>How many characters a person would count; false where one of them is only half there.</summary>
    public static bool TryCount(ReadOnlySpan<char> text, out int characters)
    {
        characters = 0;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var units) != System.Buffers.OperationStatus.Done)
                return false;
            characters++;
            text = text[units..];
        }

        return true;
    }

    /// <summary>The text with U+FFFD for each half character, so that it can be written anywhere.</summary>
    public static string WellFormed(string text) =>
        TryCount(text, out _) ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static char Unescape(byte kind) =>
        kind switch
        {
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            _ => (char)kind, // '"', '\' and '/': the reader lets no other pass
        };
}
