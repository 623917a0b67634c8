using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>What a batch shows: its rows, charts and statistics, by itself and beside others.</summary>
public static class LedgersSetup
{
    public static WebApplicationBuilder AddLedgers(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<LedgerCacheOptions>(builder.Configuration.GetSection(LedgerCacheOptions.Section));
        builder
            .Services.AddSingleton<LedgerReader>()
            .AddSingleton<LedgerCache>()
            .AddSingleton<LedgerStore>()
            .AddSingleton<OpenTradeStore>()
            .AddSingleton<TradeNoteReader>()
            .AddSingleton<Jobs<SweepPlan, IReadOnlyList<Trial>>>()
            .AddSingleton<Jobs<ConfidenceRequest, ConfidenceAnswer>>();
        return builder;
    }

    public static RouteGroupBuilder MapLedgers(this RouteGroupBuilder api) =>
        api.MapCharts()
            .MapExposure()
            .MapConfidence()
            .MapReturns()
            .MapDistribution()
            .MapBreakdown()
            .MapDrawdowns()
            .MapRolling()
            .MapBenchmark()
            .MapStatistics()
            .MapWhatIf()
            .MapSweeps()
            .MapCompare()
            .MapLedger();
}
