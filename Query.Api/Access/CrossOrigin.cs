using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;

namespace PnlPipeline.Query.Api.Access;

/// <summary>
/// Pages of other origins that may call the API from a browser: those of <see cref="AccessOptions.AllowedOrigins"/>,
/// with a key. A session's cookie is never for them: the answer does not allow credentials.
/// </summary>
public static class CrossOrigin
{
    private static readonly TimeSpan PreflightAge = TimeSpan.FromMinutes(10);

    private static readonly string[] Sent =
    [
        HeaderNames.Authorization,
        HeaderNames.ContentType,
        HeaderNames.Accept,
        HeaderNames.IfMatch,
        HeaderNames.IfNoneMatch,
        "Last-Event-ID",
    ];

    private static readonly string[] Read =
    [
        HeaderNames.ETag,
        HeaderNames.Location,
        HeaderNames.RetryAfter,
        HeaderNames.ContentDisposition,
    ];

    public static CorsPolicy Policy(IReadOnlyList<string> origins) =>
        new CorsPolicyBuilder([.. origins])
            .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
            .WithHeaders(Sent)
            .WithExposedHeaders(Read)
            .SetPreflightMaxAge(PreflightAge)
            .Build();

    /// <summary>An origin as browsers send it: scheme, host, and the port where it is not the scheme's own.</summary>
    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && string.Equals(uri.GetLeftPart(UriPartial.Authority), text, StringComparison.Ordinal)
        && uri.UserInfo.Length == 0;
}
