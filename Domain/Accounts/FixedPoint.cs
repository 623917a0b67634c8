using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PnlPipeline.Domain.Accounts;

/// <summary>
/// An exact number of 8 decimals (money, percentages, counts), and the arithmetic of everything that is computed:
/// products and quotients are rounded half-even, once, from the exact value. <see cref="decimal"/> alone rounds
/// silently past its 28 digits, and a rounded product rounded again is not the rounded product.
/// </summary>
/// <param name="Units">The number × 10^8. Sums of any selection of a ledger fit.</param>
[JsonConverter(typeof(FixedPointConverter))]
public readonly record struct FixedPoint(Int128 Units) : IComparable<FixedPoint>
{
    /// <summary>Of money and percentages.</summary>
    public const int Decimals = 8;

    /// <summary>A sign, 39 digits, a point.</summary>
    public const int MaxCharacters = 41;

    /// <summary>Of prices, which are computed with as whole numbers of 10^-12.</summary>
    public const int PriceDecimals = 12;

    // What is added to or multiplied with each other below stays within these.
    private const int MaxBits = 126;

    private static readonly Int128[] PowersOfTen = CreatePowersOfTen();
    private static readonly Int128 One = PowersOfTen[Decimals];

    // Up to here a part and a whole fit 64 bits, and ten thousand million times them 128.
    private static readonly Int128 MaxEstimated = long.MaxValue;

    public static readonly FixedPoint Zero;

    /// <exception cref="ArgumentOutOfRangeException">There are more than 8 decimals.</exception>
    public static FixedPoint Of(decimal value) => new(Scaled(value, Decimals));

    public static FixedPoint Of(long whole) => new(whole * One);

    /// <summary>A price × 10^12.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more than 12 decimals.</exception>
    public static Int128 PriceUnits(decimal price) => Scaled(price, PriceDecimals);

    public static FixedPoint operator +(FixedPoint left, FixedPoint right) => new(left.Units + right.Units);

    public static FixedPoint operator -(FixedPoint left, FixedPoint right) => new(left.Units - right.Units);

    // By the sign of the difference, which is several times as fast over numbers of mixed signs: a processor cannot
    // guess the branches that comparing 128 bits by halves takes. No number is so large that the difference would not
    // fit.
    public static bool operator <(FixedPoint left, FixedPoint right) => Int128.IsNegative(left.Units - right.Units);

    public static bool operator >(FixedPoint left, FixedPoint right) => Int128.IsNegative(right.Units - left.Units);

    public static bool operator <=(FixedPoint left, FixedPoint right) => !(left > right);

    public static bool operator >=(FixedPoint left, FixedPoint right) => !(left < right);

    public static FixedPoint Max(FixedPoint left, FixedPoint right) => left > right ? left : right;

    /// <summary>
    /// <paramref name="a"/> × <paramref name="b"/> ÷ <paramref name="divisor"/>, rounded half-even to 8 decimals, and
    /// brought to ±<paramref name="limit"/> where it is beyond.
    /// </summary>
    public static decimal MultiplyDivide(decimal a, decimal b, decimal divisor, FixedPoint limit) =>
        MultiplyDivide(a, b, 1m, divisor, limit);

    /// <summary>The same of three factors.</summary>
    public static decimal MultiplyDivide(decimal a, decimal b, decimal c, decimal divisor, FixedPoint limit)
    {
        var (x, xScale) = Mantissa(a);
        var (y, yScale) = Mantissa(b);
        var (z, zScale) = Mantissa(c);
        var (d, dScale) = Mantissa(divisor);
        var shift = Decimals + dScale - xScale - yScale - zScale;

        // Nearly always the whole product fits 127 bits; the few that do not go the long way.
        var up = Math.Max(shift, 0);
        var down = Math.Max(-shift, 0);
        if (Bits(x) + Bits(y) + Bits(z) + BitsOfPower(up) <= MaxBits && Bits(d) + BitsOfPower(down) <= MaxBits)
        {
            var (numerator, denominator) = (x * y * z, d);
            if (up > 0)
                numerator *= PowersOfTen[up];
            else if (down > 0)
                denominator *= PowersOfTen[down];
            return ToDecimal(DivideHalfEven(numerator, denominator), limit);
        }

        return ToDecimal(
            DivideHalfEven((BigInteger)x * y * z * BigInteger.Pow(10, up), (BigInteger)d * BigInteger.Pow(10, down)),
            limit
        );
    }

    /// <summary>
    /// <paramref name="value"/> − <paramref name="factor"/> × (<paramref name="x"/> + <paramref name="y"/>) ÷
    /// <paramref name="divisor"/>, rounded half-even to 8 decimals, and brought to ±<paramref name="limit"/> where it
    /// is beyond.
    /// </summary>
    /// <param name="value">At most 8 decimals, like <paramref name="factor"/>.</param>
    /// <param name="x">At most 12 decimals, like <paramref name="y"/> and <paramref name="divisor"/>.</param>
    public static decimal SubtractShare(
        decimal value,
        decimal factor,
        decimal x,
        decimal y,
        decimal divisor,
        FixedPoint limit
    )
    {
        // Over the common denominator: (value × divisor − factor × (x + y)) ÷ divisor.
        var v = Scaled(value, Decimals);
        var f = Scaled(factor, Decimals);
        var sum = Scaled(x, PriceDecimals) + Scaled(y, PriceDecimals);
        var d = Scaled(divisor, PriceDecimals);
        return Bits(v) + Bits(d) < MaxBits && Bits(f) + Bits(sum) < MaxBits
            ? ToDecimal(DivideHalfEven((v * d) - (f * sum), d), limit)
            : ToDecimal(DivideHalfEven(((BigInteger)v * d) - ((BigInteger)f * sum), (BigInteger)d), limit);
    }

    /// <summary>
    /// This ÷ <paramref name="whole"/> × 100, rounded half-even to 8 decimals; both at or above 0, the whole above it.
    /// </summary>
    public FixedPoint PercentageOf(FixedPoint whole)
    {
        // 128 bits are slow to divide, and doubles know nearly the whole quotient: what they are off by is seen and put
        // right in multiplications.
        if (whole.Units <= MaxEstimated && Units <= MaxEstimated && Units >> 10 <= whole.Units)
            return new FixedPoint(Estimated(Units, whole.Units));
        // 10^36 fits; what is wider than a ledger's own figures goes the long way.
        return Units <= Int128.MaxValue / (100 * One)
            ? new FixedPoint(DivideHalfEven(Units * 100 * One, whole.Units))
            : new FixedPoint((Int128)DivideHalfEven((BigInteger)Units * 100 * One, whole.Units));
    }

    public int CompareTo(FixedPoint other) => Units.CompareTo(other.Units);

    /// <summary>Plain digits, without trailing zeros and without an exponent.</summary>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxCharacters];
        return System.Text.Encoding.ASCII.GetString(text[..Format(text)]);
    }

    /// <summary>Writes what <see cref="ToString"/> says, and returns how many bytes that are.</summary>
    /// <param name="target">At least <see cref="MaxCharacters"/>.</param>
    public int Format(Span<byte> target)
    {
        var magnitude = (UInt128)Int128.Abs(Units);
        var length = 0;
        if (Int128.IsNegative(Units))
            target[length++] = (byte)'-';

        var (whole, fraction) = UInt128.DivRem(magnitude, (UInt128)One);
        int written;
        // Nearly always it fits 64 bits, which is several times as fast.
        _ =
            whole <= ulong.MaxValue
                ? Utf8Formatter.TryFormat((ulong)whole, target[length..], out written)
                : whole.TryFormat(target[length..], out written, provider: CultureInfo.InvariantCulture);
        length += written;
        if (fraction == 0)
            return length;

        target[length++] = (byte)'.';
        var rest = (uint)fraction;
        for (var unit = 10_000_000u; rest > 0; unit /= 10)
        {
            target[length++] = (byte)('0' + (rest / unit));
            rest %= unit;
        }

        return length;
    }

    /// <summary>Integer quotient rounded half-even.</summary>
    /// <param name="numerator">At most 126 bits, like <paramref name="denominator"/>, which is not 0.</param>
    internal static Int128 DivideHalfEven(Int128 numerator, Int128 denominator)
    {
        var divisor = Int128.Abs(denominator);
        var rest = Int128.Abs(numerator);

        // A double's quotient is right to 50 bits or so, and what is left over is known exactly: divided again, the
        // error is soon less than one. The doubles only guess; the integers decide. Several times as fast as
        // Int128.DivRem.
        var near = (double)divisor;
        var quotient = Int128.Zero;
        do
        {
            var guess = (double)rest / near;
            var step = Math.Abs(guess) < 1L << 62 ? (long)guess : (Int128)guess;
            // Not even one: what is left is less than the divisor, above 0 or below.
            if (step == 0)
                break;
            quotient += step;
            rest -= step * divisor;
        } while (Int128.IsNegative(rest) || rest >= divisor);

        if (Int128.IsNegative(rest))
        {
            quotient -= 1;
            rest += divisor;
        }

        // Compared against what is missing to the whole.
        var comparison = rest.CompareTo(divisor - rest);
        if (comparison > 0 || (comparison == 0 && Int128.IsOddInteger(quotient)))
            quotient += 1;
        return Int128.IsNegative(numerator) == Int128.IsNegative(denominator) ? quotient : -quotient;
    }

    /// <inheritdoc cref="DivideHalfEven(Int128, Int128)"/>
    internal static BigInteger DivideHalfEven(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        var comparison = (BigInteger.Abs(remainder) * 2).CompareTo(BigInteger.Abs(denominator));
        var isAway = comparison > 0 || (comparison == 0 && !quotient.IsEven);
        return !isAway ? quotient
            : numerator.Sign == denominator.Sign ? quotient + 1
            : quotient - 1;
    }

    // 100 % are 10^10 units: of up to a thousand times that a double holds the quotient to a hundredth of one, so it is
    // the right one or next to it.
    private static long Estimated(Int128 part, Int128 whole)
    {
        var numerator = part * (100 * One);
        var quotient = (long)((double)(ulong)part / (ulong)whole * 1e10);
        var remainder = numerator - (whole * quotient);
        if (Int128.IsNegative(remainder))
            (quotient, remainder) = (quotient - 1, remainder + whole);
        else if (remainder >= whole)
            (quotient, remainder) = (quotient + 1, remainder - whole);
        var twice = remainder + remainder;
        return twice > whole || (twice == whole && long.IsOddInteger(quotient)) ? quotient + 1 : quotient;
    }

    private static decimal ToDecimal(BigInteger units, FixedPoint limit) =>
        ToDecimal((Int128)BigInteger.Clamp(units, -limit.Units, limit.Units), limit);

    private static decimal ToDecimal(Int128 units, FixedPoint limit)
    {
        if (units > limit.Units)
            units = limit.Units;
        else if (units < -limit.Units)
            units = -limit.Units;
        var magnitude = (UInt128)Int128.Abs(units);
        // Limits keep what is stored far below this; past it the digits would silently be others.
        if (magnitude >> 96 != 0)
            throw new OverflowException("The result has more digits than a decimal.");
        var low = (ulong)magnitude;
        return new decimal(
            (int)(uint)low,
            (int)(uint)(low >> 32),
            (int)(uint)(ulong)(magnitude >> 64),
            Int128.IsNegative(units),
            Decimals
        );
    }

    // The value as an integer of 10^-scale. Digits past the scale are a bug: everything stored is already rounded to
    // it.
    private static Int128 Scaled(decimal value, int scale)
    {
        var (mantissa, own) = Mantissa(value);
        if (own == scale)
            return mantissa;
        if (own < scale)
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
        var magnitude = new Int128((uint)parts[2], ((ulong)(uint)parts[1] << 32) | (uint)parts[0]);
        return (parts[3] < 0 ? -magnitude : magnitude, (parts[3] >> 16) & 0xFF);
    }

    private static int Bits(Int128 value) => 128 - (int)Int128.LeadingZeroCount(Int128.Abs(value));

    // 1 has none to add.
    private static int BitsOfPower(int power) =>
        power switch
        {
            0 => 0,
            _ when power < PowersOfTen.Length => Bits(PowersOfTen[power]),
            _ => int.MaxValue / 2,
        };

    private static Int128[] CreatePowersOfTen()
    {
        var powers = new Int128[39];
        powers[0] = Int128.One;
        for (var i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * 10;
        return powers;
    }
}

/// <summary>A plain JSON number with every digit.</summary>
internal sealed class FixedPointConverter : JsonConverter<FixedPoint>
{
    public override FixedPoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        FixedPoint.Of(reader.GetDecimal());

    public override void Write(Utf8JsonWriter writer, FixedPoint value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[FixedPoint.MaxCharacters];
        writer.WriteRawValue(text[..value.Format(text)], skipInputValidation: true);
    }
}
