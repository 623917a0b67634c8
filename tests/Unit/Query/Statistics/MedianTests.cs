using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class MedianTests
{
    [Fact]
    public void The_middle_is_that_of_the_sorted_numbers()
    {
        var random = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            var count = random.Next(2) == 0 ? random.Next(1, 10) : random.Next(1000, 20_000);
            // Close together, far apart, many equal, half at one end and half at the other, and a few far out that
            // leave nearly all in one part of the span.
            var values = Enumerable
                .Range(0, count)
                .Select(n =>
                    (i % 6) switch
                    {
                        0 => random.NextInt64(0, 5),
                        1 => random.NextInt64(0, long.MaxValue),
                        2 => random.NextInt64(0, 1_000_000),
                        5 => n % 2 == 0
                            ? random.NextInt64(0, 1_000)
                            : random.NextInt64(long.MaxValue - 1_000, long.MaxValue),
                        3 => random.NextInt64(-1_000_000, 1_000_000),
                        _ => random.Next(100) == 0
                            ? random.NextInt64(0, long.MaxValue)
                            : random.NextInt64(1_000_000, 1_010_000),
                    }
                )
                .ToArray();
            var middle = Median.Of(values.ToArray(), values.Min(), values.Max());
            Array.Sort(values);
            Assert.Equal((values[(count - 1) / 2], values[count / 2]), middle);
        }
    }
}
