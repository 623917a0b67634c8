using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>Makes a series short enough to draw without losing what the eye would see.</summary>
public static class Thinning
{
    private const int LongestPiece = 256;

    /// <summary>
    /// About <paramref name="points"/> points of the series, in order: its first and last, and of each of equal
    /// stretches between them the lowest and the highest (the first of equals). A series that is no longer than that
    /// stays whole.
    /// </summary>
    public static SeriesColumns Thin(SeriesColumns series, int points)
    {
        if (!IsLonger(series.Count, points))
            return series;

        var read = 0;
        var (kept, values) = Keep(
            series.Count,
            points,
            next =>
            {
                series.Value.AsSpan(read, next.Length).CopyTo(next);
                read += next.Length;
            }
        );
        return new SeriesColumns(
            kept.ConvertAll(i => series.Time[i]).ToArray(),
            [.. values],
            series.Seq is { } seq ? kept.ConvertAll(i => seq[i]).ToArray() : null
        )
        {
            Total = series.Total,
            Start = series.Start,
        };
    }

    /// <summary>Whether a series of so many points is made shorter.</summary>
    // First, last, and the two of a single stretch are the least that shows every high and low.
    public static bool IsLonger(int count, int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 1);
        return count > Math.Max(points, 4);
    }

    /// <summary>The positions of the points that stay, of a series that is longer, and their values.</summary>
    /// <param name="count">How long the series is.</param>
    /// <param name="next">Says what comes next in it, a piece at a time: the whole is nowhere.</param>
    public static (List<int> Kept, List<FixedPoint> Values) Keep(int count, int points, Next next)
    {
        Span<FixedPoint> piece = stackalloc FixedPoint[LongestPiece];
        var (kept, values) = (new List<int>(points + 2), new List<FixedPoint>(points + 2));
        KeepEnd(0, piece[..1]);
        var between = count - 2;
        var buckets = Math.Max(1, (points - 2) / 2);
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var begin = 1 + (int)((long)between * bucket / buckets);
            var end = 1 + (int)((long)between * (bucket + 1) / buckets);
            var (lowest, highest, low, high) = (begin, begin, FixedPoint.Zero, FixedPoint.Zero);
            for (var at = begin; at < end; at += LongestPiece)
            {
                var part = piece[..Math.Min(LongestPiece, end - at)];
                next(part);
                if (at == begin)
                    (low, high) = (part[0], part[0]);
                for (var i = 0; i < part.Length; i++)
                {
                    if (part[i] < low)
                        (lowest, low) = (at + i, part[i]);
                    if (part[i] > high)
                        (highest, high) = (at + i, part[i]);
                }
            }

            Add(Math.Min(lowest, highest), lowest < highest ? low : high);
            if (lowest != highest)
                Add(Math.Max(lowest, highest), lowest < highest ? high : low);
        }

        KeepEnd(count - 1, piece[..1]);
        return (kept, values);

        void KeepEnd(int position, Span<FixedPoint> one)
        {
            next(one);
            Add(position, one[0]);
        }

        void Add(int position, FixedPoint value)
        {
            kept.Add(position);
            values.Add(value);
        }
    }

    /// <summary>
    /// The positions of about so many points of a series that is longer, of numbers that may be undefined (NaN): its
    /// first and last, and of each of equal ranges between them the lowest, the highest, and the first that is
    /// undefined, so that gaps stay.
    /// </summary>
    public static List<int> Keep(ReadOnlySpan<double> values, int points)
    {
        var kept = new List<int>(points + 2) { 0 };
        var between = values.Length - 2;
        var buckets = Math.Max(1, (points - 2) / 2);
        for (var bucket = 0; bucket < buckets; bucket++)
        {
            var begin = 1 + (int)((long)between * bucket / buckets);
            var end = 1 + (int)((long)between * (bucket + 1) / buckets);
            var (lowest, highest, gap) = (-1, -1, -1);
            for (var i = begin; i < end; i++)
            {
                if (double.IsNaN(values[i]))
                {
                    gap = gap < 0 ? i : gap;
                    continue;
                }

                lowest = lowest < 0 || values[i] < values[lowest] ? i : lowest;
                highest = highest < 0 || values[i] > values[highest] ? i : highest;
            }

            Span<int> chosen = [lowest, highest, gap];
            chosen.Sort();
            foreach (var position in chosen)
            {
                if (position > kept[^1])
                    kept.Add(position);
            }
        }

        kept.Add(values.Length - 1);
        return kept;
    }

    /// <summary>Fills in as many values as there is room for, each time those that follow the ones before.</summary>
    public delegate void Next(Span<FixedPoint> values);
}
