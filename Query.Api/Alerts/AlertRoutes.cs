using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Alerts;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.OpenApi;

namespace PnlPipeline.Query.Api.Alerts;

/// <summary>The log: every alert and what became of it, and the bodies that were refused.</summary>
public static class AlertRoutes
{
    private static readonly string[] Outcomes = ["opened", "closed", "flipped", "ignored", "unmatched", "voided"];

    private const string Fields =
        """
        "alertId":"0f343b0931126a20f133d67c2b018a3b","symbol":"BTCUSDT","timeframe":"60","action":"entry","direction":"long","side":"entry",
        "type":"bullish","price":43250.5,"closeonflip":true,"timestamp":"2026-11-22T06:28:00Z","receivedAt":"2026-11-22T06:28:01.217Z",
        "outcome":"flipped","tradeId":"0f343b0931126a20f133d67c2b018a3b","closedTradeId":"5b1f2c7a90d34e0e8d5a7c1b2f3e4d5c"
        """;

    internal const string DetailExample =
        $$"""
        { {{Fields}},
          "payload":"{\"symbol\":\"BTCUSDT\",\"side\":\"entry\",\"timeframe\":\"60\",\"type\":\"bullish\",\"price\":43250.5,\"timestamp\":\"2026-11-22T06:28:00+0000\"}",
          "pairedAt":"2026-11-22T06:28:01.224Z","postedAt":"2026-11-22T06:28:01.236Z" }
        """;

    private const string RejectedExample =
        """
        {"items":[{"rejectionId":"9c2f5e7a1b3d4f60a8c1e2d3f4a5b6c7","receivedAt":"2026-11-22T06:28:01.217Z",
          "body":"{\"symbol\":\"BTCUSDT\",\"price\":NaN}","bodyBase64":null,
          "errors":{"price":["Is NaN, Pine's na. Send a number."]}}],"cursor":null}
        """;

    public static RouteGroupBuilder MapAlerts(this RouteGroupBuilder api)
    {
        var alerts = api.MapGroup("/alerts").WithTags("Alerts");
        alerts.MapGet("/", ListAsync)
            .Described("Alerts", "Every alert and what became of it, newest timestamp first.")
            .Takes(
                new QueryParameter("outcome", "Only alerts that came to this. May stand several times.", "flipped", Words: Outcomes, Repeats: true),
                Parameter.Symbol,
                Parameter.Timeframe,
                Parameter.From("Only alerts whose timestamp is at or after this instant."),
                Parameter.To("Only alerts whose timestamp is before this instant."),
                Parameter.Limit,
                Parameter.Cursor)
            .Answers(StatusCodes.Status200OK, "A page of alerts; `cursor` is `null` at the end.", $$"""{"items":[{ {{Fields}} }],"cursor":null}""")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        alerts.MapGet("/{id}", ShowAsync)
            .Described("One alert", "With the payload as it arrived, and when it was received, paired and posted.")
            .Takes(new PathParameter("id", "The alert's id: 32 hex digits.", "0f343b0931126a20f133d67c2b018a3b"))
            .Answers(StatusCodes.Status200OK, "The alert.", DetailExample)
            .Refuses(StatusCodes.Status404NotFound, "There is no such alert.");
        alerts.MapGet("/rejected", RejectedAsync)
            .Described("Rejected alerts", "Bodies that were refused, as they arrived, with the errors they were answered, newest first.")
            .Takes(Parameter.Limit, Parameter.Cursor)
            .Answers(StatusCodes.Status200OK, "A page of refused bodies; `cursor` is `null` at the end.", RejectedExample)
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        return api;
    }

    private static async Task<Results<Ok<Page<Alert>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, AlertStore store, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(request);
        var (from, to) = query.Span();
        var limit = query.Limit();
        var wanted = new AlertQuery(
            query.Words("outcome", Outcomes), query.Symbols(), query.Timeframes(), from, to, AlertStore.ReadCursor(query), limit + 1);
        return query.Errors.Any
            ? Problems.BadRequest(query.Errors)
            : TypedResults.Ok(await store.ListAsync(wanted, limit, cancellationToken));
    }

    private static async Task<Results<Ok<AlertDetail>, ProblemHttpResult>> ShowAsync(
        string id, AlertStore store, CancellationToken cancellationToken) =>
        AlertId.TryParse(id, out var alertId) && await store.FindAsync(alertId, cancellationToken) is { } alert
            ? TypedResults.Ok(alert)
            : Problems.NotFound("The alert", "/api/v1/alerts");

    private static async Task<Results<Ok<Page<RejectedAlert>>, ProblemHttpResult>> RejectedAsync(
        HttpRequest request, RejectedAlertStore store, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(request);
        var limit = query.Limit();
        var after = RejectedAlertStore.ReadCursor(query);
        return query.Errors.Any
            ? Problems.BadRequest(query.Errors)
            : TypedResults.Ok(await store.ListAsync(after, limit, cancellationToken));
    }
}
