using System.Globalization;
using Microsoft.Extensions.Configuration;
using PnlPipeline.Domain.Partitions;

namespace PnlPipeline.Hosting;

/// <summary>
/// Into how many partitions work is divided, so that as many replicas share it; configuration section
/// <c>Partitions</c>, the same for ingest, the workers and the migrator. 1 where nothing is said: undivided.
/// </summary>
/// <param name="Pairing">Of the streams.</param>
/// <param name="Ledgers">Of the batches.</param>
public sealed record PartitionCounts(int Pairing, int Ledgers)
{
    public static readonly PartitionCounts Undivided = new(1, 1);

    /// <exception cref="InvalidOperationException">A number that there cannot be.</exception>
    public static PartitionCounts Read(IConfiguration configuration) =>
        new(Read(configuration, nameof(Pairing)), Read(configuration, nameof(Ledgers)));

    private static int Read(IConfiguration configuration, string name)
    {
        if (configuration[$"Partitions:{name}"] is not { Length: > 0 } text)
            return 1;
        return
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && Partition.Counts.Contains(count)
            ? count
            : throw new InvalidOperationException($"Partitions:{name} is '{text}': set it to 1, 2, 4, 8 or 16.");
    }
}
