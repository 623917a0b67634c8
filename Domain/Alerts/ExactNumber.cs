namespace PnlPipeline.Domain.Alerts;

/// <summary>
/// The one reader of numbers: as JSON writes them, with nothing rounded, ±<see cref="Mantissa"/> ×
/// 10^<see cref="Exponent"/>.
/// </summary>
/// <param name="Mantissa">Without trailing zeros, 0 for zero; meaningless where <paramref name="MantissaDigits"/> is
/// over 38.</param>
/// <param name="MantissaDigits">How many digits the mantissa has; 0 for zero.</param>
/// <param name="Exponent">Brought to ±10^15 where it is beyond: no text is long enough to make up for that.</param>
/// <param name="SignificantDigits">The digits as written, from the first that is not zero; trailing zeros
/// count.</param>
public readonly record struct ExactNumber(
    bool IsNegative,
    UInt128 Mantissa,
    int MantissaDigits,
    long Exponent,
    int SignificantDigits
)
{
    private const int MaxMantissaDigits = 38;

    /// <summary>So many digits a decimal always holds.</summary>
    private const int MaxDecimalDigits = 28;

    private const long MaxExponent = 1_000_000_000_000_000;

    public bool IsZero => MantissaDigits == 0;

    public bool IsWhole => IsZero || Exponent >= 0;

    /// <summary>How many decimals it takes, however it is written: <c>1.10</c> one, <c>1e-9</c> nine.</summary>
    public long DecimalPlaces => IsZero ? 0 : Math.Max(0, -Exponent);

    /// <summary>
    /// The value of a whole number above 0; <see cref="ulong.MaxValue"/> where it has more than 19 digits.
    /// </summary>
    public ulong ToWholeOrMax()
    {
        const int maxDigits = 19;
        if (IsZero)
            return 0;
        if (MantissaDigits + Exponent > maxDigits)
            return ulong.MaxValue;

        var value = (ulong)Mantissa;
        for (var zeros = Exponent; zeros > 0; zeros--)
            value *= 10;
        return value;
    }

    /// <summary>
    /// The value to so many decimals, rounded half-even once from all of its digits, without trailing zeros.
    /// </summary>
    /// <returns>
    /// <c>false</c> where it takes more than 28 digits, written or rounded: it may be too large, or too long.
    /// </returns>
    public bool TryRound(int decimals, out decimal value)
    {
        value = 0;
        var shift = Exponent + decimals;
        if (MantissaDigits > MaxDecimalDigits || MantissaDigits + shift > MaxDecimalDigits)
            return IsZero;
        // Cut by more digits than there are, less than a tenth of a unit is left.
        if (shift < -MaxDecimalDigits)
            return true;

        // In units of the last decimal: all of it is digits that a decimal holds, those behind the point, too.
        var units =
            shift < 0 ? decimal.Round(Whole(Mantissa, (int)-shift)) : Whole(Mantissa * PowerOfTen((int)shift), 0);
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(units, bits);
        value = WithoutTrailingZeros(new decimal(bits[0], bits[1], bits[2], IsNegative && units != 0, (byte)decimals));
        return true;

        static decimal Whole(UInt128 digits, int scale) =>
            new(
                (int)(uint)digits,
                (int)(uint)(digits >> 32),
                (int)(uint)(digits >> 64),
                isNegative: false,
                (byte)scale
            );
    }

    /// <summary>The same value without the zeros that its representation ends in: <c>1.50</c> as <c>1.5</c>.</summary>
    // Dividing by a one with 28 decimals drops them.
    public static decimal WithoutTrailingZeros(decimal value) => value / 1.0000000000000000000000000000m;

    /// <summary>JSON's grammar, no more: no plus, no leading zeros, no bare point.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ExactNumber number)
    {
        number = default;
        var isNegative = text is ['-', ..];
        var rest = isNegative ? text[1..] : text;

        var whole = TakeDigits(ref rest);
        if (whole.IsEmpty || whole is ['0', _, ..])
            return false;

        ReadOnlySpan<char> fraction = [];
        if (rest is ['.', ..])
        {
            rest = rest[1..];
            fraction = TakeDigits(ref rest);
            if (fraction.IsEmpty)
                return false;
        }

        long exponent = 0;
        if (rest is ['e' or 'E', ..])
        {
            var isBelowOne = rest is [_, '-', ..];
            rest = rest is [_, '-' or '+', ..] ? rest[2..] : rest[1..];
            var digits = TakeDigits(ref rest);
            if (digits.IsEmpty)
                return false;
            foreach (var digit in digits)
                exponent = Math.Min(MaxExponent, (exponent * 10) + (digit - '0'));
            if (isBelowOne)
                exponent = -exponent;
        }

        if (!rest.IsEmpty)
            return false;

        var significand = new Significand();
        significand.Append(whole);
        significand.Append(fraction);
        number = new ExactNumber(
            isNegative,
            significand.Mantissa,
            significand.MantissaDigits,
            exponent - fraction.Length + significand.TrailingZeros,
            significand.MantissaDigits + significand.TrailingZeros
        );
        return true;
    }

    private static UInt128 PowerOfTen(int exponent)
    {
        UInt128 power = 1;
        for (; exponent > 0; exponent--)
            power *= 10;
        return power;
    }

    private static ReadOnlySpan<char> TakeDigits(scoped ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        return digits;
    }

    private struct Significand
    {
        public UInt128 Mantissa { get; private set; }

        public int MantissaDigits { get; private set; }

        /// <summary>
        /// Zeros since the last digit that is not one: part of the mantissa only if another such digit follows.
        /// </summary>
        public int TrailingZeros { get; private set; }

        public void Append(ReadOnlySpan<char> digits)
        {
            foreach (var digit in digits)
            {
                if (digit == '0')
                {
                    if (MantissaDigits > 0)
                        TrailingZeros++;
                    continue;
                }

                MantissaDigits += TrailingZeros + 1;
                if (MantissaDigits <= MaxMantissaDigits)
                {
                    for (; TrailingZeros >= 0; TrailingZeros--)
                        Mantissa *= 10;
                    Mantissa += (UInt128)(digit - '0');
                }

                TrailingZeros = 0;
            }
        }
    }
}
