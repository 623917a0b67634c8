using System.Diagnostics.Metrics;
using PnlPipeline.Hosting;

namespace PnlPipeline.Query.Api.Events;

/// <summary>The event stream in figures.</summary>
internal static class LiveMeters
{
    public static readonly UpDownCounter<long> Listeners = PipelineHost.Meter.CreateUpDownCounter<long>(
        "pnl.live.listeners",
        "{listener}",
        "event streams that are open."
    );

    public static readonly Counter<long> Events = PipelineHost.Meter.CreateCounter<long>(
        "pnl.live.events",
        "{event}",
        "Events that came off the bus, however many listen."
    );

    public static readonly Counter<long> Resets = PipelineHost.Meter.CreateCounter<long>(
        "pnl.live.resets",
        "{reset}",
        "Listeners told to fetch everything anew because what they missed is not known any more."
    );

    public static readonly Counter<long> CutOff = PipelineHost.Meter.CreateCounter<long>(
        "pnl.live.cut_off",
        "{listener}",
        "Listeners cut off because they took nothing."
    );
}
