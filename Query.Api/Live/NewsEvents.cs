using System.Buffers;
using System.Text;
using System.Text.Json;
using MassTransit.Serialization;
using PnlPipeline.Alerts;
using PnlPipeline.Contracts;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Live;

/// <summary>Event <c>alert</c>: an alert was stored.</summary>
public sealed record AlertNews(
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
    string? ClosedTradeId);

/// <summary>Event <c>trade</c>: a trade opened, closed, or a stream's trades were derived again.</summary>
/// <param name="TradeId"><c>null</c> where any of the stream's trades may be another.</param>
/// <param name="State"><c>open</c>, <c>closed</c> or <c>revised</c>.</param>
/// <param name="Time">Of the entry; of the exit; for a revision: what ended before is as it was.</param>
public sealed record TradeNews(string? TradeId, string Symbol, string Timeframe, string State, DateTime Time);

/// <summary>Event <c>ledger</c>: other rows are served.</summary>
/// <param name="LastSeq">Of the last row: whoever holds fewer fetches from there on, and whoever holds another generation all of it.</param>
public sealed record LedgerNews(long BatchId, long Generation, long LastSeq);

/// <summary>Event <c>batch</c>.</summary>
/// <param name="State"><c>changed</c>, <c>deleted</c>, or <c>building</c> while its ledger is being built.</param>
/// <param name="Revision">Its <c>ETag</c>; <c>null</c> while building.</param>
/// <param name="Progress">While building: 0 to 1.</param>
public sealed record BatchNews(long BatchId, string State, long? Revision, double? Progress);

/// <summary>Event <c>reset</c>: there is more news than can be told one by one. Fetch anew what is shown.</summary>
/// <param name="Reason"><c>many</c>: more alerts at once than anybody reads; <c>lost</c>: what came since, after <c>Last-Event-ID</c> or while this
/// listener did not keep up, is not known any more.</param>
public sealed record ResetNews(string Reason);

/// <summary>What the messages of the bus are as server-sent events. Pure.</summary>
public static class NewsEvents
{
    private const string UrnPrefix = "urn:message:PnlPipeline.Contracts:";

    private sealed record Envelope(string[]? MessageType, DateTime? SentTime, JsonElement Message);

    /// <summary>The events of one message, in order; where it tells nothing, one without bytes: a place to go on from.</summary>
    /// <param name="body">The bus's envelope; anything else tells nothing.</param>
    public static IReadOnlyList<NewsEvent> Read(long offset, ReadOnlyMemory<byte> body)
    {
        var sentAtMs = 0L;
        var told = new List<(string Name, object Payload, string? Subject)>();
        try
        {
            if (body.Length > 0
                && JsonSerializer.Deserialize<Envelope>(body.Span, SystemTextJsonMessageSerializer.Options) is { MessageType: { } types } envelope)
            {
                sentAtMs = envelope.SentTime is { } sent ? sent.ToUnixMilliseconds() : 0;
                if (types.FirstOrDefault() == UrnPrefix + nameof(SessionEnded))
                    return [new NewsEvent(new NewsId(offset, 1, sentAtMs), default, EndedSession: Read<SessionEnded>(envelope.Message).SessionId)];
                told.AddRange(Tell(types.FirstOrDefault() ?? "", envelope.Message));
            }
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException or ArgumentException)
        {
            // Nobody's news. Whoever put it there finds it on the stream.
            told.Clear();
        }

        if (told.Count == 0)
            return [new NewsEvent(new NewsId(offset, 1, sentAtMs), default)];
        return
        [
            .. told.Select((news, i) =>
            {
                var id = new NewsId(offset, i + 1, sentAtMs);
                return new NewsEvent(id, Write(id, news.Name, news.Payload), news.Subject);
            }),
        ];
    }

    /// <summary>That there is more than will be told.</summary>
    public static ReadOnlyMemory<byte> Lost(NewsId id) => Write(id, "reset", new ResetNews("lost"));

    /// <summary>A place to go on from, for who has had no event yet.</summary>
    public static ReadOnlyMemory<byte> Place(NewsId id) => Encoding.UTF8.GetBytes($"id: {id}\n\n");

    private static IEnumerable<(string Name, object Payload, string? Subject)> Tell(string urn, JsonElement message) =>
        (urn.StartsWith(UrnPrefix, StringComparison.Ordinal) ? urn[UrnPrefix.Length..] : "") switch
        {
            nameof(AlertsStored) => Of(Read<AlertsStored>(message)),
            nameof(TradesRevised) => Read<TradesRevised>(message).Streams.Select(stream => Event(
                "trade", new TradeNews(null, stream.Symbol, stream.Timeframe, "revised", stream.From))),
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
            yield return Event("reset", new ResetNews("many"), "many");
            yield break;
        }

        foreach (var alert in stored.Alerts)
        {
            yield return Event("alert", new AlertNews(
                alert.AlertId,
                alert.Symbol,
                alert.Timeframe,
                AlertId.Word(alert.Action),
                alert.Direction is { } direction ? AlertId.Word(direction) : null,
                alert.Price,
                alert.Timestamp,
                alert.ReceivedAt,
                alert.Outcome,
                alert.TradeId,
                alert.ClosedTradeId));
            if (alert.Outcome is "closed" or "flipped")
                yield return Trade(alert, alert.ClosedTradeId ?? alert.TradeId, "closed");
            if (alert.Outcome is "opened" or "flipped")
                yield return Trade(alert, alert.TradeId, "open");
        }
    }

    private static (string Name, object Payload, string? Subject) Trade(AlertStored alert, string? tradeId, string state) =>
        Event("trade", new TradeNews(tradeId, alert.Symbol, alert.Timeframe, state, alert.Timestamp));

    private static (string Name, object Payload, string? Subject) Of(StreamCorrected stream) =>
        Event("trade", new TradeNews(null, stream.Symbol, stream.Timeframe, "revised", stream.From));

    private static (string Name, object Payload, string? Subject) Of(LedgerUpdated ledger) =>
        Event("ledger", new LedgerNews(ledger.BatchId, ledger.Generation, ledger.LastSeq), $"ledger {ledger.BatchId}");

    private static (string Name, object Payload, string? Subject) Of(LedgerBuilding building) =>
        Event("batch", new BatchNews(building.BatchId, "building", null, building.Progress), $"building {building.BatchId}");

    private static (string Name, object Payload, string? Subject) Of(BatchChanged batch) =>
        Event("batch", new BatchNews(batch.BatchId, batch.IsDeleted ? "deleted" : "changed", batch.Revision, null), $"batch {batch.BatchId}");

    private static (string Name, object Payload, string? Subject) Event(string name, object payload, string? subject = null) => (name, payload, subject);

    private static T Read<T>(JsonElement message) =>
        message.Deserialize<T>(SystemTextJsonMessageSerializer.Options) ?? throw new JsonException("The message is null.");

    private static ReadOnlyMemory<byte> Write(NewsId id, string name, object payload)
    {
        var bytes = new ArrayBufferWriter<byte>(384);
        Encoding.UTF8.GetBytes($"id: {id}\nevent: {name}\ndata: ", bytes);
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JsonFormats.Options.Encoder, SkipValidation = true }))
            JsonSerializer.Serialize(json, payload, payload.GetType(), JsonFormats.Options);
        Encoding.UTF8.GetBytes("\n\n", bytes);
        return bytes.WrittenMemory;
    }
}
