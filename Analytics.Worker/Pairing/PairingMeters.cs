using System.Diagnostics.Metrics;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>Pairing in figures.</summary>
internal static class PairingMeters
{
    private static readonly Counter<long> Paired = PipelineHost.Meter.CreateCounter<long>(
        "pnl.pairing.alerts",
        "{alert}",
        "Alerts stored, by outcome."
    );

    private static readonly Counter<long> Duplicates = PipelineHost.Meter.CreateCounter<long>(
        "pnl.pairing.duplicates",
        "{alert}",
        "Alerts that were stored already."
    );

    private static readonly Counter<long> Prices = PipelineHost.Meter.CreateCounter<long>(
        "pnl.pairing.prices",
        "{price}",
        "Alerts that are nothing but a price, stored or stored already."
    );

    private static readonly Counter<long> LateStreams = PipelineHost.Meter.CreateCounter<long>(
        "pnl.pairing.late_streams",
        "{stream}",
        "Streams derived again because an alert belonged before others."
    );

    private static readonly Histogram<double> Lag = PipelineHost.Meter.CreateHistogram<double>(
        "pnl.pairing.lag",
        "s",
        "From an alert's arrival at ingest to the transaction that stores it."
    );

    private static readonly Histogram<double> Duration = PipelineHost.Meter.CreateHistogram<double>(
        "pnl.pairing.transaction.duration",
        "s",
        "A transaction, with its retries."
    );

    public static void Record(PairingResult result, DateTime pairedAt, TimeSpan duration)
    {
        Duplicates.Add(result.Duplicates);
        LateStreams.Add(result.LateStreams);
        Prices.Add(result.Prices.Count);
        Duration.Record(duration.TotalSeconds);
        foreach (var outcome in result.Paired.CountBy(alert => alert.Became.Outcome))
            Paired.Add(outcome.Value, new KeyValuePair<string, object?>("outcome", outcome.Key));
        foreach (var alert in result.Paired)
            Lag.Record(Math.Max(0, (pairedAt - alert.Alert.ReceivedAt).TotalSeconds));
    }
}
