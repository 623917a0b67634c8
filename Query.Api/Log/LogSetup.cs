namespace PnlPipeline.Query.Api.Log;

/// <summary>What came and what became of it: alerts, trades and symbols, rejected bodies and dead letters.</summary>
public static class LogSetup
{
    public static WebApplicationBuilder AddLog(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddSingleton<TradeStore>()
            .AddSingleton<BatchTrades>()
            .AddSingleton<TradePrices>()
            .AddSingleton<AlertStore>()
            .AddSingleton<RejectedAlertStore>();
        return builder;
    }

    public static RouteGroupBuilder MapLog(this RouteGroupBuilder api) =>
        api.MapTrades().MapAlerts().MapParkedMessages().MapSymbols();
}
