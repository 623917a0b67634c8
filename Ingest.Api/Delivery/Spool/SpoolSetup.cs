using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PnlPipeline.Ingest.Api.Delivery.Spool;

/// <summary>What this room adds to the host.</summary>
internal static class SpoolSetup
{
    /// <summary>
    /// Adds the spool, from the section <see cref="SpoolOptions.Section"/>; without a directory it is off.
    /// </summary>
    public static void AddSpool(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<SpoolOptions>()
            .BindConfiguration(SpoolOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<SpoolDelivery>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SpoolDelivery>());
        // It is no dependency where there is none.
        if (
            !string.IsNullOrWhiteSpace(
                builder.Configuration[$"{SpoolOptions.Section}:{nameof(SpoolOptions.Directory)}"]
            )
        )
            builder.Services.AddHealthChecks().AddCheck<SpoolHealthCheck>("spool");
    }
}

/// <summary>
/// What is in the spool, in words. One that is full or fails can be done without for as long as the broker is there.
/// </summary>
internal sealed class SpoolHealthCheck(SpoolDelivery spool, TimeProvider clock) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var state = spool.State!;
        var holds =
            state.Records == 0
                ? "Empty."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"Holds {state.Records} alerts and refused bodies, {state.Bytes} of at most {state.BytesMax} "
                        + $"bytes, the oldest for {SpoolMeters.AgeSeconds(state, clock):F0} s."
                );
        return Task.FromResult(
            spool.TakesAlerts
                ? HealthCheckResult.Healthy(holds)
                : HealthCheckResult.Degraded($"Takes no more: {state.Fault ?? "it is full."} {holds}")
        );
    }
}
