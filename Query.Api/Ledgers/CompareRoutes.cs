using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>Batches side by side.</summary>
public static class CompareRoutes
{
    public static RouteGroupBuilder MapCompare(this RouteGroupBuilder api)
    {
        api.MapGet("/compare", ShowAsync)
            .WithTags("Statistics")
            .Described(
                "Compare batches",
                "The chosen batches' returns rebased to 0 %, their statistics side by side, the correlation of their "
                    + "daily returns, and the sum of all as one account: money is added and percentages are made of "
                    + "the sums; a batch that has not begun yet counts with its capital, one that has ended with what "
                    + "it came to. Filters select rows of every batch, as they do in each by itself. Days are those of "
                    + "the time zone `tz`; each curve has its own span, as its chart by day has, and says where it "
                    + "starts (`start`), at 0 %. With `weights` or `suggest`, `weighted` is the sum of all capitals in "
                    + "those parts, each growing as its batch does. As CSV a day on which a curve starts has a line before it, with what "
                    + "all stood at in its first instant."
            )
            .Answers(
                StatusCodes.Status200OK,
                "The comparison; nothing selected: empty columns.",
                StatisticsExample.Comparison
            )
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv(
                "time,changePercentage.1,sum.value,sum.changePercentage,sum.drawdown,sum.drawdownPercentage\r\n"
            )
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong, no batch, or too many.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch; `detail` says which.");
        return api;
    }

    private static async Task<Results<Ok<Comparison>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> ShowAsync(
        CompareParameters parameters,
        HttpRequest request,
        BatchStore batches,
        LedgerCache ledgers,
        OpenTradeStore store,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        var filter = parameters.Selection.ToFilter();
        var calendar = ZoneCalendar.Of(parameters.Selection.Zone);
        var found = new List<(Batch Batch, LedgerColumns Ledger, OpenTrades Open)>();
        var missing = new List<string>();
        foreach (var id in parameters.Ids)
        {
            if (
                BatchRoutes.TryParseId(id, out var batchId)
                && await batches.FindAsync(batchId, cancellationToken) is { } batch
                && await ledgers.ReadAsync(batchId, cancellationToken) is { } ledger
            )
            {
                found.Add((batch, ledger, await store.ReadAsync(batchId, cancellationToken)));
            }
            else
            {
                missing.Add(id);
            }
        }

        if (missing.Count > 0)
            return NotFound(missing);
        if (
            Conditional.Unchanged(
                request,
                [
                    .. found.Select(one => (object)$"{one.Ledger.Version}.{one.Open.Version}"),
                    parameters.Selection.PeriodsEnd(now),
                ]
            ) is
            { } unchanged
        )
            return unchanged;

        var accounts = found.ConvertAll(one =>
        {
            var rows = Selection.Of(one.Ledger, filter);
            return new Account(
                one.Batch.Id,
                one.Batch.Name,
                Account.CapitalOf(rows, filter, FixedPoint.Of(one.Batch.Capital)),
                rows,
                SelectionStatistics.Of(rows, calendar, parameters.Year.Days, one.Open)
            );
        });
        var comparison = Comparing.Of(accounts, calendar, now.ToUnixTimeMilliseconds(), parameters.ToWeighting());
        foreach (var account in accounts)
            account.Rows.Dispose();
        if (!Csv.IsWanted(request, parameters.Selection.Download))
            return TypedResults.Ok(comparison);
        var table = Table(comparison);
        return new CsvResult("compare.csv", table.Columns, table.Rows.ToAsyncEnumerable());
    }

    private static ProblemHttpResult NotFound(List<string> missing) =>
        Problems.NotFound(
            missing.Count == 1 ? $"Batch {missing[0]}" : $"Each of the batches {string.Join(", ", missing)}",
            "/api/v1/batches"
        );

    // A column for each batch, under its id: a name may be anything.
    private static CsvTable Table(Comparison comparison) =>
        new(
            [
                "time",
                .. comparison.Batches.Select(batch => $"changePercentage.{batch.BatchId}"),
                "sum.value",
                "sum.changePercentage",
                "sum.drawdown",
                "sum.drawdownPercentage",
            ],
            Rows(comparison)
        );

    private static IEnumerable<object?[]> Rows(Comparison comparison)
    {
        for (var day = 0; day < comparison.Time.Count; day++)
        {
            if (comparison.Batches.Any(batch => batch.Start?.Time == comparison.Time[day]))
                yield return Row(comparison, day, day - 1);
            yield return Row(comparison, day, day);
        }
    }

    // What all stand at after a day; before the first, and where a curve starts, what they begin with.
    private static object?[] Row(Comparison comparison, int day, int after)
    {
        var time = comparison.Time[day];
        var sum = comparison.Sum;
        return
        [
            UnixTime.FromUnixMilliseconds(time),
            .. comparison.Batches.Select(batch =>
                after < day && batch.Start?.Time == time ? batch.Start.Value
                : after < 0 ? null
                : (object?)batch.ChangePercentage[after]
            ),
            .. after < 0
                ? (object?[])[sum.Capital, 0, 0, 0]
                : [sum.Value[after], sum.ChangePercentage[after], sum.Drawdown[after], sum.DrawdownPercentage[after]],
        ];
    }
}
