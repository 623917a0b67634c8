using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace PnlPipeline.Query.Api.Log;

/// <summary>An alert and what became of it.</summary>
/// <param name="Strategy"><c>null</c> for none.</param>
/// <param name="Action"><c>entry</c>, <c>exit</c>, <c>manual</c>, or <c>recorded</c>: a trade out of a list of trades,
/// entry and exit together.</param>
/// <param name="Direction"><c>long</c> or <c>short</c>; <c>null</c> for an exit that named none, or both.</param>
/// <param name="Side">The body's own word.</param>
/// <param name="Type">The body's own word.</param>
/// <param name="CloseOnFlip">Stored, never used.</param>
/// <param name="Timestamp">The instant it speaks of.</param>
/// <param name="ReceivedAt">When it came first.</param>
/// <param name="Outcome"><c>opened</c>, <c>closed</c>, <c>flipped</c>, <c>ignored</c>, <c>unmatched</c>,
/// <c>recorded</c> or <c>voided</c>.</param>
/// <param name="TradeId">The trade it opened; that it closed; for an ignored one, the one open; for a recorded one, the
/// trade that it is.</param>
/// <param name="ClosedTradeId">For a flip, the trade it closed.</param>
/// <param name="OpenElsewhere">
/// Of an exit that met nothing: trades of its symbol that are open in other streams now, one of which it may have been
/// meant for; left out of any other.
/// </param>
public record Alert(
    string AlertId,
    string Symbol,
    string Timeframe,
    string? Strategy,
    [property: AllowedValues("entry", "exit", "manual", "recorded")] string Action,
    [property: AllowedValues("long", "short")] string? Direction,
    string? Side,
    string? Type,
    decimal Price,
    [property: JsonPropertyName("closeonflip")] bool? CloseOnFlip,
    DateTime Timestamp,
    DateTime ReceivedAt,
    [property: AllowedValues("opened", "closed", "flipped", "ignored", "unmatched", "recorded", "voided")]
        string Outcome,
    string? TradeId,
    string? ClosedTradeId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<OpenStream>? OpenElsewhere = null
);

/// <summary>A stream in which a trade is open.</summary>
public sealed record OpenStream(string Symbol, string Timeframe, string? Strategy, string TradeId);

/// <summary>An alert with its way through the pipeline.</summary>
/// <param name="Payload">The body as it arrived.</param>
/// <param name="PairedAt">When pairing stored it.</param>
/// <param name="PostedAt">When the trade it closed was first posted to a ledger that is being served; <c>null</c> where
/// it closed none, or none counts it.</param>
public sealed record AlertDetail(
    string AlertId,
    string Symbol,
    string Timeframe,
    string? Strategy,
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
    IReadOnlyList<OpenStream>? OpenElsewhere,
    [property: JsonPropertyOrder(1)] string Payload,
    [property: JsonPropertyOrder(1)] DateTime PairedAt,
    [property: JsonPropertyOrder(1)] DateTime? PostedAt
)
    : Alert(
        AlertId,
        Symbol,
        Timeframe,
        Strategy,
        Action,
        Direction,
        Side,
        Type,
        Price,
        CloseOnFlip,
        Timestamp,
        ReceivedAt,
        Outcome,
        TradeId,
        ClosedTradeId,
        OpenElsewhere
    );

/// <summary>An alert as it lies in the database.</summary>
internal sealed class AlertRow
{
    public byte[] AlertId { get; init; } = [];

    public string Symbol { get; init; } = "";

    public string Timeframe { get; init; } = "";

    public string? Strategy { get; init; }

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

    /// <summary>An exit by a signal that closed nothing.</summary>
    public bool IsUnmatchedExit => Action == "exit" && Outcome == "unmatched";

    /// <param name="open">Streams of any symbols in which a trade is open.</param>
    public Alert ToAlert(IEnumerable<OpenStream> open) =>
        new(
            Hex(AlertId)!,
            Symbol,
            Timeframe,
            Strategy,
            Action,
            Direction,
            Side,
            Type,
            Price,
            Closeonflip,
            Timestamp,
            ReceivedAt,
            Outcome,
            Hex(TradeId),
            Hex(ClosedTradeId),
            Elsewhere(open)
        );

    /// <inheritdoc cref="ToAlert"/>
    public AlertDetail ToDetail(DateTime? postedAt, IEnumerable<OpenStream> open) =>
        new(
            Hex(AlertId)!,
            Symbol,
            Timeframe,
            Strategy,
            Action,
            Direction,
            Side,
            Type,
            Price,
            Closeonflip,
            Timestamp,
            ReceivedAt,
            Outcome,
            Hex(TradeId),
            Hex(ClosedTradeId),
            Elsewhere(open),
            System.Text.Encoding.UTF8.GetString(Payload),
            PairedAt,
            postedAt
        );

    private List<OpenStream>? Elsewhere(IEnumerable<OpenStream> open) =>
        IsUnmatchedExit
            ?
            [
                .. open.Where(stream =>
                    stream.Symbol == Symbol && (stream.Timeframe != Timeframe || stream.Strategy != Strategy)
                ),
            ]
            : null;

    private static string? Hex(byte[]? id) => id is null ? null : new PnlPipeline.Domain.Alerts.AlertId(id).ToString();
}
