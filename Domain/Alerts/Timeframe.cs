namespace PnlPipeline.Domain.Alerts;

/// <summary>
/// The bars an alert was computed on, as Pine's <c>timeframe.period</c> writes it: minutes are bare digits (<c>15</c>,
/// <c>240</c>), days, weeks, months and seconds carry their unit (<c>1D</c>, <c>1W</c>, <c>1M</c>, <c>30S</c>).
/// Anything else is a label.
/// </summary>
public static class Timeframe
{
    public const int MaxLength = 16;

    /// <summary>The timeframe of an alert that names none: one like any other.</summary>
    public const string None = "-";

    private const int MaxDigits = 6;
    private const int MinutesPerHour = 60;

    /// <summary>Trims, checks and makes canonical: parsing the canonical form again gives the same.</summary>
    /// <param name="canonical">1–16 characters; empty where the text is refused.</param>
    /// <param name="error">What is wrong and what to do; empty where nothing is.</param>
    public static bool TryParse(string? text, out string canonical, out string error) =>
        TryParse(text.AsSpan(), out canonical, out error);

    /// <inheritdoc cref="TryParse(string?, out string, out string)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out string canonical, out string error)
    {
        canonical = "";
        text = Label.Check(text, MaxLength, "15, 4h or 1D", out error);
        if (error.Length > 0)
            return false;

        // Digits, then at most one unit; a unit alone counts as one of it.
        var afterDigits = text.IndexOfAnyExceptInRange('0', '9');
        var digits = afterDigits < 0 ? text : text[..afterDigits];
        var unit = afterDigits < 0 ? "" : text[afterDigits..];
        var significant = digits.TrimStart('0');
        if (
            significant.Length > MaxDigits
            || unit is not ("" or ['D' or 'd' or 'W' or 'w' or 'M' or 'm' or 'S' or 's' or 'H' or 'h'])
        )
        {
            canonical = Label.ToUpper(text);
            return true;
        }

        if (!digits.IsEmpty && significant.IsEmpty)
        {
            error = "Is zero. Send at least 1, for example 15, 4h or 1D.";
            return false;
        }

        var count = digits.IsEmpty ? 1 : int.Parse(significant);
        canonical = unit switch
        {
            "" or "m" => $"{count}",
            "h" or "H" => $"{count * MinutesPerHour}",
            // A minute is m, a month is M: the one unit whose letter case tells.
            _ => $"{count}{char.ToUpperInvariant(unit[0])}",
        };
        return true;
    }
}
