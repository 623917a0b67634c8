using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>The time zone is taken with the others, but falls are the same in every zone.</summary>
public sealed class DrawdownPeriodParameters : RequestParameters, IParameters<DrawdownPeriodParameters>
{
    /// <summary>How many at most.</summary>
    /// <example>10</example>
    [Range(1, Page.MaxLimit), Default(Page.DefaultLimit)]
    public int Limit { get; init; }

    public SelectionParameters Selection { get; init; } = new();
}

/// <summary>How far a batch fell, and how long it took to come back.</summary>
public static class DrawdownRoutes
{
    private const string Example = """
        {"items":[{"peakTime":"2026-01-06T12:00:00Z","troughTime":"2026-01-10T00:30:00Z","recoveryTime":"2026-02-01T10:00:00Z","depth":216,
          "depthPercentage":18.620689655172413,"trades":4,"seconds":2239200}],"total":1}
        """;

    public static RouteGroupBuilder MapDrawdowns(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/drawdowns", ShowAsync)
            .WithTags("Statistics")
            .Described(
                "Drawdown periods",
                "The falls of the equity of the selected rows under its highest so far, worst first by percentage: "
                    + "each from the last row at a peak (at first the capital before the first row, at the earliest "
                    + "entry) to the first row at or over it again; one that has not come back lasts to the last row. "
                    + "`total` is the count of all."
            )
            .Takes(PathParameter.BatchId)
            .Answers(StatusCodes.Status200OK, "The falls; where there is none, none.", Example)
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv(string.Join(',', Columns) + "\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static string[] Columns { get; } =
    ["peakTime", "troughTime", "recoveryTime", "depth", "depthPercentage", "trades", "seconds"];

    // A download is of all of them.
    private static Task<Results<Ok<DrawdownPeriods>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> ShowAsync(
        string id,
        DrawdownPeriodParameters parameters,
        HttpRequest request,
        LedgerCache ledgers,
        CancellationToken cancellationToken
    )
    {
        var limit = Csv.IsWanted(request, parameters.Selection.Download) ? int.MaxValue : parameters.Limit;
        return LedgerResponse.AnswerAsync(
            id,
            request,
            parameters.Selection,
            ledgers,
            rows => DrawdownPeriods.Of(rows, limit),
            Table,
            cancellationToken
        );
    }

    private static CsvTable Table(DrawdownPeriods periods) =>
        new(
            Columns,
            periods.Items.Select(one =>
                (object?[])
                    [
                        one.PeakTime,
                        one.TroughTime,
                        one.RecoveryTime,
                        one.Depth,
                        one.DepthPercentage,
                        one.Trades,
                        one.Seconds,
                    ]
            )
        );
}
