using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Notifications;

/// <summary>A message on its way, or what came of it.</summary>
/// <param name="Key">The rule and its cause: told to the channel with every attempt, always the same.</param>
/// <param name="RuleId"><c>null</c>: a test.</param>
/// <param name="Title">Its first line.</param>
/// <param name="NextAttemptAt">While it is pending.</param>
/// <param name="EndedAt">When it was sent or given up.</param>
/// <param name="Error">Why the last attempt failed.</param>
public sealed record Delivery(
    long Id,
    string Key,
    long ChannelId,
    long? RuleId,
    string Title,
    [property: AllowedValues("pending", "sent", "failed")] string State,
    int Attempts,
    DateTime CreatedAt,
    DateTime? NextAttemptAt,
    DateTime? EndedAt,
    string? Error
);

public sealed class DeliveryParameters : RequestParameters, IParameters<DeliveryParameters>
{
    /// <summary>Only those in this state.</summary>
    /// <example>failed</example>
    [JsonPropertyName("state"), AllowedValues("pending", "sent", "failed")]
    public IReadOnlyList<string> States { get; init; } = [];

    /// <summary>Only those of these channels.</summary>
    /// <example>1</example>
    [JsonPropertyName("channel"), IdText]
    public IReadOnlyList<string> Channels { get; init; } = [];

    public PageParameters<DeliveryPosition> Page { get; init; } = new();
}

/// <summary>A place in the list.</summary>
public sealed record DeliveryPosition(long Id) : IPosition<DeliveryPosition>
{
    private const char Kind = 'n';

    public static DeliveryPosition? Read(string cursor) =>
        Cursor.TryReadNumber(cursor, Kind) is { } id ? new DeliveryPosition(id) : null;

    public string ToCursor() => Cursor.Write(Kind, Id);
}
