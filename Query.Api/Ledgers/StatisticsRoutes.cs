using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>What there is to say about a batch's history.</summary>
public static class StatisticsRoutes
{
    public static RouteGroupBuilder MapStatistics(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/statistics", ShowAsync)
            .WithTags("Statistics")
            .Described(
                "Statistics",
                "Of the rows that the filter selects, and of the equity they make by themselves: the capital before "
                    + "the first of them plus the running sum of their `pnl`. Daily returns are of every day of the "
                    + "time zone `tz` from the first selected exit's to the last's, idle days 0. What is undefined is "
                    + "`null`: everything made of daily returns where a day begins at or under 0, ratios over nothing, "
                    + "and of no rows all but counts, sums and streaks. Names that end in `Percentage` or speak of "
                    + "change are in percent; everything else is a count, a fraction, seconds or money. Sums are "
                    + "exact, other figures unrounded."
            )
            .Takes(PathParameter.BatchId)
            .Answers(StatusCodes.Status200OK, "The figures.", StatisticsExample.Json)
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv("trades,wins,losses\r\n12,8,4\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static Task<Results<Ok<BatchStatistics>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> ShowAsync(
        string id,
        StatisticsParameters parameters,
        HttpRequest request,
        LedgerCache ledgers,
        OpenTradeStore store,
        CancellationToken cancellationToken
    ) =>
        LedgerResponse.AnswerAsync(
            id,
            request,
            parameters.Selection,
            ledgers,
            store,
            (rows, open) =>
                SelectionStatistics.Of(rows, ZoneCalendar.Of(parameters.Selection.Zone), parameters.Year.Days, open),
            CsvTable.OfOne,
            cancellationToken
        );
}
