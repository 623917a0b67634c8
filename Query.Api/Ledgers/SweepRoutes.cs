using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>Many what-ifs at once.</summary>
public static class SweepRoutes
{
    private const string BodyExample =
        """{"grid":{"allocationPercentage":[10,25,50,100],"maxOpenTrades":[1,2,4]},"rankBy":"sharpe","settings":{"sizing":"percentOfEquity","maxExposurePercentage":100}}""";

    private const string Example = """
        {"id":"6e0f0ab7f2d44c8e9d3c5a2b1f0e9d8c","batchId":1,"ledgerVersion":"3.7.73.19ab2c4d5e6","rankBy":"sharpe","state":"done","progress":1,"done":12,"total":12,
         "trials":[{"rank":1,"values":{"allocationPercentage":25,"maxOpenTrades":4},"rankedBy":1.42,"availableCapital":104210.5,"trades":73,"skipped":2,
          "maxDrawdownPercentage":6.4,"winRate":0.58,"profitFactor":1.7,"sharpe":1.42,"deflatedSharpe":0.71}]}
        """;

    private const string IdNote = "The sweep's id, as it was answered.";

    public static RouteGroupBuilder MapSweeps(this RouteGroupBuilder api)
    {
        var sweeps = api.MapGroup("/batches/{id}/sweeps").WithTags("What if");
        sweeps
            .MapPost("/", BeginAsync)
            .Described(
                "Begin a sweep",
                $"A what-if for each combination of the values in the grid, up to {SweepGrid.MaxTrials}, as a job; "
                    + $"ranked by any figure of the statistics. It says how many were tried, and beside the "
                    + "Sharpe ratio of each the deflated one: the best of many tries looks good by luck alone. Filters "
                    + "choose the trades, as they do for a what-if. A viewer may. Sweeps run one after the other in the process that took "
                    + "them; the last sixteen are kept."
            )
            .Takes(PathParameter.BatchId)
            .TakesBody<SweepBody>("The values to try, by setting.", BodyExample)
            .Answers(
                StatusCodes.Status202Accepted,
                "It runs, or waits for its turn; `Location` says where it is.",
                Example
            )
            .AnswersWith(StatusCodes.Status202Accepted, HeaderNames.Location, "Where it is.")
            .Refuses(StatusCodes.Status400BadRequest, "A grid or filters that are wrong, or too many trials.")
            .Refuses(StatusCodes.Status403Forbidden, "The request comes from another site.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        sweeps
            .MapGet("/{sweep}", Show)
            .Described("Show a sweep", "How far it is, and once it is done all trials, best first.")
            .Takes(PathParameter.BatchId, new PathParameter("sweep", IdNote, "6e0f0ab7f2d44c8e9d3c5a2b1f0e9d8c"))
            .Answers(StatusCodes.Status200OK, "The sweep.", Example)
            .Refuses(StatusCodes.Status404NotFound, "There is no such sweep (any more).")
            .WithMetadata(WithoutDatabase.Instance);
        sweeps
            .MapDelete("/{sweep}", Cancel)
            .Described("Cancel a sweep", "Ends it where it is not done. A viewer may.")
            .Takes(PathParameter.BatchId, new PathParameter("sweep", IdNote, "6e0f0ab7f2d44c8e9d3c5a2b1f0e9d8c"))
            .Answers(StatusCodes.Status204NoContent, "It is cancelled, or was done.")
            .Refuses(StatusCodes.Status403Forbidden, "The request comes from another site.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such sweep (any more).")
            .WithMetadata(WithoutDatabase.Instance);
        return api;
    }

    private static async Task<Results<Accepted<SweepAnswer>, ProblemHttpResult>> BeginAsync(
        string id,
        WhatIfParameters parameters,
        FieldErrors errors,
        HttpRequest http,
        BatchStore batches,
        LedgerCache ledgers,
        OpenTradeStore store,
        Jobs<SweepPlan, IReadOnlyList<Trial>> sweeps,
        CancellationToken cancellationToken
    )
    {
        var body = await RequestBody.ReadObjectAsync(http, errors, cancellationToken, BodyExample);
        if (
            !BatchRoutes.TryParseId(id, out var batchId)
            || await batches.FindAsync(batchId, cancellationToken) is not { } batch
            || await ledgers.ReadAsync(batchId, cancellationToken) is not { } ledger
        )
        {
            return BatchRoutes.NotFound();
        }

        if (body is not { } grid || SweepGrid.Read(grid, batch, parameters.Selection.Zone, errors) is not { } plan)
            return Problems.BadRequest(errors);
        if (!WhatIf.HasPrices(ledger))
            return WhatIfRoutes.NoPrices(http.HttpContext.Response);

        var open = await store.ReadAsync(batchId, cancellationToken);
        var within = parameters.Selection.ToFilter();
        var sweep = sweeps.Begin(
            batchId,
            ledger.Version.ToString(),
            key: "",
            plan,
            plan.Trials.Count,
            (job, cancellation) =>
                Sweeps.Try(job, ledger, open, settings => settings.ToChoice(batch, within), cancellation)
        );
        return TypedResults.Accepted($"/api/v1/batches/{batchId}/sweeps/{sweep.Id}", Sweeps.Answer(sweep));
    }

    private static Results<Ok<SweepAnswer>, ProblemHttpResult> Show(
        string id,
        string sweep,
        Jobs<SweepPlan, IReadOnlyList<Trial>> sweeps
    ) =>
        BatchRoutes.TryParseId(id, out var batchId) && sweeps.Find(batchId, sweep) is { } found
            ? TypedResults.Ok(Sweeps.Answer(found))
            : NotFound(id);

    private static Results<NoContent, ProblemHttpResult> Cancel(
        string id,
        string sweep,
        Jobs<SweepPlan, IReadOnlyList<Trial>> sweeps
    ) =>
        BatchRoutes.TryParseId(id, out var batchId) && sweeps.Cancel(batchId, sweep)
            ? TypedResults.NoContent()
            : NotFound(id);

    private static ProblemHttpResult NotFound(string id) =>
        Problems.Of(
            StatusCodes.Status404NotFound,
            "Not found.",
            $"There is no such sweep of batch {id} (any more): the last sixteen are kept, by the process that took "
                + $"them. Begin it again by POST /api/v1/batches/{id}/sweeps."
        );
}
