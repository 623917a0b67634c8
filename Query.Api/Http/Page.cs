using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace PnlPipeline.Query.Api.Http;

/// <summary>A page of a list that can be long.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="Cursor">Send it to get the next page; <c>null</c> at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Cursor);

public static class Page
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    /// <summary>A page of rows of which one more than the limit was asked for: that one says whether there is a next page.</summary>
    public static Page<T> Of<T>(IReadOnlyList<T> rows, int limit, Func<T, string> cursor) =>
        rows.Count <= limit ? new Page<T>(rows, null) : new Page<T>([.. rows.Take(limit)], cursor(rows[limit - 1]));

    /// <summary>Every item of a list, page by page.</summary>
    /// <param name="kind">The list's own letter in its cursors.</param>
    /// <param name="read">Reads the page after a cursor's parts; after <c>null</c> the first.</param>
    public static async IAsyncEnumerable<T> AllAsync<T>(char kind, Func<string[]?, Task<Page<T>>> read)
    {
        for (string[]? after = null; ;)
        {
            var page = await read(after);
            foreach (var item in page.Items)
                yield return item;
            if (page.Cursor is not { } cursor)
                yield break;
            after = Cursor.TryRead(cursor, kind);
        }
    }
}

/// <summary>A position in a list, made opaque so that nobody builds on its form.</summary>
public static class Cursor
{
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
}
