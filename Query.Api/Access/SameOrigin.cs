namespace PnlPipeline.Query.Api.Access;

/// <summary>
/// Whether a request that changes something and brings no key of its own comes from the page itself. Browsers say where
/// a request comes from and no page can make them lie; what is no browser has no cookie that another site could use.
/// </summary>
public static class SameOrigin
{
    /// <param name="fetchSite">The header <c>Sec-Fetch-Site</c>, empty where there is none.</param>
    /// <param name="origin">The header <c>Origin</c>, empty where there is none.</param>
    /// <param name="host">The host and port the request was sent to.</param>
    public static bool Allows(string fetchSite, string origin, string host)
    {
        if (fetchSite.Length > 0)
            return fetchSite is "same-origin" or "none";
        return origin.Length == 0
            || (
                Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && string.Equals(uri.Authority, host, StringComparison.OrdinalIgnoreCase)
            );
    }

    public static Task RefuseOthersAsync(HttpContext http, RequestDelegate next)
    {
        var headers = http.Request.Headers;
        if (
            HttpMethods.IsGet(http.Request.Method)
            || HttpMethods.IsHead(http.Request.Method)
            || headers.Authorization.Count > 0
            || Allows(headers["Sec-Fetch-Site"].ToString(), headers.Origin.ToString(), http.Request.Host.Value ?? "")
        )
        {
            return next(http);
        }

        return Http.Problems.WriteAsync(
            http,
            Http.Problems.Of(
                StatusCodes.Status403Forbidden,
                "From another site.",
                "A session changes things from its own page only: open the page at this address, or send a key in the "
                    + "header Authorization."
            )
        );
    }
}
