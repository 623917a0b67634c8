using Microsoft.Net.Http.Headers;

namespace PnlPipeline.Query.Api.Dashboard;

/// <summary>The page: its files, and its document under the address of every page.</summary>
public static class DashboardRoutes
{
    // Nothing from elsewhere, nothing inline: markup that slips into the page runs no script and paints nothing.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src "
        + "'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // Neither the API's, nor a file.
    private const string ElsewherePattern = "/{**path:regex(^(?!(api|openapi|health|assets)(/|$))[^.]*$)}";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static WebApplication MapDashboard(this WebApplication app)
    {
        var options =
            app.Configuration.GetSection(DashboardOptions.Section).Get<DashboardOptions>() ?? new DashboardOptions();
        if (DashboardFiles.Read(options.Directory) is not { } page)
            return app;

        foreach (var (first, links) in page.Pages)
            Map(app, first.Length == 0 ? "/" : $"/{first}/{{**rest}}", page.Index, links);
        foreach (var (name, file) in page.Files)
            Map(app, $"/{name}", file);
        // Somebody who mistypes an address sees the page say so; a program gets a problem, as everywhere.
        app.MapMethods(ElsewherePattern, Methods, http => SendNotFoundAsync(http, page.Index))
            .Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);
        return app;
    }

    private static async Task SendNotFoundAsync(HttpContext http, PageFile index)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        if (http.Request.GetTypedHeaders().Accept.Any(accepted => accepted.MediaType == "text/html"))
            await SendAsync(http, index);
    }

    private static void Map(WebApplication app, string pattern, PageFile file, string links = "") =>
        app.MapMethods(
            pattern,
            Methods,
            http =>
            {
                if (links.Length > 0)
                    http.Response.Headers.Link = links;
                return SendAsync(http, file);
            }
        );

    private static async Task SendAsync(HttpContext http, PageFile file)
    {
        var (name, content) = Choose(http.Request, file);
        var tag = new EntityTagHeaderValue(name is null ? $"\"{file.Tag}\"" : $"\"{file.Tag}.{name}\"");
        var headers = http.Response.Headers;
        headers.ETag = tag.ToString();
        headers.CacheControl = file.IsForever ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (
            http
                .Request.GetTypedHeaders()
                .IfNoneMatch.Any(known =>
                    known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false)
                )
        )
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        http.Response.ContentType = file.ContentType;
        http.Response.ContentLength = content.Length;
        if (name is not null)
            headers.ContentEncoding = name;
        // Of an answer to HEAD the server sends no content.
        await http.Response.Body.WriteAsync(content, http.RequestAborted);
    }

    private static (string? Encoding, byte[] Content) Choose(HttpRequest request, PageFile file)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        foreach (var (name, content) in file.Encodings)
        {
            if (accepted.Any(one => one.Value.Equals(name, StringComparison.OrdinalIgnoreCase) && one.Quality is not 0))
                return (name, content);
        }

        return (null, file.Content);
    }
}
