using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Prices;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Prices;

namespace PnlPipeline.Query.Api.Ledgers;

public sealed class BenchmarkParameters : RequestParameters, IParameters<BenchmarkParameters>
{
    /// <summary>What each point stands for.</summary>
    /// <example>day</example>
    [AllowedValues("day"), Default("day")]
    public string By { get; init; } = "";

    public YearParameters Year { get; init; } = new();

    public SelectionParameters Selection { get; init; } = new();
}

/// <summary>A batch beside buy and hold of its symbols, as columns.</summary>
/// <param name="By">What each point stands for: a day.</param>
/// <param name="TimeZone">The IANA name of the zone whose days these are.</param>
/// <param name="Start">Where both curves start, at 0 %, before their first point; left out where nothing is
/// selected.</param>
/// <param name="Total">How many days there are.</param>
/// <param name="Time">Epoch milliseconds: the start of each day.</param>
/// <param name="ChangePercentage">The batch's change since the start at the end of each day, in percent; <c>null</c>
/// where it started with nothing.</param>
/// <param name="BenchmarkPercentage">That of buy and hold.</param>
/// <param name="Alpha">The batch's mean daily return less beta times the benchmark's, annualized; a fraction.</param>
/// <param name="Beta">Covariance of the daily returns over the variance of the benchmark's.</param>
public sealed record BenchmarkAnswer(
    long BatchId,
    [property: AllowedValues("day")] string By,
    string TimeZone,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SeriesStart<double>? Start,
    int Total,
    IReadOnlyList<long> Time,
    IReadOnlyList<double?> ChangePercentage,
    IReadOnlyList<double> BenchmarkPercentage,
    double? Alpha,
    double? Beta
);

/// <summary>A batch against simply holding what it trades.</summary>
public static class BenchmarkRoutes
{
    private const long ThreeDays = 3 * 24 * 60 * 60 * 1000L;

    private const string Example = """
        {"batchId":1,"by":"day","timeZone":"UTC","start":{"time":1763769600000,"value":0},"total":2,"time":[1763769600000,1763856000000],
         "changePercentage":[1.2,0.8],"benchmarkPercentage":[0.5,-0.25],"alpha":1.1,"beta":0.74}
        """;

    public static RouteGroupBuilder MapBenchmark(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/charts/benchmark", ShowAsync)
            .WithTags("Charts")
            .Described(
                "Benchmark",
                "The selected rows' equity beside buy and hold of the batch's symbols (of those that the filter names, "
                    + "where it names any), both from 0 %: equal parts, each from the first price of its symbol at or "
                    + "after the earliest selected entry, valued at the newest price at or before the end of each day. "
                    + "A part without a price yet waits as money. Prices are those of all alerts of the symbol, and "
                    + "those that came as prices. Days are those of `charts/capital?by=day`; `alpha` (annualized, a "
                    + "fraction) and `beta` are of their returns, `null` where one begins at or under 0 or the "
                    + "benchmark does not vary."
            )
            .Takes(PathParameter.BatchId)
            .Answers(StatusCodes.Status200OK, "Both curves; nothing selected: empty columns, `total` 0.", Example)
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv("time,changePercentage,benchmarkPercentage\r\n2026-11-22T00:00:00Z,0,0\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static async Task<
        Results<Ok<BenchmarkAnswer>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>
    > ShowAsync(
        string id,
        BenchmarkParameters parameters,
        HttpRequest request,
        LedgerCache ledgers,
        MySqlDatabase database,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (
            !BatchRoutes.TryParseId(id, out var batchId)
            || await ledgers.ReadAsync(batchId, cancellationToken) is not { } ledger
        )
            return BatchRoutes.NotFound();

        var selection = parameters.Selection;
        using var rows = Selection.Of(ledger, selection.ToFilter());
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var calendar = ZoneCalendar.Of(selection.Zone);
        var days = rows.Divide(calendar, Period.Day, now);
        var equity = Series.CapitalByPeriod(rows, days, cumulative: true).Value;
        var held = await HoldAsync(
            batchId,
            selection.Symbols,
            rows,
            calendar,
            days.Starts,
            database,
            cancellationToken
        );
        // Prices come, and are voided, without the ledger being another: the tag is made of what they came to.
        if (
            Conditional.Unchanged(
                request,
                ledger.Version,
                days.Starts.Length,
                Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<double>(held.Value)).AsSpan(0, 8))
            ) is
            { } unchanged
        )
            return unchanged;
        var known = AlphaAndBeta.Of(rows.InitialEquity, equity, held, parameters.Year.Days);
        var answer = new BenchmarkAnswer(
            batchId,
            parameters.By,
            selection.Zone.Id,
            days.Starts is [var first, ..] ? new SeriesStart<double>(first, 0) : null,
            days.Starts.Length,
            days.Starts,
            ChangePercentage(rows.InitialEquity, equity),
            held.ChangePercentage(),
            known.Alpha,
            known.Beta
        );
        return Csv.IsWanted(request, selection.Download)
            ? LedgerResponse.Download(batchId, request, Table(answer))
            : TypedResults.Ok(answer);
    }

    private static double?[] ChangePercentage(FixedPoint initial, FixedPoint[] equity) =>
        Array.ConvertAll(
            equity,
            value => initial > FixedPoint.Zero ? Ratio.Of((value - initial).Units * 100, initial.Units) : (double?)null
        );

    private static async Task<Held> HoldAsync(
        long batchId,
        IReadOnlyList<string> named,
        Selection rows,
        ZoneCalendar calendar,
        long[] days,
        MySqlDatabase database,
        CancellationToken cancellationToken
    )
    {
        if (rows.EarliestEntry is not { } entry)
            return Held.Money(days.Length);
        await using var connection = await database.OpenAsync(cancellationToken);
        var symbols = (
            await connection.QueryAsync<string>(
                "SELECT symbol FROM batch_symbols WHERE batch_id = @batchId",
                new { batchId }
            )
        ).AsList();
        if (named.Count > 0)
            symbols.RemoveAll(symbol => !named.Contains(symbol));
        // While a batch of other symbols is built, rows of those it had are served.
        if (symbols.Count == 0)
            return Held.Money(days.Length);

        // The last day ends where the next one begins.
        var end = calendar.Divide(Period.Day, Array.Empty<long>(), days[^1], days[^1] + ThreeDays).Starts[1] - 1;
        var hold = new BuyAndHold(symbols.Count, entry, days);
        await PriceReader.ReadAsync(
            connection,
            symbols.ConvertAll(symbol => new PriceReader.SymbolRange(symbol, entry, end)),
            (part, point) =>
            {
                hold.Add(part, point);
                return true;
            },
            cancellationToken
        );
        return hold.Value();
    }

    private static CsvTable Table(BenchmarkAnswer answer) =>
        new(
            ["time", "changePercentage", "benchmarkPercentage"],
            (
                answer.Start is { } start ? new[] { (object?[])[UnixTime.FromUnixMilliseconds(start.Time), 0, 0] } : []
            ).Concat(
                answer.Time.Select(
                    (time, i) =>
                        (object?[])
                            [
                                UnixTime.FromUnixMilliseconds(time),
                                answer.ChangePercentage[i],
                                answer.BenchmarkPercentage[i],
                            ]
                )
            )
        );
}
