using PnlPipeline.Contracts;
using PnlPipeline.Domain.Partitions;
using PnlPipeline.Hosting;

namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>Where a message is published.</summary>
/// <param name="Key">Empty where the exchange asks for none.</param>
internal readonly record struct Address(string Exchange, string Key)
{
    /// <summary>Where every message of this kind goes.</summary>
    public static Address Of<T>()
        where T : class => new(Topology.ExchangeOf<T>(), "");

    /// <summary>Where alerts go whose streams are in this partition.</summary>
    public static Address Of(Partition partition) =>
        partition.Count == 1
            ? Of<AlertsReceived>()
            : new Address(Topology.PairingPartitions, Topology.KeyOf(partition));
}
