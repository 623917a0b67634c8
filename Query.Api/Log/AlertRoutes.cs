using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Log;

/// <summary>The log: every alert and what became of it, and the bodies that were refused.</summary>
public static class AlertRoutes
{
    private const string Fields = """
        "alertId":"0f343b0931126a20f133d67c2b018a3b","symbol":"BTCUSDT","timeframe":"60","strategy":null,"action":"entry","direction":"long","side":"entry",
        "type":"bullish","price":43250.5,"closeonflip":true,"timestamp":"2026-11-22T06:28:00Z","receivedAt":"2026-11-22T06:28:01.217Z",
        "outcome":"flipped","tradeId":"0f343b0931126a20f133d67c2b018a3b","closedTradeId":"5b1f2c7a90d34e0e8d5a7c1b2f3e4d5c"
        """;

    internal const string DetailExample = $$"""
        { {{Fields}},
          "payload":"{\"symbol\":\"BTCUSDT\",\"side\":\"entry\",\"timeframe\":\"60\",\"type\":\"bullish\",\"price\":43250.5,\"timestamp\":\"2026-11-22T06:28:00+0000\"}",
          "pairedAt":"2026-11-22T06:28:01.224Z","postedAt":"2026-11-22T06:28:01.236Z" }
        """;

    private const string RejectedExample = """
        {"items":[{"rejectionId":"9c2f5e7a1b3d4f60a8c1e2d3f4a5b6c7","receivedAt":"2026-11-22T06:28:01.217Z",
          "body":"{\"symbol\":\"BTCUSDT\",\"price\":NaN}","bodyBase64":null,
          "errors":{"price":["Is NaN, Pine's na. Send a number."]}}],"cursor":null}
        """;

    public static RouteGroupBuilder MapAlerts(this RouteGroupBuilder api)
    {
        var alerts = api.MapGroup("/alerts").WithTags("Alerts");
        alerts
            .MapGet("/", ListAsync)
            .Described(
                "Alerts",
                "Every alert and what became of it, newest timestamp first; as CSV all that are wanted."
            )
            .Answers(
                StatusCodes.Status200OK,
                "A page of alerts; `cursor` is `null` at the end.",
                $$"""{"items":[{ {{Fields}} }],"cursor":null}"""
            )
            .AlsoAnswersCsv(string.Join(',', Columns) + "\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        alerts
            .MapGet("/{id}", ShowAsync)
            .Described("One alert", "With the payload as it arrived, and when it was received, paired and posted.")
            .Takes(new PathParameter("id", "The alert's id: 32 hex digits.", "0f343b0931126a20f133d67c2b018a3b"))
            .Answers(StatusCodes.Status200OK, "The alert.", DetailExample)
            .Refuses(StatusCodes.Status404NotFound, "There is no such alert.");
        alerts
            .MapGet("/rejected", RejectedAsync)
            .Described(
                "Rejected alerts",
                "Bodies that were refused, as they arrived, with the errors they were answered, newest first; as CSV "
                    + "all of them, a row for each error."
            )
            .Answers(
                StatusCodes.Status200OK,
                "A page of refused bodies; `cursor` is `null` at the end.",
                RejectedExample
            )
            .AlsoAnswersCsv(string.Join(',', RejectedColumns) + "\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        return api;
    }

    private static string[] Columns { get; } =
    [
        "alertId",
        "symbol",
        "timeframe",
        "strategy",
        "action",
        "direction",
        "side",
        "type",
        "price",
        "closeonflip",
        "timestamp",
        "receivedAt",
        "outcome",
        "tradeId",
        "closedTradeId",
    ];

    private static object?[] Cells(Alert alert) =>
        [
            alert.AlertId,
            alert.Symbol,
            alert.Timeframe,
            alert.Strategy,
            alert.Action,
            alert.Direction,
            alert.Side,
            alert.Type,
            alert.Price,
            alert.CloseOnFlip is { } flips ? (flips ? "true" : "false") : null,
            alert.Timestamp,
            alert.ReceivedAt,
            alert.Outcome,
            alert.TradeId,
            alert.ClosedTradeId,
        ];

    private static string[] RejectedColumns { get; } =
    ["rejectionId", "receivedAt", "field", "error", "body", "bodyBase64"];

    // A row for each error, and one at least.
    private static IEnumerable<object?[]> Cells(RejectedAlert rejected)
    {
        (string?, string?)[] errors =
        [
            .. rejected.Errors.SelectMany(field => field.Value.Select(message => (field.Key, message))),
        ];
        foreach (var (field, message) in errors.DefaultIfEmpty())
            yield return
            [
                rejected.RejectionId,
                rejected.ReceivedAt,
                field,
                message,
                rejected.Body,
                rejected.BodyBase64,
            ];
    }

    private static async Task<Results<Ok<Page<Alert>>, CsvResult>> ListAsync(
        AlertParameters parameters,
        HttpRequest request,
        AlertStore store,
        CancellationToken cancellationToken
    )
    {
        var limit = parameters.Page.Limit;
        var wanted = new AlertQuery(
            parameters.Outcomes,
            parameters.Symbols,
            parameters.Timeframes,
            parameters.Strategies,
            parameters.From,
            parameters.To,
            parameters.Page.Cursor,
            limit + 1
        );
        return Csv.IsWanted(request, parameters.Download)
            ? new CsvResult("alerts.csv", Columns, store.StreamAsync(wanted, cancellationToken).Select(Cells))
            : TypedResults.Ok(await store.ListAsync(wanted, limit, cancellationToken));
    }

    private static async Task<Results<Ok<AlertDetail>, ProblemHttpResult>> ShowAsync(
        string id,
        AlertStore store,
        CancellationToken cancellationToken
    ) =>
        AlertId.TryParse(id, out var alertId) && await store.FindAsync(alertId, cancellationToken) is { } alert
            ? TypedResults.Ok(alert)
            : Problems.NotFound("The alert", "/api/v1/alerts");

    private static async Task<Results<Ok<Page<RejectedAlert>>, CsvResult>> RejectedAsync(
        RejectedAlertParameters parameters,
        HttpRequest request,
        RejectedAlertStore store,
        CancellationToken cancellationToken
    ) =>
        Csv.IsWanted(request, parameters.Download)
            ? new CsvResult(
                "rejected-alerts.csv",
                RejectedColumns,
                store.StreamAsync(cancellationToken).SelectMany(Cells)
            )
            : TypedResults.Ok(await store.ListAsync(parameters.Page.Cursor, parameters.Page.Limit, cancellationToken));
}
