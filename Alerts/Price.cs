namespace PnlPipeline.Alerts;

/// <summary>A price: above 0, below 10^15, with 12 decimals.</summary>
public static class Price
{
    public const int Decimals = 12;
    public const int MaxSignificantDigits = 28;

    /// <summary>What is below 10^15 has at most this many digits once its unit is the 12th decimal.</summary>
    private const int MaxDigits = 15 + Decimals;

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
            error = text.Equals("NaN", StringComparison.OrdinalIgnoreCase) ? NaN : "Is not a number. Send one such as 43250.5.";
        else if (number.SignificantDigits > MaxSignificantDigits)
            error = $"Has {number.SignificantDigits} significant digits. Send at most {MaxSignificantDigits}.";
        else if (number.IsZero || number.IsNegative)
            error = "Is not above 0. Send the price that was traded at.";
        else if (!TryRound(number, out var units))
            error = "Is not below 10^15. Send the price that was traded at.";
        else if (units == 0)
            error = $"Is 0 once it is rounded to {Decimals} decimals. Send a price above that.";
        else
        {
            price = ToDecimal(units);
            error = "";
        }

        return error.Length == 0;
    }

    /// <summary>What to answer to NaN: the commonest mistake, so it gets its own words.</summary>
    internal const string NaN =
        "Is NaN, which is what Pine prints for na: the script had no price at that bar. Send a number, for example by nz(close) "
        + "or by alerting only where not na(price).";

    /// <summary>Rounds half-even to whole units of the 12th decimal; false where those would be 10^15 or more.</summary>
    private static bool TryRound(ExactNumber number, out UInt128 units)
    {
        units = 0;
        var shift = number.Exponent + Decimals;
        if (number.MantissaDigits + shift > MaxDigits)
            return false;

        if (shift >= 0)
        {
            units = number.Mantissa * PowerOfTen((int)shift);
            return true;
        }

        // The mantissa has at most 28 digits: cut by more than that, less than a tenth of a unit is left.
        if (-shift > MaxSignificantDigits)
            return true;

        var divisor = PowerOfTen((int)-shift);
        var (quotient, remainder) = UInt128.DivRem(number.Mantissa, divisor);
        var isUp = remainder * 2 > divisor || (remainder * 2 == divisor && UInt128.IsOddInteger(quotient));
        units = isUp ? quotient + 1 : quotient;
        return units < PowerOfTen(MaxDigits);
    }

    private static decimal ToDecimal(UInt128 units)
    {
        byte scale = Decimals;
        while (scale > 0)
        {
            var (quotient, remainder) = UInt128.DivRem(units, 10);
            if (remainder != 0)
                break;
            units = quotient;
            scale--;
        }

        return new decimal((int)(uint)units, (int)(uint)(units >> 32), (int)(uint)(units >> 64), isNegative: false, scale);
    }

    private static UInt128 PowerOfTen(int exponent)
    {
        UInt128 power = 1;
        for (; exponent > 0; exponent--)
            power *= 10;
        return power;
    }
}
