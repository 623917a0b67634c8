using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

public sealed class ConfidenceParameters : RequestParameters, IParameters<ConfidenceParameters>
{
    /// <summary>
    /// How paths are made: the same trades in another order, as many drawn with replacement, or drawn in runs of mean
    /// length √N.
    /// </summary>
    /// <example>bootstrap</example>
    [AllowedValues("shuffle", "bootstrap", "block"), Default("shuffle")]
    public string Method { get; init; } = "";

    /// <summary>How many.</summary>
    /// <example>1000</example>
    [Range(1, 10_000), Default(1_000)]
    public int Paths { get; init; }

    /// <summary>What chance is made of: the same seed gives the same answer on any machine.</summary>
    /// <example>1</example>
    [Range(0, int.MaxValue), Default(1)]
    public int Seed { get; init; }

    /// <summary>Money: how many paths reach it is told.</summary>
    /// <example>150000</example>
    [AmountText]
    public decimal? Goal { get; init; }

    /// <summary>Percent: how many paths fall by more is told.</summary>
    /// <example>20</example>
    [PercentText]
    public decimal? DrawdownLimit { get; init; }

    /// <summary>About how many points of the paths are told.</summary>
    /// <example>200</example>
    [Range(2, 2_000), Default(200)]
    public int Points { get; init; }

    public YearParameters Year { get; init; } = new();

    public SelectionParameters Selection { get; init; } = new();
}

/// <summary>An amount of money above 0.</summary>
public sealed class AmountTextAttribute : TextFormatAttribute
{
    public override bool TryRead(string text, out object? value, out string error)
    {
        var isRead = BatchLimits.Amount.TryRead(text, out var amount, out error);
        value = amount;
        return isRead;
    }
}

/// <summary>A percentage from 0 to 100.</summary>
public sealed class PercentTextAttribute : TextFormatAttribute
{
    private static readonly NumberRange Range = new(0, 100);

    public override bool TryRead(string text, out object? value, out string error)
    {
        var isRead = Range.TryRead(text, out var percentage, out error);
        value = percentage;
        return isRead;
    }
}

/// <summary>How sure the figures of a batch are.</summary>
/// <param name="Seed">As it was asked for: with it the same answer comes again.</param>
/// <param name="Trades">How many there are to make paths of.</param>
/// <param name="InitialEquity">What every path begins with: the capital before the first selected row.</param>
/// <param name="Result"><c>null</c> under 30 trades.</param>
public sealed record ConfidenceAnswer(
    long BatchId,
    [property: AllowedValues("shuffle", "bootstrap", "block")] string Method,
    int Paths,
    int Seed,
    int Trades,
    FixedPoint InitialEquity,
    Confidence? Result
);

/// <summary>Paths that are too many to be answered at once: how far they are, and what came of them.</summary>
/// <param name="LedgerVersion">Which state of the batch's ledger they are made of.</param>
/// <param name="Progress">0 to 1.</param>
/// <param name="Done">How many paths.</param>
/// <param name="Answer">Only once it is done.</param>
/// <param name="Failure">Why it failed; where it did.</param>
public sealed record ConfidenceJob(
    string Id,
    long BatchId,
    string LedgerVersion,
    [property: AllowedValues("running", "done", "cancelled", "failed")] string State,
    double Progress,
    int Done,
    int Total,
    ConfidenceAnswer? Answer,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Failure
);

/// <summary>What else could have come of a batch's trades.</summary>
public static class ConfidenceRoutes
{
    /// <summary>Paths × trades that are answered at once: about three seconds of one processor.</summary>
    private const long StepsMax = 50_000_000;

    private const string JobExample = """
        {"id":"6e0f0ab7f2d44c8e9d3c5a2b1f0e9d8c","batchId":1,"ledgerVersion":"3.7.1000000.19ab2c4d5e6","state":"running","progress":0.25,"done":250,"total":1000,"answer":null}
        """;

    private const string IdNote = "The job's id, as it was answered.";

