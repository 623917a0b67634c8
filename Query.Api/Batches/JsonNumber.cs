using System.Globalization;

namespace PnlPipeline.Query.Api.Batches;

/// <summary>Reads a JSON number by its digits: exactly, or not at all.</summary>
public static class JsonNumber
{
    public enum Outcome
    {
        Read,

        /// <summary>It needs more decimals than allowed, however it is written: <c>1.10</c> needs one, <c>1e-9</c> nine.</summary>
        TooManyDecimals,

        /// <summary>It has more than 20 digits before the point; no setting is as large.</summary>
        TooLarge,
    }

    private const int MaxWholeDigits = 20;

    /// <param name="text">A number in JSON's grammar.</param>
    public static Outcome Read(string text, int maxDecimals, out decimal value)
    {
        value = 0;
        var exponentAt = text.AsSpan().IndexOfAny('e', 'E');
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var negative = mantissa[0] == '-';
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal).TrimStart('-').TrimStart('0');
        var significant = digits.TrimEnd('0');
        if (significant.Length == 0)
            return Outcome.Read;

        // An exponent of more digits than these makes any number that fits a request too small or too large.
        var exponent = 0L;
        if (exponentAt >= 0 && !long.TryParse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            return text[exponentAt + 1] == '-' ? Outcome.TooManyDecimals : Outcome.TooLarge;

        exponent = Math.Clamp(exponent, -1_000_000_000, 1_000_000_000) - decimals + (digits.Length - significant.Length);
        if (exponent < -maxDecimals)
            return Outcome.TooManyDecimals;
        if (significant.Length + exponent > MaxWholeDigits)
            return Outcome.TooLarge;

        var plain = exponent >= 0
            ? significant + new string('0', (int)exponent)
            : significant.PadLeft((int)-exponent + 1, '0').Insert(Math.Max(1, significant.Length + (int)exponent), ".");
        value = decimal.Parse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        if (negative)
            value = -value;
        return Outcome.Read;
    }
}
