using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>A histogram.</summary>
/// <param name="Edges">One more than there are bins, ascending; in percent or money. Empty where nothing is
/// selected.</param>
/// <param name="Counts">How many rows are at or above a bin's lower edge and under its upper one; in the last one, or
/// at it.</param>
public sealed record Distribution(IReadOnlyList<double> Edges, IReadOnlyList<int> Counts)
{
    /// <summary>
    /// Bins of equal width from the lowest to the highest; where all are equal, one unit wide around them.
    /// </summary>
    /// <param name="ofChange">Of <c>changePercentage</c>, else of <c>pnl</c>.</param>
    public static Distribution Of(Selection rows, bool ofChange, int bins)
    {
        if (rows.Count == 0)
            return new Distribution([], []);

        var values = ofChange ? rows.Ledger.ChangePercentage : rows.Ledger.Pnl;
        var (low, high) = Bounds(rows, values);
        if (low == high)
        {
            var half = FixedPoint.Of(1).Units / 2;
            (low, high) = (new FixedPoint(low.Units - half), new FixedPoint(high.Units + half));
        }

        // An edge need not be a number of 8 decimals; a value is at or above it exactly where it is at or above the
        // next one that is.
        var width = (high - low).Units;
        var edges = new double[bins + 1];
        var from = new Int128[bins];
        for (var edge = 0; edge <= bins; edge++)
        {
            var offset = width * edge;
            edges[edge] = Ratio.Of((low.Units * bins) + offset, FixedPoint.Of(bins).Units);
            if (edge < bins)
                from[edge] = (offset + bins - 1) / bins;
        }

        var counts = new int[bins];
        var binsAUnit = bins / (double)width;
        for (var i = 0; i < rows.Count; i++)
        {
            var above = values[rows.Row(i)].Units - low.Units;
            var near = above <= long.MaxValue ? (long)above : (double)above;
            // Near enough to be put right by a step.
            var bin = Math.Min((int)(near * binsAUnit), bins - 1);
            while (above < from[bin])
                bin--;
            while (bin + 1 < bins && above >= from[bin + 1])
                bin++;
            counts[bin]++;
        }

        return new Distribution(edges, counts);
    }

    private static (FixedPoint Low, FixedPoint High) Bounds(Selection rows, AmountColumn values)
    {
        var (low, high) = (values[rows.Row(0)], values[rows.Row(0)]);
        for (var i = 1; i < rows.Count; i++)
        {
            var value = values[rows.Row(i)];
            if (value < low)
                low = value;
            else if (value > high)
                high = value;
        }

        return (low, high);
    }
}
