using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Prices;

namespace PnlPipeline.Query.Api.Batches;

/// <summary>Batches: what counts together, with what capital.</summary>
public static class BatchRoutes
{
    private const string IfMatchNote = " With `If-Match`, only where the batch still is what its `ETag` said.";

    private const string TagNote = "Of the batch as it is now; for `If-Match`.";

    public static WebApplicationBuilder AddBatches(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<BatchStore>().AddSingleton<BatchWriter>().AddSingleton<BatchAnnouncer>();
        return builder;
    }

    public static RouteGroupBuilder MapBatches(this RouteGroupBuilder api)
    {
        var read = api.MapGroup("/batches").WithTags("Batches");
        read.MapGet("/", ListAsync)
            .Described(
                "List batches",
                "Every batch with its settings and headline figures, and `settings`: what a form needs to make one."
            )
            .Answers(StatusCodes.Status200OK, "The batches, by id.", BatchExamples.List);
        read.MapGet("/{id}", ShowAsync)
            .Described("Show a batch", "One batch; its `ETag` is for `If-Match`.")
            .Takes(PathParameter.BatchId)
            .Answers(StatusCodes.Status200OK, "The batch.", BatchExamples.Batch)
            .AnswersWith(StatusCodes.Status200OK, HeaderNames.ETag, TagNote)
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");

        var change = read.MapGroup("").RequireAuthorization(AccessPolicies.Admin);
        change
            .MapPost("/", CreateAsync)
            .Described(
                "Create a batch",
                "`name` and `symbols` must be there. Its ledger is built from all history; until then `ledger.state` "
                    + "is `building`."
            )
            .TakesBody<BatchBody>("The settings.", BatchExamples.Create)
            .Answers(StatusCodes.Status201Created, "The batch; `Location` is its address.", BatchExamples.Batch)
            .AnswersWith(StatusCodes.Status201Created, HeaderNames.Location, "The batch's address.")
            .AnswersWith(StatusCodes.Status201Created, HeaderNames.ETag, TagNote)
            .Refuses(StatusCodes.Status400BadRequest, "Fields that are missing, wrong or unknown.")
            .Refuses(StatusCodes.Status409Conflict, "Another batch has the name.");
        change
            .MapPatch("/{id}", PatchAsync)
            .Described(
                "Change a batch",
                "What is absent stays; `null` goes back to its default (`name` and `symbols` have none). A change of "
                    + "what the batch counts builds its ledger anew."
                    + IfMatchNote
            )
            .Takes(PathParameter.BatchId, RequestHeader.IfMatch)
            .TakesBody<BatchBody>("The settings to change.", BatchExamples.Patch)
            .Answers(StatusCodes.Status200OK, "The batch as it is now.", BatchExamples.Batch)
            .AnswersWith(StatusCodes.Status200OK, HeaderNames.ETag, TagNote)
            .Refuses(StatusCodes.Status400BadRequest, "Fields that are wrong or unknown.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.")
            .Refuses(StatusCodes.Status409Conflict, "Another batch has the name.")
            .Refuses(StatusCodes.Status412PreconditionFailed, "The batch has changed since.");
        change
            .MapPut("/{id}/symbols/{symbol}", AddSymbolAsync)
            .Described("Add a symbol", "Also when it is there already: then nothing changes." + IfMatchNote)
            .Takes(PathParameter.BatchId, SymbolPart, RequestHeader.IfMatch)
            .Answers(StatusCodes.Status200OK, "The batch as it is now.", BatchExamples.Batch)
            .AnswersWith(StatusCodes.Status200OK, HeaderNames.ETag, TagNote)
            .Refuses(StatusCodes.Status400BadRequest, "No symbol, or one too many.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.")
            .Refuses(StatusCodes.Status412PreconditionFailed, "The batch has changed since.");
        change
            .MapDelete("/{id}/symbols/{symbol}", RemoveSymbolAsync)
            .Described(
                "Remove a symbol",
                "Also when it is not there: then nothing changes. The last one stays." + IfMatchNote
            )
            .Takes(PathParameter.BatchId, SymbolPart, RequestHeader.IfMatch)
            .Answers(StatusCodes.Status200OK, "The batch as it is now.", BatchExamples.Batch)
            .AnswersWith(StatusCodes.Status200OK, HeaderNames.ETag, TagNote)
            .Refuses(StatusCodes.Status400BadRequest, "No symbol, or the last one.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.")
            .Refuses(StatusCodes.Status412PreconditionFailed, "The batch has changed since.");
        change
            .MapDelete("/{id}", DeleteAsync)
            .Described("Delete a batch", "Removes it and its ledger; alerts and trades stay." + IfMatchNote)
            .Takes(PathParameter.BatchId, RequestHeader.IfMatch)
            .Answers(StatusCodes.Status204NoContent, "Deleted.")
            .Refuses(StatusCodes.Status400BadRequest, "`If-Match` is no `ETag` of a batch.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.")
            .Refuses(StatusCodes.Status412PreconditionFailed, "The batch has changed since.");
        return api;
    }

