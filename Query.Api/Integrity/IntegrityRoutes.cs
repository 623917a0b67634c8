using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Integrity;

public sealed class IntegrityParameters : RequestParameters, IParameters<IntegrityParameters>
{
    /// <summary>
    /// How many streams to list at most: first those that are not ok, then those checked longest ago.
    /// </summary>
    /// <example>100</example>
    [Range(1, Page.MaxLimit), Default(Page.DefaultLimit)]
    public int Limit { get; init; }
}

/// <summary>The invariants, live.</summary>
public static class IntegrityRoutes
{
    private const string Example = """
        {"status":"repaired","checkedAt":"2026-11-22T06:00:00Z",
         "ledgers":[{"batchId":1,"name":"Batch_1","status":"ok","checkedAt":"2026-11-22T06:20:00Z","rows":412,
           "total":4210.5,"byDay":4210.5,"byWeek":4210.5,"byMonth":4210.5}],
         "streams":{"total":2,"ok":1,"repaired":1,"wrong":0,"unchecked":0,"alerts":980,"trades":412,
           "items":[{"symbol":"BTCUSDT","timeframe":"60","status":"repaired","checkedAt":"2026-11-22T06:00:00Z","alerts":490,"trades":206}]},
         "findings":[{"foundAt":"2026-11-22T06:00:00Z","repairedAt":"2026-11-22T06:00:00Z","batchId":null,"symbol":"BTCUSDT","timeframe":"60",
           "what":"Trade 0f31c80a44b2d1e09c7a6b5e8d2f4a61 should not be there and is long 100 at 2026-11-01T00:00:00 open."}]}
        """;

    private const string Text = """
        What the workers' standing checks found. Of each ledger: every row follows from the one before it, and it holds the trades it should, as they are; the sums of its pnl by day, week and month (UTC) are equal to the total. Of each stream: its alerts folded again give the outcomes and the trades that are stored. What is otherwise is repaired and listed under `findings`.

        `status` is the worst of all: `wrong` (found and not repaired), `repaired` (the last full check had something to repair), `unchecked` (not checked since it was made or built), `ok`. `checkedAt` is the oldest of all last full checks. Asking costs next to nothing: the checks are made in the background and their results stored.
        """;

    public static WebApplicationBuilder AddIntegrity(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IntegrityReportStore>();
        return builder;
    }

    public static RouteGroupBuilder MapIntegrity(this RouteGroupBuilder api)
    {
        api.MapGet("/health/books", ShowAsync)
            .WithTags("Health")
            .Described("Do the books agree?", Text)
            .Answers(
                StatusCodes.Status200OK,
                "What was checked and found; the last 100 findings, the newest first.",
                Example
            )
            .Refuses(StatusCodes.Status400BadRequest, "A `limit` that is none.");
        return api;
    }

    private static async Task<Ok<IntegrityReport>> ShowAsync(
        IntegrityParameters parameters,
        IntegrityReportStore store,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await store.ReadAsync(parameters.Limit, cancellationToken));
}
