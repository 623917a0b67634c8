using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query;

public sealed class AscendingTimesTests
{
    [Fact]
    public void The_first_at_or_after_a_time_is_the_one_that_a_look_at_each_finds()
    {
        var random = new Random(20);
        for (var round = 0; round < 200; round++)
        {
            long[] column = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.NextInt64(50)).Order()];
            int[] rows = [.. Enumerable.Range(0, column.Length).Where(_ => random.Next(3) > 0)];
            var some = rows.Select(row => column[row]).ToList();
            for (var time = -1; time <= 51; time++)
            {
                var from = random.Next(column.Length + 1);
                Assert.Equal(Expected(column, from, time), new AscendingTimes(column).FirstAtOrAfter(time, from));
                if (rows.Length > 0)
                    Assert.Equal(
                        Expected(some, from % rows.Length, time),
                        new AscendingTimes(column, rows).FirstAtOrAfter(time, from % rows.Length)
                    );
            }
        }

        static int Expected(IReadOnlyList<long> times, int from, long time)
        {
            while (from < times.Count && times[from] < time)
                from++;
            return from;
        }
    }
}