    /// <summary>A batch's id out of a path; anything that is no id is the id of no batch.</summary>
    internal static bool TryParseId(string text, out long id) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, null, out id) && id <= uint.MaxValue;

    internal static ProblemHttpResult NotFound() => Problems.NotFound("The batch", "/api/v1/batches");

    private static PathParameter SymbolPart { get; } =
        new("symbol", "The symbol, percent-encoded where it must be.", "BTCUSDT");

    private static async Task<Ok<BatchList>> ListAsync(
        BatchStore store,
        IOptions<PriceOptions> prices,
        CancellationToken cancellationToken
    )
    {
        var (batches, streams) = await store.ListAsync(cancellationToken);
        return TypedResults.Ok(
            new BatchList(
                batches,
                new FormSettings(
                    FormDefaults.Instance,
                    FormLimits.Instance,
                    Seen(stream => stream.Symbol),
                    Seen(stream => stream.Timeframe),
                    Seen(stream => stream.Strategy),
                    prices.Value.StaleAfterSeconds
                )
            )
        );

        List<string> Seen(Func<BatchStore.SeenStream, string> of) =>
            [.. streams.Select(of).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static async Task<Results<Ok<Batch>, ProblemHttpResult>> ShowAsync(
        string id,
        HttpContext http,
        BatchStore store,
        CancellationToken cancellationToken
    ) => TryParseId(id, out var batchId) ? await FindAsync(batchId, http, store, cancellationToken) : NotFound();

    private static async Task<Results<Ok<Batch>, ProblemHttpResult>> FindAsync(
        long batchId,
        HttpContext http,
        BatchStore store,
        CancellationToken cancellationToken
    ) =>
        await store.FindAsync(batchId, cancellationToken) is { } batch
            ? TypedResults.Ok(Tagged(http, batch))
            : NotFound();

    private static async Task<Results<Created<Batch>, ProblemHttpResult>> CreateAsync(
        FieldErrors errors,
        HttpContext http,
        BatchWriter writer,
        BatchStore store,
        BatchAnnouncer announcer,
        CancellationToken cancellationToken
    )
    {
        var body = await RequestBody.ReadObjectAsync(http.Request, errors, cancellationToken);
        var edit = body is { } properties ? BatchForm.ReadNew(properties, errors) : new BatchEdit();
        if (errors.Any)
            return Problems.BadRequest(errors);

        var result = await writer.CreateAsync(
            AuditTrail.AuthorOf(http.User),
            edit.Apply(BatchSettings.Default),
            cancellationToken
        );
        if (result.Outcome == ChangeOutcome.NameTaken)
            return NameTaken(result);

        await announcer.AnnounceAsync(result.BatchId, result.Revision);
        return await store.FindAsync(result.BatchId, cancellationToken) is { } batch
            ? TypedResults.Created($"/api/v1/batches/{batch.Id}", Tagged(http, batch))
            : NotFound();
    }

    private static async Task<Results<Ok<Batch>, ProblemHttpResult>> PatchAsync(
        string id,
        FieldErrors errors,
        HttpContext http,
        BatchWriter writer,
        BatchStore store,
        BatchAnnouncer announcer,
        CancellationToken cancellationToken
    )
    {
        var body = await RequestBody.ReadObjectAsync(http.Request, errors, cancellationToken);
        var edit = body is { } properties ? BatchForm.Read(properties, errors) : new BatchEdit();
        return await ChangeAsync(id, http, errors, edit.Apply, writer, store, announcer, cancellationToken);
    }

    private static Task<Results<Ok<Batch>, ProblemHttpResult>> AddSymbolAsync(
        string id,
        FieldErrors errors,
        HttpContext http,
        BatchWriter writer,
        BatchStore store,
        BatchAnnouncer announcer,
        CancellationToken cancellationToken
    )
    {
        var symbol = ReadSymbol(http, errors);
        return ChangeAsync(
            id,
            http,
            errors,
            settings =>
            {
                if (settings.Symbols.Contains(symbol))
                    return settings;
                if (settings.Symbols.Count < BatchLimits.MaxSymbols)
                    return settings with
                    {
                        Symbols = [.. settings.Symbols.Append(symbol).Order(StringComparer.Ordinal)],
                    };
                errors.Add("symbol", $"Would be one more than {BatchLimits.MaxSymbols}. Remove another first.");
                return null;
            },
            writer,
            store,
            announcer,
            cancellationToken
        );
    }

    private static Task<Results<Ok<Batch>, ProblemHttpResult>> RemoveSymbolAsync(
        string id,
        FieldErrors errors,
        HttpContext http,
        BatchWriter writer,
        BatchStore store,
        BatchAnnouncer announcer,
        CancellationToken cancellationToken
    )
    {
        var symbol = ReadSymbol(http, errors);
        return ChangeAsync(
            id,
            http,
            errors,
            settings =>
            {
                if (!settings.Symbols.Contains(symbol))
                    return settings;
                if (settings.Symbols.Count > 1)
                    return settings with { Symbols = [.. settings.Symbols.Where(other => other != symbol)] };
                errors.Add(
                    "symbol",
                    "Is the last one, and a batch has at least one. Add another first, or delete the batch."
                );
                return null;
            },
            writer,
            store,
            announcer,
            cancellationToken
        );
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string id,
        FieldErrors errors,
        HttpContext http,
        BatchWriter writer,
        BatchAnnouncer announcer,
        CancellationToken cancellationToken
    )
    {
        var ifMatch = IfMatch.Read(http.Request, errors);
        if (errors.Any)
            return Problems.BadRequest(errors);
        if (!TryParseId(id, out var batchId))
            return NotFound();

        var result = await writer.DeleteAsync(AuditTrail.AuthorOf(http.User), batchId, ifMatch, cancellationToken);
        if (result.Outcome != ChangeOutcome.Changed)
            return result.Outcome == ChangeOutcome.MovedOn ? Problems.MovedOn() : NotFound();

        await announcer.AnnounceAsync(batchId, result.Revision, isDeleted: true);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<Batch>, ProblemHttpResult>> ChangeAsync(
        string id,
        HttpContext http,
        FieldErrors errors,
        Func<BatchSettings, BatchSettings?> edit,
        BatchWriter writer,
        BatchStore store,
        BatchAnnouncer announcer,
        CancellationToken cancellationToken
    )
    {
        var ifMatch = IfMatch.Read(http.Request, errors);
        if (!TryParseId(id, out var batchId))
            return NotFound();
        if (errors.Any)
            return Problems.BadRequest(errors);

        var result = await writer.ChangeAsync(
            AuditTrail.AuthorOf(http.User),
            batchId,
            ifMatch,
            edit,
            cancellationToken
        );
        switch (result.Outcome)
        {
            case ChangeOutcome.MovedOn:
                return Problems.MovedOn();
            case ChangeOutcome.NameTaken:
                return NameTaken(result);
            case ChangeOutcome.Refused:
                return Problems.BadRequest(errors);
            case ChangeOutcome.Changed:
                await announcer.AnnounceAsync(batchId, result.Revision);
                break;
        }

        return await FindAsync(batchId, http, store, cancellationToken);
    }

    // Routing leaves %2F as it is, and then nobody can tell it from a %252F: the symbol is read from the target as it
    // was sent.
    private static string ReadSymbol(HttpContext http, FieldErrors errors)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?', 2)[0].TrimEnd('/');
        if (
            !Symbol.TryParse(Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]), out var symbol, out var error)
        )
            errors.Add("symbol", error);
        return symbol;
    }

    private static ProblemHttpResult NameTaken(ChangeResult result) =>
        Problems.Conflict(
            "Names differ by more than letter case. Choose another name, or change the batch that has this one.",
            "name",
            $"Is taken by batch {result.BatchId}."
        );

    private static Batch Tagged(HttpContext http, Batch batch)
    {
        http.Response.Headers.ETag = IfMatch.TagOf(batch.Revision);
        return batch;
    }
}
