using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query;

public sealed class AmountColumnTests
{
    private static readonly FixedPoint Widest = new(long.MaxValue);
    private static readonly FixedPoint TooWide = new((Int128)long.MaxValue + 1);

    [Fact]
    public void Numbers_take_64_bits_until_one_of_them_does_not_fit()
    {
        var narrow = AmountColumn.Of(Widest, new FixedPoint(long.MinValue), FixedPoint.Of(-1));
        Assert.Equal([long.MaxValue, long.MinValue, -100_000_000], narrow.Int64s!);
        Assert.Equal(24, narrow.Bytes);

        foreach (var number in new[] { TooWide, new FixedPoint((Int128)long.MinValue - 1) })
        {
            var wide = AmountColumn.Of(Widest, number, FixedPoint.Of(-1));
            Assert.Null(wide.Int64s);
            Assert.Equal([Widest, number, FixedPoint.Of(-1)], Numbers(wide, 3));
            Assert.Equal(48, wide.Bytes);
        }
    }

    [Fact]
    public void Whoever_reads_the_rows_before_sees_them_as_they_were()
    {
        var held = AmountColumn.WithRoom(4, null, 0).Put(0, FixedPoint.Of(1)).Put(1, FixedPoint.Of(2));
        var wide = held.Put(2, TooWide).Put(3, FixedPoint.Of(4));
        Assert.Equal([FixedPoint.Of(1), FixedPoint.Of(2)], Numbers(held, 2));
        Assert.Equal([FixedPoint.Of(1), FixedPoint.Of(2), TooWide, FixedPoint.Of(4)], Numbers(wide, 4));

        // Of either kind another begins with its rows, and goes its own way.
        foreach (var column in new[] { held, wide })
        {
            Assert.Equal(
                [FixedPoint.Of(1), FixedPoint.Of(3), TooWide],
                Numbers(AmountColumn.WithRoom(3, column, 1).Put(1, FixedPoint.Of(3)).Put(2, TooWide), 3)
            );
            Assert.Equal(FixedPoint.Of(2), column[1]);
        }
    }

    private static IEnumerable<FixedPoint> Numbers(AmountColumn column, int count) =>
        Enumerable.Range(0, count).Select(row => column[row]);
}
