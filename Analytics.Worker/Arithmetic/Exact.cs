using System.Numerics;

namespace PnlPipeline.Analytics.Worker.Arithmetic;

/// <summary>
/// Products and quotients of decimals, rounded half-even once from the exact value. <see cref="decimal"/> alone rounds
/// silently past its 28 digits, and a rounded product rounded again is not the rounded product.
/// </summary>
public static class Exact
{
    /// <summary>Decimals of money and percentages.</summary>
    public const int MoneyDecimals = 8;

    private static readonly Int128[] PowersOfTen = CreatePowersOfTen();

    /// <summary>
    /// <paramref name="a"/> × <paramref name="b"/> × <paramref name="c"/> ÷ <paramref name="divisor"/>, rounded half-even to 8 decimals,
    /// and brought to ±<paramref name="limit"/> where it is beyond.
    /// </summary>
    public static decimal MultiplyDivide(decimal a, decimal b, decimal c, decimal divisor, decimal limit)
    {
        var (ma, sa) = Mantissa(a);
        var (mb, sb) = Mantissa(b);
        var (mc, sc) = Mantissa(c);
        var (md, sd) = Mantissa(divisor);
        var shift = MoneyDecimals + sd - sa - sb - sc;

        // Nearly always the whole product fits 127 bits; the few that do not go the long way.
        if (Bits(ma) + Bits(mb) + Bits(mc) + (shift > 0 ? BitsOfPower(shift) : 0) <= 126
            && Bits(md) + (shift < 0 ? BitsOfPower(-shift) : 0) <= 126
            && Math.Abs(shift) < PowersOfTen.Length)
        {
            var numerator = ma * mb * mc * (shift > 0 ? PowersOfTen[shift] : Int128.One);
            var denominator = md * (shift < 0 ? PowersOfTen[-shift] : Int128.One);
            return ToDecimal(DivideHalfEven(numerator, denominator), limit);
        }

        var wideNumerator = (BigInteger)ma * mb * mc;
        BigInteger wideDenominator = md;
        if (shift > 0)
            wideNumerator *= BigInteger.Pow(10, shift);
        else
            wideDenominator *= BigInteger.Pow(10, -shift);
        return ToDecimal(DivideHalfEven(wideNumerator, wideDenominator), limit);
    }

    /// <summary>
    /// <paramref name="value"/> − <paramref name="factor"/> × (<paramref name="x"/> + <paramref name="y"/>) ÷ <paramref name="divisor"/>,
    /// rounded half-even to 8 decimals, and brought to ±<paramref name="limit"/> where it is beyond.
    /// </summary>
    public static decimal SubtractShare(decimal value, decimal factor, decimal x, decimal y, decimal divisor, decimal limit)
    {
        // Over the common denominator divisor × 10^8: (value × divisor − factor × (x + y)) ÷ divisor.
        const int priceScale = 12;
        const int valueScale = MoneyDecimals;
        var v = Scaled(value, valueScale);
        var f = Scaled(factor, valueScale);
        var sum = Scaled(x, priceScale) + Scaled(y, priceScale);
        var d = Scaled(divisor, priceScale);
        if (Bits(v) + Bits(d) <= 125 && Bits(f) + Bits(sum) <= 125)
            return ToDecimal(DivideHalfEven((v * d) - (f * sum), d), limit);

        return ToDecimal(DivideHalfEven(((BigInteger)v * d) - ((BigInteger)f * sum), (BigInteger)d), limit);
    }

    /// <summary>Integer quotient rounded half-even.</summary>
    public static Int128 DivideHalfEven(Int128 numerator, Int128 denominator)
    {
        var (quotient, remainder) = DivRem(numerator, denominator);
        if (remainder == 0)
            return quotient;

        // Compared against what is missing to the whole, so that doubling cannot overflow.
        var rest = Int128.Abs(remainder);
        var missing = Int128.Abs(denominator) - rest;
        var away = rest > missing || (rest == missing && !Int128.IsEvenInteger(quotient));
        if (!away)
            return quotient;
        return Int128.IsNegative(numerator) == Int128.IsNegative(denominator) ? quotient + 1 : quotient - 1;
    }

