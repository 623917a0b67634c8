using System.Numerics;
using PnlPipeline.Query.Api.LedgerView;

namespace PnlPipeline.Query.Api.Statistics;

/// <summary>The middle of many whole numbers, in a few passes over them and without sorting.</summary>
public static class Median
{
    private const int BucketBits = 12;
    private const int SmallEnoughToSort = 1024;

    /// <summary>The two numbers in the middle, which are one and the same where the count is odd.</summary>
    /// <param name="values">At least one, in any order; left as they are.</param>
    /// <param name="min">None is below it.</param>
    /// <param name="max">None is above it.</param>
    public static (long Lower, long Upper) Middle(ReadOnlySpan<long> values, long min, long max)
    {
        var (lower, next) = Select(values, (values.Length - 1) / 2, min, max);
        return values.Length % 2 != 0 ? (lower, lower) : (lower, next ?? LowestAbove(values, lower));
    }

    // The number of that rank, and the one after it where it is known. Counts how many fall into each of 4096 equal parts of the span, and
    // goes on with those of the part that the rank is in.
    private static (long Value, long? Next) Select(ReadOnlySpan<long> values, int rank, long min, long max)
    {
        Span<int> counts = stackalloc int[1 << BucketBits];
        long[]? rented = null;
        try
        {
            while (true)
            {
                if (values.Length <= SmallEnoughToSort)
                    return SelectSorted(values, rank);

                var shift = Math.Max(0, BitOperations.Log2((ulong)(max - min)) + 1 - BucketBits);
                counts.Clear();
                foreach (var value in values)
                    counts[(int)((value - min) >> shift)]++;
                var bucket = 0;
                for (; rank >= counts[bucket]; bucket++)
                    rank -= counts[bucket];
                min += (long)bucket << shift;
                if (shift == 0)
                    return (min, rank + 1 < counts[bucket] ? min : null);

                max = min + (1L << shift) - 1;
                var part = Scratch<long>.Pool.Rent(counts[bucket]);
                values = part.AsSpan(0, Gather(values, min, max, part));
                if (rented is not null)
                    Scratch<long>.Pool.Return(rented);
                rented = part;
            }
        }
        finally
        {
            if (rented is not null)
                Scratch<long>.Pool.Return(rented);
        }
    }

    private static int Gather(ReadOnlySpan<long> values, long min, long max, long[] into)
    {
        var count = 0;
        foreach (var value in values)
        {
            if (value >= min && value <= max)
                into[count++] = value;
        }

        return count;
    }

    private static (long Value, long? Next) SelectSorted(ReadOnlySpan<long> values, int rank)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return (sorted[rank], rank + 1 < sorted.Length ? sorted[rank + 1] : null);
    }

    // The next in order, where the one before was the last of its part, and so of its kind.
    private static long LowestAbove(ReadOnlySpan<long> values, long bound)
    {
        var lowest = long.MaxValue;
        foreach (var value in values)
        {
            if (value > bound)
                lowest = Math.Min(lowest, value);
        }

        return lowest;
    }
}
