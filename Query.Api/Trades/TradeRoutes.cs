using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Alerts;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.LedgerView;
using PnlPipeline.Query.Api.OpenApi;

namespace PnlPipeline.Query.Api.Trades;

/// <summary>Trades: of a batch, and whatever batch.</summary>
public static class TradeRoutes
{
    internal const string Example =
        """
        {"tradeId":"0f343b0931126a20f133d67c2b018a3b","symbol":"BTCUSDT","timeframe":"60","side":"long","entryPrice":43250.5,
         "entryTime":"2026-11-22T05:00:00Z","exitPrice":43683.005,"exitTime":"2026-11-22T06:28:00Z","exitReason":"flip","changePercentage":1,
         "entryAlertId":"0f343b0931126a20f133d67c2b018a3b","exitAlertId":"5b1f2c7a90d34e0e8d5a7c1b2f3e4d5c"}
        """;

    private const string PageExample = $$"""{"items":[{{Example}}],"cursor":null}""";

    public static RouteGroupBuilder MapTrades(this RouteGroupBuilder api)
    {
        var trades = api.MapGroup("").WithTags("Trades");
        trades.MapGet("/trades", (HttpRequest request, TradeStore store, CancellationToken cancellationToken) =>
                ListAsync(null, request, store, cancellationToken))
            .Described("Trades", "Every trade, newest entry first.")
            .Takes([.. Parameters])
            .Answers(StatusCodes.Status200OK, "A page of trades; `cursor` is `null` at the end.", PageExample)
            .AlsoAnswersCsv(string.Join(',', Columns) + "\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        trades.MapGet("/trades/{id}", ShowAsync)
            .Described("One trade", "By the id of the alert that opened it.")
            .Takes(new PathParameter("id", "The trade's id: 32 hex digits.", "0f343b0931126a20f133d67c2b018a3b"))
            .Answers(StatusCodes.Status200OK, "The trade.", Example)
            .Refuses(StatusCodes.Status404NotFound, "There is no such trade.");
        trades.MapGet("/batches/{id}/trades", OfBatchAsync)
            .Described("A batch's trades", "The trades that count in the batch, and the open ones that will, newest entry first.")
            .Takes([Parameter.BatchId, .. Parameters])
            .Answers(StatusCodes.Status200OK, "A page of trades; `cursor` is `null` at the end.", PageExample)
            .AlsoAnswersCsv(string.Join(',', Columns) + "\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new QueryParameter("state", "Only open or only closed ones.", TradeStore.Closed, Words: [TradeStore.Open, TradeStore.Closed]),
        Parameter.Limit,
        Parameter.Cursor,
        Parameter.Zone,
        Parameter.Format,
        .. LedgerFilter.Parameters,
    ];

    private static async Task<Results<Ok<Page<Trade>>, CsvResult, ProblemHttpResult>> OfBatchAsync(
        string id, HttpRequest request, TradeStore store, CancellationToken cancellationToken) =>
        BatchRoutes.TryParseId(id, out var batchId) ? await ListAsync(batchId, request, store, cancellationToken) : BatchRoutes.NotFound();

    private static async Task<Results<Ok<Page<Trade>>, CsvResult, ProblemHttpResult>> ListAsync(
        long? batchId, HttpRequest request, TradeStore store, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(request);
        var filter = LedgerFilter.Read(query);
        // Taken by everything a batch shows, so that one set of parameters does for all; trades are the same in every zone.
        query.Zone();
        var state = query.WordOrNone("state", TradeStore.Open, TradeStore.Closed);
        var limit = query.Limit();
        var after = TradeStore.ReadCursor(query);
        var csv = Csv.IsWanted(request, query);
        if (query.Errors.Any)
            return Problems.BadRequest(query.Errors);

        var wanted = new TradeQuery(filter, state, batchId, csv ? null : after, csv ? Page.MaxLimit : limit + 1);
        if (await store.ListAsync(wanted, cancellationToken) is not { } trades)
            return BatchRoutes.NotFound();
        if (!csv)
            return TypedResults.Ok(Page.Of(trades, limit, TradeStore.CursorOf));

        var name = batchId is null ? "trades.csv" : $"batch-{batchId}-trades.csv";
        return new CsvResult(name, Columns, store.StreamAsync(wanted, trades, cancellationToken).Select(Cells));
    }

    private static string[] Columns { get; } =
    [
        "tradeId", "symbol", "timeframe", "side", "entryPrice", "entryTime", "exitPrice", "exitTime", "exitReason", "changePercentage",
        "entryAlertId", "exitAlertId", "timeOpen",
    ];

    private static object?[] Cells(Trade trade) =>
    [
        trade.TradeId, trade.Symbol, trade.Timeframe, trade.Side, trade.EntryPrice, trade.EntryTime, trade.ExitPrice, trade.ExitTime,
        trade.ExitReason, trade.ChangePercentage, trade.EntryAlertId, trade.ExitAlertId, trade.TimeOpen,
    ];

    private static async Task<Results<Ok<Trade>, ProblemHttpResult>> ShowAsync(
        string id, TradeStore store, CancellationToken cancellationToken) =>
        AlertId.TryParse(id, out var tradeId) && await store.FindAsync(tradeId, cancellationToken) is { } trade
            ? TypedResults.Ok(trade)
            : Problems.NotFound("The trade", "/api/v1/trades");
}
