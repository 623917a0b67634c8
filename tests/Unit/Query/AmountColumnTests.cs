using PnlPipeline.Query.Api.LedgerView;

namespace PnlPipeline.Tests.Unit.Query;

public sealed class AmountColumnTests
{
    private static readonly Amount Widest = new(long.MaxValue);
    private static readonly Amount TooWide = new((Int128)long.MaxValue + 1);

    [Fact]
    public void Numbers_take_64_bits_until_one_of_them_does_not_fit()
    {
        var narrow = AmountColumn.Of(Widest, new Amount(long.MinValue), Amount.Of(-1));
        Assert.Equal([long.MaxValue, long.MinValue, -100_000_000], narrow.Narrow!);
        Assert.Equal(24, narrow.Bytes);

        foreach (var number in new[] { TooWide, new Amount((Int128)long.MinValue - 1) })
        {
            var wide = AmountColumn.Of(Widest, number, Amount.Of(-1));
            Assert.Null(wide.Narrow);
            Assert.Equal([Widest, number, Amount.Of(-1)], Numbers(wide, 3));
            Assert.Equal(48, wide.Bytes);
        }
    }

    [Fact]
    public void Whoever_reads_the_rows_before_sees_them_as_they_were()
    {
        var held = AmountColumn.WithRoom(4, null, 0).Put(0, Amount.Of(1)).Put(1, Amount.Of(2));
        var wide = held.Put(2, TooWide).Put(3, Amount.Of(4));
        Assert.Equal([Amount.Of(1), Amount.Of(2)], Numbers(held, 2));
        Assert.Equal([Amount.Of(1), Amount.Of(2), TooWide, Amount.Of(4)], Numbers(wide, 4));

        // Of either kind another begins with its rows, and goes its own way.
        foreach (var column in new[] { held, wide })
        {
            Assert.Equal([Amount.Of(1), Amount.Of(3), TooWide], Numbers(AmountColumn.WithRoom(3, column, 1).Put(1, Amount.Of(3)).Put(2, TooWide), 3));
            Assert.Equal(Amount.Of(2), column[1]);
        }
    }

    private static IEnumerable<Amount> Numbers(AmountColumn column, int count) => Enumerable.Range(0, count).Select(row => column[row]);
}
