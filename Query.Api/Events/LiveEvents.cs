using System.Buffers;
using System.Text;
using System.Text.Json;
using MassTransit.Serialization;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Events;

/// <summary>Event <c>alert</c>: an alert was stored.</summary>
public sealed record AlertEvent(
    string AlertId,
    string Symbol,
    string Timeframe,
    string Action,
    string? Direction,
    decimal Price,
    DateTime Timestamp,
    DateTime ReceivedAt,
    string Outcome,
    string? TradeId,
    string? ClosedTradeId,
    string? Strategy
);

/// <summary>Event <c>trade</c>: a trade opened, closed, or a stream's trades were derived again.</summary>
/// <param name="TradeId"><c>null</c> where any of the stream's trades may be another.</param>
/// <param name="State"><c>open</c>, <c>closed</c> or <c>revised</c>.</param>
/// <param name="Time">Of the entry; of the exit; for a revision: what ended before is as it was.</param>
public sealed record TradeEvent(
    string? TradeId,
    string Symbol,
    string Timeframe,
    string State,
    DateTime Time,
    string? Strategy
);

/// <summary>
/// Event <c>price</c>: the newest price of a symbol that came as such; at most one a symbol and second.
/// </summary>
public sealed record PriceEvent(string Symbol, decimal Price, DateTime Time);

/// <summary>Event <c>ledger</c>: other rows are served.</summary>
/// <param name="LastSeq">Of the last row: whoever holds fewer fetches from there on, and whoever holds another
/// generation all of it.</param>
public sealed record LedgerEvent(long BatchId, long Generation, long LastSeq);

/// <summary>Event <c>batch</c>.</summary>
/// <param name="State"><c>changed</c>, <c>deleted</c>, or <c>building</c> while its ledger is being built.</param>
/// <param name="Revision">Its <c>ETag</c>; <c>null</c> while building.</param>
/// <param name="Progress">While building: 0 to 1.</param>
public sealed record BatchEvent(long BatchId, string State, long? Revision, double? Progress);

/// <summary>
/// Event <c>reset</c>: there are more events than can be sent one by one. Fetch everything shown again.
/// </summary>
/// <param name="Reason"><c>many</c>: more alerts at once than anybody reads; <c>lost</c>: what came since, after
/// <c>Last-Event-ID</c> or while this listener did not keep up, is not known any more.</param>
public sealed record ResetEvent(string Reason);

/// <summary>What the messages of the bus are as server-sent events. Pure.</summary>
public static class LiveEvents
{
    private const string UrnPrefix = "urn:message:PnlPipeline.Contracts:";

    private sealed record Envelope(string[]? MessageType, DateTime? SentTime, JsonElement Message);

    /// <summary>
    /// The events of one message, in order; where it tells nothing, one without bytes: a place to go on from.
    /// </summary>
    /// <param name="body">The bus's envelope; anything else tells nothing.</param>
    public static IReadOnlyList<LiveEvent> Read(long offset, ReadOnlyMemory<byte> body)
    {
        var sentAtMs = 0L;
        var told = new List<(string Name, object Payload, string? Subject)>();
        try
        {
            if (
                body.Length > 0
                && JsonSerializer.Deserialize<Envelope>(body.Span, SystemTextJsonMessageSerializer.Options)
                    is { MessageType: { } types } envelope
            )
            {
                sentAtMs = envelope.SentTime is { } sent ? sent.ToUnixMilliseconds() : 0;
                if (types.FirstOrDefault() == UrnPrefix + nameof(SessionEnded))
                    return
                    [
                        new LiveEvent(
                            new LiveEventId(offset, 1, sentAtMs),
                            default,
                            EndedSession: Read<SessionEnded>(envelope.Message).SessionId
                        ),
                    ];
                told.AddRange(Tell(types.FirstOrDefault() ?? "", envelope.Message));
            }
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException or ArgumentException)
        {
            // No event of ours. Whoever put it there finds it on the stream.
            told.Clear();
        }

        if (told.Count == 0)
            return [new LiveEvent(new LiveEventId(offset, 1, sentAtMs), default)];
        return
        [
            .. told.Select(
                (sent, i) =>
                {
                    var id = new LiveEventId(offset, i + 1, sentAtMs);
                    return new LiveEvent(id, Write(id, sent.Name, sent.Payload), sent.Subject);
                }
            ),
        ];
    }

    /// <summary>That there is more than will be told.</summary>
    public static ReadOnlyMemory<byte> Lost(LiveEventId id) => Write(id, "reset", new ResetEvent("lost"));

    /// <summary>A place to go on from, for who has had no event yet.</summary>
    public static ReadOnlyMemory<byte> Place(LiveEventId id) => Encoding.UTF8.GetBytes($"id: {id}\n\n");

