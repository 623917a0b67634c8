using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class RatioTests
{
    [Fact]
    public void Equal_ratios_are_equal_doubles_however_large_their_parts()
    {
        var random = new Random(3);
        for (var i = 0; i < 10_000; i++)
        {
            var (numerator, denominator) = (random.NextInt64(-1_000_000, 1_000_000), random.NextInt64(1, 1_000_000));
            var factor = (Int128)random.NextInt64(1, long.MaxValue) * random.NextInt64(1, 1L << random.Next(1, 30));
            Assert.Equal((double)numerator / denominator, Ratio.Of(numerator * factor, denominator * factor));
            Assert.Equal(-(double)numerator / denominator, Ratio.Of(numerator * factor, -denominator * factor), 0.0);
        }
    }

    [Fact]
    public void Zero_has_no_sign()
    {
        Assert.False(double.IsNegative(Ratio.Of(FixedPoint.Zero, FixedPoint.Of(-1m))));
        Assert.False(double.IsNegative(Ratio.Finite(-0.0)!.Value));
    }

    [Fact]
    public void What_is_no_number_is_not_shown()
    {
        Assert.Null(Ratio.Finite(double.NaN));
        Assert.Null(Ratio.Finite(double.PositiveInfinity));
    }
}
