using PnlPipeline.Contracts;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades;

/// <summary>What the rules need to know of an alert.</summary>
/// <param name="Direction">Always there for an entry.</param>
/// <param name="TargetTradeId">Always there for a close by hand: the trade it is meant for.</param>
/// <param name="Exit">Always there for a recorded trade: how it ended.</param>
/// <param name="Voided">Left out of the fold, but still in the log.</param>
public sealed record StreamAlert(
    AlertPosition Position,
    AlertAction Action,
    Direction? Direction,
    decimal Price,
    AlertId? TargetTradeId = null,
    bool Voided = false,
    RecordedExit? Exit = null
)
{
    public AlertId AlertId => Position.AlertId;
}

/// <summary>The state of a stream: the trade that is open in it.</summary>
/// <param name="TradeId">The id of the alert that opened it.</param>
public sealed record OpenTrade(AlertId TradeId, Direction Side, decimal EntryPrice, DateTime EntryTime);

/// <summary>A trade that has its exit.</summary>
/// <param name="ExitAlertId">The alert that closed it.</param>
/// <param name="ChangePercentage">Gross, in percent, 8 decimals.</param>
public sealed record ClosedTrade(
    OpenTrade Entry,
    AlertId ExitAlertId,
    decimal ExitPrice,
    DateTime ExitTime,
    ExitReason ExitReason,
    decimal ChangePercentage
);

/// <summary>What became of an alert, in one word.</summary>
public enum Outcome
{
    Opened,
    Closed,
    Flipped,
    Ignored,
    Unmatched,
    Voided,
    Recorded,
}

/// <summary>What became of an alert, and which trades it met.</summary>
/// <param name="TradeId">Opened, flipped: the one opened. Closed: the one closed. Ignored: the one open. Recorded:
/// itself. Otherwise none.</param>
/// <param name="ClosedTradeId">Flipped: the one closed.</param>
public readonly record struct AlertOutcome(Outcome Outcome, AlertId? TradeId = null, AlertId? ClosedTradeId = null);

/// <summary>One alert applied.</summary>
/// <param name="Open">The trade open after it.</param>
/// <param name="Closed">The trade that it closed, or is.</param>
public readonly record struct Step(AlertOutcome Became, OpenTrade? Open, ClosedTrade? Closed = null);

/// <summary>How a stream's alerts become trades. A stream holds at most one open trade.</summary>
public static class PairingRules
{
    private static readonly FixedPoint ChangeLimit = FixedPoint.Of(CapitalLedger.MaxChangePercentage);

    /// <summary>What <paramref name="alert"/> does where <paramref name="open"/> is open, or nothing.</summary>
    /// <exception cref="ArgumentException">An entry without a direction, or a recorded trade without one or without its
    /// exit.</exception>
    public static Step Apply(OpenTrade? open, StreamAlert alert)
    {
        if (alert.Voided)
            return new Step(new AlertOutcome(Outcome.Voided), open);

        switch (alert.Action, open)
        {
            case (AlertAction.Entry, null):
                var first = Open(alert);
                return new Step(new AlertOutcome(Outcome.Opened, first.TradeId), first);

            case (AlertAction.Entry, { } same) when same.Side == alert.Direction:
                return new Step(new AlertOutcome(Outcome.Ignored, same.TradeId), same);

            case (AlertAction.Entry, { } other):
                var next = Open(alert);
                return new Step(
                    new AlertOutcome(Outcome.Flipped, next.TradeId, other.TradeId),
                    next,
                    Close(other, alert, ExitReason.Flip)
                );

            case (AlertAction.Exit, { } any):
                return new Step(
                    new AlertOutcome(Outcome.Closed, any.TradeId),
                    null,
                    Close(any, alert, ExitReason.Exit)
                );

            case (AlertAction.Manual, { } target) when target.TradeId == alert.TargetTradeId:
                return new Step(
                    new AlertOutcome(Outcome.Closed, target.TradeId),
                    null,
                    Close(target, alert, ExitReason.Manual)
                );

            case (AlertAction.Recorded, _):
                var recorded = Recorded(alert);
                return new Step(new AlertOutcome(Outcome.Recorded, alert.AlertId), open, recorded);

            default:
                return new Step(new AlertOutcome(Outcome.Unmatched), open);
        }
    }

    /// <summary>Applies alerts, which must be in order, one after the other.</summary>
    public static IEnumerable<Step> Fold(OpenTrade? open, IEnumerable<StreamAlert> alerts)
    {
        foreach (var alert in alerts)
        {
            var step = Apply(open, alert);
            open = step.Open;
            yield return step;
        }
    }

    /// <summary>
    /// What a trade gained, in percent of its entry price, gross: long (exit − entry) / entry × 100, short (entry −
    /// exit) / entry × 100, rounded once, half-even, to 8 decimals; brought to ±10^15 where it is beyond.
    /// </summary>
    public static decimal ChangePercentage(Direction side, decimal entryPrice, decimal exitPrice)
    {
        // Exact: prices have 27 digits, and a decimal holds 28.
        var gained = side == Direction.Long ? exitPrice - entryPrice : entryPrice - exitPrice;
        return FixedPoint.MultiplyDivide(gained, 100, entryPrice, ChangeLimit);
    }

    /// <summary>The trade that an alert opens, where it opens one.</summary>
    internal static OpenTrade Open(StreamAlert entry) =>
        new(
            entry.AlertId,
            entry.Direction
                ?? throw new ArgumentException($"The entry {entry.AlertId} names no direction.", nameof(entry)),
            entry.Price,
            entry.Position.Timestamp
        );

    /// <summary>The trade that a recorded one is. It neither sees nor changes what is open.</summary>
    private static ClosedTrade Recorded(StreamAlert alert)
    {
        var exit =
            alert.Exit
            ?? throw new ArgumentException($"The recorded trade {alert.AlertId} has no exit.", nameof(alert));
        var trade = Open(alert);
        return new ClosedTrade(
            trade,
            alert.AlertId,
            exit.Price,
            exit.Time,
            ExitReason.Recorded,
            ChangePercentage(trade.Side, trade.EntryPrice, exit.Price)
        );
    }

    private static ClosedTrade Close(OpenTrade trade, StreamAlert alert, ExitReason reason) =>
        new(
            trade,
            alert.AlertId,
            alert.Price,
            alert.Position.Timestamp,
            reason,
            ChangePercentage(trade.Side, trade.EntryPrice, alert.Price)
        );
}
