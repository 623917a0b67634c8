using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace PnlPipeline.Hosting;

/// <summary>What tells a browser to make nothing of an answer but what it is.</summary>
public static class SecurityHeaders
{
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues Deny = "DENY";
    private static readonly StringValues NoReferrer = "no-referrer";
    private static readonly StringValues NoStore = "no-store";
    private static readonly StringValues Nothing = "default-src 'none'; frame-ancestors 'none'";
    private static readonly StringValues OneYear = "max-age=31536000";

    /// <summary>Those of every answer.</summary>
    public static void Set(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = NoSniff;
        headers.XFrameOptions = Deny;
        headers["Referrer-Policy"] = NoReferrer;
        // A browser heeds it over TLS only, and it says nothing for other names of the host.
        if (http.Request.IsHttps)
            headers.StrictTransportSecurity = OneYear;
    }

    /// <summary>Those of an answer that is data and no page: nobody keeps it, and nothing in it is run.</summary>
    public static void SetForData(HttpContext http)
    {
        Set(http);
        http.Response.Headers.CacheControl = NoStore;
        http.Response.Headers.ContentSecurityPolicy = Nothing;
    }
}
