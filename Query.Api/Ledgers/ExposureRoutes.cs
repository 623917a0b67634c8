using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>How much of a batch's capital was in trades, as columns ready for a chart.</summary>
/// <param name="Max">The highest there was while one of the selected trades was open, before thinning; <c>null</c>
/// where none is selected.</param>
/// <param name="Total">How many points there were before thinning.</param>
/// <param name="Time">Epoch milliseconds: the instant of an entry or an exit, or of several.</param>
/// <param name="Value">In percent of the capital, from that instant on. Exact.</param>
public sealed record ExposureAnswer(
    long BatchId,
    FixedPoint? Max,
    int Total,
    IReadOnlyList<long> Time,
    IReadOnlyList<FixedPoint> Value
);

/// <summary>The time zone is taken all the same: instants are the same in each.</summary>
public sealed class ExposureParameters : RequestParameters, IParameters<ExposureParameters>
{
    /// <summary>About how many points are wanted; absent for all.</summary>
    /// <example>2000</example>
    [Range(1, SeriesParameters.MaxPoints)]
    public int? Points { get; init; }

    public SelectionParameters Selection { get; init; } = new();
}

/// <summary>Whether the money was there.</summary>
public static class ExposureRoutes
{
    private const string Example =
        """{"batchId":1,"max":200,"total":4,"time":[1763789280000,1763790280000,1763792880000,1763796480000],"value":[100,200,100,0]}""";

    public static RouteGroupBuilder MapExposure(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/charts/exposure", ShowAsync)
            .WithTags("Charts")
            .Described(
                "Exposure",
                "The batch's `allocationPercentage` times the number of its trades that were open, after each instant "
                    + "at which one entered or exited: from the entry up to, not including, the exit; still open "
                    + "trades too. Over 100 the money was not there. Always of all counted trades; a filter shows the "
                    + "time from the earliest entry of the selected ones to their last exit, and `max` is the highest "
                    + "while one of them was open. Without `points` it is whole, up to 200,000 points; with it, "
                    + "thinned so that every visible high and low stays."
            )
            .Takes(PathParameter.BatchId)
            .Answers(
                StatusCodes.Status200OK,
                "The exposure; nothing selected: empty columns, `total` 0, `max` null.",
                Example
            )
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv("time,value\r\n2026-11-22T00:00:00Z,100\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong, or a series too long to be whole.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static Task<Results<Ok<ExposureAnswer>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> ShowAsync(
        string id,
        ExposureParameters parameters,
        HttpRequest request,
        LedgerCache ledgers,
        OpenTradeStore store,
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
            store,
            (rows, open) =>
            {
                var (series, maxOpen) = Exposure.Of(rows, open, points);
                return new ExposureAnswer(
                    batchId,
                    series.Count == 0 ? null : new FixedPoint(open.AllocationPercentage.Units * maxOpen),
                    series.Total,
                    series.Time,
                    series.Value
                );
            },
            answer => new CsvTable(
                ["time", "value"],
                answer.Time.Zip(
                    answer.Value,
                    (time, value) => new object?[] { UnixTime.FromUnixMilliseconds(time), value }
                )
            ),
            cancellationToken,
            answer => points is null ? SeriesParameters.TooLong(answer.Time.Count) : null
        );
    }
}
