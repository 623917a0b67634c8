using System.Buffers;
using System.Numerics;

namespace PnlPipeline.Query.Api.Statistics;

/// <summary>The middle of many whole numbers, in a few passes over them and without sorting.</summary>
public static class Median
{
    private const int BucketBits = 12;
    private const int SmallEnoughToSort = 1024;

    /// <summary>The two numbers in the middle, which are one and the same where the count is odd.</summary>
    /// <param name="values">At least one, in any order; left as they are.</param>
    public static (long Lower, long Upper) Middle(ReadOnlySpan<long> values)
    {
        var lower = Select(values, (values.Length - 1) / 2);
        if (values.Length % 2 != 0)
            return (lower, lower);

        // The next in order is another of the same, or the lowest above.
        var (upTo, above) = (0, long.MaxValue);
        foreach (var value in values)
        {
            if (value <= lower)
                upTo++;
            else
                above = Math.Min(above, value);
        }

        return (lower, upTo > values.Length / 2 ? lower : above);
    }

    // Counts how many fall into each of 4096 equal parts of the span, and goes on with the part that holds the rank alone.
    private static long Select(ReadOnlySpan<long> values, int rank)
    {
        Span<int> counts = stackalloc int[1 << BucketBits];
        long[]? rented = null;
        try
        {
            while (true)
            {
                var (min, max) = Bounds(values);
                if (min == max)
                    return min;
                if (values.Length <= SmallEnoughToSort)
                {
                    var sorted = values.ToArray();
                    Array.Sort(sorted);
                    return sorted[rank];
                }

                var shift = Math.Max(0, BitOperations.Log2((ulong)(max - min)) + 1 - BucketBits);
                counts.Clear();
                foreach (var value in values)
                    counts[(int)((ulong)(value - min) >> shift)]++;
                var bucket = 0;
                for (; rank >= counts[bucket]; bucket++)
                    rank -= counts[bucket];

                var part = ArrayPool<long>.Shared.Rent(counts[bucket]);
                var count = 0;
                foreach (var value in values)
                {
                    if ((int)((ulong)(value - min) >> shift) == bucket)
                        part[count++] = value;
                }

                values = part.AsSpan(0, count);
                if (rented is not null)
                    ArrayPool<long>.Shared.Return(rented);
                rented = part;
            }
        }
        finally
        {
            if (rented is not null)
                ArrayPool<long>.Shared.Return(rented);
        }
    }

    private static (long Min, long Max) Bounds(ReadOnlySpan<long> values)
    {
        var (min, max) = (values[0], values[0]);
        foreach (var value in values)
        {
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        return (min, max);
    }
}
