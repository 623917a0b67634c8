using System.Numerics;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Domain.Partitions;

/// <summary>
/// One of <paramref name="Count"/> shares into which the streams are divided, or the batches: what replicas share among
/// them so that no two touch the same rows.
/// </summary>
/// <param name="Index">From 0.</param>
/// <param name="Count">1, 2, 4, 8 or 16.</param>
public readonly record struct Partition(int Index, int Count)
{
    /// <summary>Into more than so many nothing is divided.</summary>
    public const int CountMax = 16;

    /// <summary>The numbers of shares that there can be.</summary>
    public static readonly IReadOnlyList<int> Counts = [1, 2, 4, 8, 16];

    /// <summary>All of it, undivided.</summary>
    public static readonly Partition Whole = new(0, 1);

    /// <summary>All shares of so many.</summary>
    public static IReadOnlyList<Partition> All(int count) =>
        [.. Enumerable.Range(0, count).Select(index => new Partition(index, count))];

    /// <summary>The share that a stream is in; the same in every process.</summary>
    public static Partition Of(StreamKey stream, int count)
    {
        if (count == 1)
            return Whole;
        // FNV-1a over the names. The runtime's own hash differs from process to process.
        var hash = 2_166_136_261u;
        Add(stream.Symbol);
        Add(stream.Timeframe);
        Add(stream.Strategy ?? "");
        // The last bits decide, and would be those of the last characters.
        hash ^= hash >> 16;
        hash *= 0x85EB_CA6Bu;
        hash ^= hash >> 13;
        return new Partition((int)(hash % (uint)count), count);

        void Add(string name)
        {
            foreach (var character in name)
                hash = (hash ^ character) * 16_777_619u;
            hash = (hash ^ 0x1Fu) * 16_777_619u;
        }
    }

    /// <summary>Whether the batch is in this share.</summary>
    public bool Has(long batchId) => batchId % Count == Index;

    /// <summary>
    /// How much a replica wants this share: whoever wants it most has it. Replicas stand on a circle of the shares,
    /// each halfway between two of those before it (0, 8, 4, 12, 2 … of sixteen), and want what lies behind them on it,
    /// the nearest most. So with 1, 2, 4, 8 or 16 replicas each has as many shares, and with any other number no
    /// replica has more than two times as many as another; one that goes leaves its own to the next.
    /// </summary>
    /// <param name="replica">The replica's place among its like, from 0. Those past the number of shares stand
    /// by.</param>
    public int Priority(int replica)
    {
        var bits = BitOperations.Log2((uint)Count);
        var place = 0;
        for (var bit = 0; bit < bits; bit++)
            place |= ((replica >> bit) & 1) << (bits - 1 - bit);
        var distance = (Index - place + Count) % Count;
        return Count - distance - (Count * (replica / Count));
    }
}
