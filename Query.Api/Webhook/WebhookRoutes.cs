using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.OpenApi;

namespace PnlPipeline.Query.Api.Webhook;

/// <summary>Where TradingView is to send alerts.</summary>
/// <param name="Url">The webhook's address; with <c>TOKEN</c> in place of the token for a viewer. <c>null</c> where none is configured here.</param>
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

    private const string UrlExample = """{"url":"https://alerts.example/webhooks/tradingview/5f0c0a9d3f1e4b7a8c6d","isWhole":true}""";

    private const string TestExample =
        """
        {"alertId":"0f343b0931126a20f133d67c2b018a3b",
         "body":"{\"symbol\":\"PNLTEST\",\"side\":\"entry\",\"timeframe\":\"1\",\"type\":\"bullish\",\"price\":100,\"closeonflip\":true,\"timestamp\":\"2026-11-22T06:28:00.217Z\"}"}
        """;

    /// <exception cref="InvalidOperationException">An address is none.</exception>
    public static WebApplicationBuilder AddWebhook(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(WebhookOptions.Section).Get<WebhookOptions>() ?? new WebhookOptions();
        if (string.Join(Environment.NewLine, options.Errors()) is { Length: > 0 } errors)
            throw new InvalidOperationException(errors);

        builder.Services.AddSingleton(options).AddSingleton<TestSender>();
        return builder;
    }

    public static RouteGroupBuilder MapWebhook(this RouteGroupBuilder api)
    {
        var webhook = api.MapGroup("/webhook").WithTags("Set-up");
        webhook.MapGet("/", Show)
            .Described("The webhook's address", "What to give TradingView. Whoever knows the token can send alerts, so only an admin is told it.")
            .Answers(StatusCodes.Status200OK, "The address.", UrlExample)
            .WithMetadata(WithoutDatabase.Instance);
        webhook.MapPost("/test", SendAsync).RequireAuthorization(AccessPolicies.Admin)
            .Described("Send a test alert", $"Sends an alert of the symbol `{TestAlert.Symbol}` to ingest, by the webhook, as TradingView would: the first opens a trade, the "
                + "next closes it. It goes the whole way and stays in the log; no batch counts it unless it names that symbol.")
            .Answers(StatusCodes.Status200OK, "Ingest has accepted it; in a moment it stands in the log under this id.", TestExample)
            .Refuses(StatusCodes.Status409Conflict, "No webhook is configured here.")
            .Refuses(StatusCodes.Status502BadGateway, "Ingest did not answer, or did not accept it: the detail says which, and what to do.");
        return api;
    }

    private static Ok<WebhookAddress> Show(HttpContext http, ClaimsPrincipal caller, WebhookOptions options)
    {
        // Nothing on the way keeps a token.
        http.Response.Headers.CacheControl = "no-store";
        var isWhole = options.IsConfigured && caller.IsInRole(AccessPolicies.Admin);
        return TypedResults.Ok(new WebhookAddress(options.IsConfigured ? options.AddressWith(isWhole ? options.Token! : Placeholder) : null, isWhole));
    }

    private static async Task<Results<Ok<SentTest>, ProblemHttpResult>> SendAsync(
        WebhookOptions options, TestSender sender, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!options.IsConfigured)
        {
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "No webhook is configured here.",
                $"Set {WebhookOptions.Section}__{nameof(WebhookOptions.Token)} to one of ingest's tokens and {WebhookOptions.Section}__{nameof(WebhookOptions.Url)} "
                + "to its address, and start the query API again. Alerts sent to ingest by others come through all the same.");
        }

        var body = TestAlert.Body(await sender.IsOpenAsync(cancellationToken), clock.GetUtcNow().UtcDateTime);
        return await sender.SendAsync(body, cancellationToken) switch
        {
            { AlertId: { } alertId } => TypedResults.Ok(new SentTest(alertId, body)),
            var refused => Problems.Of(StatusCodes.Status502BadGateway, "The test alert was not accepted.", Reason(refused.Status, options)),
        };
    }

    private static string Reason(int? status, WebhookOptions options)
    {
        var where = options.InternalAddress.GetLeftPart(UriPartial.Authority);
        return status switch
        {
            null => $"Nothing answered at {where}. See that ingest runs there, and that {WebhookOptions.Section}__{nameof(WebhookOptions.InternalUrl)} is its address as "
                + "the query API reaches it.",
            StatusCodes.Status404NotFound =>
                $"What answers at {where} does not know the token. Set {WebhookOptions.Section}__{nameof(WebhookOptions.Token)} to one of ingest's (Webhooks__Tokens__0, …).",
            StatusCodes.Status429TooManyRequests => "Ingest takes no more alerts from this address at the moment. Wait a little and send it again.",
            StatusCodes.Status503ServiceUnavailable =>
                "Ingest could not make it durable: RabbitMQ is away, and there is no spool or no room in it. GET /health/ready of ingest says more.",
            _ => $"What answers at {where} answered {status}, which ingest does not. See that the address is ingest's.",
        };
    }
}
