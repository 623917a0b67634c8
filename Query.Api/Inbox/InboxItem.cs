using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PnlPipeline.Domain.Inbox;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Inbox;

/// <summary>Something that wants a look.</summary>
/// <param name="Id">Later found, higher.</param>
/// <param name="Since">The instant it speaks of: of the alert; of the last alert of a stream that fell silent.</param>
/// <param name="Symbol">Where it comes of a stream.</param>
/// <param name="BatchId">Where it comes of a batch.</param>
/// <param name="What">What happened, in a sentence.</param>
/// <param name="Meaning">What that means.</param>
/// <param name="Action">What to do.</param>
public sealed record InboxItem(
    long Id,
    [property: InboxKind] string Kind,
    DateTime Since,
    DateTime FoundAt,
    string? Symbol,
    string? Timeframe,
    string? Strategy,
    long? BatchId,
    InboxCause Cause,
    string What,
    string Meaning,
    string Action
);

/// <summary>What it comes of.</summary>
/// <param name="Id">Of the alert, the trade, the rejection, the message, the stream, the finding, the delivery.</param>
/// <param name="Href">Where the API shows it.</param>
public sealed record InboxCause(
    [property: AllowedValues("alert", "trade", "rejection", "message", "stream", "finding", "delivery")] string Type,
    string Id,
    string Href
)
{
    public static InboxCause Of(InboxFacts facts) =>
        facts.Kind switch
        {
            "unmatched" => new InboxCause("alert", facts.Cause, $"/api/v1/alerts/{facts.Cause}"),
            "repeated" => new InboxCause("trade", facts.Cause, $"/api/v1/trades/{facts.Cause}"),
            "rejected" => new InboxCause("rejection", facts.Cause, "/api/v1/alerts/rejected"),
            "failed" => new InboxCause("message", facts.Cause, "/api/v1/parked-messages"),
            "check" => new InboxCause("finding", facts.Cause, "/api/v1/health/books"),
            "undelivered" => new InboxCause("delivery", facts.Cause, "/api/v1/notifications/deliveries"),
            _ => new InboxCause(
                "stream",
                facts.Cause,
                $"/api/v1/alerts?symbol={Uri.EscapeDataString(facts.Symbol ?? "")}"
                    + $"&timeframe={Uri.EscapeDataString(facts.Timeframe ?? "")}"
                    + $"&strategy={Uri.EscapeDataString(facts.Strategy ?? "")}"
            ),
        };
}

/// <summary>A page of what wants a look.</summary>
/// <param name="Counts">By kind, of all of it, filters aside; past 1,000 it is not counted further.</param>
public sealed record InboxPage(IReadOnlyList<InboxItem> Items, string? Cursor, IReadOnlyDictionary<string, int> Counts);

/// <summary>How many were dismissed together.</summary>
public sealed record Dismissed(int Count);

/// <summary>One of <see cref="InboxWording.Kinds"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InboxKindAttribute() : AllowedValuesAttribute([.. InboxWording.Kinds]);

public sealed class InboxParameters : RequestParameters, IParameters<InboxParameters>
{
    /// <summary>Only these kinds.</summary>
    /// <example>unmatched</example>
    [JsonPropertyName("kind"), InboxKind]
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Only what comes of these symbols; in any letter case.</summary>
    /// <example>BTCUSDT</example>
    [JsonPropertyName("symbol"), SymbolText]
    public IReadOnlyList<string> Symbols { get; init; } = [];

    public PageParameters<InboxPosition> Page { get; init; } = new();
}

public sealed class DismissParameters : RequestParameters, IParameters<DismissParameters>
{
    /// <summary>Only these kinds.</summary>
    /// <example>unmatched</example>
    [JsonPropertyName("kind"), InboxKind]
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Only up to this `id`: what was found since stays.</summary>
    /// <example>7</example>
    [IdText, Required(ErrorMessage = "Is missing. Send the id of the newest item that was looked at.")]
    public string UpTo { get; init; } = "";
}

/// <summary>A place in the list.</summary>
public sealed record InboxPosition(long Id) : IPosition<InboxPosition>
{
    private const char Kind = 'i';

    public static InboxPosition? Read(string cursor) =>
        Cursor.TryReadNumber(cursor, Kind) is { } id ? new InboxPosition(id) : null;

    public string ToCursor() => Cursor.Write(Kind, Id);
}
