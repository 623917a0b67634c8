using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Domain.Trades.Files;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>TradingView's list of trades against what the webhooks delivered.</summary>
public static class ReconciliationRoutes
{
    /// <summary>TradingView lists some tens of thousands of trades at most, two rows of about 100 bytes each.</summary>
    private const int BytesMax = 16 * 1024 * 1024;

    private const string Example = """
        {"symbol":"BTCUSDT","timeframe":"60","timeZone":"Europe/Berlin","offsetSeconds":3600,"windowSeconds":3600,"delays":{"alerts":2,"p50":0.9,"p90":1.2,"p95":1.2,"p99":1.2,"max":1.2},
         "timeToleranceSeconds":60,"priceTolerancePercentage":0.1,"delayToleranceSeconds":60,"firstAlert":"2024-01-01T00:00:00Z",
         "summary":{"listed":2,"delivered":1,"matched":1,"exact":0,"missing":1,"ignored":0,"unmatched":0,"voided":0,"extra":0,"late":0,"priceDiffers":1,"exitMissing":0,"exitExtra":0},
         "rejected":0,"errors":[],"total":2,"rows":[
          {"state":"priceDiffers","remarks":["entryPrice"],"side":"long","number":1,"tradeId":"0f343b0931126a20f133d67c2b018a3b","alertId":null,"listedEntryTime":"2024-01-15T08:00:00Z",
           "listedEntryPrice":42000,"listedExitTime":"2024-01-16T09:00:00Z","listedExitPrice":42840,"entryTime":"2024-01-15T09:00:00Z","entryPrice":42100,
           "exitTime":"2024-01-16T10:00:00Z","exitPrice":42840,"entryTimeDifference":0,"exitTimeDifference":0,"entryPriceDifference":100,"exitPriceDifference":0,
           "entryDelay":1.2,"exitDelay":0.9},
          {"state":"missing","remarks":[],"side":"short","number":2,"tradeId":null,"alertId":null,"listedEntryTime":"2024-01-16T09:00:00Z","listedEntryPrice":42840,
           "listedExitTime":null,"listedExitPrice":null,"entryTime":null,"entryPrice":null,"exitTime":null,"exitPrice":null,"entryTimeDifference":null,
           "exitTimeDifference":null,"entryPriceDifference":null,"exitPriceDifference":null,"entryDelay":null,"exitDelay":null}]}
        """;

    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["text/csv"] =
            "Trade #,Type,Date and time,Signal,Price USD\r\n1,Entry long,2024-01-15 09:00,Long,42000\r\n1,Exit "
            + "long,2024-01-16 10:00,Short,42840\r\n",
        ["multipart/form-data"] = "A form with a file in it, as a browser sends it.",
    };

    public static RouteGroupBuilder MapReconciliation(this RouteGroupBuilder api)
    {
        api.MapPost("/reconciliations", ReconcileAsync)
            .WithTags("Imports")
            .Described(
                "Reconcile with TradingView",
                "Compares TradingView's *List of Trades* export of one symbol and timeframe with the trades that the "
                    + "alerts made: which were delivered, which are missing, extra, late, or at another price; of "
                    + "those that were not delivered, whether an alert of it came all the same and was ignored, "
                    + "unmatched or taken out. Nothing is changed or kept, so a viewer may. The list has the time at "
                    + "which a bar opened, alerts often that at which it closed: a constant offset between the two is "
                    + "found and told. Trades that a list recorded are no deliveries."
            )
            .TakesFile(
                "The list as TradingView exports it: CSV, TSV or XLSX, in any of its languages. What the content type "
                    + "says does not count, but for a form, of which the first file is taken.",
                Files
            )
            .Answers(StatusCodes.Status200OK, "The comparison.", Example)
            .AlsoAnswersCsv(string.Join(',', ReconciledTrade.Columns) + "\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "No list of trades, or parameters that are wrong or missing.")
            .Refuses(StatusCodes.Status403Forbidden, "The request comes from another site.")
            .Refuses(StatusCodes.Status413PayloadTooLarge, $"The list is larger than {BytesMax} bytes.")
            .Refuses(StatusCodes.Status415UnsupportedMediaType, "The list is compressed.");
        return api;
    }

    private static async Task<Results<Ok<ReconciliationAnswer>, CsvResult, ProblemHttpResult>> ReconcileAsync(
        ReconciliationParameters parameters,
        FieldErrors errors,
        HttpRequest request,
        DeliveredTrades store,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        // Before the file is read.
        if (errors.Any)
            return Problems.BadRequest(errors);
        if (FileUpload.Refusal(request, BytesMax) is { } refusal)
            return refusal;

        try
        {
            var (stream, _) = await FileUpload.OpenAsync(request, errors, cancellationToken);
            var list = stream is null
                ? null
                : await WholeList.ReadAsync(
                    stream,
                    parameters.File,
                    BytesMax,
                    clock.GetUtcNow().UtcDateTime,
                    errors,
                    cancellationToken
                );
            if (list is null)
                return Problems.BadRequest(errors);
            return await CompareAsync(list, parameters, request, store, cancellationToken);
        }
        catch (FileTooLargeException)
        {
            return FileUpload.TooLarge(BytesMax);
        }
        catch (Exception fault) when (FileUpload.IsTooLarge(fault))
        {
            return FileUpload.TooLarge(BytesMax);
        }
        catch (InvalidDataException)
        {
            return Problems.BadRequest(
                "body",
                "Is a form that cannot be read to its end. Send the file itself as the body."
            );
        }
    }

    private static async Task<Results<Ok<ReconciliationAnswer>, CsvResult, ProblemHttpResult>> CompareAsync(
        WholeList list,
        ReconciliationParameters parameters,
        HttpRequest request,
        DeliveredTrades store,
        CancellationToken cancellationToken
    )
    {
        var timeframe = parameters.File.Timeframe!;
        var bar = BarLength.Of(timeframe);
        var tolerances = parameters.ToTolerances(bar);
        var stream = await store.FindStreamAsync(list.Symbol, timeframe, parameters.File.Strategy, cancellationToken);
        var (from, to) = SpanOf(list.Trades, bar, parameters.Offset);
        var result = Matching.Reconcile(
            new ReconciliationInput(
                list.Trades,
                await store.TradesAsync(stream, from, to, cancellationToken),
                await store.UnusedAsync(stream, from, to, cancellationToken),
                bar,
                parameters.Offset,
                tolerances,
                parameters.From,
                parameters.To
            )
        );
        var rows = result
            .Pairs.Where(pair => parameters.Kinds.Count == 0 || parameters.Kinds.Any(kind => IsOf(pair, kind)))
            .Select(pair => ReconciledTrade.Of(pair, result.Offset))
            .ToList();
        if (Csv.IsWanted(request, parameters.Download))
            return new CsvResult(
                "reconciliation.csv",
                ReconciledTrade.Columns,
                rows.ToAsyncEnumerable().Select(row => row.Cells())
            );
        return TypedResults.Ok(
            new ReconciliationAnswer(
                list.Symbol,
                timeframe,
                parameters.File.Zone?.Id,
                result.Offset.TotalSeconds,
                result.Window.TotalSeconds,
                DelayPercentiles.Of(result),
                tolerances.Time.TotalSeconds,
                tolerances.PricePercentage,
                tolerances.Delay.TotalSeconds,
                await store.FirstAlertAsync(stream, cancellationToken),
                Summarise(result.Pairs),
                list.WrongRows,
                list.Errors,
                rows.Count,
                [.. rows.Take(parameters.Limit)]
            )
        );
    }

    // Wide enough for whatever offset there may be; what lies outside of the list's own span is left out later.
    private static (DateTime From, DateTime To) SpanOf(
        IReadOnlyList<ListedTrade> listed,
        TimeSpan? bar,
        TimeSpan? offset
    )
    {
        var margin = (bar ?? TimeSpan.Zero) * 3 + TimeSpan.FromDays(1) + (offset ?? TimeSpan.Zero).Duration();
        var latest = new DateTime(9999, 12, 31, 0, 0, 0, DateTimeKind.Utc);
        var first = listed.Count == 0 ? DateTime.UnixEpoch : listed.Min(trade => trade.EntryTime);
        var last =
            listed.Count == 0 || listed.Any(trade => trade.IsOpen)
                ? DateTime.MaxValue
                : listed.Max(trade => trade.ExitTime!.Value);
        return (first - margin, last < latest - margin ? last + margin : latest);
    }

    private static ReconciliationSummary Summarise(IReadOnlyList<Pair> pairs) =>
        new(
            pairs.Count(pair => pair.Listed is not null),
            pairs.Count(pair => pair.Delivered is not null),
            pairs.Count(pair => pair is { Listed: not null, Delivered: not null }),
            pairs.Count(pair => IsOf(pair, "exact")),
            pairs.Count(pair => IsOf(pair, "missing")),
            pairs.Count(pair => IsOf(pair, "ignored")),
            pairs.Count(pair => IsOf(pair, "unmatched")),
            pairs.Count(pair => IsOf(pair, "voided")),
            pairs.Count(pair => IsOf(pair, "extra")),
            pairs.Count(pair => IsOf(pair, "late")),
            pairs.Count(pair => IsOf(pair, "price")),
            pairs.Count(pair => pair.Remarks.HasFlag(Remarks.ExitMissing)),
            pairs.Count(pair => pair.Remarks.HasFlag(Remarks.ExitExtra))
        );

    private static bool IsOf(Pair pair, string kind) =>
        kind switch
        {
            "exact" => pair is { Listed: not null, Delivered: not null, Remarks: Remarks.None },
            "missing" or "ignored" or "unmatched" or "voided" => ReconciledTrade.StateOf(pair) == kind,
            "extra" => pair.Listed is null,
            "late" => (pair.Remarks & ReconciledTrade.Late) != Remarks.None,
            "price" => (pair.Remarks & ReconciledTrade.Price) != Remarks.None,
            "exit" => (pair.Remarks & (Remarks.ExitMissing | Remarks.ExitExtra)) != Remarks.None,
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
}
