using System.Buffers;
using System.Globalization;
using System.Text.Json;
using PnlPipeline.Contracts;

namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>
/// Messages as the bus writes and reads them: its JSON envelope round the contract's record, camelCase, decimals as
/// strings. Written by hand, because at the rate of webhooks the bus's own serialiser is the largest cost there is; a
/// test holds the two together.
/// </summary>
internal static class Envelope
{
    public const string ContentType = "application/vnd.masstransit+json";

    private static readonly JsonWriterOptions Unchecked = new() { SkipValidation = true };

    /// <summary>A writer for this room's messages; everything it writes is ASCII.</summary>
    public static Utf8JsonWriter NewWriter(IBufferWriter<byte> target) => new(target, Unchecked);

    /// <summary>One message <see cref="AlertsReceived"/>.</summary>
    public static void WriteAlerts(
        Utf8JsonWriter json,
        Guid messageId,
        DateTime sentAt,
        IReadOnlyList<AlertReceived> alerts
    )
    {
        BeginAlerts(json, messageId, sentAt);
        for (var index = 0; index < alerts.Count; index++)
            WriteAlert(json, alerts[index]);
        EndAlerts(json);
    }

    /// <summary>
    /// One message <see cref="AlertsReceived"/> of alerts that <see cref="WriteAlert"/> has written already.
    /// </summary>
    public static void WriteAlerts(
        Utf8JsonWriter json,
        Guid messageId,
        DateTime sentAt,
        IEnumerable<ReadOnlyMemory<byte>> alerts
    )
    {
        BeginAlerts(json, messageId, sentAt);
        foreach (var alert in alerts)
            json.WriteRawValue(alert.Span, skipInputValidation: true);
        EndAlerts(json);
    }

    /// <summary>One message <see cref="AlertRejected"/>, whose record has been written already.</summary>
    public static void WriteRejection(
        Utf8JsonWriter json,
        Guid messageId,
        DateTime sentAt,
        ReadOnlyMemory<byte> rejection
    )
    {
        Begin<AlertRejected>(json, messageId, sentAt);
        json.WriteRawValue(rejection.Span, skipInputValidation: true);
        json.WriteEndObject();
        json.Flush();
    }

    /// <summary>One alert, as it stands in the message and in the spool.</summary>
    public static void WriteAlert(Utf8JsonWriter json, AlertReceived alert)
    {
        json.WriteStartObject();
        json.WriteString("alertId"u8, alert.AlertId);
        json.WriteString("symbol"u8, alert.Symbol);
        json.WriteString("timeframe"u8, alert.Timeframe);
        json.WriteString("action"u8, Name(alert.Action));
        if (alert.Direction is { } direction)
            json.WriteString("direction"u8, direction == Direction.Long ? "Long"u8 : "Short"u8);
        if (alert.Side is not null)
            json.WriteString("side"u8, alert.Side);
        if (alert.Type is not null)
            json.WriteString("type"u8, alert.Type);
        Span<char> price = stackalloc char[32];
        alert.Price.TryFormat(price, out var digits, default, CultureInfo.InvariantCulture);
        json.WriteString("price"u8, price[..digits]);
        if (alert.CloseOnFlip is { } closeOnFlip)
            json.WriteBoolean("closeOnFlip"u8, closeOnFlip);
        json.WriteString("timestamp"u8, alert.Timestamp);
        json.WriteString("receivedAt"u8, alert.ReceivedAt);
        json.WriteBase64String("payload"u8, alert.Payload);
        if (alert.TargetTradeId is not null)
            json.WriteString("targetTradeId"u8, alert.TargetTradeId);
        if (alert.Strategy is not null)
            json.WriteString("strategy"u8, alert.Strategy);
        if (alert.Exit is { } exit)
            WriteExit(json, exit);
        json.WriteEndObject();
    }

    private static void WriteExit(Utf8JsonWriter json, RecordedExit exit)
    {
        json.WriteStartObject("exit"u8);
        json.WriteString("price"u8, exit.Price.ToString(CultureInfo.InvariantCulture));
        json.WriteString("time"u8, exit.Time);
        json.WriteNumber("number"u8, exit.Number);
        json.WriteEndObject();
    }

    /// <summary>One refused body, as it stands in the message and in the spool.</summary>
    public static void WriteRejection(Utf8JsonWriter json, AlertRejected rejection)
    {
        json.WriteStartObject();
        json.WriteString("rejectionId"u8, rejection.RejectionId);
        json.WriteString("receivedAt"u8, rejection.ReceivedAt);
        json.WriteBase64String("body"u8, rejection.Body);
        json.WriteStartObject("errors"u8);
        foreach (var (field, messages) in rejection.Errors)
        {
            json.WriteStartArray(field);
            foreach (var message in messages)
                json.WriteStringValue(message);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The bytes that one of this class's methods writes.</summary>
    public static byte[] ToBytes<T>(Action<Utf8JsonWriter, T> write, T record)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using var json = NewWriter(buffer);
        write(json, record);
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void BeginAlerts(Utf8JsonWriter json, Guid messageId, DateTime sentAt)
    {
        Begin<AlertsReceived>(json, messageId, sentAt);
        json.WriteStartObject();
        json.WriteStartArray("alerts"u8);
    }

    private static void EndAlerts(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
    }

    private static void Begin<T>(Utf8JsonWriter json, Guid messageId, DateTime sentAt)
    {
        json.WriteStartObject();
        json.WriteString("messageId"u8, messageId);
        json.WriteStartArray("messageType"u8);
        json.WriteStringValue($"urn:message:{typeof(T).Namespace}:{typeof(T).Name}");
        json.WriteEndArray();
        json.WriteString("sentTime"u8, sentAt);
        json.WritePropertyName("message"u8);
    }

    private static ReadOnlySpan<byte> Name(AlertAction action) =>
        action switch
        {
            AlertAction.Entry => "Entry"u8,
            AlertAction.Exit => "Exit"u8,
            AlertAction.Manual => "Manual"u8,
            AlertAction.Recorded => "Recorded"u8,
            AlertAction.Price => "Price"u8,
            _ => throw new ArgumentOutOfRangeException(nameof(action)),
        };
}
