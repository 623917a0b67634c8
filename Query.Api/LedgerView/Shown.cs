using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.LedgerView;

/// <summary>What is made of a batch's columns, answered the same way by all: not read again where the client has it, as JSON or as CSV.</summary>
public static class Shown
{
    /// <param name="make">The answer, from the rows that the filter selects; it keeps nothing of them.</param>
    /// <param name="table">The same as a table, for the download.</param>
    public static async Task<Results<Ok<T>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> AnswerAsync<T>(
        string id,
        HttpRequest request,
        QueryReader query,
        LedgerCache ledgers,
        LedgerFilter filter,
        Func<Selection, T> make,
        Func<T, CsvTable> table,
        CancellationToken cancellationToken)
    {
        var isCsv = Csv.IsWanted(request, query);
        if (query.Errors.Any)
            return Problems.BadRequest(query.Errors);
        if (!BatchRoutes.TryParseId(id, out var batchId) || await ledgers.ReadAsync(batchId, cancellationToken) is not { } ledger)
            return BatchRoutes.NotFound();
        if (Conditional.Unchanged(request, ledger.Version) is { } unchanged)
            return unchanged;

        using var rows = Selection.Of(ledger, filter);
        var answer = make(rows);
        return isCsv ? Download(batchId, request, table(answer)) : TypedResults.Ok(answer);
    }

    /// <summary>A file named after the batch and the call.</summary>
    public static CsvResult Download(long batchId, HttpRequest request, CsvTable table) =>
        new($"batch-{batchId}-{request.Path.Value!.TrimEnd('/').Split('/')[^1]}.csv", table.Columns, table.Rows.ToAsyncEnumerable());
}
