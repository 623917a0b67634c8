using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PnlPipeline.Query.Api.LedgerView;

/// <summary>
/// An exact number of 8 decimals: money, percentages, counts. Sums of any selection of a ledger fit it without rounding, where
/// <see cref="decimal"/> rounds silently past 28 digits.
/// </summary>
/// <param name="Units">The number × 10^8.</param>
[JsonConverter(typeof(AmountConverter))]
public readonly record struct Amount(Int128 Units) : IComparable<Amount>
{
    public const int Decimals = 8;

    /// <summary>A sign, 39 digits, a point.</summary>
    public const int MaxCharacters = 41;

    private static readonly Int128 One = 100_000_000;

    // Up to here a part and a whole fit 64 bits, and ten thousand million times them 128.
    private static readonly Int128 MaxEstimated = long.MaxValue;

    public static readonly Amount Zero;

    /// <exception cref="ArgumentOutOfRangeException">There are more than 8 decimals.</exception>
    public static Amount Of(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var magnitude = (Int128)new UInt128((uint)parts[2], ((ulong)(uint)parts[1] << 32) | (uint)parts[0]);
        var scale = (parts[3] >> 16) & 0xFF;
        for (; scale < Decimals; scale++)
            magnitude *= 10;
        for (; scale > Decimals; scale--)
        {
            if (magnitude % 10 != 0)
                throw new ArgumentOutOfRangeException(nameof(value), value, "Expected at most 8 decimals.");
            magnitude /= 10;
        }

        return new Amount(parts[3] < 0 ? -magnitude : magnitude);
    }

    public static Amount Of(long whole) => new(whole * One);

    public static Amount operator +(Amount left, Amount right) => new(left.Units + right.Units);

    public static Amount operator -(Amount left, Amount right) => new(left.Units - right.Units);

    // By the sign of the difference, which is several times as fast over numbers of mixed signs: a processor cannot guess the branches that
    // comparing 128 bits by halves takes. No amount is so large that the difference would not fit.
    public static bool operator <(Amount left, Amount right) => Int128.IsNegative(left.Units - right.Units);

    public static bool operator >(Amount left, Amount right) => Int128.IsNegative(right.Units - left.Units);

    public static bool operator <=(Amount left, Amount right) => !(left > right);

    public static bool operator >=(Amount left, Amount right) => !(left < right);

    public static Amount Max(Amount left, Amount right) => left > right ? left : right;

    /// <summary>This ÷ <paramref name="whole"/> × 100, rounded half-even once to 8 decimals; both at or above 0, the whole above it.</summary>
    public Amount PercentageOf(Amount whole)
    {
        // 128 bits are slow to divide, and doubles know nearly the whole quotient: what they are off by is seen and put right in multiplications.
        if (whole.Units <= MaxEstimated && Units <= MaxEstimated && Units >> 10 <= whole.Units)
            return new Amount(Estimated(Units, whole.Units));
        // 10^36 fits; what is wider than a ledger's own figures goes the long way.
        var limit = Int128.MaxValue / (100 * One);
        return Units <= limit
            ? new Amount(DivideHalfEven(Units * 100 * One, whole.Units))
            : new Amount((Int128)DivideHalfEven<BigInteger>((BigInteger)Units * 100 * One, whole.Units));
    }

    public int CompareTo(Amount other) => Units.CompareTo(other.Units);

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
        _ = whole <= ulong.MaxValue
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

    // 100 % are 10^10 units: of up to a thousand times that a double holds the quotient to a hundredth of one, so it is the right one or next to it.
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

    private static T DivideHalfEven<T>(T numerator, T denominator)
        where T : IBinaryInteger<T>
    {
        var (quotient, remainder) = T.DivRem(numerator, denominator);
        // Against what is missing to the whole, so that doubling cannot overflow.
        var comparison = remainder.CompareTo(denominator - remainder);
        return comparison > 0 || (comparison == 0 && !T.IsEvenInteger(quotient)) ? quotient + T.One : quotient;
    }
}

/// <summary>A plain JSON number with every digit.</summary>
internal sealed class AmountConverter : JsonConverter<Amount>
{
    public override Amount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Amount.Of(reader.GetDecimal());

    public override void Write(Utf8JsonWriter writer, Amount value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[Amount.MaxCharacters];
        writer.WriteRawValue(text[..value.Format(text)], skipInputValidation: true);
    }
}
