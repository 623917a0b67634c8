using MassTransit;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Grouping;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>The role <c>ledgers</c>.</summary>
public static class LedgerUpdatesSetup
{
    /// <summary>Keeps the ledgers of all batches: posts, builds, checks and sweeps. Before <c>AddBus</c>.</summary>
    /// <param name="partitions">Into how many the batches are divided.</param>
    /// <param name="place">This replica's among those that keep ledgers.</param>
    public static WebApplicationBuilder AddLedgers(this WebApplicationBuilder builder, int partitions, int place)
    {
        builder
            .Services.AddOptions<LedgerOptions>()
            .BindConfiguration(LedgerOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<CountedTrades>();
        builder.Services.AddSingleton<LedgerComparison>();
        builder.Services.AddSingleton<LedgerPoster>();
        builder.Services.AddSingleton(services =>
        {
            var built = ActivatorUtilities.CreateInstance<LedgerBuilder>(services);
            built.Progressed = services.GetRequiredService<LedgerUpdates>().Tell;
            return built;
        });
        builder.Services.AddSingleton<LedgerRepair>();
        builder.Services.AddSingleton<LedgerSweeper>();
        builder.Services.AddSingleton<LedgerUpdates>();
        builder.Services.AddSingleton<LedgerGroups>();
        builder.Services.AddHostedService<LedgerMaintenance>();
        builder.AddPartitionedQueue(
            new PartitionedQueue(
                Topology.Ledgers,
                partitions,
                place,
                (context, endpoint) =>
                {
                    // All of them are at work at once: they wait for the next transaction together.
                    var options = context.GetRequiredService<IOptions<LedgerOptions>>().Value;
                    endpoint.PrefetchCount = options.PrefetchMessages;
                    endpoint.LimitInFlightBytes(
                        options.InFlightKibibytesMax * 1_024 * Math.Min(2, partitions) / partitions
                    );
                    endpoint.UseFilter(new MessageValidation());
                    endpoint.ConfigureConsumer<TradesClosedConsumer>(context);
                    endpoint.ConfigureConsumer<TradesRevisedConsumer>(context);
                }
            ),
            consumers =>
            {
                consumers.AddConsumer<TradesClosedConsumer>();
                consumers.AddConsumer<TradesRevisedConsumer>();
            }
        );
        builder.AddBusEndpoints(
            consumers => consumers.AddConsumer<BatchChangedConsumer, BatchChangedConsumerDefinition>(),
            (context, bus) =>
                bus.ReceiveFrom(
                    context,
                    Topology.LedgerBuilds,
                    endpoint => endpoint.ConfigureConsumer<BatchChangedConsumer>(context)
                )
        );
        return builder;
    }
}
