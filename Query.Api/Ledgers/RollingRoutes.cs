using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

public sealed class RollingParameters : RequestParameters, IParameters<RollingParameters>
{
    private const string Trades = "trades";
    private const string Days = "days";

    /// <summary>
    /// The figure, as `statistics` defines it: `sharpe`, `sortino` and `volatility` over windows of days, the others
    /// over windows of trades.
    /// </summary>
    /// <example>winRate</example>
    [
        AllowedValues("winRate", "profitFactor", "expectancy", "averageChange", "sharpe", "sortino", "volatility"),
        Default("winRate")
    ]
    public string Of { get; init; } = "";

    /// <summary>Over how many of the last trades or days.</summary>
    /// <example>30</example>
    [Range(1, 100_000), Default(30)]
    public int Window { get; init; }

    /// <summary>
    /// What the window is counted in; absent: what the figure is made of, and nothing else may stand there.
    /// </summary>
    /// <example>trades</example>
    [AllowedValues(Trades, Days)]
    public string? Unit { get; init; }

    /// <summary>About how many points are wanted; absent for all.</summary>
    /// <example>2000</example>
    [Range(1, SeriesParameters.MaxPoints)]
    public int? Points { get; init; }

    public YearParameters Year { get; init; } = new();

    public SelectionParameters Selection { get; init; } = new();

    public RollingFigure Figure => Enum.Parse<RollingFigure>(Of, ignoreCase: true);

    public string UnitOfFigure => Rolling.IsOfDays(Figure) ? Days : Trades;

    public override void Check(FieldErrors errors)
    {
        if (Unit is { } unit && unit != UnitOfFigure)
            errors.Add(
                "unit",
                $"Is {unit}, and {Of} is made of {(unit == Days ? "single trades" : "daily returns")}. Send "
                    + $"unit={UnitOfFigure}, or leave it out."
            );
    }
}

/// <summary>A series of one figure as columns, ready for a chart.</summary>
/// <param name="Of">The figure.</param>
/// <param name="Window">Over how many of the last trades or days.</param>
/// <param name="Unit">What the window is counted in.</param>
/// <param name="TimeZone">The IANA name of the zone whose days these are.</param>
/// <param name="Total">How many points there were before thinning.</param>
/// <param name="Time">Epoch milliseconds: the exit of the window's last trade, or the start of its last day.</param>
/// <param name="Value"><c>null</c> until the window is full, and where the figure is undefined.</param>
/// <param name="Seq">By trades only: the ledger row of each point.</param>
public sealed record RollingAnswer(
    long BatchId,
    [property: AllowedValues(
        "winRate",
        "profitFactor",
        "expectancy",
        "averageChange",
        "sharpe",
        "sortino",
        "volatility"
    )]
        string Of,
    int Window,
    [property: AllowedValues("trades", "days")] string Unit,
    string TimeZone,
    int Total,
    IReadOnlyList<long> Time,
    IReadOnlyList<double?> Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<long>? Seq
);

/// <summary>A figure over a window that moves along the history.</summary>
public static class RollingRoutes
{
    private const string Example = """
        {"batchId":1,"of":"winRate","window":2,"unit":"trades","timeZone":"UTC","total":3,
         "time":[1763792880000,1763796480000,1763800080000],"value":[null,0.5,1],"seq":[1,2,3]}
        """;

    public static RouteGroupBuilder MapRolling(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/charts/rolling", ShowAsync)
            .WithTags("Charts")
            .Described(
                "Rolling statistics",
                "One figure over the last `window` trades after each trade, or over the last `window` days at the end "
                    + "of each day from the first selected exit's to the last's. `null` until the window is full, and "
                    + "where the figure is undefined. Without `points` a series is whole, up to 200,000 points; with "
                    + "it, thinned so that every visible high and low stays."
            )
            .Takes(PathParameter.BatchId)
            .Answers(StatusCodes.Status200OK, "The series; nothing selected: empty columns, `total` 0.", Example)
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv("time,value,seq\r\n2026-11-22T06:28:00Z,,1\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong, or a series too long to be whole.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static Task<Results<Ok<RollingAnswer>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> ShowAsync(
        string id,
        RollingParameters parameters,
        HttpRequest request,
        LedgerCache ledgers,
        CancellationToken cancellationToken
    )
    {
        // What is made is made only where it is a number.
        _ = BatchRoutes.TryParseId(id, out var batchId);
        var points = Csv.IsWanted(request, parameters.Selection.Download) ? null : parameters.Points;
        return LedgerResponse.AnswerAsync(
            id,
            request,
            parameters.Selection,
            ledgers,
            rows =>
            {
                var series = Rolling.IsOfDays(parameters.Figure)
                    ? Rolling.ByDays(
                        rows,
                        ZoneCalendar.Of(parameters.Selection.Zone),
                        parameters.Figure,
                        parameters.Window,
                        parameters.Year.Days,
                        points
                    )
                    : Rolling.ByTrades(rows, parameters.Figure, parameters.Window, points);
                return new RollingAnswer(
                    batchId,
                    parameters.Of,
                    parameters.Window,
                    parameters.UnitOfFigure,
                    parameters.Selection.Zone.Id,
                    series.Total,
                    series.Time,
                    series.Value,
                    series.Seq
                );
            },
            Table,
            cancellationToken,
            refuse: answer => points is null ? SeriesParameters.TooLong(answer.Time.Count) : null
        );
    }

    private static CsvTable Table(RollingAnswer series) =>
        new(
            series.Seq is null ? ["time", "value"] : ["time", "value", "seq"],
            series.Time.Select(
                (time, i) =>
                    series.Seq is { } seq
                        ? (object?[])[UnixTime.FromUnixMilliseconds(time), series.Value[i], seq[i]]
                        : [UnixTime.FromUnixMilliseconds(time), series.Value[i]]
            )
        );
}
