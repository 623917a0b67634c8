using MassTransit;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Grouping;
using PnlPipeline.Analytics.Worker.Prices;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>Alerts become trades, or prices.</summary>
public static class PairingSetup
{
    /// <summary>Takes alerts off the bus. Before <c>AddBus</c>.</summary>
    /// <param name="partitions">Into how many the streams are divided.</param>
    /// <param name="place">This replica's among those that pair.</param>
    public static WebApplicationBuilder AddPairing(this WebApplicationBuilder builder, int partitions, int place)
    {
        builder
            .Services.AddOptions<PairingOptions>()
            .BindConfiguration(PairingOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<PairingStore>();
        builder.Services.AddSingleton<PairingGroups>();
        builder.Services.AddSingleton<PairingUpdates>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PairingUpdates>());
        builder.Services.AddSingleton<PriceUpdates>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PriceUpdates>());
        builder.Services.AddSingleton<PairingAnnouncer>();
        builder.AddPartitionedQueue(
            new PartitionedQueue(
                Topology.Pairing,
                partitions,
                place,
                (context, endpoint) =>
                {
                    // All of them are at work at once: they wait for the next transaction together. More of each
                    // partition than a transaction takes: it takes the oldest, so that no partition runs ahead of the
                    // others. Its trades would be in the ledgers before theirs, and theirs come between.
                    var options = context.GetRequiredService<IOptions<PairingOptions>>().Value;
                    endpoint.PrefetchCount = options.PrefetchMessages;
                    endpoint.LimitInFlightBytes(options.InFlightKibibytesMax * 1_024 / partitions);
                    endpoint.ConfigureConsumer<PairingConsumer>(context);
                }
            ),
            consumers => consumers.AddConsumer<PairingConsumer>()
        );
        return builder;
    }
}
