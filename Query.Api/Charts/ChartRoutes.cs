using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.LedgerView;
using PnlPipeline.Query.Api.OpenApi;

namespace PnlPipeline.Query.Api.Charts;

/// <summary>The series a batch is drawn with.</summary>
public static class ChartRoutes
{
    private const string Cumulative = "cumulative";
    private const string Absolute = "absolute";
    private const string Percentage = "percentage";

    // The first of each is the default.
    private static readonly string[] CapitalBy = [ChartRequest.ByTrade, "hour", "day", "week", "month"];
    private static readonly string[] TradesBy = ["day", "hour", "week", "month"];
    private static readonly string[] DrawdownBy = [ChartRequest.ByTrade, "day"];
    private static readonly string[] SumModes = [Cumulative, Absolute];
    private static readonly string[] DrawdownModes = [Percentage, Absolute];

    private const string Note =
        " Periods are those of the time zone `tz`, each from its first instant; every one from the first selected trade's to the last's is there. "
        + "Without `points` a series is whole, up to 200,000 points; with it, thinned so that every visible high and low stays.";

    private const string Example =
        """
        {"batchId":1,"by":"trade","mode":"cumulative","timeZone":"UTC","total":2,
         "time":[1763792880000,1763796480000],"value":[100512.3,100498.75],"seq":[1,2]}
        """;

    private const string PeriodExample =
        """{"batchId":1,"by":"day","mode":"absolute","timeZone":"Europe/Berlin","total":2,"time":[1763766000000,1763852400000],"value":[3,0]}""";

    public static RouteGroupBuilder MapCharts(this RouteGroupBuilder api)
    {
        var charts = api.MapGroup("/batches/{id}/charts").WithTags("Charts");
        charts.MapGet("/capital", (string id, HttpRequest request, LedgerCache ledgers, CancellationToken cancellationToken) =>
                AnswerAsync(id, request, ledgers, CapitalBy, SumModes, Capital, cancellationToken))
            .Described(
                "Capital",
                "`cumulative`: the available capital after each trade or period; `absolute`: the change of capital in each. Of a filtered selection: the "
                + "capital before its first row plus the running sum of its rows' `pnl`." + Note)
            .Takes(Parameters(CapitalBy, SumModes))
            .AnswersSeries(Example);
        charts.MapGet("/trades", (string id, HttpRequest request, LedgerCache ledgers, CancellationToken cancellationToken) =>
                AnswerAsync(id, request, ledgers, TradesBy, SumModes, Trades, cancellationToken))
            .Described("Trades", "`absolute`: how many trades closed in each period; `cumulative`: since the start." + Note)
            .Takes(Parameters(TradesBy, SumModes))
            .AnswersSeries(PeriodExample);
        charts.MapGet("/drawdown", (string id, HttpRequest request, LedgerCache ledgers, CancellationToken cancellationToken) =>
                AnswerAsync(id, request, ledgers, DrawdownBy, DrawdownModes, Drawdown, cancellationToken))
            .Described(
                "Drawdown",
                "The underwater curve, positive: how far the capital is under its highest so far, in percent of that (8 decimals, as in the ledger) or in money. "
                + "By day: after the day's last trade, against the highest after any trade; idle days carry it on." + Note)
            .Takes(Parameters(DrawdownBy, DrawdownModes))
            .AnswersSeries(Example);
        return api;
    }

    private static SeriesColumns Capital(ChartRequest request, Selection rows) => request.By == ChartRequest.ByTrade
        ? Series.CapitalByTrade(rows, request.Mode == Cumulative, request.Points)
        : Series.CapitalByPeriod(rows, request.Divide(rows), request.Mode == Cumulative);

    private static SeriesColumns Trades(ChartRequest request, Selection rows) =>
        Series.TradesByPeriod(request.Divide(rows), request.Mode == Cumulative);

    private static SeriesColumns Drawdown(ChartRequest request, Selection rows) => request.By == ChartRequest.ByTrade
        ? Series.DrawdownByTrade(rows, request.Mode == Percentage, request.Points)
        : Series.DrawdownByPeriod(rows, request.Divide(rows), request.Mode == Percentage);

    private static async Task<Results<Ok<SeriesAnswer>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> AnswerAsync(
        string id,
        HttpRequest request,
        LedgerCache ledgers,
        string[] by,
        string[] modes,
        Func<ChartRequest, Selection, SeriesColumns> draw,
        CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(request);
        var chart = ChartRequest.Read(query, by, modes);
        var csv = Csv.IsWanted(request, query);
        if (csv)
            chart = chart with { Points = null };
        if (query.Errors.Any)
            return Problems.BadRequest(query.Errors);
        if (!BatchRoutes.TryParseId(id, out var batchId) || await ledgers.ReadAsync(batchId, cancellationToken) is not { } ledger)
            return BatchRoutes.NotFound();
        if (Conditional.Unchanged(request, ledger.Version) is { } unchanged)
            return unchanged;

        using var rows = Selection.Of(ledger, chart.Filter);
        var series = draw(chart, rows);
        if (csv)
            return Shown.Download(batchId, request, new CsvTable(series.Seq is null ? ["time", "value"] : ["time", "value", "seq"], Rows(series)));

        if (chart.Points is null && series.Count > ChartRequest.MaxWhole)
        {
            return Problems.BadRequest(
                "points", $"The series has {series.Count} points, more than {ChartRequest.MaxWhole}. Ask for points=2000, or at most {ChartRequest.MaxPoints}.");
        }

        var shown = chart.Points is { } points ? Thinning.Thin(series, points) : series;
        return TypedResults.Ok(new SeriesAnswer(
            batchId, chart.By, chart.Mode, chart.Zone.Id, series.Total, shown.Time, shown.Value, shown.Seq));
    }

    private static IEnumerable<object?[]> Rows(SeriesColumns series)
    {
        for (var i = 0; i < series.Count; i++)
        {
            var time = UnixTime.FromUnixMilliseconds(series.Time[i]);
            yield return series.Seq is { } seq ? [time, series.Value[i], seq[i]] : [time, series.Value[i]];
        }
    }

    private static IEnumerable<object> Parameters(string[] by, string[] modes) =>
    [
        Parameter.BatchId,
        Parameter.Choice("by", "What each point stands for.", by[0], by),
        Parameter.Choice("mode", "What its value says.", modes[0], modes),
        Parameter.Zone,
        Parameter.Format,
        new QueryParameter("points", "About how many points are wanted; absent for all.", "2000", Min: 1, Max: ChartRequest.MaxPoints),
        .. LedgerFilter.Parameters,
    ];

    private static RouteHandlerBuilder AnswersSeries(this RouteHandlerBuilder route, string example) => route
        .Answers(StatusCodes.Status200OK, "The series; nothing selected: empty columns, `total` 0.", example)
        .AlsoAnswersUnchanged()
        .AlsoAnswersCsv("time,value\r\n2026-11-22T00:00:00Z,100512.3\r\n")
        .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong, or a series too long to be whole.")
        .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
}
