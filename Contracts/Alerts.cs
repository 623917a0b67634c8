using System.Text.Json.Serialization;

namespace PnlPipeline.Contracts;

/// <summary>What an alert asks for. <see cref="Manual"/> is an administrator's close of one trade.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertAction>))]
public enum AlertAction
{
    Entry,
    Exit,
    Manual,
}

/// <summary>The direction an alert names, and the side of a trade.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Direction>))]
public enum Direction
{
    Long,
    Short,
}

/// <summary>
/// One alert as it crosses the bus, already canonical.
/// </summary>
/// <param name="AlertId">32 lower-case hex digits; the same alert always has the same id.</param>
/// <param name="Symbol">Upper-case, 1–64 characters.</param>
/// <param name="Timeframe">Canonical, 1–16 characters.</param>
/// <param name="Action">Entry, exit, or a close by hand.</param>
/// <param name="Direction">Always there for an entry; for an exit where exactly one was named.</param>
/// <param name="Side">The body's own <c>side</c>, as it came.</param>
/// <param name="Type">The body's own <c>type</c>, as it came.</param>
/// <param name="Price">Above 0, below 10^15, at most 12 decimals.</param>
/// <param name="CloseOnFlip">Stored, never used.</param>
/// <param name="Timestamp">UTC, whole milliseconds.</param>
/// <param name="ReceivedAt">UTC, whole milliseconds: when the first byte-identical or equal body came.</param>
/// <param name="Payload">The body's bytes as they arrived.</param>
/// <param name="TargetTradeId">For <see cref="AlertAction.Manual"/>: the trade it closes.</param>
public sealed record AlertReceived(
    string AlertId,
    string Symbol,
    string Timeframe,
    AlertAction Action,
    Direction? Direction,
    string? Side,
    string? Type,
    decimal Price,
    bool? CloseOnFlip,
    DateTime Timestamp,
    DateTime ReceivedAt,
    byte[] Payload,
    string? TargetTradeId = null);

/// <summary>
/// Alerts that were made durable together: those that arrived while the previous publish was in flight.
/// Their order in the message means nothing; pairing orders them itself.
/// </summary>
public sealed record AlertsReceived(IReadOnlyList<AlertReceived> Alerts);

/// <summary>A body that was refused, kept as it arrived.</summary>
/// <param name="RejectionId">32 lower-case hex digits, unique to this arrival.</param>
/// <param name="ReceivedAt">UTC, whole milliseconds.</param>
/// <param name="Body">The bytes as they arrived.</param>
/// <param name="Errors">Field → messages, as they were answered.</param>
public sealed record AlertRejected(
    string RejectionId,
    DateTime ReceivedAt,
    byte[] Body,
    IReadOnlyDictionary<string, string[]> Errors);
