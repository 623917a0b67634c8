using Microsoft.Extensions.Diagnostics.HealthChecks;
using PnlPipeline.Hosting;
using PnlPipeline.Ingest.Api.Delivery.Spool;

namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>What this room adds to the host.</summary>
internal static class DeliverySetup
{
    /// <summary>
    /// Adds the way from an alert to the broker, from the section <see cref="DeliveryOptions.Section"/>.
    /// </summary>
    public static void AddDelivery(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<DeliveryOptions>()
            .BindConfiguration(DeliveryOptions.Section)
            .ValidateDataAnnotations()
            .Validate(
                options => options.SpoolAfterMs < options.DeadlineMs,
                $"{DeliveryOptions.Section}:{nameof(DeliveryOptions.SpoolAfterMs)} must be below "
                    + $"{nameof(DeliveryOptions.DeadlineMs)}."
            )
            .ValidateOnStart();
        builder.Services.AddSingleton(PartitionCounts.Read(builder.Configuration));
        builder.Services.AddSingleton(TimeProvider.System);
        // Each ends before the one above it: what has been taken in is still published, or kept, while the host stops.
        AddHosted<ConfirmedPublisher>(builder.Services);
        builder.AddSpool();
        AddHosted<AlertDelivery>(builder.Services);
        AddHosted<RejectionDelivery>(builder.Services);
        builder.Services.AddHealthChecks().AddCheck<PublisherHealthCheck>("rabbitmq");
    }

    private static void AddHosted<T>(IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
