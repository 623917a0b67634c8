using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Filters;
using Serilog.Formatting.Json;

namespace PnlPipeline.Hosting;

/// <summary>What every host sets up the same way: logs, telemetry, health.</summary>
public static class PipelineHost
{
    /// <summary>The meter that every counter of the pipeline hangs on.</summary>
    public static readonly Meter Meter = new("PnlPipeline");

    /// <summary>The tag of a health check that names no dependency, and is left out of the answer.</summary>
    internal const string NotADependency = "not a dependency";

    private const string ConsoleTemplate = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>
    /// Logs to the console without blocking (<c>Logs:Format</c> <c>json</c> for machines), levels from the
    /// <c>Serilog</c> section; <see cref="Telemetry"/>; health checks; bounds on connections.
    /// </summary>
    public static WebApplicationBuilder AddPipelineHost(this WebApplicationBuilder builder, string serviceName)
    {
        var configuration = builder.Configuration;
        var json = string.Equals(configuration["Logs:Format"], "json", StringComparison.OrdinalIgnoreCase);
        var logger = new LoggerConfiguration()
            .MinimumLevel.Information()
            // Requests are counted, not logged: a path holds the webhook's token. The bus logs each reconnect, which is
            // wanted.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            // Whoever published hears of it by an exception; under load the bus would log thousands, each with its
            // stack.
            .Filter.ByExcluding(entry => entry.MessageTemplate.Text.StartsWith("S-FAULT", StringComparison.Ordinal))
            .Filter.ByExcluding(Matching.FromSource(TokenRedaction.BadRequestSource))
            .Filter.With(new StartupLogFilter(DateTimeOffset.Now))
            .Enrich.WithProperty("Service", serviceName)
            .Enrich.FromLogContext()
            .Enrich.With(new TokenRedaction())
            .WriteTo.Async(sinks =>
                _ = json
                    ? sinks.Console(new JsonFormatter(renderMessage: true))
                    : sinks.Console(outputTemplate: ConsoleTemplate, formatProvider: CultureInfo.InvariantCulture)
            )
            .ReadFrom.Configuration(configuration)
            .CreateLogger();
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(logger, dispose: true);

        builder.AddConnectionLimits();
        builder.Services.AddHealthChecks();
        Telemetry.Add(builder, Meter, serviceName);
        return builder;
    }

    /// <summary>
    /// <c>/health/live</c>: the process runs. <c>/health/ready</c>: each dependency by name, <c>503</c> where one does
    /// not answer; degraded is one that is away and can be done without for now. <c>/metrics</c>:
    /// <see cref="Telemetry"/>.
    /// </summary>
    public static IEndpointRouteBuilder MapOperations(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks(
            "/health/live",
            new HealthCheckOptions
            {
                Predicate = _ => false,
                ResponseWriter = (http, _) => http.Response.WriteAsJsonAsync(new { status = "live" }),
            }
        );
        routes.MapHealthChecks(
            "/health/ready",
            new HealthCheckOptions
            {
                Predicate = check => !check.Tags.Contains(NotADependency),
                ResponseWriter = (http, report) =>
                    http.Response.WriteAsJsonAsync(
                        new
                        {
                            status = report.Status == HealthStatus.Unhealthy ? "not ready" : "ready",
                            dependencies = report.Entries.ToDictionary(
                                entry => entry.Key,
                                entry => new
                                {
                                    status = entry.Value.Status == HealthStatus.Healthy ? "ready" : "not ready",
                                    detail = entry.Value.Description,
                                },
                                StringComparer.Ordinal
                            ),
                        }
                    ),
                ResultStatusCodes =
                {
                    [HealthStatus.Healthy] = StatusCodes.Status200OK,
                    [HealthStatus.Degraded] = StatusCodes.Status200OK,
                    [HealthStatus.Unhealthy] = StatusCodes.Status503ServiceUnavailable,
                },
            }
        );
        Telemetry.Map(routes);
        return routes;
    }
}
