using System.Numerics;

namespace PnlPipeline.Domain.Accounts;

/// <summary>
/// What a trade gains, worked out of its prices as <see cref="CapitalLedger.NetChangePercentage"/> and the pairing
/// before it do, in whole units: a million of them are made for each what-if.
/// </summary>
public static class NetChange
{
    private const int HundredPercent = 100;

    // A fill's percentage and a change of up to 10^15 percent, each × 10^8, fit these with any price that fits 64 bits.
    private const int MaxPriceBits = 63;

    private static readonly Int128 Limit = FixedPoint.Of(CapitalLedger.MaxChangePercentage).Units;

    /// <summary>A change by the whole entry price, × 10^8.</summary>
    internal static readonly double UnitsOfOne = (double)(HundredPercent * FixedPoint.Of(1).Units);

    /// <summary>The most that a change comes to, × 10^8.</summary>
    internal static readonly double MostUnits = (double)Limit;

    /// <summary>In percent of the entry price, net of what both fills cost; within ±10^15.</summary>
    /// <param name="entry">× 10^12, above 0.</param>
    /// <param name="exit">× 10^12.</param>
    /// <param name="fill">Percent of a fill's notional.</param>
    public static FixedPoint Of(Int128 entry, Int128 exit, bool isShort, FixedPoint fill)
    {
        (entry, exit) = Shortened(entry, exit);
        var gained = isShort ? entry - exit : exit - entry;
        var scale = HundredPercent * FixedPoint.Of(1).Units;
        var gross =
            IsShort(entry) && IsShort(exit)
                ? FixedPoint.DivideHalfEven(gained * scale, entry)
                : (Int128)
                    BigInteger.Clamp(
                        FixedPoint.DivideHalfEven((BigInteger)gained * scale, (BigInteger)entry),
                        -Limit,
                        Limit
                    );
        gross = Int128.Clamp(gross, -Limit, Limit);
        if (fill == FixedPoint.Zero)
            return new FixedPoint(gross);

        // Over the common denominator, rounded once.
        var sum = entry + exit;
        var net =
            Bits(gross) + Bits(entry) < 126 && Bits(fill.Units) + Bits(sum) < 126
                ? FixedPoint.DivideHalfEven((gross * entry) - (fill.Units * sum), entry)
                : (Int128)
                    BigInteger.Clamp(
                        FixedPoint.DivideHalfEven(
                            ((BigInteger)gross * entry) - ((BigInteger)fill.Units * sum),
                            (BigInteger)entry
                        ),
                        -Limit,
                        Limit
                    );
        return new FixedPoint(Int128.Clamp(net, -Limit, Limit));
    }

    /// <summary>
    /// Two prices without zeros that both end in: only their ratio counts, and shorter products are quicker.
    /// </summary>
    internal static (Int128 Entry, Int128 Exit) Shortened(Int128 entry, Int128 exit)
    {
        if (entry > long.MaxValue || exit > long.MaxValue)
            return (entry, exit);
        var (one, other) = ((long)entry, (long)exit);
        const long many = 100_000_000;
        const long few = 10_000;
        if (one % many == 0 && other % many == 0)
            return (one / many, other / many);
        return one % few == 0 && other % few == 0 ? (one / few, other / few) : (entry, exit);
    }

    private static bool IsShort(Int128 price) => Bits(price) <= MaxPriceBits;

    private static int Bits(Int128 value) => 128 - (int)Int128.LeadingZeroCount(Int128.Abs(value));
}
