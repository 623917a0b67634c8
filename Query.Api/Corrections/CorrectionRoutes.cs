using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Log;

namespace PnlPipeline.Query.Api.Corrections;

/// <summary>
/// What an administrator corrects. Nothing is edited: each correction is stored beside what it corrects, and the stream
/// is derived again.
/// </summary>
public static class CorrectionRoutes
{
    private const string Unavailable =
        "Pairing did not take the correction in time, and it was withdrawn: nothing changed, and nothing will. Or the "
        + "database does not answer, and then the detail says what is known.";

    public static WebApplicationBuilder AddCorrections(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<CorrectionOptions>()
            .BindConfiguration(CorrectionOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<Corrector>();
        return builder;
    }

    public static RouteGroupBuilder MapCorrections(this RouteGroupBuilder api)
    {
        var change = api.MapGroup("").RequireAuthorization(AccessPolicies.Admin);
        var alerts = change.MapGroup("/alerts/{id}").WithTags("Alerts");
        alerts
            .MapPost(
                "/void",
                (string id, HttpContext http, AlertStore store, Corrector corrector) =>
                    CorrectAsync(id, true, http, store, corrector)
            )
            .Described(
                "Void an alert",
                "It stays in the log, marked, and is left out when trades are made, also when it is sent again. Trades "
                    + "and ledgers become what they would be without it. Again and again: the same."
            )
            .Takes(AlertIdPart)
            .Answers(
                StatusCodes.Status200OK,
                "The alert; trades have followed, ledgers follow.",
                AlertRoutes.DetailExample
            )
            .Refuses(StatusCodes.Status404NotFound, "There is no such alert.")
            .Refuses(StatusCodes.Status503ServiceUnavailable, Unavailable);
        alerts
            .MapPost(
                "/restore",
                (string id, HttpContext http, AlertStore store, Corrector corrector) =>
                    CorrectAsync(id, false, http, store, corrector)
            )
            .Described(
                "Restore an alert",
                "Takes a voided alert in again: everything is as if it had never been voided. Again and again: the "
                    + "same."
            )
            .Takes(AlertIdPart)
            .Answers(
                StatusCodes.Status200OK,
                "The alert; trades have followed, ledgers follow.",
                AlertRoutes.DetailExample
            )
            .Refuses(StatusCodes.Status404NotFound, "There is no such alert.")
            .Refuses(StatusCodes.Status503ServiceUnavailable, Unavailable);
        change
            .MapPost("/trades/{id}/close", CloseAsync)
            .WithTags("Trades")
            .Described(
                "Close a trade by hand",
                "Closes an open trade at a price and a time after its entry. The close is an alert of its own in the "
                    + "log, action `manual`, which can be voided like any other. Where an exit from before that time "
                    + "arrives later, the trade was closed by that one, and the close by hand is `unmatched`."
            )
            .Takes(new PathParameter("id", "The trade's id: 32 hex digits.", "0f343b0931126a20f133d67c2b018a3b"))
            .TakesBody<CloseBody>("Where and when.", """{"price":43683.005,"time":"2026-11-22T06:28:00Z"}""")
            .Answers(StatusCodes.Status200OK, "The trade, closed.", TradeRoutes.Example)
            .Refuses(
                StatusCodes.Status400BadRequest,
                "Fields that are missing, wrong or unknown; a time that is not after the entry."
            )
            .Refuses(StatusCodes.Status404NotFound, "There is no such trade.")
            .Refuses(
                StatusCodes.Status409Conflict,
                "The trade is closed already, or the very close was made before and is voided."
            )
            .Refuses(StatusCodes.Status503ServiceUnavailable, Unavailable);
        return api;
    }

    private static PathParameter AlertIdPart { get; } =
        new("id", "The alert's id: 32 hex digits.", "0f343b0931126a20f133d67c2b018a3b");

    private static ProblemHttpResult NoAlert => Problems.NotFound("The alert", "/api/v1/alerts");

    private static ProblemHttpResult NoTrade => Problems.NotFound("The trade", "/api/v1/trades");

    private static async Task<Results<Ok<AlertDetail>, ProblemHttpResult>> CorrectAsync(
        string id,
        bool voided,
        HttpContext http,
        AlertStore store,
        Corrector corrector
    )
    {
        if (!AlertId.TryParse(id, out var alertId) || await store.FindAsync(alertId, http.RequestAborted) is null)
            return NoAlert;

        var correction = new CorrectAlert(Guid.NewGuid(), alertId.ToString(), voided, AuditTrail.AuthorOf(http.User));
        var outcome = await corrector.SettleAsync(correction.CorrectionId, correction);
        return outcome switch
        {
            CorrectionOutcome.Applied
            or CorrectionOutcome.Unchanged when await store.FindAsync(alertId, http.RequestAborted) is { } alert =>
                TypedResults.Ok(alert),
            CorrectionOutcome.Withdrawn => Withdrawn(http),
            CorrectionOutcome.NotKnown => NotKnown(http, $"/api/v1/alerts/{alertId}"),
            _ => NoAlert,
        };
    }

    private static async Task<Results<Ok<Trade>, ProblemHttpResult>> CloseAsync(
        string id,
        FieldErrors errors,
        HttpContext http,
        TradeStore store,
        TradePrices prices,
        Corrector corrector,
        TimeProvider clock
    )
    {
        if (
            !AlertId.TryParse(id, out var tradeId)
            || await store.FindAsync(tradeId, http.RequestAborted) is not { } trade
        )
            return NoTrade;

        var now = clock.GetDatabaseTime();
        var body = await RequestBody.ReadObjectAsync(
            http.Request,
            errors,
            http.RequestAborted,
            """{"price":43250.5}"""
        );
        var form = body is { } properties ? CloseForm.Read(properties, trade.EntryTime, now, errors) : null;
        if (errors.Any || form is not { Time: { } time })
            return Problems.BadRequest(errors);
        if (trade.ExitTime is not null)
            return ClosedAlready(trade);

        var close = new CloseTrade(
            Guid.NewGuid(),
            trade.TradeId,
            form.Price,
            time,
            now,
            AuditTrail.AuthorOf(http.User)
        );
        var outcome = await corrector.SettleAsync(close.CorrectionId, close);
        if (outcome == CorrectionOutcome.Withdrawn)
            return Withdrawn(http);
        if (outcome == CorrectionOutcome.NotKnown)
            return NotKnown(http, $"/api/v1/trades/{tradeId}");
        if (
            outcome == CorrectionOutcome.Missing
            || await store.FindAsync(tradeId, http.RequestAborted) is not { } after
        )
            return NoTrade;
        return outcome switch
        {
            CorrectionOutcome.Closed => ClosedAlready(after),
            CorrectionOutcome.Taken => Taken(trade, close),
            _ => TypedResults.Ok((await prices.AddAsync([after], http.RequestAborted))[0]),
        };
    }

    private static ProblemHttpResult ClosedAlready(Trade trade) =>
        Problems.Conflict(
            "Only an open trade can be closed. Where its exit was wrong, void the alert that closed it, and close it "
                + "then.",
            "id",
            trade is { ExitTime: { } time, ExitAlertId: { } alert }
                ? $"Was closed at {JsonFormats.Iso(time)} by alert {alert} ({trade.ExitReason})."
                : "Was closed, and is open again since. Send the request again."
        );

    private static ProblemHttpResult Taken(Trade trade, CloseTrade close)
    {
        var alertId = AlertId.Of(
            trade.Symbol,
            trade.Timeframe,
            AlertAction.Manual,
            trade.Side == "long" ? Direction.Long : Direction.Short,
            close.Price,
            close.Time,
            trade.Strategy
        );
        return Problems.Conflict(
            $"A close by hand of this price and time is in the log already, voided or meant for another trade: see "
                + $"/api/v1/alerts/{alertId}. Restore that one "
                + "where it was for this trade, or choose another time.",
            "time",
            $"Is, with this price, that of alert {alertId}."
        );
    }

    private static ProblemHttpResult Withdrawn(HttpContext http) =>
        Later(
            http,
            "Not applied.",
            "Pairing did not take the correction in time, so it was withdrawn: nothing changed, and nothing will. See "
                + "that RabbitMQ and a worker with the role pairing run (GET /health/ready names what does not answer "
                + "here), then send it again."
        );

    private static ProblemHttpResult NotKnown(HttpContext http, string address) =>
        Later(
            http,
            "Perhaps not applied.",
            $"The database did not answer in time to say what came of the correction: it may have been applied, or "
                + $"still be. GET {address} shows it once the "
                + "database answers; the same correction sent again does no harm."
        );

    private static ProblemHttpResult Later(HttpContext http, string title, string detail)
    {
        http.Response.Headers.RetryAfter = "5";
        return Problems.Of(StatusCodes.Status503ServiceUnavailable, title, detail);
    }
}
