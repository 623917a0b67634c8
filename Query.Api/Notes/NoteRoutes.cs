using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Log;

namespace PnlPipeline.Query.Api.Notes;

/// <summary>What people write down: tags and a note of a trade, and a note of a day.</summary>
public static class NoteRoutes
{
    private const string Example = """{"tags":["breakout","late entry"],"note":"Chased it after the news."}""";

    private const string DayExample =
        """{"day":"2026-11-22","note":"Fed day: stood aside.","updatedAt":"2026-11-22T21:00:00Z"}""";

    private static readonly PathParameter Day = new(
        "day",
        "A date, in whatever time zone the calendar was looked at.",
        "2026-11-22"
    );

    public static WebApplicationBuilder AddNotes(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<NoteStore>();
        return builder;
    }

    public static RouteGroupBuilder MapNotes(this RouteGroupBuilder api)
    {
        var read = api.MapGroup("").WithTags("Notes");
        read.MapGet("/tags", TagsAsync)
            .Described("Tags", "Every tag that a trade has, and how many have it.")
            .Answers(
                StatusCodes.Status200OK,
                "The tags, in ordinal order.",
                """{"items":[{"tag":"breakout","trades":12}],"cursor":null}"""
            );
        read.MapGet("/batches/{id}/day-notes", DaysAsync)
            .Described("Notes of a batch's days", "What is written down of the days of its calendar, oldest first.")
            .Takes(PathParameter.BatchId)
            .Answers(StatusCodes.Status200OK, "The notes.", $$"""{"items":[{{DayExample}}],"cursor":null}""")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");

        var write = read.MapGroup("").RequireAuthorization(AccessPolicies.Admin);
        write
            .MapPut("/trades/{id}/note", WriteTradeAsync)
            .Described(
                "Write down of a trade",
                "Its tags and its note; what is left out stays as it is. They are the trade's, whatever batch it counts "
                    + "in, and stay with it when its history is derived again. Plain text. Each change stands in the "
                    + "audit trail."
            )
            .Takes(new PathParameter("id", "The trade's id: 32 hex digits.", "0f343b0931126a20f133d67c2b018a3b"))
            .TakesBody<TradeNoteBody>("What is to be written down.", Example)
            .Answers(StatusCodes.Status200OK, "The trade.", TradeRoutes.Example)
            .Refuses(StatusCodes.Status400BadRequest, "Fields that are wrong or unknown.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such trade.");
        write
            .MapPut("/batches/{id}/day-notes/{day}", WriteDayAsync)
            .Described("Write down of a day", "A note in the batch's calendar. Each change stands in the audit trail.")
            .Takes(PathParameter.BatchId, Day)
            .TakesBody<DayNoteBody>("What is to be written down.", """{"note":"Fed day: stood aside."}""")
            .Answers(StatusCodes.Status200OK, "The note.", DayExample)
            .Refuses(StatusCodes.Status400BadRequest, "A day that is none, or fields that are wrong or unknown.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static async Task<Ok<Page<TagCount>>> TagsAsync(NoteStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Page<TagCount>(await store.TagsAsync(cancellationToken), null));

    private static async Task<Results<Ok<Page<DayNote>>, ProblemHttpResult>> DaysAsync(
        string id,
        BatchStore batches,
        NoteStore store,
        CancellationToken cancellationToken
    ) =>
        BatchRoutes.TryParseId(id, out var batchId) && await batches.ExistsAsync(batchId, cancellationToken)
            ? TypedResults.Ok(new Page<DayNote>(await store.DaysAsync(batchId, cancellationToken), null))
            : BatchRoutes.NotFound();

    private static async Task<Results<Ok<Trade>, ProblemHttpResult>> WriteTradeAsync(
        string id,
        FieldErrors errors,
        HttpContext http,
        TradeStore trades,
        TradePrices prices,
        NoteStore store,
        CancellationToken cancellationToken
    )
    {
        if (await ReadAsync(http.Request, takesTags: true, errors, Example, cancellationToken) is not { } body)
            return Problems.BadRequest(errors);
        if (
            !AlertId.TryParse(id, out var tradeId)
            || await trades.FindAsync(tradeId, cancellationToken) is not { } trade
        )
            return Problems.NotFound("The trade", "/api/v1/trades");
        await store.WriteAsync(AuditTrail.AuthorOf(http.User), tradeId, body, cancellationToken);
        return TypedResults.Ok((await prices.AddAsync([trade], cancellationToken))[0]);
    }

    private static async Task<Results<Ok<DayNote>, ProblemHttpResult>> WriteDayAsync(
        string id,
        string day,
        FieldErrors errors,
        HttpContext http,
        BatchStore batches,
        NoteStore store,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var isDay = DateOnly.TryParseExact(
            day,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var date
        );
        // MySQL keeps no year before 1000; no trade is before 2000.
        if (!isDay || date.Year < 2000)
            errors.Add("day", "Is no day. Send a date such as 2026-11-22, from 2000 on.");
        if (
            await ReadAsync(http.Request, takesTags: false, errors, "{\"note\":\"\"}", cancellationToken)
            is not { } body
        )
            return Problems.BadRequest(errors);
        if (!BatchRoutes.TryParseId(id, out var batchId) || !await batches.ExistsAsync(batchId, cancellationToken))
            return BatchRoutes.NotFound();
        var note = body.Note ?? "";
        return TypedResults.Ok(
            await store.WriteAsync(AuditTrail.AuthorOf(http.User), batchId, date, note, cancellationToken)
                ?? new DayNote(date, "", clock.GetUtcNow().UtcDateTime)
        );
    }

    private static async Task<TradeNoteBody?> ReadAsync(
        HttpRequest request,
        bool takesTags,
        FieldErrors errors,
        string example,
        CancellationToken cancellationToken
    )
    {
        var body = await RequestBody.ReadObjectAsync(request, errors, cancellationToken, example);
        var read = body is { } properties ? NoteForm.Read(properties, takesTags, errors) : null;
        return errors.Any ? null : read;
    }
}
