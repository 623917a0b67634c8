using System.Numerics;

namespace PnlPipeline.Domain.Accounts;

/// <summary>A part of an amount, exactly: a fraction that is never rounded. What is made of it is, once.</summary>
internal sealed class Share
{
    private static readonly BigInteger Limit = (BigInteger)FixedPoint.Of(CapitalLedger.MaxCapital).Units;
    private static readonly Int128 NarrowLimit = FixedPoint.Of(CapitalLedger.MaxCapital).Units;
    private static readonly Int128 Percent = 100 * FixedPoint.Of(1).Units;

    public static readonly Share All = new(1, 1);
    public static readonly Share Nothing = new(0, 1);

    // Where both fit; else the large ones count.
    private readonly Int128 _numerator;
    private readonly Int128 _denominator;
    private readonly bool _isNarrow;

    private Share(BigInteger numerator, BigInteger denominator)
    {
        (Numerator, Denominator) = (numerator, denominator);
        _isNarrow = numerator.GetBitLength() < 120 && denominator.GetBitLength() < 120;
        if (_isNarrow)
            (_numerator, _denominator) = ((Int128)numerator, (Int128)denominator);
        Near = (double)numerator / (double)denominator;
    }

    public BigInteger Numerator { get; }

    public BigInteger Denominator { get; }

    /// <summary>To some fifteen digits.</summary>
    public double Near { get; }

    /// <param name="denominator">Above 0.</param>
    public static Share Of(BigInteger numerator, BigInteger denominator)
    {
        var common = BigInteger.GreatestCommonDivisor(numerator, denominator);
        return new Share(numerator / common, denominator / common);
    }

    public static Share OfPercentage(FixedPoint percentage) => Of(percentage.Units, Percent);

    public static bool operator <=(Share left, Share right) =>
        left.Numerator * right.Denominator <= right.Numerator * left.Denominator;

    public static bool operator >=(Share left, Share right) => right <= left;

    /// <summary>
    /// This part of <paramref name="amount"/> × <paramref name="percentage"/> / 100, rounded half-even once; within
    /// ±10^18.
    /// </summary>
    public FixedPoint Of(FixedPoint amount, FixedPoint percentage)
    {
        if (
            _isNarrow
            && Bits(amount.Units) + Bits(_numerator) + Bits(percentage.Units) <= 126
            && Bits(_denominator) + 34 <= 126
        )
        {
            var units = FixedPoint.DivideHalfEven(amount.Units * _numerator * percentage.Units, _denominator * Percent);
            return new FixedPoint(Int128.Clamp(units, -NarrowLimit, NarrowLimit));
        }

        return Rounded(amount.Units * Numerator * percentage.Units, Denominator * Percent);
    }

    /// <summary>
    /// This part of <paramref name="amount"/> × <paramref name="percentage"/> / 100 × (<paramref name="x"/> +
    /// <paramref name="y"/>) / <paramref name="x"/>, likewise.
    /// </summary>
    public FixedPoint OfBoth(FixedPoint amount, FixedPoint percentage, Int128 x, Int128 y)
    {
        (x, y) = NetChange.Shortened(x, y);
        if (
            _isNarrow
            && Bits(amount.Units) + Bits(_numerator) + Bits(percentage.Units) + Bits(x + y) <= 126
            && Bits(_denominator) + 34 + Bits(x) <= 126
        )
        {
            var units = FixedPoint.DivideHalfEven(
                amount.Units * _numerator * percentage.Units * (x + y),
                _denominator * Percent * x
            );
            return new FixedPoint(Int128.Clamp(units, -NarrowLimit, NarrowLimit));
        }

        return Rounded((BigInteger)amount.Units * Numerator * percentage.Units * (x + y), Denominator * Percent * x);
    }

    /// <summary>
    /// Whether this part of <paramref name="amount"/> is more than <paramref name="percentage"/> of
    /// <paramref name="whole"/>.
    /// </summary>
    public bool IsMore(Int128 amount, FixedPoint percentage, FixedPoint whole)
    {
        if (
            _isNarrow
            && Bits(amount) + Bits(_numerator) + 34 <= 126
            && Bits(_denominator) + Bits(percentage.Units) + Bits(whole.Units) <= 126
        )
        {
            return amount * _numerator * Percent > _denominator * percentage.Units * whole.Units;
        }

        return amount * Numerator * Percent > Denominator * percentage.Units * whole.Units;
    }

    private static FixedPoint Rounded(BigInteger numerator, BigInteger denominator) =>
        new((Int128)BigInteger.Clamp(FixedPoint.DivideHalfEven(numerator, denominator), -Limit, Limit));

    private static int Bits(Int128 value) => 128 - (int)Int128.LeadingZeroCount(Int128.Abs(value));
}
