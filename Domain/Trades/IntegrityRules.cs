using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades;

/// <summary>A trade as its row has it.</summary>
public sealed record StoredTrade(
    OpenTrade Entry,
    AlertId? ExitAlertId = null,
    decimal? ExitPrice = null,
    DateTime? ExitTime = null,
    ExitReason? ExitReason = null,
    decimal? ChangePercentage = null
)
{
    public static StoredTrade Of(OpenTrade open) => new(open);

    public static StoredTrade Of(ClosedTrade closed) =>
        new(
            closed.Entry,
            closed.ExitAlertId,
            closed.ExitPrice,
            closed.ExitTime,
            closed.ExitReason,
            closed.ChangePercentage
        );
}

/// <summary>A range of a stream as it is stored.</summary>
/// <param name="Open">The trade open before its first alert.</param>
/// <param name="Alerts">In order, without a gap.</param>
/// <param name="Trades">Those entered within it, and the row of the one open before.</param>
/// <param name="IsEnd">Nothing comes after it.</param>
public sealed record StreamRange(
    StreamKey Stream,
    OpenTrade? Open,
    IReadOnlyList<StoredAlert> Alerts,
    IReadOnlyList<StoredTrade> Trades,
    bool IsEnd
);

/// <summary>What is not as the rules have it, and as what it must be written.</summary>
public sealed class IntegrityDifferences
{
    /// <summary>In words, one each.</summary>
    public List<string> What { get; } = [];

    public List<(AlertId AlertId, AlertOutcome Became)> Outcomes { get; } = [];

    /// <summary>Trades that are missing, or are otherwise.</summary>
    public List<StoredTrade> Trades { get; } = [];

    /// <summary>Trades that no alert made.</summary>
    public List<AlertId> Extra { get; } = [];

    /// <summary>
    /// Alerts that are not what their ids say: nothing that could be written would be known to be right.
    /// </summary>
    public List<string> Beyond { get; } = [];

    /// <summary>
    /// The earliest exit, before or after, of a trade that is otherwise; <c>null</c> where no closed one is.
    /// </summary>
    public DateTime? From { get; private set; }

    /// <summary>The trade open after the range.</summary>
    public OpenTrade? OpenAfter { get; internal set; }

    /// <summary>How many trades were compared.</summary>
    public int Compared { get; internal set; }

    public bool Any => What.Count > 0;

    internal void Concerns(DateTime? exit)
    {
        if (exit is { } time && (From is null || time < From))
            From = time;
    }
}

/// <summary>
/// Whether a stream's alerts, their outcomes and its trades agree: the alerts are folded again and everything stored is
/// held against that.
/// </summary>
public static class IntegrityRules
{
    public static IntegrityDifferences Compare(StreamRange range)
    {
        var found = new IntegrityDifferences();
        var due = new Dictionary<AlertId, StoredTrade>();
        var open = range.Open;
        if (open is not null)
            due.Add(open.TradeId, StoredTrade.Of(open));
        foreach (var stored in range.Alerts)
        {
            CompareId(found, range, stored.Alert);
            var step = PairingRules.Apply(open, stored.Alert);
            open = step.Open;
            if (step.Became != stored.Became)
            {
                found.What.Add(
                    $"Alert {stored.Alert.AlertId} should be {Text(step.Became)} and is {Text(stored.Became)}."
                );
                found.Outcomes.Add((stored.Alert.AlertId, step.Became));
            }

            if (step.Closed is { } closed)
                due[closed.Entry.TradeId] = StoredTrade.Of(closed);
            if (step.Became.Outcome is Outcome.Opened or Outcome.Flipped)
                due[open!.TradeId] = StoredTrade.Of(open);
        }

        found.OpenAfter = open;
        CompareTrades(found, range, due);
        return found;
    }

    private static void CompareTrades(
        IntegrityDifferences found,
        StreamRange range,
        Dictionary<AlertId, StoredTrade> due
    )
    {
        var held = range.Trades.ToDictionary(trade => trade.Entry.TradeId);
        foreach (var (id, trade) in due)
        {
            var there = held.GetValueOrDefault(id);
            held.Remove(id);
            // How it ends is told by a later range.
            if (trade.ExitAlertId is null && !range.IsEnd)
                continue;
            found.Compared++;
            if (trade == there)
                continue;
            found.What.Add($"Trade {id} should be {Text(trade)} and is {(there is null ? "missing" : Text(there))}.");
            found.Trades.Add(trade);
            found.Concerns(trade.ExitTime);
            found.Concerns(there?.ExitTime);
        }

        foreach (var (id, trade) in held)
        {
            found.What.Add($"Trade {id} should not be there and is {Text(trade)}.");
            found.Extra.Add(id);
            found.Concerns(trade.ExitTime);
        }
    }

    private static void CompareId(IntegrityDifferences found, StreamRange range, StreamAlert alert)
    {
        var (symbol, timeframe, strategy) = range.Stream;
        var (price, time) = (alert.Price, alert.Position.Timestamp);
        var id = alert is { Action: AlertAction.Recorded, Direction: { } side, Exit: { } exit }
            ? AlertId.OfRecorded(symbol, timeframe, strategy, side, price, time, exit.Price, exit.Time, exit.Number)
            : AlertId.Of(symbol, timeframe, alert.Action, alert.Direction, price, time, strategy);
        if (id != alert.AlertId)
            found.Beyond.Add(
                $"Alert {alert.AlertId} is not what its id says: its action, direction, prices or times were altered. "
                    + $"Its payload says what it was."
            );
    }

    private static string Text(AlertOutcome became) =>
        $"{became.Outcome.ToString().ToLowerInvariant()} {became.TradeId?.ToString() ?? "-"} "
        + $"{became.ClosedTradeId?.ToString() ?? "-"}";

    private static string Text(StoredTrade trade) =>
        $"{AlertId.ToDbValue(trade.Entry.Side)} {trade.Entry.EntryPrice} at {trade.Entry.EntryTime:s} "
        + (
            trade.ExitTime is null
                ? "open"
                : $"{trade.ExitReason} {trade.ExitPrice} at {trade.ExitTime:s}, {trade.ChangePercentage} %"
        );
}
