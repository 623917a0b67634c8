using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades;

/// <summary>A message that no retry can help: what it carries is no alert.</summary>
public sealed class NoAlertException(string message) : Exception(message);

/// <summary>
/// What comes off the bus is checked before anything is stored: ingest sends nothing else, but a bug there, or a
/// message put on the queue by hand, must not half-write. Above all the id must be the alert's own: storing relies on
/// one id never standing for two alerts.
/// </summary>
public static class AlertCheck
{
    // What the column holds; ingest takes a quarter of it.
    private const int MaxPayloadLength = 65_535;

    /// <exception cref="NoAlertException">Says of which alert what is wrong.</exception>
    public static void ThrowIfInvalid(AlertsReceived? message)
    {
        if (message?.Alerts is not { } alerts)
            throw new NoAlertException("The message has no list of alerts.");
        for (var i = 0; i < alerts.Count; i++)
        {
            if (Fault(alerts[i]) is { } fault)
                throw new NoAlertException(
                    $"Alert {i + 1} of {alerts.Count}, {alerts[i]?.AlertId ?? "without an id"}: {fault}"
                );
        }
    }

    // Deserializers do not heed what may be null.
    private static string? Fault(AlertReceived? alert) =>
        alert switch
        {
            null => "it is null",
            { AlertId: null } or { Symbol: null } or { Timeframe: null } or { Payload: null } =>
                "alertId, symbol, timeframe or payload is missing",
            _ when !Label.IsCanonical(alert.Symbol, Symbol.MaxLength) => "the symbol is not canonical",
            _ when !Label.IsCanonical(alert.Timeframe, Timeframe.MaxLength) => "the timeframe is not canonical",
            { Strategy: { } name } when !Strategy.TryParse(name, out var strategy, out _) || strategy != name =>
                "the strategy is not a name",
            _ when !Enum.IsDefined(alert.Action) => "the action is unknown",
            _ when alert.Direction is { } direction && !Enum.IsDefined(direction) => "the direction is unknown",
            { Action: AlertAction.Entry, Direction: null } => "an entry names no direction",
            { Action: AlertAction.Recorded, Direction: null } or { Action: AlertAction.Recorded, Exit: null } =>
                "a recorded trade has no side or no exit",
            { Action: not AlertAction.Recorded, Exit: not null } => "it has an exit and is no recorded trade",
            { Exit: { } exit } when ExitFault(alert, exit) is { } fault => fault,
            { Action: AlertAction.Price }
                when alert is not { Timeframe: Timeframe.None, Strategy: null, Direction: null } =>
                "a price has a timeframe, a strategy or a direction",
            { Action: AlertAction.Manual } when !AlertId.TryParse(alert.TargetTradeId, out _) =>
                "a close by hand names no trade",
            _ when PriceFault(alert.Price) is { } fault => fault,
            _ when !IsTime(alert.Timestamp) => "the timestamp is not UTC to the millisecond, from 2000 on",
            _ when !IsTime(alert.ReceivedAt) => "receivedAt is not UTC to the millisecond, from 2000 on",
            _ when IsTooLong(alert.Side) || IsTooLong(alert.Type) =>
                $"side or type is longer than {AlertVocabulary.MaxLength} characters",
            { Payload.Length: > MaxPayloadLength } => "the payload is longer than 65,535 bytes",
            _ when !AlertId.TryParse(alert.AlertId, out var id) || id != AlertId.Of(alert) =>
                "the id is not the one its contents make",
            _ => null,
        };

    internal static string? PriceFault(decimal price) =>
        price is <= 0 or >= Price.Limit ? $"the price is not above 0 and below 10^{Price.MaxWholeDigits}"
        : decimal.Round(price, Price.Decimals) != price ? $"the price has more than {Price.Decimals} decimals"
        : null;

    private static string? ExitFault(AlertReceived alert, RecordedExit exit) =>
        PriceFault(exit.Price) is { } fault ? $"of its exit, {fault}"
        : !IsTime(exit.Time) || exit.Time < alert.Timestamp
            ? "its exit is not UTC to the millisecond, or is before its entry"
        : exit.Number < 1 ? "its number is not above 0"
        : null;

    // Characters as the table counts them: code points.
    private static bool IsTooLong(string? word) =>
        word?.Length > AlertVocabulary.MaxLength && word.EnumerateRunes().Count() > AlertVocabulary.MaxLength;

    internal static bool IsTime(DateTime time) =>
        time.Kind == DateTimeKind.Utc && time >= Timestamp.Earliest && time.Ticks % TimeSpan.TicksPerMillisecond == 0;
}
