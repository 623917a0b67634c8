using Microsoft.Extensions.Configuration;
using PnlPipeline.Domain.Partitions;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Hosting;

namespace PnlPipeline.Tests.Unit.Partitions;

public sealed class PartitionTests
{
    public static TheoryData<int> Counts => [.. Partition.Counts];

    // Another hash is another division: alerts of one stream would wait on two queues while versions change.
    [Theory]
    [InlineData("BTCUSDT", "60", null, 4, 1)]
    [InlineData("BTCUSDT", "60", "", 4, 1)]
    [InlineData("BTCUSDT", "60", "breakout", 4, 2)]
    [InlineData("BTCUSDT6", "0", null, 4, 0)]
    [InlineData("日本", "1D", null, 4, 3)]
    [InlineData("BTCUSDT", "60", null, 16, 13)]
    [InlineData("BTCUSDT", "60", null, 1, 0)]
    public void A_stream_is_in_the_same_partition_in_every_process(
        string symbol,
        string timeframe,
        string? strategy,
        int count,
        int index
    ) => Assert.Equal(new Partition(index, count), Partition.Of(new StreamKey(symbol, timeframe, strategy), count));

    [Theory]
    [MemberData(nameof(Counts))]
    public void Streams_are_spread_evenly(int count)
    {
        string[] timeframes = ["1", "5", "15", "60", "240", "1D"];
        var sizes = Enumerable
            .Range(0, 2_000)
            .SelectMany(i => timeframes.Select(timeframe => new StreamKey($"SYM{i}USDT", timeframe, null)))
            .CountBy(stream => Partition.Of(stream, count).Index)
            .ToDictionary();
        Assert.Equal(count, sizes.Count);
        Assert.All(sizes.Values, size => Assert.InRange(size, 0.85 * 12_000 / count, 1.15 * 12_000 / count));
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void A_batch_is_in_exactly_one(int count)
    {
        foreach (var batchId in (long[])[1, 2, 15, 16, 17, 1_000_003, long.MaxValue])
            Assert.Single(Partition.All(count), partition => partition.Has(batchId));
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void Replicas_share_the_partitions_alike(int count)
    {
        for (var replicas = 1; replicas <= count; replicas++)
        {
            var shares = Shares(count, [.. Enumerable.Range(0, replicas)]);
            Assert.Equal(replicas, shares.Count);
            if (int.IsPow2(replicas))
                Assert.All(shares.Values, share => Assert.Equal(count / replicas, share));
            Assert.True(shares.Values.Max() <= 2 * shares.Values.Min(), $"{replicas}: {string.Join(' ', shares)}");
        }
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void Whoever_goes_every_partition_has_one_who_wants_it_most(int count)
    {
        for (var gone = 0; gone < 20; gone++)
        {
            int[] left = [.. Enumerable.Range(0, 20).Where(place => place != gone)];
            Assert.Equal(count, Shares(count, left).Values.Sum());
            foreach (var partition in Partition.All(count))
            {
                var wishes = left.Where(place => place < count).Select(partition.Priority).ToList();
                Assert.Equal(wishes.Count, wishes.Distinct().Count());
                Assert.All(left.Where(place => place >= count), place => Assert.True(partition.Priority(place) <= 0));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void A_queue_says_what_it_is_for(int count)
    {
        foreach (var partition in Partition.All(count))
        {
            foreach (var queue in (string[])[Topology.Pairing, Topology.Ledgers])
                Assert.Equal(partition, Topology.PartitionOf(Topology.QueueOf(queue, partition)));
        }

        Assert.Equal(Partition.Whole, Topology.PartitionOf(Topology.LedgerBuilds));
        Assert.Equal("ledgers-2-of-4", Topology.QueueOf(Topology.Ledgers, new Partition(1, 4)));
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void However_an_ingest_divides_exactly_one_queue_takes_it(int count)
    {
        foreach (var sent in Partition.Counts.SelectMany(Partition.All))
            Assert.Single(Partition.All(count), partition => Topology.KeysOf(partition).Contains(Topology.KeyOf(sent)));
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("", 1)]
    [InlineData("1", 1)]
    [InlineData("16", 16)]
    public void Counts_are_read(string? text, int count) => Assert.Equal(count, Read(text).Ledgers);

    [Theory]
    [InlineData("0")]
    [InlineData("3")]
    [InlineData("32")]
    [InlineData("-4")]
    [InlineData("four")]
    [InlineData("4.0")]
    public void What_is_no_count_stops_the_start_with_a_sentence(string text) =>
        Assert.Equal(
            $"Partitions:Ledgers is '{text}': set it to 1, 2, 4, 8 or 16.",
            Assert.Throws<InvalidOperationException>(() => Read(text)).Message
        );

    private static PartitionCounts Read(string? text) =>
        PartitionCounts.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?> { ["Partitions:Ledgers"] = text })
                .Build()
        );

    private static Dictionary<int, int> Shares(int count, int[] places) =>
        Partition.All(count).CountBy(partition => places.MaxBy(partition.Priority)).ToDictionary();
}
