using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace PnlPipeline.Query.Api.Http;

/// <summary>Answers that a client keeps and asks for again: <c>304</c> where nothing changed.</summary>
public static class Conditional
{
    // Another build may answer otherwise what the same rows say.
    private static readonly string Build = typeof(Conditional).Module.ModuleVersionId.ToString("N")[..8];

    private static readonly object Also = new();

    /// <summary>
    /// Something that the answer to a request depends on beside what its handler knows; said before the handler is
    /// called.
    /// </summary>
    public static void DependsOn(HttpContext http, object state) => http.Items[Also] = state;

    /// <summary>Tags the answer with what it is made of. Weak: the same may be compressed one way or another.</summary>
    /// <param name="state">Of all that the answer depends on beside the request.</param>
    /// <returns>The answer, where the client has it already.</returns>
    public static StatusCodeHttpResult? Unchanged(HttpRequest request, params IEnumerable<object?> state)
    {
        var also = request.HttpContext.Items[Also] is { } more ? $".{more}" : "";
        var tag = new EntityTagHeaderValue($"\"{Build}.{string.Join('.', state)}{also}\"", isWeak: true);
        var headers = request.HttpContext.Response.GetTypedHeaders();
        headers.ETag = tag;
        // Kept by the client alone, and never used without asking.
        headers.CacheControl = new CacheControlHeaderValue { Private = true, NoCache = true };
        headers.Set(HeaderNames.Vary, "Accept, Authorization, Cookie");
        return request
            .GetTypedHeaders()
            .IfNoneMatch.Any(known =>
                known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false)
            )
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : null;
    }
}
