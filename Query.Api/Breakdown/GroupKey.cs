using System.Text.Json;
using System.Text.Json.Serialization;

namespace PnlPipeline.Query.Api.Breakdown;

/// <summary>What a group has in common: a word (symbol, timeframe, side), or a whole number (weekday, hour, month).</summary>
/// <param name="Word"><c>null</c> where it is a number.</param>
[JsonConverter(typeof(GroupKeyConverter))]
public readonly record struct GroupKey(string? Word, int Number)
{
    public override string ToString() => Word ?? $"{Number}";
}

internal sealed class GroupKeyConverter : JsonConverter<GroupKey>
{
    public override GroupKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? new GroupKey(reader.GetString(), 0) : new GroupKey(null, reader.GetInt32());

    public override void Write(Utf8JsonWriter writer, GroupKey value, JsonSerializerOptions options)
    {
        if (value.Word is { } word)
            writer.WriteStringValue(word);
        else
            writer.WriteNumberValue(value.Number);
    }
}
