using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>
/// What is made of a batch's columns, answered the same way by all: not read again where the client has it, as JSON or
/// as CSV.
/// </summary>
public static class LedgerResponse
{
    /// <param name="make">The answer, from the rows that the filter selects; it keeps nothing of them.</param>
    /// <param name="state">What the answer depends on beside the ledger.</param>
    /// <param name="table">The same as a table, for the download.</param>
    /// <param name="refuse">What is answered in place of JSON that is too long; <c>null</c> where it is not.</param>
    public static Task<Results<Ok<T>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> AnswerAsync<T>(
        string id,
        HttpRequest request,
        SelectionParameters parameters,
        LedgerCache ledgers,
        Func<Selection, T> make,
        Func<T, CsvTable> table,
        CancellationToken cancellationToken,
        long? state = null,
        Func<T, ProblemHttpResult?>? refuse = null
    ) =>
        AnswerAsync(
            id,
            request,
            parameters,
            ledgers,
            _ => Task.FromResult(((OpenTrades?)null, (object?)state)),
            (rows, _) => make(rows),
            table,
            refuse,
            cancellationToken
        );

    /// <summary>The same of what is made of the batch's open trades, too.</summary>
    public static Task<Results<Ok<T>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> AnswerAsync<T>(
        string id,
        HttpRequest request,
        SelectionParameters parameters,
        LedgerCache ledgers,
        OpenTradeStore store,
        Func<Selection, OpenTrades, T> make,
        Func<T, CsvTable> table,
        CancellationToken cancellationToken,
        Func<T, ProblemHttpResult?>? refuse = null
    ) =>
        AnswerAsync(
            id,
            request,
            parameters,
            ledgers,
            async batchId =>
            {
                var open = await store.ReadAsync(batchId, cancellationToken);
                return ((OpenTrades?)open, (object?)open.Version);
            },
            (rows, open) => make(rows, open!),
            table,
            refuse,
            cancellationToken
        );

    private static async Task<Results<Ok<T>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> AnswerAsync<T>(
        string id,
        HttpRequest request,
        SelectionParameters parameters,
        LedgerCache ledgers,
        Func<long, Task<(OpenTrades? Open, object? State)>> read,
        Func<Selection, OpenTrades?, T> make,
        Func<T, CsvTable> table,
        Func<T, ProblemHttpResult?>? refuse,
        CancellationToken cancellationToken
    )
    {
        if (
            !BatchRoutes.TryParseId(id, out var batchId)
            || await ledgers.ReadAsync(batchId, cancellationToken) is not { } ledger
        )
            return BatchRoutes.NotFound();
        var (open, state) = await read(batchId);
        if (Conditional.Unchanged(request, ledger.Version, state) is { } unchanged)
            return unchanged;

        using var rows = Selection.Of(ledger, parameters.ToFilter());
        var answer = make(rows, open);
        if (Csv.IsWanted(request, parameters.Download))
            return Download(batchId, request, table(answer));
        return refuse?.Invoke(answer) is { } refusal ? refusal : TypedResults.Ok(answer);
    }

    /// <summary>A file named after the batch and the call.</summary>
    public static CsvResult Download(long batchId, HttpRequest request, CsvTable table) =>
        new(
            $"batch-{batchId}-{request.Path.Value!.TrimEnd('/').Split('/')[^1]}.csv",
            table.Columns,
            table.Rows.ToAsyncEnumerable()
        );
}
