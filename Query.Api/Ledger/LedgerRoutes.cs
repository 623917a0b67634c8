using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.LedgerView;
using PnlPipeline.Query.Api.OpenApi;

namespace PnlPipeline.Query.Api.Ledger;

/// <summary>The rows of a batch's ledger.</summary>
public static class LedgerRoutes
{
    private const string Ascending = "asc";
    private const string Descending = "desc";

    private const string Example =
        """
        {"items":[{"seq":12,"tradeId":"0f343b0931126a20f133d67c2b018a3b","symbol":"BTCUSDT","timeframe":"60","side":"long",
          "entryTime":"2026-11-22T05:00:00Z","exitTime":"2026-11-22T06:28:00Z","entryPrice":43250.5,"exitPrice":43683.005,
          "changePercentage":1,"pnl":1031.7871,"availableCapital":104210.5,"peakCapital":105476.2,"drawdown":1265.7,"drawdownPercentage":1.2}],
         "cursor":"THwxMg"}
        """;

    public static RouteGroupBuilder MapLedger(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/ledger", ListAsync).WithTags("Ledger")
            .Described("Ledger rows", "The rows that the filter selects, with their own figures, newest first unless `order=asc`; as CSV all of them, oldest first.")
            .Takes(
            [
                Parameter.BatchId,
                Parameter.Choice("order", "Newest or oldest first.", Descending, Descending, Ascending),
                Parameter.Limit,
                Parameter.Cursor,
                Parameter.Zone,
                Parameter.Format,
                .. LedgerFilter.Parameters,
            ])
            .Answers(StatusCodes.Status200OK, "A page of rows; `cursor` is `null` at the end.", Example)
            .AlsoAnswersCsv(string.Join(',', Columns) + "\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static async Task<Results<Ok<Page<LedgerRow>>, CsvResult, ProblemHttpResult>> ListAsync(
        string id, HttpRequest request, LedgerStore store, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(request);
        var filter = LedgerFilter.Read(query);
        // Taken by everything a batch shows, so that one set of parameters does for all; rows are the same in every zone.
        query.Zone();
        var ascending = query.Word("order", Descending, Ascending) == Ascending;
        var limit = query.Limit();
        var after = query.Position(LedgerStore.KindOf(ascending), LedgerStore.ReadCursor);
        var csv = Csv.IsWanted(request, query);
        if (query.Errors.Any)
            return Problems.BadRequest(query.Errors);

        long? seq = after is null ? null : long.Parse(after, CultureInfo.InvariantCulture);
        if (!BatchRoutes.TryParseId(id, out var batchId)
            || await store.ReadAsync(batchId, filter, ascending, seq, csv ? 0 : limit + 1, cancellationToken) is not { } rows)
        {
            return BatchRoutes.NotFound();
        }

        return csv
            ? new CsvResult($"batch-{batchId}-ledger.csv", Columns, store.StreamAsync(batchId, filter, cancellationToken).Select(Cells))
            : TypedResults.Ok(Page.Of(rows, limit, row => LedgerStore.CursorOf(row, ascending)));
    }

    private static string[] Columns { get; } =
    [
        "seq", "tradeId", "symbol", "timeframe", "side", "entryTime", "exitTime", "entryPrice", "exitPrice", "changePercentage", "pnl",
        "availableCapital", "peakCapital", "drawdown", "drawdownPercentage",
    ];

    private static object?[] Cells(LedgerRow row) =>
    [
        row.Seq, row.TradeId, row.Symbol, row.Timeframe, row.Side, row.EntryTime, row.ExitTime, row.EntryPrice, row.ExitPrice,
        row.ChangePercentage, row.Pnl, row.AvailableCapital, row.PeakCapital, row.Drawdown, row.DrawdownPercentage,
    ];
}
