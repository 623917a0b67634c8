using MassTransit;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.Rejections;

/// <summary>Bodies that ingest refused.</summary>
public static class RejectionsSetup
{
    /// <summary>Takes refused bodies off the bus. Before <c>AddBus</c>.</summary>
    public static WebApplicationBuilder AddRejections(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<RejectionStore>();
        builder.AddBusEndpoints(
            consumers => consumers.AddConsumer<RejectionConsumer, RejectionConsumerDefinition>(),
            (context, bus) =>
                bus.ReceiveFrom(
                    context,
                    Topology.Rejections,
                    endpoint => endpoint.ConfigureConsumer<RejectionConsumer>(context)
                )
        );
        return builder;
    }
}
