using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Ledgers;

namespace PnlPipeline.Query.Api.Sharing;

/// <summary>A batch's report, and links to it for people without a key.</summary>
public static class SharingRoutes
{
    private const string Guesses = "shares";

    private const string ShareExample =
        """{"id":3,"createdAt":"2026-11-29T09:00:00Z","expiresAt":"2026-12-31T23:00:00Z","amounts":false,"asOf":null}""";

    private const string NewExample = """
        {"id":3,"url":"https://trades.example/share/9Zq4J0mJ8b5u2w0T6lq1yQm3rPz7dKx0hV2sN8cWf4A","createdAt":"2026-11-29T09:00:00Z",
         "expiresAt":"2026-12-31T23:00:00Z","amounts":false,"asOf":null}
        """;

    public static WebApplicationBuilder AddSharing(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddSingleton<ShareStore>()
            .AddSingleton<ReportReader>()
            .AddKeyedSingleton<SignInLimiter>(Guesses);
        return builder;
    }

    public static RouteGroupBuilder MapSharing(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/report.html", ShowReportAsync)
            .WithTags("Sharing")
            .Described(
                "Report",
                "The batch on some pages: one HTML file that loads nothing else, runs no script and prints well. "
                    + "Amounts in money."
            )
            .Takes(PathParameter.BatchId)
            .Produces<string>(StatusCodes.Status200OK, "text/html")
            .Answers(StatusCodes.Status200OK, "The report.", "\"<!doctype html>…\"")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");

        var read = api.MapGroup("/batches/{id}/shares").WithTags("Sharing");
        read.MapGet("/", ListAsync)
            .Described(
                "Links of a batch",
                "The links to its report, newest first. The addresses themselves were told when they were made."
            )
            .Takes(PathParameter.BatchId)
            .Answers(StatusCodes.Status200OK, "The links.", $$"""{"items":[{{ShareExample}}],"cursor":null}""")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        var shares = read.MapGroup("").RequireAuthorization(AccessPolicies.Admin);
        shares
            .MapPost("/", AddAsync)
            .Described(
                "Share a batch",
                "Makes a link to its report for people without a key. It reaches nothing else, shows percentages only "
                    + "unless `amounts` is true, and never open trades. The address is told once: only a hash of it is "
                    + "kept."
            )
            .Takes(PathParameter.BatchId)
            .TakesBody<ShareBody>("What the link is to be.", """{"expiresAt":"2026-12-31T23:00:00Z","amounts":false}""")
            .Answers(StatusCodes.Status201Created, "The link.", NewExample)
            .AnswersWith(
                StatusCodes.Status201Created,
                HeaderNames.Location,
                "The link's address under the API, for revoking it."
            )
            .Refuses(StatusCodes.Status400BadRequest, "Fields that are wrong or unknown.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.")
            .Refuses(StatusCodes.Status409Conflict, "The batch has as many links as it may.");
        shares
            .MapDelete("/{share}", RevokeAsync)
            .Described("Revoke a link", "From the answer on it leads nowhere.")
            .Takes(PathParameter.BatchId, new PathParameter("share", "The link's number.", "3"))
            .Answers(StatusCodes.Status204NoContent, "Revoked.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such link.");
        return api;
    }

