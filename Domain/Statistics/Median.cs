using System.Numerics;

namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// The middle of many whole numbers without sorting them, and without a copy of all: they are counted by equal parts of
/// the span that they lie in, and only those of the part with the middle in it are gathered and looked into.
/// </summary>
public static class Median
{
    private const int PartBits = 11;
    private const int SmallEnoughToSort = 1024;

    /// <summary>The equal parts of a span of numbers.</summary>
    /// <param name="Min">No number is below it.</param>
    /// <param name="Max">No number is above it.</param>
    public readonly record struct Parts(long Min, long Max)
    {
        /// <summary>How many there are at most.</summary>
        public const int Count = 1 << PartBits;

        private readonly int _shift = Math.Max(0, BitOperations.Log2((ulong)(Max - Min)) + 1 - PartBits);

        /// <summary>The position of the part that a number is in.</summary>
        public int Of(long number) => (int)((ulong)(number - Min) >> _shift);

        /// <summary>Where the numbers of these two ranks are, which follow one another or are the same.</summary>
        /// <param name="counts">How many numbers are in each part.</param>
        public Middle Find(ReadOnlySpan<int> counts, int lower, int upper)
        {
            var (part, before) = (0, 0);
            for (; lower >= before + counts[part]; part++)
                before += counts[part];
            var (last, count) = (part, counts[part]);
            // Between them nothing is.
            while (upper >= before + count)
                count += counts[++last];
            var end = ((ulong)(last + 1) << _shift) - 1;
            var (from, to) = (Min + (long)((ulong)part << _shift), end < (ulong)(Max - Min) ? Min + (long)end : Max);
            return new Middle(
                from,
                to,
                count,
                lower - before,
                upper - before,
                part == last,
                IsKnown: from == to || (_shift == 0 && part < last)
            );
        }
    }

    /// <summary>A stretch of the numbers that has the middle in it.</summary>
    /// <param name="Min">The least that a number of it can be.</param>
    /// <param name="Max">The most.</param>
    /// <param name="Count">How many there are.</param>
    /// <param name="Lower">The rank among them of the lower number of the middle.</param>
    /// <param name="Upper">That of the upper one, which may be the same.</param>
    /// <param name="IsOnePart">Else the lower one is in the first part and the upper one in the last, with none
    /// between.</param>
    /// <param name="IsKnown">The lower one is <paramref name="Min"/>, the upper one <paramref name="Max"/>: none need
    /// be gathered.</param>
    public readonly record struct Middle(
        long Min,
        long Max,
        int Count,
        int Lower,
        int Upper,
        bool IsOnePart,
        bool IsKnown
    )
    {
        /// <summary>How many are to be gathered.</summary>
        public int Wanted => IsKnown ? 0 : Count;

        /// <summary>Whether a number is to be gathered.</summary>
        public bool Wants(long number) => !IsKnown && number >= Min && number <= Max;
    }

    /// <summary>The two numbers in the middle, which are the same where the count is odd.</summary>
    /// <param name="numbers">At least one, in any order; they are put in another.</param>
    /// <param name="min">None is below it.</param>
    /// <param name="max">None is above it.</param>
    public static (long Lower, long Upper) Of(Span<long> numbers, long min, long max) =>
        Of(
            numbers,
            new Middle(
                min,
                max,
                numbers.Length,
                (numbers.Length - 1) / 2,
                numbers.Length / 2,
                IsOnePart: true,
                IsKnown: min == max
            )
        );

    /// <summary>The same of all numbers, of which those that the middle wants were gathered.</summary>
    public static (long Lower, long Upper) Of(Span<long> numbers, Middle middle)
    {
        Span<int> counts = stackalloc int[Parts.Count];
        while (!middle.IsKnown && numbers.Length > SmallEnoughToSort)
        {
            var parts = new Parts(middle.Min, middle.Max);
            counts.Clear();
            foreach (var number in numbers)
                counts[parts.Of(number)]++;
            middle = parts.Find(counts, middle.Lower, middle.Upper);
            if (!middle.IsOnePart && !middle.IsKnown)
                return Ends(numbers, parts, parts.Of(middle.Min), parts.Of(middle.Max));

            var kept = 0;
            foreach (var number in numbers)
            {
                if (middle.Wants(number))
                    numbers[kept++] = number;
            }

            numbers = numbers[..kept];
        }

        if (middle.IsKnown)
            return (middle.Min, middle.Max);
        numbers.Sort();
        return (numbers[middle.Lower], numbers[middle.Upper]);
    }

    // The highest number of one part, and the lowest of a later one.
    private static (long Highest, long Lowest) Ends(ReadOnlySpan<long> numbers, Parts parts, int lower, int upper)
    {
        var (highest, lowest) = (long.MinValue, long.MaxValue);
        foreach (var number in numbers)
        {
            var part = parts.Of(number);
            if (part == lower)
                highest = Math.Max(highest, number);
            else if (part == upper)
                lowest = Math.Min(lowest, number);
        }

        return (highest, lowest);
    }
}
