using System.Text.Json;
using System.Text.Json.Serialization;

namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// What a group has in common: a word (symbol, timeframe, strategy, side), or a whole number (weekday, hour, month).
/// </summary>
/// <param name="Word"><c>null</c> where it is a number.</param>
public readonly record struct GroupKey(string? Word, int Number)
{
    public override string ToString() => Word ?? $"{Number}";
}

/// <summary>What a group has in common, where that is one thing or two: one stands by itself, two in a list.</summary>
[JsonConverter(typeof(GroupKeysConverter))]
public readonly record struct GroupKeys(GroupKey First, GroupKey? Second = null)
{
    public override string ToString() => Second is { } second ? $"{First} {second}" : $"{First}";
}

internal sealed class GroupKeysConverter : JsonConverter<GroupKeys>
{
    public override GroupKeys Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return new GroupKeys(ReadOne(ref reader));
        reader.Read();
        var first = ReadOne(ref reader);
        reader.Read();
        var second = ReadOne(ref reader);
        reader.Read();
        return new GroupKeys(first, second);
    }

    public override void Write(Utf8JsonWriter writer, GroupKeys value, JsonSerializerOptions options)
    {
        if (value.Second is not { } second)
        {
            WriteOne(writer, value.First);
            return;
        }

        writer.WriteStartArray();
        WriteOne(writer, value.First);
        WriteOne(writer, second);
        writer.WriteEndArray();
    }

    private static GroupKey ReadOne(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String
            ? new GroupKey(reader.GetString(), 0)
            : new GroupKey(null, reader.GetInt32());

    private static void WriteOne(Utf8JsonWriter writer, GroupKey key)
    {
        if (key.Word is { } word)
            writer.WriteStringValue(word);
        else
            writer.WriteNumberValue(key.Number);
    }
}
