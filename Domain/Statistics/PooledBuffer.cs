using System.Buffers;

namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// Room for what is made of each row on the way to an answer. A few large arrays for all: the shared pool would keep
/// some for each thread that ever asked, and that is several ledgers' worth of memory.
/// </summary>
internal static class PooledBuffer<T>
{
    private const int LongestKept = 1 << 21;
    private const int KeptOfASize = 2;

    public static readonly ArrayPool<T> Pool = ArrayPool<T>.Create(LongestKept, KeptOfASize);
}
