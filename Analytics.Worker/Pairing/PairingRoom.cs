using MassTransit;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Books;
using PnlPipeline.Analytics.Worker.Corrections;
using PnlPipeline.Analytics.Worker.Grouping;
using PnlPipeline.Analytics.Worker.Rejections;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>The role <c>pairing</c>.</summary>
public static class PairingRoom
{
    /// <summary>Takes alerts, corrections of them and refused bodies off the bus. Before <c>AddBus</c>.</summary>
    public static WebApplicationBuilder AddPairing(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<PairingOptions>()
            .BindConfiguration(PairingOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<PairingStore>();
        builder.Services.AddSingleton<PairingGroups>();
        builder.Services.AddSingleton<PairingNews>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PairingNews>());
        builder.Services.AddSingleton<PairingAnnouncer>();
        builder.Services.AddSingleton<CorrectionStore>();
        builder.Services.AddSingleton<RejectionStore>();
        builder.Services.AddOptions<BookOptions>()
            .BindConfiguration(BookOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<StreamBooks>();
        builder.Services.AddHostedService<BookUpkeep>();
        builder.AddBusRoom(
            consumers =>
            {
                consumers.AddConsumer<PairingConsumer, PairingConsumerDefinition>();
                consumers.AddConsumer<CorrectionConsumer, CorrectionConsumerDefinition>();
                consumers.AddConsumer<RejectionConsumer, RejectionConsumerDefinition>();
            },
            (context, bus) =>
            {
                bus.ReceiveFrom(context, Topology.Pairing, endpoint =>
                {
                    endpoint.PreferOneReplica();
                    endpoint.LimitBytesAtWork(context.GetRequiredService<IOptions<PairingOptions>>().Value.KibibytesAtWorkMax * 1_024);
                    endpoint.ConfigureConsumer<PairingConsumer>(context);
                });
                bus.ReceiveFrom(context, Topology.Corrections, endpoint => endpoint.ConfigureConsumer<CorrectionConsumer>(context));
                bus.ReceiveFrom(context, Topology.Rejections, endpoint => endpoint.ConfigureConsumer<RejectionConsumer>(context));
            });
        return builder;
    }
}
