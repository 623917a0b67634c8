using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>The series a batch is drawn with.</summary>
public static class ChartRoutes
{
    private const string Note =
        " Periods are those of the time zone `tz`, each from its first instant, idle ones too: from that of `from`, "
        + "else of the batch's `startTime`, else of the first selected trade, to that of the last instant before `to` "
        + "(not past now), else of the last selected trade. A curve says where it starts (`start`); as CSV that is its "
        + "first line. Without `points` a series is whole, up to 200,000 points; with it, thinned so that every "
        + "visible high and low stays.";

    private const string Example = """
        {"batchId":1,"by":"trade","mode":"cumulative","timeZone":"UTC","start":{"time":1763789280000,"value":100000},"total":2,
         "time":[1763792880000,1763796480000],"value":[100512.3,100498.75],"seq":[1,2]}
        """;

    private const string PeriodExample =
        """{"batchId":1,"by":"day","mode":"absolute","timeZone":"Europe/Berlin","total":2,"time":[1763766000000,1763852400000],"value":[3,0]}""";

    public static RouteGroupBuilder MapCharts(this RouteGroupBuilder api)
    {
        var charts = api.MapGroup("/batches/{id}/charts").WithTags("Charts");
        charts
            .MapGet(
                "/capital",
                (
                    string id,
                    CapitalParameters parameters,
                    HttpRequest request,
                    LedgerCache ledgers,
                    TimeProvider clock,
                    CancellationToken cancellationToken
                ) => AnswerAsync(id, parameters, request, ledgers, clock, Capital, cancellationToken)
            )
            .Described(
                "Capital",
                "`cumulative`: the available capital after each trade or period; `absolute`: the change of capital in "
                    + "each. Of a filtered selection: the capital before its first row plus the running sum of its "
                    + "rows' `pnl`."
                    + Note
            )
            .Takes(PathParameter.BatchId)
            .AnswersSeries(Example);
        charts
            .MapGet(
                "/trades",
                (
                    string id,
                    TradeCountParameters parameters,
                    HttpRequest request,
                    LedgerCache ledgers,
                    TimeProvider clock,
                    CancellationToken cancellationToken
                ) => AnswerAsync(id, parameters, request, ledgers, clock, Trades, cancellationToken)
            )
            .Described(
                "Trades",
                "`absolute`: how many trades closed in each period; `cumulative`: since the start." + Note
            )
            .Takes(PathParameter.BatchId)
            .AnswersSeries(PeriodExample);
        charts
            .MapGet(
                "/drawdown",
                (
                    string id,
                    DrawdownParameters parameters,
                    HttpRequest request,
                    LedgerCache ledgers,
                    TimeProvider clock,
                    CancellationToken cancellationToken
                ) => AnswerAsync(id, parameters, request, ledgers, clock, Drawdown, cancellationToken)
            )
            .Described(
                "Drawdown",
                "The underwater curve, positive: how far the capital is under its highest so far, in percent of that "
                    + "(8 decimals, as in the ledger) or in money. By day: after the day's last trade, against the "
                    + "highest after any trade; idle days carry it on."
                    + Note
            )
            .Takes(PathParameter.BatchId)
            .AnswersSeries(Example);
        return api;
    }

    private static SeriesColumns Capital(CapitalParameters parameters, Selection rows, int? points, long now) =>
        parameters.IsByTrade
            ? Series.CapitalByTrade(rows, parameters.IsCumulative, points)
            : Series.CapitalByPeriod(rows, parameters.Divide(rows, now), parameters.IsCumulative);

    private static SeriesColumns Trades(TradeCountParameters parameters, Selection rows, int? points, long now) =>
        Series.TradesByPeriod(parameters.Divide(rows, now), parameters.IsCumulative);

    private static SeriesColumns Drawdown(DrawdownParameters parameters, Selection rows, int? points, long now) =>
        parameters.IsByTrade
            ? Series.DrawdownByTrade(rows, parameters.IsPercentage, points)
            : Series.DrawdownByPeriod(rows, parameters.Divide(rows, now), parameters.IsPercentage);

    private static async Task<
        Results<Ok<SeriesAnswer>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>
    > AnswerAsync<T>(
        string id,
        T parameters,
        HttpRequest request,
        LedgerCache ledgers,
        TimeProvider clock,
        Func<T, Selection, int?, long, SeriesColumns> draw,
        CancellationToken cancellationToken
    )
        where T : SeriesParameters
    {
        if (
            !BatchRoutes.TryParseId(id, out var batchId)
            || await ledgers.ReadAsync(batchId, cancellationToken) is not { } ledger
        )
            return BatchRoutes.NotFound();
        var now = clock.GetUtcNow();
        if (Conditional.Unchanged(request, ledger.Version, parameters.Selection.PeriodsEnd(now)) is { } unchanged)
            return unchanged;

        var csv = Csv.IsWanted(request, parameters.Selection.Download);
        var points = csv ? null : parameters.Points;
        using var rows = Selection.Of(ledger, parameters.Selection.ToFilter());
        var series = draw(parameters, rows, points, now.ToUnixTimeMilliseconds());
        if (csv)
            return LedgerResponse.Download(
                batchId,
                request,
                new CsvTable(series.Seq is null ? ["time", "value"] : ["time", "value", "seq"], Rows(series))
            );

        if (points is null && SeriesParameters.TooLong(series.Count) is { } tooLong)
            return tooLong;

        var shown = points is { } wanted ? Thinning.Thin(series, wanted) : series;
        return TypedResults.Ok(
            new SeriesAnswer(
                batchId,
                parameters.By,
                parameters.Mode,
                parameters.Selection.Zone.Id,
                series.Start,
                series.Total,
                shown.Time,
                shown.Value,
                shown.Seq
            )
        );
    }

    private static IEnumerable<object?[]> Rows(SeriesColumns series)
    {
        if (series.Start is { } start)
        {
            var time = UnixTime.FromUnixMilliseconds(start.Time);
            yield return series.Seq is null ? [time, start.Value] : [time, start.Value, null];
        }

        for (var i = 0; i < series.Count; i++)
        {
            var time = UnixTime.FromUnixMilliseconds(series.Time[i]);
            yield return series.Seq is { } seq ? [time, series.Value[i], seq[i]] : [time, series.Value[i]];
        }
    }

    private static RouteHandlerBuilder AnswersSeries(this RouteHandlerBuilder route, string example) =>
        route
            .Answers(StatusCodes.Status200OK, "The series; nothing selected: empty columns, `total` 0.", example)
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv("time,value\r\n2026-11-22T00:00:00Z,100512.3\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong, or a series too long to be whole.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
}
