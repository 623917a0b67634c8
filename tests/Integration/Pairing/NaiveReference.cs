using System.Numerics;
using PnlPipeline.Contracts;

namespace PnlPipeline.Tests.Integration.Pairing;

/// <summary>
/// The rules of pairing once more, as plainly as can be and from their text alone: shares nothing with the worker, so
/// that both would have to be wrong alike.
/// </summary>
internal static class NaiveReference
{
    /// <summary>Rows of text: one an alert, one a trade, each in a stream's own order.</summary>
    public static (List<string> Alerts, List<string> Trades) Compute(
        IEnumerable<AlertReceived> alerts,
        IReadOnlySet<string> voided
    )
    {
        var alertRows = new List<string>();
        var tradeRows = new List<string>();
        foreach (
            var stream in alerts
                .DistinctBy(alert => alert.AlertId)
                .GroupBy(alert => $"{alert.Symbol} {alert.Timeframe}")
        )
        {
            AlertReceived? opener = null;
            var trades = new List<(AlertReceived Opener, string End)>();
            foreach (
                var alert in stream
                    .OrderBy(alert => alert.Timestamp)
                    .ThenBy(alert => alert.Action == AlertAction.Entry ? 1 : 0)
                    .ThenBy(alert => alert.AlertId, StringComparer.Ordinal)
            )
            {
                string became;
                if (voided.Contains(alert.AlertId))
                {
                    became = "voided - -";
                }
                else if (alert.Action == AlertAction.Entry && opener is null)
                {
                    became = $"opened {alert.AlertId} -";
                    opener = alert;
                }
                else if (alert.Action == AlertAction.Entry && opener!.Direction == alert.Direction)
                {
                    became = $"ignored {opener.AlertId} -";
                }
                else if (alert.Action == AlertAction.Entry)
                {
                    became = $"flipped {alert.AlertId} {opener!.AlertId}";
                    trades.Add((opener, Exit(opener, alert, "flip")));
                    opener = alert;
                }
                else if (
                    opener is not null
                    && (alert.Action == AlertAction.Exit || alert.TargetTradeId == opener.AlertId)
                )
                {
                    became = $"closed {opener.AlertId} -";
                    trades.Add((opener, Exit(opener, alert, alert.Action == AlertAction.Exit ? "exit" : "manual")));
                    opener = null;
                }
                else
                {
                    became = "unmatched - -";
                }

                alertRows.Add($"{stream.Key} {alert.AlertId} {became}");
            }

            if (opener is not null)
                trades.Add((opener, "open"));
            tradeRows.AddRange(
                trades.Select(trade =>
                    $"{stream.Key} {trade.Opener.AlertId} "
                    + $"{trade.Opener.Direction!.Value.ToString().ToLowerInvariant()} "
                    + $"{trade.Opener.Price:0.000000000000} {trade.Opener.Timestamp:O} {trade.End}"
                )
            );
        }

        alertRows.Sort(StringComparer.Ordinal);
        tradeRows.Sort(StringComparer.Ordinal);
        return (alertRows, tradeRows);
    }

    private static string Exit(AlertReceived opener, AlertReceived closer, string reason) =>
        $"{closer.Price:0.000000000000} {closer.Timestamp:O} {reason} {closer.AlertId} "
        + $"{Change(opener, closer):0.00000000}";

    // In integers of 10^-12 and 10^-8, rounded half-even by comparing twice the remainder.
    private static decimal Change(AlertReceived opener, AlertReceived closer)
    {
        var entry = new BigInteger(opener.Price * 1_000_000_000_000m);
        var exit = new BigInteger(closer.Price * 1_000_000_000_000m);
        var gained = (opener.Direction == Direction.Long ? exit - entry : entry - exit) * 100 * 100_000_000;
        var magnitude = BigInteger.DivRem(BigInteger.Abs(gained), entry, out var remainder);
        if (remainder * 2 > entry || (remainder * 2 == entry && !magnitude.IsEven))
            magnitude++;
        return (decimal)(gained.Sign * magnitude) / 100_000_000m;
    }
}
