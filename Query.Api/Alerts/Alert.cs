using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace PnlPipeline.Query.Api.Alerts;

/// <summary>An alert and what became of it.</summary>
/// <param name="Action"><c>entry</c>, <c>exit</c> or <c>manual</c>.</param>
/// <param name="Direction"><c>long</c> or <c>short</c>; <c>null</c> for an exit that named none, or both.</param>
/// <param name="Side">The body's own word.</param>
/// <param name="Type">The body's own word.</param>
/// <param name="CloseOnFlip">Stored, never used.</param>
/// <param name="Timestamp">The instant it speaks of.</param>
/// <param name="ReceivedAt">When it came first.</param>
/// <param name="Outcome"><c>opened</c>, <c>closed</c>, <c>flipped</c>, <c>ignored</c>, <c>unmatched</c> or <c>voided</c>.</param>
/// <param name="TradeId">The trade it opened; that it closed; for an ignored one, the one open.</param>
/// <param name="ClosedTradeId">For a flip, the trade it closed.</param>
public record Alert(
    string AlertId,
    string Symbol,
    string Timeframe,
    [property: AllowedValues("entry", "exit", "manual")] string Action,
    [property: AllowedValues("long", "short")] string? Direction,
    string? Side,
    string? Type,
    decimal Price,
    [property: JsonPropertyName("closeonflip")] bool? CloseOnFlip,
    DateTime Timestamp,
    DateTime ReceivedAt,
    [property: AllowedValues("opened", "closed", "flipped", "ignored", "unmatched", "voided")] string Outcome,
    string? TradeId,
    string? ClosedTradeId);

/// <summary>An alert with its way through the pipeline.</summary>
/// <param name="Payload">The body as it arrived.</param>
/// <param name="PairedAt">When pairing stored it.</param>
/// <param name="PostedAt">When the trade it closed was first posted to a ledger that is being served; <c>null</c> where it closed none, or none counts it.</param>
public sealed record AlertDetail(
    string AlertId,
    string Symbol,
    string Timeframe,
    string Action,
    string? Direction,
    string? Side,
    string? Type,
    decimal Price,
    bool? CloseOnFlip,
    DateTime Timestamp,
    DateTime ReceivedAt,
    string Outcome,
    string? TradeId,
    string? ClosedTradeId,
    [property: JsonPropertyOrder(1)] string Payload,
    [property: JsonPropertyOrder(1)] DateTime PairedAt,
    [property: JsonPropertyOrder(1)] DateTime? PostedAt)
    : Alert(
        AlertId, Symbol, Timeframe, Action, Direction, Side, Type, Price, CloseOnFlip, Timestamp, ReceivedAt, Outcome, TradeId, ClosedTradeId);

/// <summary>An alert as it lies in the database.</summary>
internal sealed class AlertRow
{
    public byte[] AlertId { get; init; } = [];

    public string Symbol { get; init; } = "";

    public string Timeframe { get; init; } = "";

    public string Action { get; init; } = "";

    public string? Direction { get; init; }

    public string? Side { get; init; }

    public string? Type { get; init; }

    public decimal Price { get; init; }

    public bool? Closeonflip { get; init; }

    public DateTime Timestamp { get; init; }

    public int Precedence { get; init; }

    public DateTime ReceivedAt { get; init; }

    public string Outcome { get; init; } = "";

    public byte[]? TradeId { get; init; }

    public byte[]? ClosedTradeId { get; init; }

    public byte[] Payload { get; init; } = [];

    public DateTime PairedAt { get; init; }

    public Alert ToAlert() => new(
        Hex(AlertId)!, Symbol, Timeframe, Action, Direction, Side, Type, Price, Closeonflip, Timestamp, ReceivedAt, Outcome,
        Hex(TradeId), Hex(ClosedTradeId));

    public AlertDetail ToDetail(DateTime? postedAt) => new(
        Hex(AlertId)!, Symbol, Timeframe, Action, Direction, Side, Type, Price, Closeonflip, Timestamp, ReceivedAt, Outcome,
        Hex(TradeId), Hex(ClosedTradeId), System.Text.Encoding.UTF8.GetString(Payload), PairedAt, postedAt);

    private static string? Hex(byte[]? id) => id is null ? null : new PnlPipeline.Alerts.AlertId(id).ToString();
}
