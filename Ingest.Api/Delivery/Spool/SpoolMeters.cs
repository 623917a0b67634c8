using System.Diagnostics.Metrics;
using PnlPipeline.Hosting;

namespace PnlPipeline.Ingest.Api.Delivery.Spool;

/// <summary>What is measured of the spool.</summary>
internal static class SpoolMeters
{
    public static readonly Counter<long> Kept = PipelineHost.Meter.CreateCounter<long>(
        "pnlpipeline.ingest.spool.kept",
        "{record}",
        "Alerts and refused bodies that were made durable in the spool."
    );

    public static readonly Counter<long> Delivered = PipelineHost.Meter.CreateCounter<long>(
        "pnlpipeline.ingest.spool.delivered",
        "{record}",
        "Alerts and refused bodies of the spool that the broker has confirmed."
    );

    public static readonly Counter<long> Refused = PipelineHost.Meter.CreateCounter<long>(
        "pnlpipeline.ingest.spool.refused",
        "{record}",
        "Alerts and refused bodies that the spool could not take: it was full, or its disk failed."
    );

    public static readonly Counter<long> Damaged = PipelineHost.Meter.CreateCounter<long>(
        "pnlpipeline.ingest.spool.damaged",
        "By",
        "Bytes of the spool's files that could not be read as records, though whole ones follow."
    );

    /// <summary>Registers the gauges; they ask for the state when they are read.</summary>
    public static void Observe(Func<SpoolState> state, TimeProvider clock)
    {
        PipelineHost.Meter.CreateObservableGauge(
            "pnlpipeline.ingest.spool.records",
            () => state().Records,
            "{record}",
            "Alerts and refused bodies that wait in the spool."
        );
        PipelineHost.Meter.CreateObservableGauge(
            "pnlpipeline.ingest.spool.size",
            () => state().Bytes,
            "By",
            "The spool's files."
        );
        PipelineHost.Meter.CreateObservableGauge(
            "pnlpipeline.ingest.spool.oldest",
            () => AgeSeconds(state(), clock),
            "s",
            "How long the oldest record of the spool has waited."
        );
    }

    public static double AgeSeconds(SpoolState state, TimeProvider clock) =>
        state.OldestArrivedAtMs is { } oldest
            ? Math.Max(0, clock.GetUtcNow().ToUnixTimeMilliseconds() - oldest) / 1000.0
            : 0;
}
