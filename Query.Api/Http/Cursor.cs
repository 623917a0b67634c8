using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace PnlPipeline.Query.Api.Http;

/// <summary>A place in a list, which a cursor stands for.</summary>
public interface IPosition<TSelf>
    where TSelf : class, IPosition<TSelf>
{
    /// <returns><c>null</c> where this is no cursor of the list.</returns>
    static abstract TSelf? Read(string cursor);

    string ToCursor();
}

/// <summary>A position in a list, made opaque so that nobody builds on its form.</summary>
public static class Cursor
{
    public const string IsOfAnother =
        "Is not a cursor of this list. Send the cursor of the page before as it was, or none for the first page.";

    private const char Separator = '|';

    /// <param name="kind">The list's own letter: a cursor of another list is refused.</param>
    public static string Write(char kind, params ReadOnlySpan<object> parts)
    {
        var text = new StringBuilder().Append(kind);
        foreach (var part in parts)
            text.Append(Separator).Append(CultureInfo.InvariantCulture, $"{part}");
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <returns>The parts; <c>null</c> where this is no cursor of that kind.</returns>
    public static string[]? TryRead(string cursor, char kind)
    {
        if (cursor.Length > 256 || !Base64Url.IsValid(cursor))
            return null;

        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(Separator);
        return parts[0].Length == 1 && parts[0][0] == kind ? parts[1..] : null;
    }

    /// <returns>The number that a cursor of that kind is made of; <c>null</c> where it is no such cursor.</returns>
    public static long? TryReadNumber(string cursor, char kind) =>
        TryRead(cursor, kind) is [var text]
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <returns>What reads a cursor as this type; <c>null</c> where it is no <see cref="IPosition{TSelf}"/>.</returns>
    internal static Func<string, object?>? ReaderOf(Type type) =>
        Array.Exists(
            type.GetInterfaces(),
            one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IPosition<>)
        )
            ? typeof(Cursor)
                .GetMethod(
                    nameof(ReadAs),
                    System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static
                )!
                .MakeGenericMethod(type)
                .CreateDelegate<Func<string, object?>>()
            : null;

    private static TPosition? ReadAs<TPosition>(string cursor)
        where TPosition : class, IPosition<TPosition> => TPosition.Read(cursor);
}
