using MassTransit;
using PnlPipeline.Domain.Partitions;

namespace PnlPipeline.Hosting;

/// <summary>A queue whose work replicas share, partition by partition; and how its messages are handled.</summary>
/// <param name="name"><see cref="Topology.Pairing"/> or <see cref="Topology.Ledgers"/>.</param>
/// <param name="partitions">Into how many it is divided.</param>
/// <param name="place">This replica's place among its like, from 0: which partitions it wants most.</param>
/// <param name="configure">Configures the endpoint of each partition's queue.</param>
public sealed class PartitionedQueue(
    string name,
    int partitions,
    int place,
    Action<IRegistrationContext, IRabbitMqReceiveEndpointConfigurator> configure
)
{
    public string Name => name;

    public int Partitions => partitions;

    /// <summary>
    /// Receives what is divided, and what is not: that which an earlier version published, or nobody can divide.
    /// </summary>
    public void ReceiveFrom(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator bus)
    {
        bus.ReceiveFrom(
            context,
            name,
            endpoint =>
            {
                endpoint.PreferOneReplica();
                // Ledgers hear of every trade by their partitions' queues.
                endpoint.ConfigureConsumeTopology = partitions == 1 || name == Topology.Pairing;
                configure(context, endpoint);
            }
        );
        if (partitions == 1)
            return;
        foreach (var partition in Partition.All(partitions))
        {
            var queue = Topology.QueueOf(name, partition);
            bus.ReceiveFrom(
                context,
                queue,
                endpoint =>
                {
                    Configure(context, endpoint, partition);
                    endpoint.ConfigureConsumeTopology = name != Topology.Pairing;
                    if (name != Topology.Pairing)
                        return;
                    foreach (var key in Topology.KeysOf(partition))
                    {
                        endpoint.Bind(
                            Topology.PairingPartitions,
                            binding =>
                            {
                                binding.ExchangeType = RabbitMQ.Client.ExchangeType.Direct;
                                binding.RoutingKey = key;
                            }
                        );
                    }
                }
            );
        }
    }

    /// <summary>
    /// Receives what is left on the queue of a partition that there was while the work was divided otherwise.
    /// </summary>
    internal HostReceiveEndpointHandle Drain(IBusControl bus, IBusRegistrationContext context, string queue) =>
        bus.ConnectReceiveEndpoint(
            queue,
            endpoint =>
            {
                var rabbit = (IRabbitMqReceiveEndpointConfigurator)endpoint;
                Bus.Prepare(rabbit, context, queue);
                Configure(context, rabbit, Topology.PartitionOf(queue));
                rabbit.ConfigureConsumeTopology = false;
            }
        );

    private void Configure(
        IRegistrationContext context,
        IRabbitMqReceiveEndpointConfigurator endpoint,
        Partition partition
    )
    {
        endpoint.ConsumerPriority = partition.Priority(place);
        configure(context, endpoint);
    }
}
