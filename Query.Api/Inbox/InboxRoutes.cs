using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Inbox;

/// <summary>What wants a look.</summary>
public static class InboxRoutes
{
    private const string Example = """
        {"items":[{"id":7,"kind":"unmatched","since":"2026-11-22T06:28:00Z","foundAt":"2026-11-22T06:28:01.224Z","symbol":"BTCUSDT","timeframe":"60",
          "strategy":null,"batchId":null,"cause":{"type":"alert","id":"0f343b0931126a20f133d67c2b018a3b","href":"/api/v1/alerts/0f343b0931126a20f133d67c2b018a3b"},
          "what":"BTCUSDT: an exit at 43250.5 closed no trade.","meaning":"The alert should close a trade, but none was open at that time.",
          "action":"Check whether the entry before it was rejected, never sent, or excluded."}],"cursor":null,
         "counts":{"unmatched":1,"repeated":0,"rejected":0,"failed":0,"inactive":0,"check":0,"late":0,"undelivered":0}}
        """;

    public static WebApplicationBuilder AddInbox(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<InboxStore>();
        return builder;
    }

    public static RouteGroupBuilder MapInbox(this RouteGroupBuilder api)
    {
        var inbox = api.MapGroup("/inbox").WithTags("Inbox");
        inbox
            .MapGet("/", ListAsync)
            .Described(
                "What wants a look",
                "Exits that closed no trade (`unmatched`), entries repeated while a trade was open (`repeated`, one a "
                    + "trade), bodies that were refused (`rejected`), dead letters (`failed`), streams that have fallen "
                    + "silent (`inactive`), differences that the standing checks found (`check`), streams whose alerts "
                    + "arrive long after the time they name, or before it (`late`), and notifications that were given "
                    + "up (`undelivered`). Each stands here once, last found first, with its cause, until the cause is "
                    + "gone or somebody dismisses it. What a file brought is not in it."
            )
            .Answers(StatusCodes.Status200OK, "A page of it; `cursor` is `null` at the end.", Example)
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        var change = inbox.MapGroup("").RequireAuthorization(AccessPolicies.Admin);
        change
            .MapPost("/{id}/dismiss", DismissOneAsync)
            .Described(
                "Dismiss",
                "Takes it out of the inbox, for everybody. The same is not found again while its cause lasts. Again "
                    + "and again: the same."
            )
            .Takes(new PathParameter("id", "The item's number.", "7"))
            .Answers(StatusCodes.Status204NoContent, "Dismissed.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such item (any more).");
        change
            .MapPost("/dismissals", DismissAllAsync)
            .Described("Dismiss all", "Takes out everything up to an item, or all of some kinds.")
            .Answers(StatusCodes.Status200OK, "How many were taken out.", """{"count":3}""")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong or missing.");
        return api;
    }

    private static async Task<Ok<InboxPage>> ListAsync(
        InboxParameters parameters,
        InboxStore store,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            await store.ListAsync(
                parameters.Kinds,
                parameters.Symbols,
                parameters.Page.Cursor,
                parameters.Page.Limit,
                cancellationToken
            )
        );

    private static async Task<Results<NoContent, ProblemHttpResult>> DismissOneAsync(
        string id,
        HttpContext http,
        InboxStore store,
        CancellationToken cancellationToken
    ) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var itemId)
        && await store.DismissAsync(AuditTrail.AuthorOf(http.User), itemId, cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound("The item", "/api/v1/inbox");

    private static async Task<Ok<Dismissed>> DismissAllAsync(
        DismissParameters parameters,
        HttpContext http,
        InboxStore store,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            new Dismissed(
                await store.DismissAsync(
                    AuditTrail.AuthorOf(http.User),
                    parameters.Kinds,
                    long.TryParse(parameters.UpTo, NumberStyles.None, CultureInfo.InvariantCulture, out var upTo)
                        ? upTo
                        : long.MaxValue,
                    cancellationToken
                )
            )
        );
}
