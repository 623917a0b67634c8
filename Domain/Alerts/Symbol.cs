namespace PnlPipeline.Domain.Alerts;

/// <summary>
/// What is traded, as the alert names it: an exchange prefix (<c>BINANCE:BTCUSDT</c>) is part of it. Canonical is
/// upper-case, composed (Unicode NFC).
/// </summary>
public static class Symbol
{
    public const int MaxLength = 64;

    /// <summary>Trims, checks and upper-cases: parsing the canonical form again gives the same.</summary>
    /// <param name="canonical">
    /// 1–64 characters: ASCII 0x21–0x7E without <c>|</c>, and letters, marks and digits of any script. Empty where the
    /// text is refused.
    /// </param>
    /// <param name="error">What is wrong and what to do; empty where nothing is.</param>
    public static bool TryParse(string? text, out string canonical, out string error) =>
        TryParse(text.AsSpan(), out canonical, out error);

    /// <inheritdoc cref="TryParse(string?, out string, out string)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out string canonical, out string error)
    {
        text = Label.Check(text, MaxLength, "BTCUSDT or BINANCE:BTCUSDT", out error);
        // An address that ends in them is another address: /symbols/.. is the one above.
        if (error.Length == 0 && !text.ContainsAnyExcept('.'))
            error = "Is nothing but dots, which no address can name. Send the symbol itself, for example BTCUSDT.";
        canonical = error.Length == 0 ? Label.ToUpper(text) : "";
        return error.Length == 0;
    }
}
