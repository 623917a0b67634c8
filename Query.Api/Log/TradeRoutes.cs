using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Ledgers;

namespace PnlPipeline.Query.Api.Log;

/// <summary>The time zone is taken with the others, but trades are the same in every zone.</summary>
public sealed class BatchTradeParameters : TradeListParameters, IParameters<BatchTradeParameters>;

/// <summary>Which trades are wanted, and in which order.</summary>
public abstract class TradeListParameters : RequestParameters
{
    private const string EntryTime = "entryTime";

    /// <summary>Only open or only closed ones.</summary>
    /// <example>closed</example>
    [AllowedValues(TradeStore.Open, TradeStore.Closed)]
    public string? State { get; init; }

    /// <summary>
    /// What they are sorted by: `holding` is the time from entry to exit, or to now. Open and closed ones together have
    /// only `entryTime` in common.
    /// </summary>
    /// <example>changePercentage</example>
    [AllowedValues(EntryTime, "exitTime", "changePercentage", "holding"), Default(EntryTime)]
    public string Sort { get; init; } = "";

    public OrderParameters Direction { get; init; } = new();

    public PageParameters<TradePosition> Page { get; init; } = new();

    public SelectionParameters Selection { get; init; } = new();

    public TradeSort By => Enum.Parse<TradeSort>(Sort, ignoreCase: true);

    public override void Check(FieldErrors errors)
    {
        if (State is null && By != TradeSort.EntryTime)
            errors.Add(
                "sort",
                $"Is {Sort}, which open and closed trades do not have in common. Send state=closed or state=open with "
                    + $"it."
            );
        // A cursor goes on in the order it was made in.
        if (Page.Cursor is { } cursor && (cursor.Sort, cursor.IsAscending) != (By, Direction.IsAscending))
            errors.Add("cursor", Cursor.IsOfAnother);
    }

    /// <param name="batchId"><c>null</c>: whatever batch.</param>
    public BatchTradeQuery ToQuery(long? batchId, bool isDownload) =>
        new(
            batchId,
            Selection.ToFilter(),
            State,
            By,
            Direction.IsAscending,
            isDownload ? null : Page.Cursor,
            isDownload ? Http.Page.MaxLimit : Page.Limit
        );
}

/// <summary>The same of trades whatever batch; closed ones are sorted symbol by symbol.</summary>
public sealed class TradeParameters : TradeListParameters, IParameters<TradeParameters>
{
    public override void Check(FieldErrors errors)
    {
        base.Check(errors);
        if (State != TradeStore.Open && By != TradeSort.EntryTime && Selection.Symbols.Count == 0)
            errors.Add(
                "symbol",
                $"Is missing: closed trades of all symbols together come by entryTime alone. Send symbol= with "
                    + $"sort={Sort}."
            );
        if (Page.Cursor is { Sort: not TradeSort.EntryTime } cursor && !AlertId.TryParse(cursor.Trade, out _))
            errors.Add("cursor", Cursor.IsOfAnother);
    }
}

/// <summary>Trades: of a batch, and whatever batch.</summary>
public static class TradeRoutes
{
    internal const string Example = """
        {"tradeId":"0f343b0931126a20f133d67c2b018a3b","symbol":"BTCUSDT","timeframe":"60","strategy":null,"side":"long","entryPrice":43250.5,
         "entryTime":"2026-11-22T05:00:00Z","exitPrice":43683.005,"exitTime":"2026-11-22T06:28:00Z","exitReason":"flip","changePercentage":1,
         "entryAlertId":"0f343b0931126a20f133d67c2b018a3b","exitAlertId":"5b1f2c7a90d34e0e8d5a7c1b2f3e4d5c","mae":-0.25,"mfe":1.5,"prices":12}
        """;

    private const string PageExample = $$"""{"items":[{{Example}}],"cursor":null}""";

