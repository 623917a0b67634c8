using System.Numerics;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Tests.Unit.Ledgers;

/// <summary>
/// The ledger's rules over exact fractions, as slow and as plain as they read; knows nothing of the code it checks.
/// </summary>
internal static class ReferenceLedger
{
    private static readonly BigInteger Unit = BigInteger.Pow(10, 8);

    /// <summary>A number without end: numerator over denominator.</summary>
    internal readonly record struct Fraction(BigInteger Numerator, BigInteger Denominator)
    {
        public static Fraction Of(decimal value)
        {
            var scale = value.Scale;
            var digits = decimal.GetBits(value);
            var mantissa = ((BigInteger)(uint)digits[2] << 64) | ((BigInteger)(uint)digits[1] << 32) | (uint)digits[0];
            return new Fraction(value < 0 ? -mantissa : mantissa, BigInteger.Pow(10, scale));
        }

        public static Fraction operator +(Fraction a, Fraction b) =>
            new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

        public static Fraction operator -(Fraction a, Fraction b) => a + new Fraction(-b.Numerator, b.Denominator);

        public static Fraction operator *(Fraction a, Fraction b) =>
            new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

        public static Fraction operator /(Fraction a, Fraction b) =>
            b.Numerator.Sign < 0
                ? new(-a.Numerator * b.Denominator, -a.Denominator * b.Numerator)
                : new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

        /// <summary>
        /// In units of 10^-8, half-even: the floor of the doubled value tells which side of the half it lies.
        /// </summary>
        public BigInteger Rounded()
        {
            var scaled = Numerator * Unit;
            var floor = BigInteger.Divide(scaled - (((scaled % Denominator) + Denominator) % Denominator), Denominator);
            var twiceRest = 2 * (scaled - (floor * Denominator));
            if (twiceRest > Denominator || (twiceRest == Denominator && !floor.IsEven))
                floor += 1;
            return floor;
        }
    }

    /// <summary>A row in units of 10^-8.</summary>
    internal sealed record Row(
        BigInteger Change,
        BigInteger Pnl,
        BigInteger Fee,
        BigInteger Available,
        BigInteger Peak,
        BigInteger Drawdown,
        BigInteger DrawdownPercentage,
        BigInteger MaxDrawdownPercentage,
        long Wins,
        long? RuinedSeq,
        long? CappedSeq
    );

    public static List<Row> Of(LedgerSettings settings, IEnumerable<CountedTrade> trades)
    {
        var maxCapital = BigInteger.Pow(10, 18) * Unit;
        var maxChange = BigInteger.Pow(10, 15) * Unit;
        var hundred = new Fraction(100, 1);
        var available = Fraction.Of(settings.Capital).Rounded();
        var (peak, highest, wins, ruined, capped) = (available, BigInteger.Zero, 0L, (long?)null, (long?)null);
        var rows = new List<Row>();
        foreach (var trade in trades)
        {
            var seq = rows.Count + 1;
            var entry = Fraction.Of(trade.EntryPrice);
            var net =
                Fraction.Of(trade.ChangePercentage)
                - (Fraction.Of(settings.FeePercentage) * (entry + Fraction.Of(trade.ExitPrice)) / entry);
            var change = BigInteger.Max(BigInteger.Min(net.Rounded(), maxChange), -maxChange);
            var pnl = (
                new Fraction(available, Unit)
                * (Fraction.Of(settings.AllocationPercentage) / hundred)
                * (new Fraction(change, Unit) / hundred)
            ).Rounded();
            var fee = BigInteger.Min(
                (
                    new Fraction(available, Unit)
                    * (Fraction.Of(settings.AllocationPercentage) / hundred)
                    * (Fraction.Of(settings.FeePercentage) / hundred)
                    * ((entry + Fraction.Of(trade.ExitPrice)) / entry)
                ).Rounded(),
                maxCapital
            );
            pnl = BigInteger.Max(pnl, -available);
            if (available + pnl > maxCapital)
            {
                pnl = maxCapital - available;
                capped ??= seq;
            }

            available += pnl;
            peak = BigInteger.Max(peak, available);
            var drawdown = peak - available;
            var percentage = (new Fraction(drawdown, 1) / new Fraction(peak, 1) * hundred).Rounded();
            highest = BigInteger.Max(highest, percentage);
            wins += pnl > 0 ? 1 : 0;
            if (available.IsZero)
                ruined ??= seq;
            rows.Add(new Row(change, pnl, fee, available, peak, drawdown, percentage, highest, wins, ruined, capped));
        }

        return rows;
    }

    /// <summary>A stored value of at most 8 decimals in units of 10^-8.</summary>
    public static BigInteger Units(decimal value)
    {
        var fraction = Fraction.Of(value);
        var units = BigInteger.DivRem(fraction.Numerator * Unit, fraction.Denominator, out var rest);
        Assert.True(rest.IsZero, $"{value} has more than 8 decimals.");
        return units;
    }
}
