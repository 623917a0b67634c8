using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Setup;

/// <summary>Where TradingView is to send alerts.</summary>
/// <param name="Url">The webhook's address; with <c>TOKEN</c> in place of the token for a viewer. <c>null</c> where
/// none is configured here.</param>
/// <param name="IsWhole">Whether the token stands in it.</param>
public sealed record WebhookAddress(string? Url, bool IsWhole);

/// <summary>A test alert that ingest has accepted.</summary>
/// <param name="AlertId">Under which it will stand in the log.</param>
/// <param name="Body">What was sent.</param>
public sealed record SentTest(string AlertId, string Body);

/// <summary>Setting the system up: where alerts go, and one to try it.</summary>
public static class WebhookRoutes
{
    private const string Placeholder = "TOKEN";

    private const string UrlExample =
        """{"url":"https://alerts.example/webhooks/tradingview/5f0c0a9d3f1e4b7a8c6d","isWhole":true}""";

    private const string TestExample = """
        {"alertId":"0f343b0931126a20f133d67c2b018a3b",
         "body":"{\"symbol\":\"PNLTEST\",\"side\":\"entry\",\"timeframe\":\"1\",\"type\":\"bullish\",\"price\":100,\"closeonflip\":true,\"timestamp\":\"2026-11-22T06:28:00.217Z\"}"}
        """;

    private const string CheckBodyExample =
        """{"body":"{\"ticker\":\"BTCUSDT\",\"action\":\"buy\",\"market_position\":\"long\",\"close\":\"43250.5\",\"interval\":\"60\",\"timenow\":\"2026-11-22T06:28:00Z\"}"}""";

    private const string CheckExample = """
        {"alert":{"alertId":"90ae24dd04e57752cae9a8415611280f","symbol":"BTCUSDT","timeframe":"60","strategy":null,"action":"entry","direction":"long","price":43250.5,
          "timestamp":"2026-11-22T06:28:00Z","outcome":"opened","tradeId":"90ae24dd04e57752cae9a8415611280f","closedTradeId":null,"isStored":false,"openElsewhere":null},
         "errors":{}}
        """;

    /// <exception cref="InvalidOperationException">An address is none.</exception>
    public static WebApplicationBuilder AddSetup(this WebApplicationBuilder builder)
    {
        var options =
            builder.Configuration.GetSection(WebhookOptions.Section).Get<WebhookOptions>() ?? new WebhookOptions();
        if (string.Join(Environment.NewLine, options.Errors()) is { Length: > 0 } errors)
            throw new InvalidOperationException(errors);

        builder.Services.AddSingleton(options).AddSingleton<TestSender>().AddSingleton<WebhookChecker>();
        return builder;
    }

    public static RouteGroupBuilder MapSetup(this RouteGroupBuilder api)
    {
        var webhook = api.MapGroup("/webhook").WithTags("Set-up");
        webhook
            .MapGet("/", Show)
            .Described(
                "The webhook's address",
                "What to give TradingView. Whoever knows the token can send alerts, so only an admin is told it."
            )
            .Answers(StatusCodes.Status200OK, "The address.", UrlExample)
            .WithMetadata(WithoutDatabase.Instance);
        webhook
            .MapPost("/test", SendAsync)
            .RequireAuthorization(AccessPolicies.Admin)
            .Described(
                "Send a test alert",
                $"Sends an alert of the symbol `{TestAlert.Symbol}` to ingest, by the webhook, as TradingView would: "
                    + $"the first opens a trade, the "
                    + "next closes it. It goes the whole way and stays in the log; no batch counts it unless it names "
                    + "that symbol."
            )
            .Answers(
                StatusCodes.Status200OK,
                "Ingest has accepted it; in a moment it stands in the log under this id.",
                TestExample
            )
            .Refuses(StatusCodes.Status409Conflict, "No webhook is configured here.")
            .Refuses(
                StatusCodes.Status502BadGateway,
                "Ingest did not answer, or did not accept it: the detail says which, and what to do."
            );
        webhook
            .MapPost("/check", CheckAsync)
            .Described(
                "Check a message",
                "What the webhook would make of a body: the alert, or everything that is wrong with it; and what its "
                    + "stream would do with the alert now. Nothing is stored, and nothing is on record. A viewer may."
            )
            .TakesBody<WebhookCheckBody>("The message, as TradingView would post it.", CheckBodyExample)
            .Answers(StatusCodes.Status200OK, "The alert, or the errors.", CheckExample)
            .Refuses(StatusCodes.Status400BadRequest, "There is no message to check, or it is too long.")
            .Refuses(StatusCodes.Status403Forbidden, "The request comes from another site.");
        return api;
    }

