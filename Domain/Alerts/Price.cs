namespace PnlPipeline.Domain.Alerts;

/// <summary>A price: above 0, below 10^15, with 12 decimals.</summary>
public static class Price
{
    public const int Decimals = 12;
    public const int MaxSignificantDigits = 28;

    /// <summary>A price has at most so many digits before the point.</summary>
    public const int MaxWholeDigits = 15;

    /// <summary>Every price is below this: 10^15.</summary>
    public const decimal Limit = 1_000_000_000_000_000m;

    /// <summary>
    /// Trims, and reads a number by JSON's grammar. Its exact value is rounded once, half-even, to 12 decimals.
    /// </summary>
    /// <param name="price">Without trailing zeros; 0 where the text is refused.</param>
    /// <param name="error">What is wrong and what to do; empty where nothing is.</param>
    public static bool TryParse(string? text, out decimal price, out string error) =>
        TryParse(text.AsSpan(), out price, out error);

    /// <inheritdoc cref="TryParse(string?, out decimal, out string)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out decimal price, out string error)
    {
        price = 0;
        text = text.Trim();
        if (!ExactNumber.TryParse(text, out var number))
            error = text.Equals("NaN", StringComparison.OrdinalIgnoreCase) ? NaN : IsNoNumber;
        else if (number.SignificantDigits > MaxSignificantDigits)
            error = $"Has {number.SignificantDigits} significant digits. Send at most {MaxSignificantDigits}.";
        else if (number.IsZero || number.IsNegative)
            error = "Is not above 0. Send the price that was traded at.";
        else if (!number.TryRound(Decimals, out price) || price >= Limit)
            error = $"Is not below 10^{MaxWholeDigits}. Send the price that was traded at.";
        else if (price == 0)
            error = $"Is 0 once it is rounded to {Decimals} decimals. Send a price above that.";
        else
            error = "";

        if (error.Length > 0)
            price = 0;
        return error.Length == 0;
    }

    /// <summary>Said of what is no number at all.</summary>
    internal const string IsNoNumber = "Is not a number. Send one such as 43250.5.";

    /// <summary>What to answer to NaN: the commonest mistake, so it gets its own words.</summary>
    internal const string NaN =
        "Is NaN, which is what Pine prints for na: the script had no price at that bar. Send a number, for example by "
        + "nz(close) or by alerting only where not na(price).";
}
