using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>How a batch's trades are distributed.</summary>
public static class DistributionRoutes
{
    private const string Example = """{"edges":[-2,-1,0,1,2],"counts":[3,11,14,6]}""";

    public static RouteGroupBuilder MapDistribution(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/charts/distribution", ShowAsync)
            .WithTags("Charts")
            .Described(
                "Distribution",
                "How many of the selected rows lie in each of `bins` bins of equal width from the lowest to the "
                    + "highest: at or above the lower edge and under the upper one, in the last bin also at it. Of "
                    + "changes net of fees, in percent, or of `pnl`. Where all are equal, the bins are one unit "
                    + "(percent point, or of money) wide around them together."
            )
            .Takes(PathParameter.BatchId)
            .Answers(
                StatusCodes.Status200OK,
                "One more edge than there are counts; nothing selected: none of either.",
                Example
            )
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv("from,to,count\r\n-2,-1,3\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static Task<Results<Ok<Distribution>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> ShowAsync(
        string id,
        DistributionParameters parameters,
        HttpRequest request,
        LedgerCache ledgers,
        CancellationToken cancellationToken
    ) =>
        LedgerResponse.AnswerAsync(
            id,
            request,
            parameters.Selection,
            ledgers,
            rows => Distribution.Of(rows, ofChange: parameters.Of == "change", parameters.Bins),
            Table,
            cancellationToken
        );

    private static CsvTable Table(Distribution distribution) =>
        new(
            ["from", "to", "count"],
            distribution.Counts.Select(
                (count, bin) => new object?[] { distribution.Edges[bin], distribution.Edges[bin + 1], count }
            )
        );
}
