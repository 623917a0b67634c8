using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;

namespace PnlPipeline.Hosting;

/// <summary>
/// Healthy where the bus has started and the broker lets one more connection in. The bus alone does not tell: one that
/// only publishes calls itself healthy also after the broker is gone.
/// </summary>
internal sealed class BrokerHealthCheck(IBusControl bus, ConnectionFactory broker) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var started = bus.CheckHealth();
        if (started.Status != BusHealthStatus.Healthy)
            return HealthCheckResult.Unhealthy($"The bus is not connected: {started.Description}");

        return await BrokerProbe.FaultAsync(broker, cancellationToken) is { } fault
            ? HealthCheckResult.Unhealthy(fault)
            : HealthCheckResult.Healthy();
    }
}

/// <summary>Whether the broker lets one more connection in.</summary>
public static class BrokerProbe
{
    /// <summary>What is wrong, in words that may be shown; nothing where it answers.</summary>
    public static async Task<string?> FaultAsync(ConnectionFactory broker, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await broker.CreateConnectionAsync(cancellationToken);
            // Who is refused at the last step, at the virtual host, gets a connection all the same: one that carries
            // nothing.
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            return null;
        }
        catch (Exception fault)
            when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The client's messages name hosts; the kind of fault is enough here, the rest is in the log.
            return "RabbitMQ does not answer.";
        }
    }
}
