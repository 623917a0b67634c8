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
                new QueryParameter("batch", $"The ids of the batches, 1 to {MaxBatches}; one that stands several times counts once.", "1", Repeats: true, Min: 1, IsRequired: true),
                Parameter.Choice("by", "What each point stands for.", By, By),
                Parameter.Annualization,
                Parameter.Zone,
                Parameter.Format,
                .. LedgerFilter.Parameters,
            ])
            .Answers(StatusCodes.Status200OK, "The comparison; nothing selected: empty columns.", StatisticsExample.Comparison)
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv("time,changePercentage.1,sum.value,sum.changePercentage,sum.drawdown,sum.drawdownPercentage\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong, no batch, or too many.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch; `detail` says which.");
        return api;
    }

    private static async Task<Results<Ok<Comparison>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> ShowAsync(
        HttpRequest request, BatchStore batches, LedgerCache ledgers, StatisticsReader reader, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(request);
        var ids = query.Ids("batch", MaxBatches);
        if (ids.Count == 0 && !query.Errors.Any)
            query.Errors.Add("batch", "Is missing. Send the ids of the batches to compare, for example batch=1&batch=2.");
        query.Word("by", By);
        var annualization = StatisticsRoutes.Annualization(query);
        var calendar = ZoneCalendar.Of(query.Zone());
        var filter = LedgerFilter.Read(query);
        var isCsv = Csv.IsWanted(request, query);
        if (query.Errors.Any)
            return Problems.BadRequest(query.Errors);

        var found = new List<(Batch Batch, LedgerColumns Ledger)>();
        var missing = new List<string>();
        foreach (var id in ids)
        {
            if (BatchRoutes.TryParseId(id, out var batchId)
                && await batches.FindAsync(batchId, cancellationToken) is { } batch
                && await ledgers.ReadAsync(batchId, cancellationToken) is { } ledger)
            {
                found.Add((batch, ledger));
            }
            else
            {
                missing.Add(id);
            }
        }

        if (missing.Count > 0)
            return NotFound(missing);
        if (Conditional.Unchanged(request, found.Select(one => (object)one.Ledger.Version)) is { } unchanged)
            return unchanged;

        var accounts = new List<Account>();
        foreach (var (batch, ledger) in found)
        {
            if (await reader.ReadAsync(batch.Id, ledger, filter, calendar, annualization, cancellationToken) is not { } read)
                return NotFound([$"{batch.Id}"]);
            accounts.Add(new Account(
                batch.Id, batch.Name, Account.CapitalOf(read.Rows, filter, Amount.Of(batch.Capital)), read.Rows, read.Statistics));
        }

        Conditional.Unchanged(request, accounts.Select(account => (object)account.Rows.Ledger.Version));
        var comparison = Comparing.Of(accounts, calendar);
        foreach (var account in accounts)
            account.Rows.Dispose();
        if (!isCsv)
            return TypedResults.Ok(comparison);
        var table = Table(comparison);
        return new CsvResult("compare.csv", table.Columns, table.Rows.ToAsyncEnumerable());
    }

    private static ProblemHttpResult NotFound(List<string> missing) => Problems.NotFound(
        missing.Count == 1 ? $"Batch {missing[0]}" : $"Each of the batches {string.Join(", ", missing)}", "/api/v1/batches");

    // A column for each batch, under its id: a name may be anything.
    private static CsvTable Table(Comparison comparison) => new(
        [
            "time",
            .. comparison.Batches.Select(batch => $"changePercentage.{batch.BatchId}"),
            "sum.value", "sum.changePercentage", "sum.drawdown", "sum.drawdownPercentage",
        ],
        comparison.Time.Select((time, day) => (object?[])
        [
            UnixTime.FromUnixMilliseconds(time),
            .. comparison.Batches.Select(batch => (object?)batch.ChangePercentage[day]),
            comparison.Sum.Value[day],
            comparison.Sum.ChangePercentage[day],
            comparison.Sum.Drawdown[day],
            comparison.Sum.DrawdownPercentage[day],
        ]));
}
