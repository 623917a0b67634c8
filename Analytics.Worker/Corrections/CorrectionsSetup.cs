using MassTransit;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.Corrections;

/// <summary>Alerts voided and restored, trades closed by hand.</summary>
public static class CorrectionsSetup
{
    /// <summary>Takes corrections off the bus, beside pairing. Before <c>AddBus</c>.</summary>
    public static WebApplicationBuilder AddCorrections(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CorrectionStore>();
        builder.AddBusEndpoints(
            consumers => consumers.AddConsumer<CorrectionConsumer, CorrectionConsumerDefinition>(),
            (context, bus) =>
                bus.ReceiveFrom(
                    context,
                    Topology.Corrections,
                    endpoint => endpoint.ConfigureConsumer<CorrectionConsumer>(context)
                )
        );
        return builder;
    }
}
