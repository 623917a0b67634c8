using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Query.Api.Http;

/// <summary>How times and numbers look in every answer.</summary>
public static class JsonFormats
{
    /// <summary>For what is written past the framework's own results.</summary>
    public static readonly JsonSerializerOptions Options = Create();

    public static void Configure(JsonSerializerOptions options)
    {
        // Numbers are numbers, and are described as nothing else.
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new PlainDecimalConverter());
        options.Converters.Add(new ParameterTextConverter());
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            // As the framework has it: answers are JSON, and no browser takes them for anything else.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        Configure(options);
        options.MakeReadOnly();
        return options;
    }

    /// <summary>ISO 8601 in UTC, milliseconds only where there are any.</summary>
    public static string Iso(DateTime utc) =>
        utc.ToString(
            utc.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
            CultureInfo.InvariantCulture
        );

    /// <summary>Plain digits without trailing zeros.</summary>
    public static string Plain(decimal value) =>
        ExactNumber.WithoutTrailingZeros(value).ToString(CultureInfo.InvariantCulture);

    private sealed class UtcTimeConverter : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTime().ToUniversalTime();

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Iso(value));
    }

    /// <summary>
    /// What is read of the text of a query parameter, and stands in no JSON: the document is not to look into it.
    /// </summary>
    private sealed class ParameterTextConverter : JsonConverter<object>
    {
        public override bool CanConvert(Type typeToConvert) => Parameter.IsMadeOfText(typeToConvert);

        public override object Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options) =>
            throw new NotSupportedException();
    }

    private sealed class PlainDecimalConverter : JsonConverter<decimal>
    {
        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDecimal();

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
            writer.WriteRawValue(Plain(value), skipInputValidation: true);
    }
}
