namespace PnlPipeline.Domain.Alerts;

/// <summary>The name of the strategy that sent an alert: its alerts make a stream of their own.</summary>
public static class Strategy
{
    public const int MaxLength = 64;

    /// <summary>Trims and checks; what is left is compared and stored as it is written.</summary>
    /// <param name="strategy">1–64 characters; null for none, where nothing is written and where the text is
    /// refused.</param>
    /// <param name="error">What is wrong and what to do; empty where nothing is.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out string? strategy, out string error)
    {
        strategy = null;
        error = "";
        text = text.Trim();
        if (!JsonText.TryCount(text, out var characters))
            error = JsonText.IsHalf;
        else if (characters > MaxLength)
            error = $"Has {characters} characters. Send at most {MaxLength}.";
        else if (text.Contains('|') || HasControl(text))
            error =
                "Holds '|' or a control character such as a line break. Send the strategy's name without it, for "
                + "example Breakout 4h.";
        else if (!text.IsEmpty)
            strategy = text.ToString();
        return error.Length == 0;
    }

    private static bool HasControl(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character))
                return true;
        }

        return false;
    }
}
