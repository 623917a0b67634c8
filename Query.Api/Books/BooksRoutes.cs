using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.OpenApi;

namespace PnlPipeline.Query.Api.Books;

/// <summary>The invariants, live.</summary>
public static class BooksRoutes
{
    private const string Example =
        """
        {"status":"repaired","checkedAt":"2026-11-22T06:00:00Z",
         "ledgers":[{"batchId":1,"name":"Batch_1","status":"ok","checkedAt":"2026-11-22T06:20:00Z","rows":412,
           "total":4210.5,"byDay":4210.5,"byWeek":4210.5,"byMonth":4210.5}],
         "streams":{"total":2,"ok":1,"repaired":1,"wrong":0,"unchecked":0,"alerts":980,"trades":412,
           "items":[{"symbol":"BTCUSDT","timeframe":"60","status":"repaired","checkedAt":"2026-11-22T06:00:00Z","alerts":490,"trades":206}]},
         "findings":[{"foundAt":"2026-11-22T06:00:00Z","repairedAt":"2026-11-22T06:00:00Z","batchId":null,"symbol":"BTCUSDT","timeframe":"60",
           "what":"Trade 0f31c80a44b2d1e09c7a6b5e8d2f4a61 should not be there and is long 100 at 2026-11-01T00:00:00 open."}]}
        """;

    private const string Text =
        """
        What the workers' standing checks found. Of each ledger: every row follows from the one before it, and it holds the trades it should, as they are; the sums of its pnl by day, week and month (UTC) are equal to the total. Of each stream: its alerts folded again give the outcomes and the trades that are stored. What is otherwise is mended and listed under `findings`.

        `status` is the worst of all: `wrong` (found and not mended), `repaired` (the last full check had something to mend), `unchecked` (not checked since it was made or built), `ok`. `checkedAt` is the oldest of all last full checks. Asking costs next to nothing: the checks are made in the background and their results stored.
        """;

    public static RouteGroupBuilder MapBooks(this RouteGroupBuilder api)
    {
        api.MapGet("/health/books", ShowAsync).WithTags("Health")
            .Described("Do the books agree?", Text)
            .Takes(new QueryParameter(
                "limit", "How many streams to list at most: first those that are not ok, then those checked longest ago.", "100", Min: 1, Max: Page.MaxLimit, Default: "100"))
            .Answers(StatusCodes.Status200OK, "What was checked and found; the last 100 findings, the newest first.", Example)
            .Refuses(StatusCodes.Status400BadRequest, "A `limit` that is none.");
        return api;
    }

    private static async Task<Results<Ok<BooksReport>, ProblemHttpResult>> ShowAsync(
        HttpRequest request, BookStore store, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(request);
        var limit = query.Limit();
        return query.Errors.Any
            ? Problems.BadRequest(query.Errors)
            : TypedResults.Ok(await store.ReadAsync(limit, cancellationToken));
    }
}