    /// <summary>What a link leads to: for anybody who has it, and nothing but its report.</summary>
    public static WebApplication MapShared(this WebApplication app)
    {
        app.MapGet("/share/{token}", ShowSharedAsync).ExcludeFromDescription();
        app.MapGet("/share/{token}/report.html", ShowSharedAsync).ExcludeFromDescription();
        return app;
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> ShowReportAsync(
        string id,
        ReportParameters parameters,
        HttpContext http,
        ReportReader reports,
        CancellationToken cancellationToken
    )
    {
        if (
            !BatchRoutes.TryParseId(id, out var batchId)
            || await reports.ReadAsync(batchId, LedgerFilter.None, parameters.Zone, amounts: true, cancellationToken)
                is not { } report
        )
        {
            return BatchRoutes.NotFound();
        }

        return Page(http, ReportPage.Write(report));
    }

    private static async Task<ContentHttpResult> ShowSharedAsync(
        string token,
        HttpContext http,
        ShareStore store,
        ReportReader reports,
        [FromKeyedServices(Guesses)] SignInLimiter guesses,
        CancellationToken cancellationToken
    )
    {
        var source = http.Connection.RemoteIpAddress;
        if (!guesses.Allows(source))
        {
            http.Response.Headers.RetryAfter = SignInLimiter.WindowSeconds.ToString(CultureInfo.InvariantCulture);
            return Page(http, ReportPage.TooMany, StatusCodes.Status429TooManyRequests);
        }

        if (await store.FindAsync(token, cancellationToken) is not var (batchId, share))
        {
            guesses.CountFailure(source);
            return Page(http, ReportPage.NotHere, StatusCodes.Status404NotFound);
        }

        var filter = LedgerFilter.None with { To = share.AsOf?.ToUnixMilliseconds() };
        return
            await reports.ReadAsync(batchId, filter, TimeZoneInfo.Utc, share.Amounts, cancellationToken) is { } report
            ? Page(http, ReportPage.Write(report))
            : Page(http, ReportPage.NotHere, StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<Page<Share>>, ProblemHttpResult>> ListAsync(
        string id,
        BatchStore batches,
        ShareStore store,
        CancellationToken cancellationToken
    ) =>
        BatchRoutes.TryParseId(id, out var batchId) && await batches.ExistsAsync(batchId, cancellationToken)
            ? TypedResults.Ok(new Page<Share>(await store.ListAsync(batchId, cancellationToken), null))
            : BatchRoutes.NotFound();

    private static async Task<Results<Created<NewShare>, ProblemHttpResult>> AddAsync(
        string id,
        FieldErrors errors,
        HttpContext http,
        BatchStore batches,
        ShareStore store,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var body = await RequestBody.ReadObjectAsync(http.Request, errors, cancellationToken);
        var wanted = body is { } properties
            ? ShareForm.Read(properties, clock.GetUtcNow().UtcDateTime, errors)
            : new ShareBody();
        if (errors.Any)
            return Problems.BadRequest(errors);
        if (!BatchRoutes.TryParseId(id, out var batchId) || !await batches.ExistsAsync(batchId, cancellationToken))
            return BatchRoutes.NotFound();

        var (share, token) = await store.AddAsync(AuditTrail.AuthorOf(http.User), batchId, wanted, cancellationToken);
        if (share is null)
            return Problems.Conflict(
                "The batch has as many links as it may.",
                "id",
                $"Has {ShareStore.MaxOfBatch} links. Revoke one that is not used any more."
            );
        var url = $"{http.Request.Scheme}://{http.Request.Host}/share/{token}";
        return TypedResults.Created(
            $"/api/v1/batches/{batchId}/shares/{share.Id}",
            new NewShare(share.Id, url, share.CreatedAt, share.ExpiresAt, share.Amounts, share.AsOf)
        );
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        string id,
        string share,
        HttpContext http,
        ShareStore store,
        CancellationToken cancellationToken
    ) =>
        BatchRoutes.TryParseId(id, out var batchId)
        && long.TryParse(share, NumberStyles.None, CultureInfo.InvariantCulture, out var shareId)
        && await store.RevokeAsync(AuditTrail.AuthorOf(http.User), batchId, shareId, cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound("The link", $"/api/v1/batches/{id}/shares");

    // Nobody keeps it, no search engine lists it, and all it may use is its own style.
    private static ContentHttpResult Page(HttpContext http, string html, int status = StatusCodes.Status200OK)
    {
        var headers = http.Response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = ReportPage.ContentSecurityPolicy;
        headers["X-Robots-Tag"] = "noindex, nofollow";
        return TypedResults.Content(html, "text/html; charset=utf-8", statusCode: status);
    }
}
