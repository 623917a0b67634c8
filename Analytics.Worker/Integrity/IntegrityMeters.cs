using System.Diagnostics.Metrics;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.Integrity;

/// <summary>The integrity checks in figures.</summary>
internal static class IntegrityMeters
{
    public static readonly Counter<long> Checked = PipelineHost.Meter.CreateCounter<long>(
        "pnl.books.alerts.checked",
        "{alert}",
        "Alerts folded again and compared with what is stored of them."
    );

    public static readonly Counter<long> Repairs = PipelineHost.Meter.CreateCounter<long>(
        "pnl.books.repairs",
        "{repair}",
        "Ranges of streams whose outcomes or trades had to be repaired."
    );

    public static readonly Counter<long> Wrong = PipelineHost.Meter.CreateCounter<long>(
        "pnl.books.wrong",
        "{finding}",
        "Alerts found that are not what their ids say, which nothing here can repair."
    );
}