    public static RouteGroupBuilder MapTrades(this RouteGroupBuilder api)
    {
        var trades = api.MapGroup("").WithTags("Trades");
        trades
            .MapGet("/trades", ListAsync)
            .Described(
                "Trades",
                "Every trade, newest entry first unless `sort` and `order` say otherwise. An open one says what the newest price of its symbol makes of it, a "
                    + "closed one how far it went either way (`mae`, `mfe`: lower bounds, of `prices` prices); where "
                    + "the trades of a page have more than a million prices between them, those are left out."
            )
            .Answers(StatusCodes.Status200OK, "A page of trades; `cursor` is `null` at the end.", PageExample)
            .AlsoAnswersCsv(string.Join(',', Columns) + "\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        trades
            .MapGet("/trades/{id}", ShowAsync)
            .Described("One trade", "By the id of the alert that opened it.")
            .Takes(new PathParameter("id", "The trade's id: 32 hex digits.", "0f343b0931126a20f133d67c2b018a3b"))
            .Answers(StatusCodes.Status200OK, "The trade.", Example)
            .Refuses(StatusCodes.Status404NotFound, "There is no such trade.");
        trades
            .MapGet("/batches/{id}/trades", OfBatchAsync)
            .Described(
                "A batch's trades",
                "The trades that count in the batch, closed ones with their `pnl` there, and the open ones that will; "
                    + "newest entry first unless `sort` and `order` say otherwise. As CSV "
                    + "all of them in that order."
            )
            .Takes(PathParameter.BatchId)
            .Answers(StatusCodes.Status200OK, "A page of trades; `cursor` is `null` at the end.", PageExample)
            .AlsoAnswersCsv(string.Join(',', BatchColumns) + "\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static async Task<Results<Ok<Page<Trade>>, CsvResult, ProblemHttpResult>> OfBatchAsync(
        string id,
        BatchTradeParameters parameters,
        HttpRequest request,
        BatchTrades trades,
        CancellationToken cancellationToken
    )
    {
        if (!BatchRoutes.TryParseId(id, out var batchId))
            return BatchRoutes.NotFound();
        var csv = Csv.IsWanted(request, parameters.Selection.Download);
        var wanted = parameters.ToQuery(batchId, csv);
        if (await trades.ListAsync(wanted, cancellationToken) is not { } page)
            return BatchRoutes.NotFound();
        if (!csv)
            return TypedResults.Ok(page);
        return new CsvResult(
            $"batch-{batchId}-trades.csv",
            BatchColumns,
            AllOf(trades, wanted, page, cancellationToken).Select(trade => (object?[])[.. Cells(trade), trade.Pnl])
        );
    }

    private static async Task<Results<Ok<Page<Trade>>, CsvResult, ProblemHttpResult>> ListAsync(
        TradeParameters parameters,
        HttpRequest request,
        BatchTrades trades,
        CancellationToken cancellationToken
    )
    {
        var csv = Csv.IsWanted(request, parameters.Selection.Download);
        var wanted = parameters.ToQuery(batchId: null, csv);
        var page = await trades.ListAsync(wanted, cancellationToken) ?? new Page<Trade>([], null);
        return csv
            ? new CsvResult("trades.csv", Columns, AllOf(trades, wanted, page, cancellationToken).Select(Cells))
            : TypedResults.Ok(page);
    }

    private static IAsyncEnumerable<Trade> AllOf(
        BatchTrades trades,
        BatchTradeQuery wanted,
        Page<Trade> first,
        CancellationToken cancellationToken
    ) =>
        Page.AllAsync<Trade, TradePosition>(async after =>
            after is null
                ? first
                : await trades.ListAsync(wanted with { After = after }, cancellationToken) ?? new Page<Trade>([], null)
        );

    private static string[] Columns { get; } =
    [
        "tradeId",
        "symbol",
        "timeframe",
        "strategy",
        "side",
        "entryPrice",
        "entryTime",
        "exitPrice",
        "exitTime",
        "exitReason",
        "changePercentage",
        "entryAlertId",
        "exitAlertId",
        "timeOpen",
        "lastPrice",
        "lastPriceTime",
        "unrealisedChangePercentage",
        "stale",
        "mae",
        "mfe",
        "prices",
        "tags",
        "note",
    ];

    private static string[] BatchColumns { get; } = [.. Columns, "pnl"];

    private static object?[] Cells(Trade trade) =>
        [
            trade.TradeId,
            trade.Symbol,
            trade.Timeframe,
            trade.Strategy,
            trade.Side,
            trade.EntryPrice,
            trade.EntryTime,
            trade.ExitPrice,
            trade.ExitTime,
            trade.ExitReason,
            trade.ChangePercentage,
            trade.EntryAlertId,
            trade.ExitAlertId,
            trade.TimeOpen,
            trade.LastPrice,
            trade.LastPriceTime,
            trade.UnrealisedChangePercentage,
            trade.Stale is { } stale ? (stale ? "true" : "false") : null,
            trade.Mae,
            trade.Mfe,
            trade.Prices,
            trade.Tags is { } tags ? string.Join(", ", tags) : null,
            trade.Note,
        ];

    private static async Task<Results<Ok<Trade>, ProblemHttpResult>> ShowAsync(
        string id,
        TradeStore store,
        TradePrices prices,
        CancellationToken cancellationToken
    ) =>
        AlertId.TryParse(id, out var tradeId) && await store.FindAsync(tradeId, cancellationToken) is { } trade
            ? TypedResults.Ok((await prices.AddAsync([trade], cancellationToken))[0])
            : Problems.NotFound("The trade", "/api/v1/trades");
}