    private static async Task<Results<Ok<WebhookCheck>, ProblemHttpResult>> CheckAsync(
        FieldErrors errors,
        HttpContext http,
        WebhookChecker checker,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var request = await RequestBody.ReadObjectAsync(http.Request, errors, cancellationToken, CheckBodyExample);
        var body = request is { } properties ? WebhookCheckForm.Read(properties, errors) : null;
        if (errors.Any || body is null)
            return Problems.BadRequest(errors);

        var parsed = AlertParser.Parse(body, clock.GetUtcNow().UtcDateTime);
        return TypedResults.Ok(
            parsed.IsAlert
                ? new WebhookCheck(await checker.CheckAsync(parsed.Alert, cancellationToken), parsed.Errors)
                : new WebhookCheck(null, parsed.Errors)
        );
    }

    private static Ok<WebhookAddress> Show(HttpContext http, ClaimsPrincipal caller, WebhookOptions options)
    {
        // Nothing on the way keeps a token.
        http.Response.Headers.CacheControl = "no-store";
        var isWhole = options.IsConfigured && caller.IsInRole(AccessPolicies.Admin);
        return TypedResults.Ok(
            new WebhookAddress(
                options.IsConfigured ? options.AddressWith(isWhole ? options.Token! : Placeholder) : null,
                isWhole
            )
        );
    }

    private static async Task<Results<Ok<SentTest>, ProblemHttpResult>> SendAsync(
        WebhookOptions options,
        TestSender sender,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (!options.IsConfigured)
        {
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "No webhook is configured here.",
                $"Set {WebhookOptions.Section}__{nameof(WebhookOptions.Token)} to one of ingest's tokens and "
                    + $"{WebhookOptions.Section}__{nameof(WebhookOptions.Url)} "
                    + "to its address, and start the query API again. Alerts sent to ingest by others come through "
                    + "all the same."
            );
        }

        var body = TestAlert.Body(await sender.IsOpenAsync(cancellationToken), clock.GetUtcNow().UtcDateTime);
        return await sender.SendAsync(body, cancellationToken) switch
        {
            { AlertId: { } alertId } => TypedResults.Ok(new SentTest(alertId, body)),
            var refused => Problems.Of(
                StatusCodes.Status502BadGateway,
                "The test alert was not accepted.",
                Reason(refused.Status, options)
            ),
        };
    }

    private static string Reason(int? status, WebhookOptions options)
    {
        var where = options.InternalAddress.GetLeftPart(UriPartial.Authority);
        return status switch
        {
            null => $"Nothing answered at {where}. See that ingest runs there, and that "
                + $"{WebhookOptions.Section}__{nameof(WebhookOptions.InternalUrl)} is its address as "
                + "the query API reaches it.",
            StatusCodes.Status404NotFound => $"What answers at {where} does not know the token. Set "
                + $"{WebhookOptions.Section}__{nameof(WebhookOptions.Token)} to one of ingest's "
                + $"(Webhooks__Tokens__0, …).",
            StatusCodes.Status429TooManyRequests =>
                "Ingest takes no more alerts from this address at the moment. Wait a little and send it again.",
            StatusCodes.Status503ServiceUnavailable =>
                "Ingest could not make it durable: RabbitMQ is away, and there is no spool or no room in it. GET "
                    + "/health/ready of ingest says more.",
            _ => $"What answers at {where} answered {status}, which ingest does not. See that the address is ingest's.",
        };
    }
}
