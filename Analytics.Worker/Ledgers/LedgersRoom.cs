using MassTransit;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Grouping;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>The role <c>ledgers</c>.</summary>
public static class LedgersRoom
{
    /// <summary>Keeps the ledgers of all batches: posts, builds, checks and sweeps. Before <c>AddBus</c>.</summary>
    public static WebApplicationBuilder AddLedgers(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LedgerOptions>()
            .BindConfiguration(LedgerOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<CountedTrades>();
        builder.Services.AddSingleton<LedgerPoster>();
        builder.Services.AddSingleton(services =>
        {
            var built = ActivatorUtilities.CreateInstance<LedgerBuilder>(services);
            built.Progressed = services.GetRequiredService<LedgerNews>().Tell;
            return built;
        });
        builder.Services.AddSingleton<LedgerReconciler>();
        builder.Services.AddSingleton<LedgerSweeper>();
        builder.Services.AddSingleton<LedgerNews>();
        builder.Services.AddSingleton<LedgerGroups>();
        builder.Services.AddHostedService<LedgerUpkeep>();
        builder.AddBusRoom(
            consumers =>
            {
                consumers.AddConsumer<TradesClosedConsumer>();
                consumers.AddConsumer<TradesRevisedConsumer>();
                consumers.AddConsumer<BatchChangedConsumer, BatchChangedConsumerDefinition>();
            },
            (context, bus) =>
            {
                bus.ReceiveFrom(context, Topology.Ledgers, endpoint =>
                {
                    // All of them are at work at once: they wait for the next transaction together.
                    var options = context.GetRequiredService<IOptions<LedgerOptions>>().Value;
                    endpoint.PrefetchCount = options.PrefetchMessages;
                    endpoint.PreferOneReplica();
                    endpoint.LimitBytesAtWork(options.KibibytesAtWorkMax * 1_024);
                    endpoint.UseFilter(new WholeMessages());
                    endpoint.ConfigureConsumer<TradesClosedConsumer>(context);
                    endpoint.ConfigureConsumer<TradesRevisedConsumer>(context);
                });
                bus.ReceiveFrom(context, Topology.LedgerBuilds, endpoint => endpoint.ConfigureConsumer<BatchChangedConsumer>(context));
            });
        return builder;
    }
}
