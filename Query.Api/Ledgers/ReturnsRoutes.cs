using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>The answer: a line for each year.</summary>
/// <param name="Years">From the first of the span to the last, those between too.</param>
public sealed record ReturnsAnswer(IReadOnlyList<YearOfReturns> Years);

/// <summary>A batch's returns by month.</summary>
public static class ReturnsRoutes
{
    private const string Example =
        """{"years":[{"year":2026,"months":[null,null,0.031,0,-0.0125,0.02,0.004,null,null,null,null,null],"total":0.0426}]}""";

    public static RouteGroupBuilder MapReturns(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/charts/returns", ShowAsync)
            .WithTags("Charts")
            .Described(
                "Returns",
                "By month of the time zone `tz`, as fractions: the equity at the end of the month over that at its "
                    + "beginning, less 1. 0 where it was idle, `null` before the first month of the span and after its "
                    + "last, and where the month began with no capital. The span is that of the charts by month. "
                    + "`total` is the year's, which is its months compounded; `null` where the year began with no "
                    + "capital."
            )
            .Takes(PathParameter.BatchId)
            .Answers(StatusCodes.Status200OK, "A line for each year; nothing selected: none.", Example)
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv(
                "year,month1,month2,month3,month4,month5,month6,month7,month8,month9,month10,month11,month12,total\r\n2026,,,0.031,0,,,,,,,,,0.031\r\n"
            )
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static Task<Results<Ok<ReturnsAnswer>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> ShowAsync(
        string id,
        ReturnsParameters parameters,
        HttpRequest request,
        LedgerCache ledgers,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        var calendar = ZoneCalendar.Of(parameters.Selection.Zone);
        return LedgerResponse.AnswerAsync(
            id,
            request,
            parameters.Selection,
            ledgers,
            rows => new ReturnsAnswer(Returns.ByMonth(rows, calendar, now.ToUnixTimeMilliseconds())),
            Table,
            cancellationToken,
            parameters.Selection.PeriodsEnd(now)
        );
    }

    private static CsvTable Table(ReturnsAnswer answer) =>
        new(
            ["year", .. Enumerable.Range(1, 12).Select(month => $"month{month}"), "total"],
            answer.Years.Select(year => (object?[])[year.Year, .. year.Months.Cast<object?>(), year.Total])
        );
}
