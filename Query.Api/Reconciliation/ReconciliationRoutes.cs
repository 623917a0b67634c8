using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.OpenApi;
using PnlPipeline.Query.Api.TradeLists;

namespace PnlPipeline.Query.Api.Reconciliation;

/// <summary>TradingView's list of trades against what the webhooks delivered.</summary>
public static class ReconciliationRoutes
{
    /// <summary>TradingView lists some tens of thousands of trades at most, two rows of about 100 bytes each.</summary>
    private const int BytesMax = 16 * 1024 * 1024;

    private const int DefaultLimit = 1_000;
    private const int LimitMax = 20_000;
    private const int ErrorsShown = 100;
    private const int DefaultSeconds = 60;
    private const int SecondsMax = 31 * 24 * 3600;
    private const decimal DefaultPricePercentage = 0.1m;

    private static readonly string[] Kinds = ["exact", "missing", "extra", "late", "price", "exit"];

    private const string Example =
        """
        {"symbol":"BTCUSDT","timeframe":"60","timeZone":"Europe/Berlin","offsetSeconds":3600,"windowSeconds":3600,"usualDelaySeconds":1.2,"timeToleranceSeconds":60,
         "priceTolerancePercentage":0.1,"delayToleranceSeconds":60,"firstAlert":"2024-01-01T00:00:00Z",
         "summary":{"listed":2,"delivered":1,"matched":1,"exact":0,"missing":1,"extra":0,"late":0,"priceDiffers":1,"exitMissing":0,"exitExtra":0},
         "rejected":0,"errors":[],"total":2,"rows":[
          {"status":"matched","remarks":["entryPrice"],"side":"long","number":"1","tradeId":"0f343b0931126a20f133d67c2b018a3b","listedEntryTime":"2024-01-15T08:00:00Z",
           "listedEntryPrice":42000,"listedExitTime":"2024-01-16T09:00:00Z","listedExitPrice":42840,"entryTime":"2024-01-15T09:00:00Z","entryPrice":42100,
           "exitTime":"2024-01-16T10:00:00Z","exitPrice":42840,"entryTimeDifference":0,"exitTimeDifference":0,"entryPriceDifference":100,"exitPriceDifference":0,
           "entryDelay":1.2,"exitDelay":0.9},
          {"status":"missing","remarks":[],"side":"short","number":"2","tradeId":null,"listedEntryTime":"2024-01-16T09:00:00Z","listedEntryPrice":42840,
           "listedExitTime":null,"listedExitPrice":null,"entryTime":null,"entryPrice":null,"exitTime":null,"exitPrice":null,"entryTimeDifference":null,
           "exitTimeDifference":null,"entryPriceDifference":null,"exitPriceDifference":null,"entryDelay":null,"exitDelay":null}]}
        """;

    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["text/csv"] = ListColumns.Example + "\r\n1,Entry long,2024-01-15 09:00,Long,42000\r\n1,Exit long,2024-01-16 10:00,Short,42840\r\n",
        ["multipart/form-data"] = "A form with a file in it, as a browser sends it.",
    };

    public static RouteGroupBuilder MapReconciliation(this RouteGroupBuilder api)
    {
        api.MapPost("/reconciliations", ReconcileAsync).WithTags("Imports").Produces<ReconciliationAnswer>()
            .Described(
                "Reconcile with TradingView",
                "Compares TradingView's *List of Trades* export of one symbol and timeframe with the trades that the alerts made: which were delivered, which are missing, "
                    + "extra, late, or at another price. Nothing is changed or kept, so a viewer may. The list has the time at which a bar opened, alerts often that at "
                    + "which it closed: a constant offset between the two is found and told. What was imported counts as received when it was imported.")
            .Takes(
                ListContext.SymbolParameter with { IsRequired = true },
                ListContext.TimeframeParameter with { IsRequired = true },
                ListContext.ZoneParameter with { IsRequired = true },
                Parameter.From("Only trades whose entry is at or after this instant, such as that of the first alert."),
                Parameter.To("Only trades whose entry is before this instant."),
                new QueryParameter(
                    "offsetSeconds", "Seconds from the list's times to those of the alerts, negative ones too; `auto` finds them.", "3600", Default: "auto"),
                new QueryParameter(
                    "timeToleranceSeconds", "How far times may differ; without it, 60 or half a bar, whichever is less.", "60", Min: 0, Max: SecondsMax),
                new QueryParameter("priceTolerancePercentage", "How far prices may differ, in percent of the list's.", "0.1", Default: "0.1"),
                new QueryParameter("delayToleranceSeconds", "How long after its timestamp an alert may come.", "60", Min: 0, Max: SecondsMax, Default: "60"),
                new QueryParameter("show", "Only these rows; `exit` are those closed on one side only. May stand several times.", "missing", Words: Kinds, Repeats: true),
                new QueryParameter("limit", "How many rows at most; CSV has all.", "1000", Min: 1, Max: LimitMax, Default: "1000"),
                Parameter.Format)
            .TakesFile("The list as TradingView exports it. What the content type says does not count, but for a form, of which the first file is taken.", Files)
            .Answers(StatusCodes.Status200OK, "The comparison.", Example)
            .AlsoAnswersCsv(string.Join(',', ReconciledTrade.Columns) + "\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "No list of trades, or parameters that are wrong or missing.")
            .Refuses(StatusCodes.Status403Forbidden, "The request comes from another site.")
            .Refuses(StatusCodes.Status413PayloadTooLarge, $"The list is larger than {BytesMax} bytes.")
            .Refuses(StatusCodes.Status415UnsupportedMediaType, "The list is compressed.");
        return api;
    }

    private static async Task<IResult> ReconcileAsync(HttpContext http, DeliveredTrades store, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(http.Request);
        var context = ListContext.Read(query);
        var bar = context is null ? null : BarLength.Of(context.Timeframe);
        var (from, to) = query.Span();
        var offset = ReadOffset(query);
        var tolerances = ReadTolerances(query, bar);
        var kinds = query.Words("show", Kinds);
        var limit = query.Whole("limit", 1, LimitMax) ?? DefaultLimit;
        var csv = Csv.IsWanted(http.Request, query);
        if (FileUpload.Refusal(http.Request, BytesMax) is { } refusal)
            return refusal;

        byte[]? file;
        try
        {
            var (stream, _) = await FileUpload.OpenAsync(http.Request, query.Errors, cancellationToken);
            file = stream is null ? [] : await ReadWholeAsync(stream, cancellationToken);
        }
        catch (Exception fault) when (FileUpload.IsTooLarge(fault))
        {
            file = null;
        }
        catch (InvalidDataException)
        {
            return Problems.BadRequest("body", "Is a form that cannot be read to its end. Send the file itself as the body.");
        }

        if (file is null)
            return FileUpload.TooLarge(BytesMax);
        var list = file.Length == 0 && query.Errors.Any ? null : TradeList.Read(file, context?.Zone ?? TimeZoneInfo.Utc, query.Errors);
        if (list is null || query.Errors.Any)
            return Problems.BadRequest(query.Errors);

        var listed = list.Trades.Where(trade => !(trade.EntryTime < from) && !(trade.EntryTime >= to)).ToList();
        var (delivered, firstAlert) = await ReadDeliveredAsync(store, context!, listed, bar, offset, cancellationToken);
        var result = Matching.Reconcile(listed, delivered.Where(trade => !(trade.EntryTime < from) && !(trade.EntryTime >= to)), bar, offset, tolerances);
        var rows = result.Pairs.Where(pair => kinds.Count == 0 || kinds.Any(kind => IsOf(pair, kind)))
            .Select(pair => ReconciledTrade.Of(pair, result.Offset)).ToList();
        if (csv)
            return new CsvResult("reconciliation.csv", ReconciledTrade.Columns, rows.ToAsyncEnumerable().Select(row => row.Cells()));
        return TypedResults.Ok(new ReconciliationAnswer(
            context!.Symbol,
            context.Timeframe,
            context.Zone.Id,
            result.Offset.TotalSeconds,
            result.Window.TotalSeconds,
            result.UsualDelay?.TotalSeconds,
            tolerances.Time.TotalSeconds,
            tolerances.PricePercentage,
            tolerances.Delay.TotalSeconds,
            firstAlert,
            Summarise(result.Pairs),
            list.Errors.Count,
            [.. list.Errors.Take(ErrorsShown)],
            rows.Count,
            [.. rows.Take(limit)]));
    }

    private static async Task<(IReadOnlyList<DeliveredTrade>, DateTime?)> ReadDeliveredAsync(
        DeliveredTrades store, ListContext context, List<ListedTrade> listed, TimeSpan? bar, TimeSpan? offset, CancellationToken cancellationToken)
    {
        // Wide enough for whatever offset there may be; what lies outside of the list's own span is left out later.
        var margin = (bar ?? TimeSpan.Zero) * 3 + TimeSpan.FromDays(1) + (offset ?? TimeSpan.Zero).Duration();
        var first = listed.Count == 0 ? DateTime.UnixEpoch : listed.Min(trade => trade.EntryTime);
        var last = listed.Count == 0 || listed.Exists(trade => trade.ExitTime is null) ? DateTime.MaxValue : listed.Max(trade => trade.ExitTime!.Value);
        return await store.ReadAsync(
            context.Symbol,
            context.Timeframe,
            first - margin,
            last < DateTime.MaxValue - margin ? last + margin : new DateTime(9999, 12, 31, 0, 0, 0, DateTimeKind.Utc),
            cancellationToken);
    }

    private static ReconciliationSummary Summarise(IReadOnlyList<Pair> pairs) => new(
        pairs.Count(pair => pair.Listed is not null),
        pairs.Count(pair => pair.Delivered is not null),
        pairs.Count(pair => pair is { Listed: not null, Delivered: not null }),
        pairs.Count(pair => IsOf(pair, "exact")),
        pairs.Count(pair => IsOf(pair, "missing")),
        pairs.Count(pair => IsOf(pair, "extra")),
        pairs.Count(pair => IsOf(pair, "late")),
        pairs.Count(pair => IsOf(pair, "price")),
        pairs.Count(pair => pair.Remarks.HasFlag(Remarks.ExitMissing)),
        pairs.Count(pair => pair.Remarks.HasFlag(Remarks.ExitExtra)));

    private static bool IsOf(Pair pair, string kind) => kind switch
    {
        "exact" => pair is { Listed: not null, Delivered: not null, Remarks: Remarks.None },
        "missing" => pair.Delivered is null,
        "extra" => pair.Listed is null,
        "late" => (pair.Remarks & (Remarks.EntryReceivedLate | Remarks.ExitReceivedLate | Remarks.EntryTime | Remarks.ExitTime)) != Remarks.None,
        "price" => (pair.Remarks & (Remarks.EntryPrice | Remarks.ExitPrice)) != Remarks.None,
        "exit" => (pair.Remarks & (Remarks.ExitMissing | Remarks.ExitExtra)) != Remarks.None,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static TimeSpan? ReadOffset(QueryReader query)
    {
        if (query.Single("offsetSeconds") is not { } text || text == "auto")
            return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && Math.Abs((long)seconds) <= SecondsMax)
            return TimeSpan.FromSeconds(seconds);
        query.Errors.Add("offsetSeconds", $"Is neither auto nor a whole number of seconds up to {SecondsMax}. Send for example offsetSeconds=3600 or offsetSeconds=-3600.");
        return null;
    }

    private static Tolerances ReadTolerances(QueryReader query, TimeSpan? bar)
    {
        var seconds = query.Whole("timeToleranceSeconds", 0, SecondsMax);
        var delay = query.Whole("delayToleranceSeconds", 0, SecondsMax) ?? DefaultSeconds;
        var percentage = DefaultPricePercentage;
        if (query.Single("priceTolerancePercentage") is { } text
            && !(decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out percentage) && percentage <= 100))
        {
            query.Errors.Add("priceTolerancePercentage", "Is not a number from 0 to 100. Send for example priceTolerancePercentage=0.1.");
        }

        var half = (bar ?? TimeSpan.MaxValue) / 2;
        var usual = TimeSpan.FromSeconds(DefaultSeconds);
        return new Tolerances(seconds is { } asked ? TimeSpan.FromSeconds(asked) : usual < half ? usual : half, percentage, TimeSpan.FromSeconds(delay));
    }

    /// <returns><c>null</c> where it is larger than it may be.</returns>
    private static async Task<byte[]?> ReadWholeAsync(Stream stream, CancellationToken cancellationToken)
    {
        var bytes = new ArrayBufferWriter<byte>(64 * 1024);
        while (true)
        {
            var read = await stream.ReadAsync(bytes.GetMemory(64 * 1024), cancellationToken);
            if (read == 0)
                return bytes.WrittenSpan.ToArray();
            bytes.Advance(read);
            if (bytes.WrittenCount > BytesMax)
                return null;
        }
    }
}
