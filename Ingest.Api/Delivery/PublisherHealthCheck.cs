using Microsoft.Extensions.Diagnostics.HealthChecks;
using PnlPipeline.Hosting;
using PnlPipeline.Ingest.Api.Delivery.Spool;
using RabbitMQ.Client;

namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>
/// Healthy where the broker lets one more connection in and confirms what it is given. Where it does not, ingest can do
/// without it for as long as the spool takes alerts: degraded, which is ready.
/// </summary>
internal sealed class PublisherHealthCheck(
    IConfiguration configuration,
    ConfirmedPublisher publisher,
    SpoolDelivery spool
) : IHealthCheck
{
    private readonly ConnectionFactory _broker = BrokerUrl
        .Parse(configuration.GetConnectionString("RabbitMq"))
        .ToFactory("health");

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var fault = publisher.IsUp
            ? await BrokerProbe.FaultAsync(_broker, cancellationToken)
            : "RabbitMQ does not answer, or does not confirm.";
        if (fault is null)
            return HealthCheckResult.Healthy();
        return spool.TakesAlerts
            ? HealthCheckResult.Degraded($"{fault} Alerts are accepted into the spool and delivered when it is back.")
            : HealthCheckResult.Unhealthy(fault);
    }
}
