namespace PnlPipeline.Query.Api.Http;

/// <summary>A page of a list that can be long.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="Cursor">Send it to get the next page; <c>null</c> at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Cursor);

public static class Page
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    /// <summary>
    /// A page of rows of which one more than the limit was asked for: that one says whether there is a next page.
    /// </summary>
    /// <param name="position">Where a row stands in its list.</param>
    public static Page<T> Of<T, TPosition>(IReadOnlyList<T> rows, int limit, Func<T, TPosition> position)
        where TPosition : class, IPosition<TPosition> =>
        rows.Count <= limit
            ? new Page<T>(rows, null)
            : new Page<T>([.. rows.Take(limit)], position(rows[limit - 1]).ToCursor());

    /// <summary>Every item of a list, page by page.</summary>
    /// <param name="read">Reads the page after a position; after <c>null</c> the first.</param>
    public static async IAsyncEnumerable<T> AllAsync<T, TPosition>(Func<TPosition?, Task<Page<T>>> read)
        where TPosition : class, IPosition<TPosition>
    {
        for (TPosition? after = null; ; )
        {
            var page = await read(after);
            foreach (var item in page.Items)
                yield return item;
            if (page.Cursor is not { } cursor)
                yield break;
            after = TPosition.Read(cursor);
        }
    }
}
