using System.ComponentModel.DataAnnotations;
using Microsoft.Net.Http.Headers;

namespace PnlPipeline.Query.Api.Http;

/// <summary>Which page of a list is wanted.</summary>
public class PageParameters<TPosition> : RequestParameters
    where TPosition : class, IPosition<TPosition>
{
    /// <summary>How many items at most.</summary>
    /// <example>100</example>
    [Range(1, Page.MaxLimit), Default(Page.DefaultLimit)]
    public int Limit { get; init; }

    /// <summary>The `cursor` of the page before; absent for the first page.</summary>
    /// <example>dHwxNzYzNzkyODgwMDAwfDE</example>
    public TPosition? Cursor { get; init; }
}

/// <summary>Which end of an order comes first.</summary>
public sealed class OrderParameters : RequestParameters
{
    private const string Ascending = "asc";
    private const string Descending = "desc";

    /// <summary>Highest and newest first, or lowest and oldest.</summary>
    /// <example>desc</example>
    [AllowedValues(Descending, Ascending), Default(Descending)]
    public string Order { get; init; } = "";

    public bool IsAscending => Order == Ascending;
}

/// <summary>Whether a download is wanted.</summary>
public class DownloadParameters : RequestParameters
{
    /// <summary>
    /// `csv` downloads the whole selection, as `Accept: text/csv` does; pages and `points` then do not count.
    /// </summary>
    /// <example>csv</example>
    [AllowedValues("json", "csv"), Default("json")]
    public virtual string? Format { get; init; }

    /// <summary>
    /// Whether the request asks for this: by <c>format</c>, or without one by <c>Accept</c> where that has no JSON.
    /// </summary>
    public bool IsWanted(HttpRequest request, string format, string mediaType)
    {
        if (Format is not null)
            return Format == format;

        var accepted = MediaTypeHeaderValue.TryParseList([.. request.Headers.Accept.OfType<string>()], out var types)
            ? types
            : [];
        return accepted.Any(type => type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
            && !accepted.Any(type => type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase));
    }
}
