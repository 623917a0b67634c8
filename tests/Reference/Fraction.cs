using System.Numerics;

namespace PnlPipeline.Tests.Reference;

/// <summary>
/// A number without end: numerator over denominator. Slow, exact, and independent of the arithmetic under test.
/// </summary>
public readonly record struct Fraction(BigInteger Numerator, BigInteger Denominator)
{
    public static implicit operator Fraction(decimal value)
    {
        var bits = decimal.GetBits(value);
        var mantissa = ((BigInteger)(uint)bits[2] << 64) | ((BigInteger)(uint)bits[1] << 32) | (uint)bits[0];
        var scale = (bits[3] >> 16) & 0xFF;
        return new Fraction(bits[3] < 0 ? -mantissa : mantissa, BigInteger.Pow(10, scale));
    }

    public static Fraction operator +(Fraction a, Fraction b) =>
        new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Fraction operator -(Fraction a, Fraction b) => a + new Fraction(-b.Numerator, b.Denominator);

    public static Fraction operator *(Fraction a, Fraction b) =>
        new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Fraction operator /(Fraction a, Fraction b) =>
        b.Numerator.Sign < 0
            ? new(-a.Numerator * b.Denominator, a.Denominator * -b.Numerator)
            : new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator >(Fraction a, Fraction b) => a.Numerator * b.Denominator > b.Numerator * a.Denominator;

    public static bool operator <(Fraction a, Fraction b) => b > a;

    /// <summary>To the digits that a double has.</summary>
    public double ToDouble() => (double)(Numerator * BigInteger.Pow(10, 30) / Denominator) / 1e30;

    /// <summary>Half-even to 8 decimals, brought within ±<paramref name="limit"/>.</summary>
    public decimal Rounded(decimal limit)
    {
        var scaled = Numerator * BigInteger.Pow(10, 8);
        var floor = BigInteger.DivRem(scaled, Denominator, out var rest);
        if (rest.Sign < 0)
        {
            floor--;
            rest += Denominator;
        }

        var twice = rest * 2;
        var up = twice > Denominator || (twice == Denominator && !floor.IsEven);
        var rounded = up ? floor + 1 : floor;
        var bound = new BigInteger(limit) * BigInteger.Pow(10, 8);
        if (rounded > bound)
            return limit;
        if (rounded < -bound)
            return -limit;
        return (decimal)BigInteger.Divide(rounded, BigInteger.Pow(10, 8))
            + ((decimal)BigInteger.Remainder(rounded, BigInteger.Pow(10, 8)) / 100_000_000m);
    }
}
