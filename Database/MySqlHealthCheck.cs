using Dapper;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PnlPipeline.Database;

/// <summary>Healthy where MySQL answers a query.</summary>
public sealed class MySqlHealthCheck(MySqlDatabase database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
            await connection.ExecuteScalarAsync<int>("SELECT 1").ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The driver's messages name hosts and accounts; the kind of fault is enough here, the rest is in the log.
            return HealthCheckResult.Unhealthy("MySQL does not answer.", fault);
        }
    }
}
