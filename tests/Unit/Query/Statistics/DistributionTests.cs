using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class DistributionTests
{
    public static TheoryData<string, int, string, string> Histograms =>
        new()
        {
            // Pnl, bins, edges, counts.
            { "0 1 2 3 4", 4, "0 1 2 3 4", "1 1 1 2" },
            { "-2 2 -1 0 0.99999999 1", 2, "-2 0 2", "2 4" },
            {
                "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1",
                10,
                "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1",
                "1 1 1 1 1 1 1 1 1 2"
            },
            // Thirds have no end, and 0.33333333 is under the first.
            {
                "0 0.33333333 0.33333334 0.66666666 0.66666667 1",
                3,
                "0 0.3333333333333333 0.6666666666666666 1",
                "2 2 2"
            },
            // Bins narrower than the last decimal.
            { "0 0.00000001 0.00000002", 4, "0 5E-09 1E-08 1.5E-08 2E-08", "1 0 1 1" },
            { "7 7 7", 1, "6.5 7.5", "3" },
            // All equal: one unit around them.
            { "7 7 7", 4, "6.5 6.75 7 7.25 7.5", "0 0 3 0" },
            { "0", 2, "-0.5 0 0.5", "0 1" },
            { "-1000000000000000000 1000000000000000000 0", 2, "-1E+18 0 1E+18", "1 2" },
            { "", 20, "", "" },
        };

    [Theory]
    [MemberData(nameof(Histograms))]
    public void Bins_are_of_equal_width_and_the_last_one_is_closed(string pnl, int bins, string edges, string counts)
    {
        var rows = Rows.Daily(
            1000m,
            [
                .. pnl.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(text => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture)),
            ]
        );
        var distribution = Distribution.Of(rows.Selected(), ofChange: false, bins);
        Assert.Equal(edges, string.Join(' ', distribution.Edges));
        Assert.Equal(counts, string.Join(' ', distribution.Counts));
    }

    [Fact]
    public void Every_row_of_any_ledger_and_filter_is_in_the_bin_its_definition_says()
    {
        var random = new Random(4);
        for (var i = 0; i < 400; i++)
        {
            var rows = RandomLedgers.Ledger(random, Rows.Time("2026-01-01"));
            var (filter, selects) = RandomLedgers.Filter(random, rows);
            var (ofChange, bins) = (random.Next(2) == 0, random.Next(1, 40));
            var values = rows.Where(selects).Select(row => ofChange ? row.Change : row.Pnl).ToList();
            var distribution = Distribution.Of(rows.Selected(filter), ofChange, bins);
            Assert.Equal(values.Count, distribution.Counts.Sum());
            if (values.Count == 0)
                continue;

            var (low, high) = (values.Min(), values.Max());
            if (low == high)
                (low, high) = (low - 0.5m, high + 0.5m);
            Assert.Equal(bins + 1, distribution.Edges.Count);
            for (var bin = 0; bin <= bins; bin++)
            {
                var edge = (double)(((low * bins) + ((high - low) * bin)) / bins);
                Assert.Equal(edge, distribution.Edges[bin], 1e-12 * Math.Max(1, Math.Abs(edge)));
            }

            // Times the number of bins, so that no edge is rounded.
            Assert.Equal(
                Enumerable
                    .Range(0, bins)
                    .Select(bin =>
                        values.Count(value =>
                            (value - low) * bins >= (high - low) * bin
                            && ((value - low) * bins < (high - low) * (bin + 1) || bin == bins - 1)
                        )
                    ),
                distribution.Counts
            );
        }
    }
}
