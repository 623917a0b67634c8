using System.Diagnostics.Metrics;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>What the ledgers' room counts.</summary>
internal static class LedgerMeters
{
    public static readonly Counter<long> Posted = PipelineHost.Meter.CreateCounter<long>(
        "pnl.ledgers.rows.posted",
        "{row}",
        "Rows appended to ledgers."
    );

    public static readonly Counter<long> Rewritten = PipelineHost.Meter.CreateCounter<long>(
        "pnl.ledgers.rows.rewritten",
        "{row}",
        "Rows written again because an earlier one changed."
    );

    public static readonly Counter<long> Builds = PipelineHost.Meter.CreateCounter<long>(
        "pnl.ledgers.builds",
        "{build}",
        "Ledgers built anew and served."
    );

    public static readonly Histogram<double> BuildDuration = PipelineHost.Meter.CreateHistogram<double>(
        "pnl.ledgers.build.duration",
        "s",
        "From the start of a build to its being served."
    );

    public static readonly Counter<long> Repairs = PipelineHost.Meter.CreateCounter<long>(
        "pnl.ledgers.repairs",
        "{repair}",
        "Ledgers that had to be repaired."
    );

    private static readonly Histogram<double> Lag = PipelineHost.Meter.CreateHistogram<double>(
        "pnl.ledgers.lag",
        "s",
        "From an event's publishing to its rows being served."
    );

    /// <summary>Of a message whose rows are served now.</summary>
    public static void RecordLag(DateTime? sentTime)
    {
        if (sentTime is { } sent)
            Lag.Record(Math.Max(0, (DateTime.UtcNow - sent).TotalSeconds));
    }
}
