using System.Diagnostics.Metrics;
using PnlPipeline.Hosting;

namespace PnlPipeline.Ingest.Api.Webhooks;

/// <summary>What became of the alerts that arrived.</summary>
internal static class WebhookMeters
{
    public static readonly Counter<long> Accepted = PipelineHost.Meter.CreateCounter<long>(
        "pnlpipeline.ingest.accepted",
        "{alert}",
        "Alerts that are durable and were answered with 202."
    );

    public static readonly Counter<long> Rejected = PipelineHost.Meter.CreateCounter<long>(
        "pnlpipeline.ingest.rejected",
        "{alert}",
        "Bodies that were refused with 400."
    );

    public static readonly Counter<long> Unavailable = PipelineHost.Meter.CreateCounter<long>(
        "pnlpipeline.ingest.unavailable",
        "{alert}",
        "Alerts that could not be made durable in time and were answered with 503."
    );

    public static readonly Counter<long> Limited = PipelineHost.Meter.CreateCounter<long>(
        "pnlpipeline.ingest.limited",
        "{alert}",
        "Requests that were over the rate limit and were answered with 429."
    );
}