    private const string Example = """
        {"batchId":1,"method":"shuffle","paths":1000,"seed":1,"trades":73,"initialEquity":100000,
         "result":{"fan":{"trade":[0,73],"p5":[100000,104210.5],"p25":[100000,104210.5],"p50":[100000,104210.5],"p75":[100000,104210.5],"p95":[100000,104210.5]},
          "finalEquity":{"p5":104210.5,"p25":104210.5,"p50":104210.5,"p75":104210.5,"p95":104210.5},
          "maxDrawdownPercentage":{"p5":5.1,"p25":6.3,"p50":7.6,"p75":9.4,"p95":12.9},"ruined":0,"passedDrawdownLimit":null,"reachedGoal":null,
          "intervals":{"winRate":{"lower":0.34,"upper":0.34},"profitFactor":{"lower":1.01,"upper":1.03},"expectancy":{"lower":57.7,"upper":57.7},
           "averageChange":{"lower":0.067,"upper":0.067},"sharpe":{"lower":0.1,"upper":0.2}}}}
        """;

    public static RouteGroupBuilder MapConfidence(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/charts/confidence", ShowAsync)
            .WithTags("Charts")
            .Described(
                "Confidence",
                "Paths made of the selected rows' changes, each compounded anew by the ledger's rule from the capital "
                    + "before the first of them: quantiles of the equity along the path, of the final equity and of "
                    + "the deepest fall, how many paths are ruined, pass `drawdownLimit` and reach `goal` at any time, "
                    + "and 5 % to 95 % intervals of figures of the statistics. Under 30 trades there is no result. "
                    + $"More than {StepsMax} steps in all paths (paths × trades) are a job: the answer is `202`, and "
                    + "asking again for the same says how far it is, until it is done. One job runs after the other "
                    + "in the process that took it; the last sixteen are kept."
            )
            .Takes(PathParameter.BatchId)
            .Answers(StatusCodes.Status200OK, "The quantiles.", Example)
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv("trade,p5,p25,p50,p75,p95\r\n0,100000,100000,100000,100000,100000\r\n")
            .Answers(
                StatusCodes.Status202Accepted,
                "It runs, or waits for its turn; `Location` says where it is.",
                JobExample
            )
            .AnswersWith(StatusCodes.Status202Accepted, HeaderNames.Location, "Where it is.")
            .AnswersWith(StatusCodes.Status202Accepted, HeaderNames.RetryAfter, "Seconds to wait before asking again.")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        var jobs = api.MapGroup("/batches/{id}/confidence/{job}").WithTags("Charts");
        var path = new PathParameter("job", IdNote, "6e0f0ab7f2d44c8e9d3c5a2b1f0e9d8c");
        jobs.MapGet("/", ShowJob)
            .Described("Show a confidence job", "How far it is, and once it is done what came of it.")
            .Takes(PathParameter.BatchId, path)
            .Answers(StatusCodes.Status200OK, "The job.", JobExample)
            .Refuses(StatusCodes.Status404NotFound, "There is no such job (any more).")
            .WithMetadata(WithoutDatabase.Instance);
        jobs.MapDelete("/", Cancel)
            .Described("Cancel a confidence job", "Ends it where it is not done. A viewer may.")
            .Takes(PathParameter.BatchId, path)
            .Answers(StatusCodes.Status204NoContent, "It is cancelled, or was done.")
            .Refuses(StatusCodes.Status403Forbidden, "The request comes from another site.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such job (any more).")
            .WithMetadata(WithoutDatabase.Instance);
        return api;
    }

