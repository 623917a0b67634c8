using System.Diagnostics.Metrics;
using PnlPipeline.Hosting;

namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>What is measured of the way to the broker.</summary>
internal static class DeliveryMeters
{
    public static readonly Histogram<double> PublishDuration = PipelineHost.Meter.CreateHistogram<double>(
        "pnlpipeline.ingest.publish.duration",
        "s",
        "From the publish to the broker's confirm, or to giving it up."
    );

    public static readonly Histogram<int> AlertsPerMessage = PipelineHost.Meter.CreateHistogram<int>(
        "pnlpipeline.ingest.message.alerts",
        "{alert}",
        "Alerts that went in one message."
    );

    public static readonly Counter<long> RejectionsLost = PipelineHost.Meter.CreateCounter<long>(
        "pnlpipeline.ingest.rejections.lost",
        "{alert}",
        "Refused bodies that could not be recorded in time."
    );
}