    // Int128.DivRem, several times as fast. A double's quotient is right to 50 bits or so, and what is left over is known exactly: divided
    // again, and again, the error is soon less than one. The doubles only guess; the integers decide.
    private static (Int128 Quotient, Int128 Remainder) DivRem(Int128 numerator, Int128 denominator)
    {
        var divisor = (double)denominator;
        var quotient = Int128.Zero;
        var remainder = numerator;
        while (true)
        {
            var step = (Int128)((double)remainder / divisor);
            if (step == 0)
                break;
            quotient += step;
            remainder -= step * denominator;
        }

        // The last guess may be one off to either side; the remainder has the numerator's sign, as ever.
        if (remainder != 0 && Int128.IsNegative(remainder) != Int128.IsNegative(numerator))
        {
            var up = Int128.IsNegative(remainder) != Int128.IsNegative(denominator);
            quotient += up ? -1 : 1;
            remainder += up ? denominator : -denominator;
        }

        return (quotient, remainder);
    }

    /// <inheritdoc cref="DivideHalfEven(Int128, Int128)"/>
    public static BigInteger DivideHalfEven(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        if (remainder.IsZero)
            return quotient;

        var comparison = (BigInteger.Abs(remainder) * 2).CompareTo(BigInteger.Abs(denominator));
        var away = comparison > 0 || (comparison == 0 && !quotient.IsEven);
        if (!away)
            return quotient;
        return (numerator.Sign < 0) == (denominator.Sign < 0) ? quotient + 1 : quotient - 1;
    }

    private static decimal ToDecimal(Int128 scaled, decimal limit) =>
        scaled >= Scaled(limit, MoneyDecimals) ? limit
        : scaled <= -Scaled(limit, MoneyDecimals) ? -limit
        : FromScaled(scaled);

    private static decimal ToDecimal(BigInteger scaled, decimal limit) =>
        scaled >= Scaled(limit, MoneyDecimals) ? limit
        : scaled <= -Scaled(limit, MoneyDecimals) ? -limit
        : FromScaled((Int128)scaled);

    private static decimal FromScaled(Int128 scaled)
    {
        var magnitude = (UInt128)Int128.Abs(scaled);
        // Limits keep what is stored far below this; past it the digits would silently be others.
        if (magnitude >> 96 != 0)
            throw new OverflowException("The result has more digits than a decimal.");
        var low = (ulong)magnitude;
        return new decimal((int)(uint)low, (int)(uint)(low >> 32), (int)(uint)(magnitude >> 64), scaled < 0, MoneyDecimals);
    }

    // The value as an integer of 10^-scale. Digits past the scale are a bug: everything stored is already rounded to it.
    private static Int128 Scaled(decimal value, int scale)
    {
        var (mantissa, own) = Mantissa(value);
        if (own <= scale)
            return checked(mantissa * PowersOfTen[scale - own]);

        var (quotient, remainder) = Int128.DivRem(mantissa, PowersOfTen[own - scale]);
        return remainder == 0
            ? quotient
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Expected at most {scale} decimals.");
    }

    private static (Int128 Mantissa, int Scale) Mantissa(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var magnitude = new UInt128((uint)parts[2], ((ulong)(uint)parts[1] << 32) | (uint)parts[0]);
        var signed = (Int128)magnitude;
        return (parts[3] < 0 ? -signed : signed, (parts[3] >> 16) & 0xFF);
    }

    private static int Bits(Int128 value) => 128 - (int)Int128.LeadingZeroCount(Int128.Abs(value));

    private static int BitsOfPower(int power) => power < PowersOfTen.Length ? Bits(PowersOfTen[power]) : int.MaxValue / 2;

    private static Int128[] CreatePowersOfTen()
    {
        var powers = new Int128[39];
        powers[0] = Int128.One;
        for (var i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