    private static async Task<
        Results<Ok<ConfidenceAnswer>, Accepted<ConfidenceJob>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>
    > ShowAsync(
        string id,
        ConfidenceParameters parameters,
        HttpRequest request,
        LedgerCache ledgers,
        OpenTradeStore store,
        Jobs<ConfidenceRequest, ConfidenceAnswer> jobs,
        CancellationToken cancellationToken
    )
    {
        if (
            !BatchRoutes.TryParseId(id, out var batchId)
            || await ledgers.ReadAsync(batchId, cancellationToken) is not { } ledger
        )
            return BatchRoutes.NotFound();
        if (Conditional.Unchanged(request, ledger.Version) is { } unchanged)
            return unchanged;

        var open = await store.ReadAsync(batchId, cancellationToken);
        var filter = parameters.Selection.ToFilter();
        var plan = new ConfidenceRequest(
            Enum.Parse<Resampling>(parameters.Method, ignoreCase: true),
            parameters.Paths,
            (ulong)parameters.Seed,
            open.AllocationPercentage,
            parameters.DrawdownLimit,
            parameters.Goal,
            parameters.Points,
            parameters.Year.Days
        );
        ConfidenceAnswer Make(Action? count, CancellationToken cancellation)
        {
            using var rows = Selection.Of(ledger, filter);
            return new ConfidenceAnswer(
                batchId,
                parameters.Method,
                parameters.Paths,
                parameters.Seed,
                rows.Count,
                rows.InitialEquity,
                rows.Count < BatchStatistics.Few
                    ? null
                    : Confidence.Of(rows, ZoneCalendar.Of(parameters.Selection.Zone), plan, count, cancellation)
            );
        }

        using var selected = Selection.Of(ledger, filter);
        if ((long)parameters.Paths * selected.Count <= StepsMax)
            return Answer(Make(count: null, cancellationToken));

        // The address says all of the request but what its answer is made of: the ledger, and who has which tag.
        var key = $"{batchId} {request.HttpContext.Response.Headers.ETag} {request.QueryString}";
        var job =
            jobs.Same(key)
            ?? jobs.Begin(
                batchId,
                ledger.Version.ToString(),
                key,
                plan,
                parameters.Paths,
                (running, cancellation) => Make(running.Count, cancellation)
            );
        if (job.State.Result is { } done)
            return Answer(done);
        // It is another answer the next time.
        request.HttpContext.Response.Headers.Remove(HeaderNames.ETag);
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        request.HttpContext.Response.Headers.RetryAfter = "1";
        return TypedResults.Accepted($"/api/v1/batches/{batchId}/confidence/{job.Id}", ToAnswer(job));

        Results<
            Ok<ConfidenceAnswer>,
            Accepted<ConfidenceJob>,
            CsvResult,
            StatusCodeHttpResult,
            ProblemHttpResult
        > Answer(ConfidenceAnswer answer) =>
            Csv.IsWanted(request, parameters.Selection.Download)
                ? LedgerResponse.Download(batchId, request, Table(answer.Result))
                : TypedResults.Ok(answer);
    }

    private static Results<Ok<ConfidenceJob>, ProblemHttpResult> ShowJob(
        string id,
        string job,
        Jobs<ConfidenceRequest, ConfidenceAnswer> jobs
    ) =>
        BatchRoutes.TryParseId(id, out var batchId) && jobs.Find(batchId, job) is { } found
            ? TypedResults.Ok(ToAnswer(found))
            : NotFound(id);

    private static Results<NoContent, ProblemHttpResult> Cancel(
        string id,
        string job,
        Jobs<ConfidenceRequest, ConfidenceAnswer> jobs
    ) =>
        BatchRoutes.TryParseId(id, out var batchId) && jobs.Cancel(batchId, job)
            ? TypedResults.NoContent()
            : NotFound(id);

    private static ProblemHttpResult NotFound(string id) =>
        Problems.Of(
            StatusCodes.Status404NotFound,
            "Not found.",
            $"There is no such job of batch {id} (any more): the last sixteen are kept, by the process that took them. "
                + $"Ask again at /api/v1/batches/{id}/charts/confidence."
        );

    private static ConfidenceJob ToAnswer(Job<ConfidenceRequest, ConfidenceAnswer> job)
    {
        var (state, done, answer, failure) = job.State;
        return new ConfidenceJob(
            job.Id,
            job.BatchId,
            job.LedgerVersion,
            state,
            (double)done / job.Total,
            done,
            job.Total,
            answer,
            failure
        );
    }

    private static CsvTable Table(Confidence? result) =>
        new(
            ["trade", "p5", "p25", "p50", "p75", "p95"],
            result?.Fan is { } fan
                ? fan.Trade.Select(
                    (trade, i) => new object?[] { trade, fan.P5[i], fan.P25[i], fan.P50[i], fan.P75[i], fan.P95[i] }
                )
                : []
        );
}
