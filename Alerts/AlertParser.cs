using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using PnlPipeline.Contracts;

namespace PnlPipeline.Alerts;

/// <summary>A body read: the alert it is, or everything that is wrong with it.</summary>
/// <param name="Errors">Field → messages; empty where there is an alert.</param>
public readonly record struct ParsedAlert(AlertReceived? Alert, IReadOnlyDictionary<string, string[]> Errors)
{
    [MemberNotNullWhen(true, nameof(Alert))]
    public bool IsAlert => Alert is not null;
}

/// <summary>From the bytes of a webhook's body to an alert, or to all of its errors. Whatever the bytes, it never throws.</summary>
public static class AlertParser
{
    /// <summary>Errors of the body as a whole are listed under this name.</summary>
    public const string Body = "body";

    private static readonly Dictionary<string, string[]> NoErrors = [];

    // Bodies are bounded by the caller; valid JSON may nest as deep as they are long, in a property nobody asked for.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <param name="body">The bytes as they arrived; the alert keeps a copy of them.</param>
    /// <param name="nowUtc">The clock: when the body arrived, and what its timestamp is held against.</param>
    public static ParsedAlert Parse(ReadOnlySpan<byte> body, DateTime nowUtc)
    {
        var fields = new AlertFields(nowUtc);
        var json = body.StartsWith(ByteOrderMark) ? body[ByteOrderMark.Length..] : body;
        if (!Utf8.IsValid(json))
        {
            fields.Errors.Add(Body, "Is not valid UTF-8. Send the alert's text in UTF-8.");
            // Read on with U+FFFD in place of what is invalid, for the other fields' errors.
            json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        }

        // A bare NaN is masked while reading, which takes a copy to write in.
        var maskable = json.IndexOf("NaN"u8) < 0 ? [] : json.ToArray();
        if (json.IsEmpty)
            fields.Errors.Add(Body, $"Is empty. {AlertFields.WhatToSend}");
        else
            ReadFields(maskable.Length > 0 ? maskable : json, maskable, ref fields);

        return fields.ToAlert(body) is { } alert
            ? new ParsedAlert(alert, NoErrors)
            : new ParsedAlert(null, fields.Errors.ToDictionary());
    }

    /// <param name="maskable">The same memory as <paramref name="json"/> where a bare NaN may be masked in it; else empty.</param>
    private static void ReadFields(ReadOnlySpan<byte> json, Span<byte> maskable, ref AlertFields fields)
    {
        var reader = new Utf8JsonReader(json, Options);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                reader.Read();
                fields.Errors.Add(Body, $"Is JSON, but no object. {AlertFields.WhatToSend}");
                return;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = fields.Recognise(ref reader, out var isFirst);
                if (field == AlertField.Price && !maskable.IsEmpty)
                    MaskNaN(maskable[(int)reader.BytesConsumed..], ref fields);

                reader.Read();
                if (isFirst)
                    fields.Take(field, ref reader);
                reader.Skip();
            }

            // Whatever follows the object is an error of the body; the reader throws.
            reader.Read();
            fields.IsComplete = true;
        }
        catch (JsonException exception)
        {
            fields.Errors.Add(
                Body,
                $"Is not JSON from line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1} on. {AlertFields.WhatToSend}");
        }
    }

    /// <summary>
    /// Bare NaN is no JSON, and the commonest mistake there is: noted as the price's, and overwritten, so that the other fields are read.
    /// The reader has not come to these bytes yet.
    /// </summary>
    private static void MaskNaN(Span<byte> value, ref AlertFields fields)
    {
        value = value.TrimStart(" \t\r\n"u8);
        if (!value.StartsWith("NaN"u8) || (value.Length > 3 && !" \t\r\n,}"u8.Contains(value[3])))
            return;

        "0  "u8.CopyTo(value);
        fields.NotePriceIsNaN();
    }
}
