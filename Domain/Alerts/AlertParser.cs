using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using PnlPipeline.Contracts;

namespace PnlPipeline.Domain.Alerts;

/// <summary>A body read: the alert it is, or everything that is wrong with it.</summary>
/// <param name="Errors">Field → messages; empty where there is an alert.</param>
public readonly record struct ParsedAlert(AlertReceived? Alert, IReadOnlyDictionary<string, string[]> Errors)
{
    [MemberNotNullWhen(true, nameof(Alert))]
    public bool IsAlert => Alert is not null;
}

/// <summary>
/// From the bytes of a webhook's body to an alert, or to all of its errors. Whatever the bytes, it never throws.
/// </summary>
public static class AlertParser
{
    /// <summary>Errors of the body as a whole are listed under this name.</summary>
    public const string Body = "body";

    private const string WhatToSend =
        "Send one object such as {\"symbol\":\"BTCUSDT\",\"side\":\"entry\",\"timeframe\":\"60\",\"type\":\"bullish\","
        + "\"price\":43250.5,\"timestamp\":\"2026-11-22T06:28:00+0000\"}.";

    /// <summary>No body that is parsed is longer; whoever takes one in checks it.</summary>
    public const int MaxBytes = 16_384;

    private static readonly Dictionary<string, string[]> NoErrors = [];

    // Bodies are bounded by the caller; valid JSON may nest as deep as they are long, in a property nobody asked for.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <param name="body">The bytes as they arrived; the alert keeps a copy of them.</param>
    /// <param name="nowUtc">The clock: when the body arrived, and what its timestamp is held against.</param>
    public static ParsedAlert Parse(ReadOnlySpan<byte> body, DateTime nowUtc)
    {
        var errors = new FieldErrors();
        var json = body.StartsWith(ByteOrderMark) ? body[ByteOrderMark.Length..] : body;
        if (!Utf8.IsValid(json))
        {
            errors.Add(Body, "Is not valid UTF-8. Send the alert's text in UTF-8.");
            // Read on with U+FFFD in place of what is invalid, for the other fields' errors.
            json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        }

        var masked = BareValues.Mask(json, out var hasBraces, out var placeholders);
        if (placeholders is not null)
        {
            foreach (var placeholder in placeholders)
                errors.Add(
                    Body,
                    $"Holds the placeholder {placeholder} without quotes, and TradingView did not fill it in. "
                        + $"{AlertFields.FillIn}"
                );
        }

        var fields = new AlertFields(
            json,
            masked,
            hasBraces,
            stackalloc RawValue[AlertNames.Fields],
            stackalloc uint[AlertFields.OpenedMax],
            stackalloc char[AlertFields.PooledBuffer],
            errors
        );
        if (json.IsEmpty)
            fields.Errors.Add(Body, $"Is empty. {WhatToSend}");
        else
            ReadFields(masked, ref fields, hasPlaceholders: placeholders is not null);

        return fields.ToAlert(body, nowUtc) is { } alert
            ? new ParsedAlert(alert, NoErrors)
            : new ParsedAlert(null, fields.Errors.ToDictionary());
    }

    private static void ReadFields(ReadOnlySpan<byte> json, ref AlertFields fields, bool hasPlaceholders)
    {
        var reader = new Utf8JsonReader(json, Options);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                reader.Read();
                if (!hasPlaceholders)
                    fields.Errors.Add(Body, $"Is JSON, but no object. {WhatToSend}");
                return;
            }

            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                    fields.Take(ref reader);
                else if (!fields.Leave())
                    break;
            }

            // Whatever follows the object is an error of the body; the reader throws.
            reader.Read();
            fields.IsComplete = true;
        }
        catch (JsonException exception)
        {
            fields.Errors.Add(
                Body,
                $"Is not JSON from line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1} on. "
                    + $"{WhatToSend}"
            );
        }
    }
}
