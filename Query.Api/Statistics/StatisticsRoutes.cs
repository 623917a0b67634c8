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
            .Takes([Parameter.BatchId, Parameter.Annualization, Parameter.Zone, Parameter.Format, .. LedgerFilter.Parameters])
            .Answers(StatusCodes.Status200OK, "The figures.", StatisticsExample.Json)
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv("trades,wins,losses\r\n12,8,4\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    /// <summary>Reads <see cref="Parameter.Annualization"/>.</summary>
    internal static int Annualization(QueryReader query) =>
        int.Parse(query.Word(Parameter.Annualization.Name, [.. Parameter.Annualization.Words!]), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<Results<Ok<BatchStatistics>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> ShowAsync(
        string id, HttpRequest request, LedgerCache ledgers, StatisticsReader reader, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(request);
        var annualization = Annualization(query);
        var calendar = ZoneCalendar.Of(query.Zone());
        var filter = LedgerFilter.Read(query);
        var isCsv = Csv.IsWanted(request, query);
        if (query.Errors.Any)
            return Problems.BadRequest(query.Errors);
        if (!BatchRoutes.TryParseId(id, out var batchId) || await ledgers.ReadAsync(batchId, cancellationToken) is not { } ledger)
            return BatchRoutes.NotFound();
        if (Conditional.Unchanged(request, ledger.Version) is { } unchanged)
            return unchanged;
        if (await reader.ReadAsync(batchId, ledger, filter, calendar, annualization, cancellationToken) is not { } read)
            return BatchRoutes.NotFound();

        using var rows = read.Rows;
        // Once more: the ledger may have been another when the trades were named.
        Conditional.Unchanged(request, rows.Ledger.Version);
        return isCsv ? Shown.Download(batchId, request, CsvTable.OfOne(read.Statistics)) : TypedResults.Ok(read.Statistics);
    }
}
