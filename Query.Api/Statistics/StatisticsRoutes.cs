using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Calendar;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.LedgerView;
using PnlPipeline.Query.Api.OpenApi;

namespace PnlPipeline.Query.Api.Statistics;

/// <summary>What there is to say about a batch's history.</summary>
public static class StatisticsRoutes
{
    public static RouteGroupBuilder MapStatistics(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/statistics", ShowAsync).WithTags("Statistics")
            .Described(
                "Statistics",
                "Of the rows that the filter selects, and of the equity they make by themselves: the capital before the first of them plus the running sum of "
                + "their `pnl`. Daily returns are of every day of the time zone `tz` from the first selected exit's to the last's, idle days 0. What is undefined is "
                + "`null`: everything made of daily returns where a day begins at or under 0, ratios over nothing, and of no rows all but counts, sums and streaks. "
                + "Names that end in `Percentage` or speak of change are in percent; everything else is a count, a fraction, seconds or money. Sums are exact, "
                + "other figures unrounded.")
            .Takes([Parameter.BatchId, Parameter.Annualization, Parameter.Zone, .. LedgerFilter.Parameters])
            .Answers(StatusCodes.Status200OK, "The figures.", StatisticsExample.Json)
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    /// <summary>Reads <see cref="Parameter.Annualization"/>.</summary>
    internal static int Annualization(QueryReader query) =>
        int.Parse(query.Word(Parameter.Annualization.Name, [.. Parameter.Annualization.Words!]), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<Results<Ok<BatchStatistics>, ProblemHttpResult>> ShowAsync(
        string id, HttpRequest request, StatisticsReader reader, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request.Query);
        var annualization = Annualization(query);
        var calendar = ZoneCalendar.Of(query.Zone());
        var filter = LedgerFilter.Read(query);
        if (query.Errors.Any)
            return Problems.BadRequest(query.Errors);

        return BatchRoutes.TryParseId(id, out var batchId)
            && await reader.ReadAsync(batchId, filter, calendar, annualization, cancellationToken) is { } read
            ? TypedResults.Ok(read.Statistics)
            : BatchRoutes.NotFound();
    }
}
