using PnlPipeline.Alerts;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>A message that no retry can help: what it carries is no alert.</summary>
public sealed class NoAlertException(string message) : Exception(message);

/// <summary>
/// What comes off the bus is checked before anything is stored: ingest sends nothing else, but a bug there, or a message put on the queue by hand, must not
/// half-write. Above all the id must be the alert's own: storing relies on one id never standing for two alerts.
/// </summary>
public static class AlertCheck
{
    private const int MaxSymbolLength = 64;
    private const int MaxTimeframeLength = 16;
    private const int MaxWordLength = 64;
    private const int MaxPayloadLength = 65_535;
    private const int MaxPriceDecimals = 12;
    private const decimal PriceLimit = 1_000_000_000_000_000m;
    private static readonly DateTime Earliest = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <exception cref="NoAlertException">Says of which alert what is wrong.</exception>
    public static void ThrowIfInvalid(AlertsReceived? message)
    {
        if (message?.Alerts is not { } alerts)
            throw new NoAlertException("The message has no list of alerts.");
        for (var i = 0; i < alerts.Count; i++)
        {
            if (Fault(alerts[i]) is { } fault)
                throw new NoAlertException($"Alert {i + 1} of {alerts.Count}, {alerts[i]?.AlertId ?? "without an id"}: {fault}");
        }
    }

    // Deserializers do not heed what may be null.
    private static string? Fault(AlertReceived? alert) => alert switch
    {
        null => "it is null",
        { AlertId: null } or { Symbol: null } or { Timeframe: null } or { Payload: null } => "alertId, symbol, timeframe or payload is missing",
        _ when !IsName(alert.Symbol, MaxSymbolLength) => "the symbol is not canonical",
        _ when !IsName(alert.Timeframe, MaxTimeframeLength) => "the timeframe is not canonical",
        _ when !Enum.IsDefined(alert.Action) => "the action is unknown",
        _ when alert.Direction is { } direction && !Enum.IsDefined(direction) => "the direction is unknown",
        { Action: AlertAction.Entry, Direction: null } => "an entry names no direction",
        { Action: AlertAction.Manual } when !AlertId.TryParse(alert.TargetTradeId, out _) => "a close by hand names no trade",
        _ when PriceFault(alert.Price) is { } fault => fault,
        _ when !IsTime(alert.Timestamp) => "the timestamp is not UTC to the millisecond, from 2000 on",
        _ when !IsTime(alert.ReceivedAt) => "receivedAt is not UTC to the millisecond, from 2000 on",
        _ when IsTooLong(alert.Side) || IsTooLong(alert.Type) => "side or type is longer than 64 characters",
        { Payload.Length: > MaxPayloadLength } => "the payload is longer than 65,535 bytes",
        _ when !AlertId.TryParse(alert.AlertId, out var id)
            || id != AlertId.Of(alert.Symbol, alert.Timeframe, alert.Action, alert.Direction, alert.Price, alert.Timestamp)
            => "the id is not the one its contents make",
        _ => null,
    };

    internal static string? PriceFault(decimal price) =>
        price is <= 0 or >= PriceLimit ? "the price is not above 0 and below 10^15"
        : decimal.Round(price, MaxPriceDecimals) != price ? "the price has more than 12 decimals"
        : null;

    private static bool IsName(string text, int maxLength) =>
        text.Length > 0 && text.Length <= maxLength && text.All(c => c is >= '!' and <= '~' and not '|' && !char.IsAsciiLetterLower(c));

    // Characters as the table counts them: code points.
    private static bool IsTooLong(string? word) => word?.Length > MaxWordLength && word.EnumerateRunes().Count() > MaxWordLength;

    internal static bool IsTime(DateTime time) =>
        time.Kind == DateTimeKind.Utc && time >= Earliest && time.Ticks % TimeSpan.TicksPerMillisecond == 0;
}
