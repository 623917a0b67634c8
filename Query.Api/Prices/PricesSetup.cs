namespace PnlPipeline.Query.Api.Prices;

/// <summary>What symbols cost.</summary>
public static class PricesSetup
{
    public static WebApplicationBuilder AddPrices(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<PriceOptions>()
            .BindConfiguration(PriceOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        return builder;
    }
}
