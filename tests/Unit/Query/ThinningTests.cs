using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query;

public sealed class ThinningTests
{
    [Theory]
    [InlineData("1 2 3 4", 1, "0 1 2 3")]
    [InlineData("5 1 9 3 4", 5, "0 1 2 3 4")]
    [InlineData("5 1 9 3 4", 1, "0 1 2 4")]
    [InlineData("5 9 1 3 4", 1, "0 1 2 4")]
    [InlineData("5 5 5 5 5 5", 4, "0 1 5")]
    [InlineData("1 2 3 4 5 6 7 8", 6, "0 1 3 4 6 7")]
    [InlineData("", 10, "")]
    public void Keeps_the_first_the_last_and_each_stretch_s_lowest_and_highest_in_order(
        string values,
        int points,
        string kept
    )
    {
        Assert.Equal(kept, string.Join(' ', Thinning.Thin(SeriesOf(values), points).Time));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(501)]
    [InlineData(2000)]
    [InlineData(9_999)]
    public void Is_about_as_long_as_asked_and_loses_no_extreme(int points)
    {
        var random = new Random(points);
        var series = SeriesOf(
            string.Join(' ', Enumerable.Range(0, 10_000).Select(_ => random.Next(-1_000_000, 1_000_000)))
        );
        var thinned = Thinning.Thin(series, points);

        Assert.InRange(thinned.Count, points / 2, Math.Max(4, points));
        Assert.Equal(series.Value.Min(), thinned.Value.Min());
        Assert.Equal(series.Value.Max(), thinned.Value.Max());
        Assert.Equal((series.Time[0], series.Time[^1]), (thinned.Time[0], thinned.Time[^1]));
        Assert.Equal(thinned.Time.Distinct().Order(), thinned.Time);
        // What is kept is as it was, in each of its columns.
        for (var i = 0; i < thinned.Count; i++)
        {
            Assert.Equal(series.Value[thinned.Time[i]], thinned.Value[i]);
            Assert.Equal(series.Seq![thinned.Time[i]], thinned.Seq![i]);
        }
    }

    // Time is the position, seq one more.
    private static SeriesColumns SeriesOf(string values)
    {
        var value = values
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(text => FixedPoint.Of(decimal.Parse(text)))
            .ToArray();
        return new SeriesColumns(
            [.. Enumerable.Range(0, value.Length).Select(i => (long)i)],
            value,
            [.. Enumerable.Range(1, value.Length).Select(i => (long)i)]
        );
    }
}
