using System.Numerics;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// Quotients of exact numbers, rounded once to the nearest <see cref="double"/>: ratios that are equal are equal as
/// doubles too, so what is counted, ranked or compared by them comes out as it would on paper.
/// </summary>
public static class Ratio
{
    // Up to here every whole number is a double.
    private const long Exact = 1L << 53;

    /// <param name="denominator">Not zero.</param>
    public static double Of(Int128 numerator, Int128 denominator)
    {
        if (numerator == 0)
            return 0;
        if (IsExact(numerator) && IsExact(denominator))
            return (double)(long)numerator / (long)denominator;

        var isNegative = Int128.IsNegative(numerator) != Int128.IsNegative(denominator);
        var magnitude = Divide(BigInteger.Abs(numerator), BigInteger.Abs(denominator));
        return isNegative ? -magnitude : magnitude;
    }

    /// <param name="denominator">Not zero.</param>
    public static double Of(FixedPoint numerator, FixedPoint denominator) => Of(numerator.Units, denominator.Units);

    /// <summary>The mean of <paramref name="count"/> numbers that add up to <paramref name="sum"/>.</summary>
    /// <param name="count">Above 0.</param>
    public static double Mean(FixedPoint sum, long count) => Of(sum.Units, FixedPoint.Of(count).Units);

    /// <summary>What an answer shows: the number, or <c>null</c> where it is none.</summary>
    // Adding 0 makes 0 of −0.
    public static double? Finite(double value) => double.IsFinite(value) ? value + 0.0 : null;

    private static bool IsExact(Int128 value) => value <= Exact && value >= -Exact;

    private static double Divide(BigInteger numerator, BigInteger denominator)
    {
        // So far apart that the quotient has 63 or 64 bits: more than a double holds, and its last one says that
        // something follows.
        var shift = 63 - (int)(numerator.GetBitLength() - denominator.GetBitLength());
        if (shift > 0)
            numerator <<= shift;
        else
            denominator <<= -shift;
        var quotient = (ulong)BigInteger.DivRem(numerator, denominator, out var remainder);
        return Math.ScaleB(remainder.IsZero ? quotient : quotient | 1, -shift);
    }
}
