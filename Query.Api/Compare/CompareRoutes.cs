using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Calendar;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.LedgerView;
using PnlPipeline.Query.Api.OpenApi;
using PnlPipeline.Query.Api.Statistics;

namespace PnlPipeline.Query.Api.Compare;

/// <summary>Batches side by side.</summary>
public static class CompareRoutes
{
    private const int MaxBatches = 20;
    private const string By = "day";

    public static RouteGroupBuilder MapCompare(this RouteGroupBuilder api)
    {
        api.MapGet("/compare", ShowAsync).WithTags("Statistics")
            .Described(
                "Compare batches",
                "The chosen batches' returns rebased to 0 %, their statistics side by side, the correlation of their daily returns, and the sum of all as one account: "
                + "money is added and percentages are made of the sums; a batch that has not begun yet counts with its capital, one that has ended with what it came to. "
                + "Filters select rows of every batch, as they do in each by itself. Days are those of the time zone `tz`.")
            .Takes(
            [
                new QueryParameter("batch", $"The ids of the batches, 1 to {MaxBatches}; one that stands several times counts once.", "1", Repeats: true, Min: 1),
                Parameter.Choice("by", "What each point stands for.", By, By),
                Parameter.Annualization,
                Parameter.Zone,
                .. LedgerFilter.Parameters,
            ])
            .Answers(StatusCodes.Status200OK, "The comparison; nothing selected: empty columns.", StatisticsExample.Comparison)
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong, no batch, or too many.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch; `detail` says which.");
        return api;
    }

    private static async Task<Results<Ok<Comparison>, ProblemHttpResult>> ShowAsync(
        HttpRequest request, BatchStore batches, StatisticsReader reader, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request.Query);
        var ids = query.Ids("batch", MaxBatches);
        if (ids.Count == 0 && !query.Errors.Any)
            query.Errors.Add("batch", "Is missing. Send the ids of the batches to compare, for example batch=1&batch=2.");
        query.Word("by", By);
        var annualization = StatisticsRoutes.Annualization(query);
        var calendar = ZoneCalendar.Of(query.Zone());
        var filter = LedgerFilter.Read(query);
        if (query.Errors.Any)
            return Problems.BadRequest(query.Errors);

        var accounts = new List<Account>();
        var missing = new List<string>();
        foreach (var id in ids)
        {
            if (BatchRoutes.TryParseId(id, out var batchId)
                && await batches.FindAsync(batchId, cancellationToken) is { } batch
                && await reader.ReadAsync(batchId, filter, calendar, annualization, cancellationToken) is { } read)
            {
                accounts.Add(new Account(
                    batchId, batch.Name, Account.CapitalOf(read.Rows, filter, Amount.Of(batch.Capital)), read.Rows, read.Statistics));
            }
            else
            {
                missing.Add(id);
            }
        }

        return missing.Count == 0
            ? TypedResults.Ok(Comparing.Of(accounts, calendar))
            : Problems.NotFound(missing.Count == 1 ? $"Batch {missing[0]}" : $"Each of the batches {string.Join(", ", missing)}", "/api/v1/batches");
    }
}
