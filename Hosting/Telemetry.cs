using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace PnlPipeline.Hosting;

/// <summary>
/// What the service measures of itself: for Prometheus at <c>/metrics</c>, to the networks of
/// <c>Metrics:AllowedNetworks</c>; and, with traces, by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
/// </summary>
public static class Telemetry
{
    public const string MetricsPath = "/metrics";

    private const string NetworksKey = "Metrics:AllowedNetworks";

    // Counts of trades and of memory are nobody's business outside.
    private static readonly string[] Private =
    [
        "127.0.0.0/8",
        "::1",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "fc00::/7",
    ];

    internal static void Add(WebApplicationBuilder builder, Meter meter, string serviceName)
    {
        var resource = ResourceBuilder.CreateDefault().AddService(serviceName, serviceNamespace: "pnlpipeline");
        var isPushed = builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        builder.Services.AddSingleton(_ =>
        {
            var meters = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(
                    meter.Name,
                    "MassTransit",
                    "Microsoft.AspNetCore.Hosting",
                    "Microsoft.AspNetCore.Server.Kestrel",
                    "System.Runtime"
                )
                .AddPrometheusExporter();
            return (isPushed ? meters.AddOtlpExporter() : meters).Build();
        });
        if (!isPushed)
            return;
        builder.Services.AddSingleton(_ =>
            Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource("MassTransit")
                .AddOtlpExporter()
                .Build()
        );
        builder.Services.AddHostedService<Tracing>();
    }

    /// <exception cref="FormatException">An entry of <c>Metrics:AllowedNetworks</c> is no network.</exception>
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var named = Networks.Read(routes.ServiceProvider.GetRequiredService<IConfiguration>(), NetworksKey);
        var allowed = named.IsEmpty ? Networks.Parse(NetworksKey, Private) : named;
        routes.MapPrometheusScrapingEndpoint(
            MetricsPath,
            routes.ServiceProvider.GetRequiredService<MeterProvider>(),
            pipeline =>
                pipeline.Use(
                    (http, next) =>
                    {
                        if (allowed.Contains(http.Connection.RemoteIpAddress))
                            return next(http);
                        http.Response.StatusCode = StatusCodes.Status404NotFound;
                        return Task.CompletedTask;
                    }
                ),
            optionsName: null
        );
    }

    // Traces begin when somebody has made the provider.
    private sealed class Tracing(TracerProvider traces) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            traces.ForceFlush(1000);
            return Task.CompletedTask;
        }
    }
}
