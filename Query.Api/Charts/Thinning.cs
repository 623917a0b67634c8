using PnlPipeline.Query.Api.LedgerView;

namespace PnlPipeline.Query.Api.Charts;

/// <summary>Makes a series short enough to draw without losing what the eye would see.</summary>
public static class Thinning
{
    /// <summary>
    /// About <paramref name="points"/> points of the series, in order: its first and last, and of each of equal stretches between them the
    /// lowest and the highest (the first of equals). A series that is no longer than that stays whole.
    /// </summary>
    public static SeriesColumns Thin(SeriesColumns series, int points)
    {
        if (!IsLonger(series.Count, points))
            return series;

        var kept = Keep(series.Value, points);
        return new SeriesColumns(
            kept.ConvertAll(i => series.Time[i]).ToArray(),
            kept.ConvertAll(i => series.Value[i]).ToArray(),
            series.Seq is { } seq ? kept.ConvertAll(i => seq[i]).ToArray() : null)
        {
            Total = series.Total,
        };
    }

    /// <summary>Whether a series of so many points is made shorter.</summary>
    // First, last, and the two of a single stretch are the least that shows every high and low.
    public static bool IsLonger(int count, int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 1);
        return count > Math.Max(points, 4);
    }

    /// <summary>The positions of the points that stay, of a series that is longer.</summary>
    public static List<int> Keep(ReadOnlySpan<Amount> values, int points)
    {
        var kept = new List<int>(points + 2) { 0 };
        var between = values.Length - 2;
        var buckets = Math.Max(1, (points - 2) / 2);
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var begin = 1 + (int)((long)between * bucket / buckets);
            var end = 1 + (int)((long)between * (bucket + 1) / buckets);
            var (lowest, highest) = (begin, begin);
            for (var i = begin + 1; i < end; i++)
            {
                if (values[i] < values[lowest])
                    lowest = i;
                if (values[i] > values[highest])
                    highest = i;
            }

            kept.Add(Math.Min(lowest, highest));
            if (lowest != highest)
                kept.Add(Math.Max(lowest, highest));
        }

        kept.Add(values.Length - 1);
        return kept;
    }
}