    private static IEnumerable<(string Name, object Payload, string? Subject)> Tell(string urn, JsonElement message) =>
        (urn.StartsWith(UrnPrefix, StringComparison.Ordinal) ? urn[UrnPrefix.Length..] : "") switch
        {
            nameof(AlertsStored) => Of(Read<AlertsStored>(message)),
            nameof(PricesStored) => Read<PricesStored>(message)
                .Prices.Select(price =>
                    Event("price", new PriceEvent(price.Symbol, price.Price, price.Timestamp), $"price {price.Symbol}")
                ),
            nameof(TradesRevised) => Read<TradesRevised>(message)
                .Streams.Select(stream =>
                    Event(
                        "trade",
                        new TradeEvent(null, stream.Symbol, stream.Timeframe, "revised", stream.From, stream.Strategy)
                    )
                ),
            nameof(StreamCorrected) => [Of(Read<StreamCorrected>(message))],
            nameof(LedgerUpdated) => [Of(Read<LedgerUpdated>(message))],
            nameof(LedgerBuilding) => [Of(Read<LedgerBuilding>(message))],
            nameof(BatchChanged) => [Of(Read<BatchChanged>(message))],
            _ => [],
        };

    private static IEnumerable<(string Name, object Payload, string? Subject)> Of(AlertsStored stored)
    {
        if (stored.Total > stored.Alerts.Count)
        {
            yield return Event("reset", new ResetEvent("many"), "many");
            yield break;
        }

        foreach (var alert in stored.Alerts)
        {
            yield return Event(
                "alert",
                new AlertEvent(
                    alert.AlertId,
                    alert.Symbol,
                    alert.Timeframe,
                    AlertId.ToDbValue(alert.Action),
                    alert.Direction is { } direction ? AlertId.ToDbValue(direction) : null,
                    alert.Price,
                    alert.Timestamp,
                    alert.ReceivedAt,
                    alert.Outcome,
                    alert.TradeId,
                    alert.ClosedTradeId,
                    alert.Strategy
                )
            );
            if (alert.Outcome is "closed" or "flipped" or "recorded")
                yield return Trade(alert, alert.ClosedTradeId ?? alert.TradeId, "closed");
            if (alert.Outcome is "opened" or "flipped")
                yield return Trade(alert, alert.TradeId, "open");
        }
    }

    private static (string Name, object Payload, string? Subject) Trade(
        AlertStored alert,
        string? tradeId,
        string state
    ) => Event("trade", new TradeEvent(tradeId, alert.Symbol, alert.Timeframe, state, alert.Timestamp, alert.Strategy));

    private static (string Name, object Payload, string? Subject) Of(StreamCorrected stream) =>
        Event("trade", new TradeEvent(null, stream.Symbol, stream.Timeframe, "revised", stream.From, stream.Strategy));

    private static (string Name, object Payload, string? Subject) Of(LedgerUpdated ledger) =>
        Event("ledger", new LedgerEvent(ledger.BatchId, ledger.Generation, ledger.LastSeq), $"ledger {ledger.BatchId}");

    private static (string Name, object Payload, string? Subject) Of(LedgerBuilding building) =>
        Event(
            "batch",
            new BatchEvent(building.BatchId, "building", null, building.Progress),
            $"building {building.BatchId}"
        );

    private static (string Name, object Payload, string? Subject) Of(BatchChanged batch) =>
        Event(
            "batch",
            new BatchEvent(batch.BatchId, batch.IsDeleted ? "deleted" : "changed", batch.Revision, null),
            $"batch {batch.BatchId}"
        );

    private static (string Name, object Payload, string? Subject) Event(
        string name,
        object payload,
        string? subject = null
    ) => (name, payload, subject);

    private static T Read<T>(JsonElement message) =>
        message.Deserialize<T>(SystemTextJsonMessageSerializer.Options)
        ?? throw new JsonException("The message is null.");

    private static ReadOnlyMemory<byte> Write(LiveEventId id, string name, object payload)
    {
        var bytes = new ArrayBufferWriter<byte>(384);
        Encoding.UTF8.GetBytes($"id: {id}\nevent: {name}\ndata: ", bytes);
        using (
            var json = new Utf8JsonWriter(
                bytes,
                new JsonWriterOptions { Encoder = JsonFormats.Options.Encoder, SkipValidation = true }
            )
        )
            JsonSerializer.Serialize(json, payload, payload.GetType(), JsonFormats.Options);
        Encoding.UTF8.GetBytes("\n\n", bytes);
        return bytes.WrittenMemory;
    }
}
