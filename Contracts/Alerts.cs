using System.Text.Json.Serialization;

namespace PnlPipeline.Contracts;

/// <summary>
/// What an alert asks for. <see cref="Manual"/> is an administrator's close of one trade; <see cref="Recorded"/> is a
/// trade that a list of trades says was made: an entry with its exit, that neither sees nor changes what is open.
/// <see cref="Price"/> is nothing but a price of its symbol: it belongs to no stream, so its timeframe is <c>-</c> and
/// it has no strategy.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertAction>))]
public enum AlertAction
{
    Entry,
    Exit,
    Manual,
    Recorded,
    Price,
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
/// <param name="Action">Entry, exit, a close by hand, a recorded trade, or a price.</param>
/// <param name="Direction">Always there for an entry and a recorded trade; for an exit where exactly one was
/// named.</param>
/// <param name="Side">The body's own <c>side</c>, as it came.</param>
/// <param name="Type">The body's own <c>type</c>, as it came.</param>
/// <param name="Price">Above 0, below 10^15, at most 12 decimals; of a recorded trade, that of its entry.</param>
/// <param name="CloseOnFlip">Stored, never used.</param>
/// <param name="Timestamp">UTC, whole milliseconds; of a recorded trade, that of its entry.</param>
/// <param name="ReceivedAt">UTC, whole milliseconds: when the first byte-identical or equal body came.</param>
/// <param name="Payload">The body's bytes as they arrived.</param>
/// <param name="TargetTradeId">For <see cref="AlertAction.Manual"/>: the trade it closes.</param>
/// <param name="Strategy">1–64 characters; null for none.</param>
/// <param name="Exit">For <see cref="AlertAction.Recorded"/>: how the trade ended.</param>
/// <param name="Imported">A file brought it: what became of it is history, and news to nobody.</param>
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
    string? TargetTradeId = null,
    string? Strategy = null,
    RecordedExit? Exit = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Imported = false
);

/// <summary>How a recorded trade ended.</summary>
/// <param name="Price">Above 0, below 10^15, at most 12 decimals.</param>
/// <param name="Time">UTC, whole milliseconds, not before the entry.</param>
/// <param name="Number">Counts equal trades of one file, from 1.</param>
public sealed record RecordedExit(decimal Price, DateTime Time, int Number);

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
    IReadOnlyDictionary<string, string[]> Errors
);
