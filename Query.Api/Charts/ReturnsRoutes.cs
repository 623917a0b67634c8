using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Calendar;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.LedgerView;
using PnlPipeline.Query.Api.OpenApi;

namespace PnlPipeline.Query.Api.Charts;

/// <summary>The answer: a line for each year.</summary>
/// <param name="Years">From the first selected trade's to the last's, those between too.</param>
public sealed record ReturnsAnswer(IReadOnlyList<YearOfReturns> Years);

/// <summary>A batch's returns by month.</summary>
public static class ReturnsRoutes
{
    private const string By = "month";

    private const string Example =
        """{"years":[{"year":2026,"months":[null,null,0.031,0,-0.0125,0.02,0.004,null,null,null,null,null],"total":0.0426}]}""";

    public static RouteGroupBuilder MapReturns(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/charts/returns", ShowAsync).WithTags("Charts")
            .Described(
                "Returns",
                "By month of the time zone `tz`, as fractions: the equity at the end of the month over that at its beginning, less 1. 0 where it was idle, `null` "
                + "before the first selected trade's month and after the last's, and where the month began with no capital. `total` is the year's, which is its months "
                + "compounded; `null` where the year began with no capital.")
            .Takes(
            [
                Parameter.BatchId,
                Parameter.Choice("by", "What each figure stands for.", By, By),
                Parameter.Zone,
                Parameter.Format,
                .. LedgerFilter.Parameters,
            ])
            .Answers(StatusCodes.Status200OK, "A line for each year; nothing selected: none.", Example)
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv("year,month1,month2,month3,month4,month5,month6,month7,month8,month9,month10,month11,month12,total\r\n2026,,,0.031,0,,,,,,,,,0.031\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static Task<Results<Ok<ReturnsAnswer>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> ShowAsync(
        string id, HttpRequest request, LedgerCache ledgers, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(request);
        query.Word("by", By);
        var calendar = ZoneCalendar.Of(query.Zone());
        var filter = LedgerFilter.Read(query);
        return Shown.AnswerAsync(
            id, request, query, ledgers, filter, rows => new ReturnsAnswer(Returns.ByMonth(rows, calendar)), Table, cancellationToken);
    }

    private static CsvTable Table(ReturnsAnswer answer) => new(
        ["year", .. Enumerable.Range(1, 12).Select(month => $"month{month}"), "total"],
        answer.Years.Select(year => (object?[])[year.Year, .. year.Months.Cast<object?>(), year.Total]));
}
