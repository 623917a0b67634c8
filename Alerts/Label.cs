namespace PnlPipeline.Alerts;

/// <summary>What symbols and timeframes have in common: visible ASCII without the bar that parts the fields of an id's text.</summary>
internal static class Label
{
    /// <returns>What is wrong and what to do, or nothing.</returns>
    public static string Check(ReadOnlySpan<char> trimmed, int maxLength, string example)
    {
        if (trimmed.IsEmpty)
            return $"Is empty. Send 1 to {maxLength} characters, for example {example}.";
        if (trimmed.Length > maxLength)
            return $"Has {trimmed.Length} characters. Send at most {maxLength}, for example {example}.";

        foreach (var character in trimmed)
        {
            if (character is < '!' or > '~' or '|')
            {
                return $"Holds {Describe(character)}, which is not allowed. Use letters, digits and signs of ASCII, "
                    + $"no spaces and no '|', for example {example}.";
            }
        }

        return "";
    }

    public static string ToUpper(ReadOnlySpan<char> ascii) =>
        string.Create(ascii.Length, ascii, static (target, source) => source.ToUpperInvariant(target));

    private static string Describe(char character) => character switch
    {
        '|' => "'|'",
        ' ' => "a space",
        _ => $"the character U+{(int)character:X4}",
    };
}
