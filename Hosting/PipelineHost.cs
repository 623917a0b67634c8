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
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Serilog;
using Serilog.Events;
using Serilog.Filters;
using Serilog.Formatting.Json;

namespace PnlPipeline.Hosting;

/// <summary>What every host sets up the same way: logs, telemetry, health.</summary>
public static class PipelineHost
{
    /// <summary>The meter that every counter of the pipeline hangs on; exported by OTLP where an endpoint is configured.</summary>
    public static readonly Meter Meter = new("PnlPipeline");

    /// <summary>The tag of a health check that names no dependency, and is left out of the answer.</summary>
    internal const string NotADependency = "not a dependency";

    private const string ConsoleTemplate = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>
    /// Logs to the console without blocking (<c>Logs:Format</c> <c>json</c> for machines), levels from the <c>Serilog</c> section; telemetry
    /// by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; health checks; bounds on connections.
    /// </summary>
    public static WebApplicationBuilder AddPipelineHost(this WebApplicationBuilder builder, string serviceName)
    {
        var configuration = builder.Configuration;
        var json = string.Equals(configuration["Logs:Format"], "json", StringComparison.OrdinalIgnoreCase);
        var logger = new LoggerConfiguration()
            .MinimumLevel.Information()
            // Requests are counted, not logged: a path holds the webhook's token. The bus logs each reconnect, which is wanted.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            // Whoever published hears of it by an exception; under load the bus would log thousands, each with its stack.
            .Filter.ByExcluding(entry => entry.MessageTemplate.Text.StartsWith("S-FAULT", StringComparison.Ordinal))
            .Filter.ByExcluding(Matching.FromSource(MaskedTokens.BadRequestSource))
            .Filter.With(new QuietStart(DateTimeOffset.Now))
            .Enrich.WithProperty("Service", serviceName)
            .Enrich.FromLogContext()
            .Enrich.With(new MaskedTokens())
            .WriteTo.Async(sinks => _ = json
                ? sinks.Console(new JsonFormatter(renderMessage: true))
                : sinks.Console(outputTemplate: ConsoleTemplate, formatProvider: CultureInfo.InvariantCulture))
            .ReadFrom.Configuration(configuration)
            .CreateLogger();
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(logger, dispose: true);

        builder.AddConnectionLimits();
        builder.Services.AddHealthChecks();
        if (configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 })
            builder.Services.AddHostedService(_ => new Telemetry(serviceName));
        return builder;
    }

    /// <summary>
    /// <c>/health/live</c>: the process runs. <c>/health/ready</c>: each dependency by name, <c>503</c> where one does not answer; degraded is
    /// one that is away and can be done without for now.
    /// </summary>
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions
        {
            Predicate = _ => false,
            ResponseWriter = (http, _) => http.Response.WriteAsJsonAsync(new { status = "live" }),
        });
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = check => !check.Tags.Contains(NotADependency),
            ResponseWriter = (http, report) => http.Response.WriteAsJsonAsync(new
            {
                status = report.Status == HealthStatus.Unhealthy ? "not ready" : "ready",
                dependencies = report.Entries.ToDictionary(
                    entry => entry.Key,
                    entry => new
                    {
                        status = entry.Value.Status == HealthStatus.Healthy ? "ready" : "not ready",
                        detail = entry.Value.Description,
                    },
                    StringComparer.Ordinal),
            }),
            ResultStatusCodes =
            {
                [HealthStatus.Healthy] = StatusCodes.Status200OK,
                [HealthStatus.Degraded] = StatusCodes.Status200OK,
                [HealthStatus.Unhealthy] = StatusCodes.Status503ServiceUnavailable,
            },
        });
        return routes;
    }

    private sealed class Telemetry(string serviceName) : IHostedService, IDisposable
    {
        private MeterProvider? _meters;
        private TracerProvider? _traces;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            var resource = ResourceBuilder.CreateDefault().AddService(serviceName, serviceNamespace: "pnlpipeline");
            _meters = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(Meter.Name, "MassTransit", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddOtlpExporter()
                .Build();
            _traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource("MassTransit")
                .AddOtlpExporter()
                .Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
            _meters?.Dispose();
            _traces?.Dispose();
        }
    }
}
