using Microsoft.AspNetCore.Http.Features;

namespace PnlPipeline.Query.Api.Http;

/// <summary>
/// Refuses an address in which <c>.</c> or <c>..</c>, however it is written, is a part. By the rules of URLs they lead
/// to another address: to remove the symbol <c>..</c> from a batch would be to delete the batch. No name that an
/// address can hold is of dots alone.
/// </summary>
internal static class DotSegments
{
    private const string Schemes = "://";

    public static IApplicationBuilder RefuseDotSegments(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
                AreIn(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget)
                    ? Problems.WriteAsync(
                        http,
                        Problems.Of(
                            StatusCodes.Status400BadRequest,
                            "The address cannot be told from another.",
                            "It holds . or .. as a part, which leads elsewhere by the rules of URLs. Name what is "
                                + "meant by an address without them."
                        )
                    )
                    : next(http)
        );

    /// <param name="target">Of the request, as it was sent.</param>
    public static bool AreIn(string target)
    {
        var path = target.AsSpan();
        var end = path.IndexOfAny('?', '#');
        path = end < 0 ? path : path[..end];
        var scheme = path.IndexOf(Schemes);
        path = scheme < 0 ? path : path[(scheme + Schemes.Length)..];
        foreach (var part in path.SplitAny('/', '\\'))
        {
            if (path[part] is { Length: > 0 and <= 6 } text && Uri.UnescapeDataString(text) is "." or "..")
                return true;
        }

        return false;
    }
}
