namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>What this room adds to the host.</summary>
internal static class DeliverySetup
{
    /// <summary>Adds the way from an alert to the broker, from the section <see cref="DeliveryOptions.Section"/>.</summary>
    public static void AddDelivery(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<DeliveryOptions>()
            .BindConfiguration(DeliveryOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ConfirmedPublisher>();
        builder.Services.AddSingleton<AlertDelivery>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AlertDelivery>());
        builder.Services.AddSingleton<RejectionDelivery>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RejectionDelivery>());
    }
}
