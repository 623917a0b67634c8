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
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 1);
        // First, last, and the two of a single stretch are the least that shows every high and low.
        if (series.Count <= Math.Max(points, 4))
            return series;

        var kept = new List<int>(points + 2) { 0 };
        var between = series.Count - 2;
        var buckets = Math.Max(1, (points - 2) / 2);
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var begin = 1 + (int)((long)between * bucket / buckets);
            var end = 1 + (int)((long)between * (bucket + 1) / buckets);
            var (lowest, highest) = (begin, begin);
            for (var i = begin + 1; i < end; i++)
            {
                if (series.Value[i] < series.Value[lowest])
                    lowest = i;
                if (series.Value[i] > series.Value[highest])
                    highest = i;
            }

            kept.Add(Math.Min(lowest, highest));
            if (lowest != highest)
                kept.Add(Math.Max(lowest, highest));
        }

        kept.Add(series.Count - 1);
        return new SeriesColumns(
            kept.ConvertAll(i => series.Time[i]).ToArray(),
            kept.ConvertAll(i => series.Value[i]).ToArray(),
            series.Seq is { } seq ? kept.ConvertAll(i => seq[i]).ToArray() : null);
    }
}
