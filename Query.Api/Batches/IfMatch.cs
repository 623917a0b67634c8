using Microsoft.Net.Http.Headers;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Query.Api.Batches;

/// <summary>The condition of a change: that the batch is the one the caller read. Without the header, any is.</summary>
public sealed class IfMatch
{
    private readonly IList<EntityTagHeaderValue>? _tags;

    private IfMatch(IList<EntityTagHeaderValue>? tags) => _tags = tags;

    public static IfMatch Read(HttpRequest request, FieldErrors errors)
    {
        var header = request.Headers.IfMatch;
        if (header.Count == 0)
            return new IfMatch(null);
        if (EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var tags))
            return new IfMatch(tags);

        errors.Add(
            HeaderNames.IfMatch,
            "Is no list of entity tags. Send the ETag of the batch as it came, with its quotes, or *."
        );
        return new IfMatch(null);
    }

    /// <summary>Weak tags match nothing: RFC 9110, 13.1.1.</summary>
    public bool Matches(long revision)
    {
        var current = new EntityTagHeaderValue(TagOf(revision));
        return _tags?.Any(tag =>
                tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(current, useStrongComparison: true)
            ) != false;
    }

    /// <summary>A batch's <c>ETag</c>.</summary>
    public static string TagOf(long revision) => $"\"{revision}\"";
}
