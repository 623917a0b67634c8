using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Query.Api.Http;

/// <summary>A request's body, read whole and within a bound, as one JSON object.</summary>
public static class RequestBody
{
    /// <summary>500 symbols of 64 characters, escaped, fit several times.</summary>
    public const int MaxBytes = 256 * 1024;

    private const string Field = "body";
    private const string NoName = "Holds a property whose name is half a surrogate pair. Leave it out.";

    // A batch nests two deep; nothing asks for more.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8 };

    /// <summary>
    /// Reads the object's properties by name. What is wrong with the body as such is added under <c>body</c>.
    /// </summary>
    /// <param name="example">What such an object looks like, for whoever sends none.</param>
    /// <returns>The properties; <c>null</c> where there is no such object.</returns>
    public static async Task<JsonElement?> ReadObjectAsync(
        HttpRequest request,
        FieldErrors errors,
        CancellationToken cancellationToken,
        string example = "{\"name\":\"Batch_1\"}"
    )
    {
        var bytes = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await request.Body.ReadAsync(bytes.GetMemory(4096), cancellationToken);
            if (read == 0)
                return ParseObject(bytes.WrittenMemory, errors, example);
            bytes.Advance(read);
        }
    }

    private static JsonElement? ParseObject(ReadOnlyMemory<byte> bytes, FieldErrors errors, string example)
    {
        if (bytes.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            bytes = bytes[3..];
        if (!Utf8.IsValid(bytes.Span))
        {
            errors.Add(Field, "Is not valid UTF-8. Send JSON in UTF-8.");
            return null;
        }

        JsonElement element;
        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            element = document.RootElement.Clone();
        }
        catch (JsonException fault)
        {
            errors.Add(
                Field,
                $"Is not JSON (line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}). Send one JSON object."
            );
            return null;
        }

        if (element.ValueKind == JsonValueKind.Object)
        {
            if (element.EnumerateObject().All(property => TryGetName(property, out _)))
                return element;

            // To look for any property would be an exception.
            errors.Add(Field, NoName);
            return null;
        }

        errors.Add(Field, $"Is no JSON object. Send one, such as {example}.");
        return null;
    }

    /// <summary>
    /// The object's properties in their order; one that stands twice, or has no readable name, is added to the errors.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, JsonElement>> Properties(JsonElement body, FieldErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in body.EnumerateObject())
        {
            if (!TryGetName(property, out var name))
                errors.Add(Field, NoName);
            else if (seen.Add(name))
                yield return new(name, property.Value);
            else
                errors.Add(name, "Stands twice. Send it once.");
        }
    }

    private static bool TryGetName(JsonProperty property, out string name)
    {
        try
        {
            name = property.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            name = "";
            return false;
        }
    }

    /// <summary>The text of a JSON string; <c>false</c> where it holds half a surrogate pair and is no text.</summary>
    public static bool TryGetText(JsonElement element, out string text)
    {
        try
        {
            text = element.GetString() ?? "";
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }
    }
}
