using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Calendar;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.LedgerView;
using PnlPipeline.Query.Api.OpenApi;

namespace PnlPipeline.Query.Api.Breakdown;

/// <summary>The answer: every group that has a trade.</summary>
/// <param name="Groups">Symbols and timeframes in ordinal order, long before short, numbers ascending.</param>
public sealed record BreakdownAnswer(IReadOnlyList<Group> Groups);

/// <summary>Where a batch's profit comes from.</summary>
public static class BreakdownRoutes
{
    // The first is the default.
    private static readonly string[] By = ["symbol", "timeframe", "side", "weekday", "hour", "month"];

    private const string Example =
        """
        {"groups":[{"key":"BTCUSDT","trades":8,"wins":5,"winRate":0.625,"pnl":3150.25,"averageChange":0.41,"profitFactor":2.1,"share":0.75},
                   {"key":"ETHUSDT","trades":4,"wins":4,"winRate":1,"pnl":1050.5,"averageChange":0.27,"profitFactor":null,"share":0.25}]}
        """;

    public static RouteGroupBuilder MapBreakdown(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/breakdown", ShowAsync).WithTags("Statistics")
            .Described(
                "Breakdown",
                "The selected rows by what they have in common. `key` is a word by symbol, timeframe and side, and a whole number by weekday (1–7 from Monday), hour "
                + "(0–23; a repeated hour is one group) and month (1–12), each of the exit in the time zone `tz`. Groups without a trade are left out. `share` is of "
                + "the selection's net profit, `null` where that is 0.")
            .Takes([Parameter.BatchId, Parameter.Choice("by", "What a group has in common.", By[0], By), Parameter.Zone, Parameter.Format, .. LedgerFilter.Parameters])
            .Answers(StatusCodes.Status200OK, "The groups; nothing selected: none.", Example)
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv("key,trades,wins,winRate,pnl,averageChange,profitFactor,share\r\nBTCUSDT,8,5,0.625,3150.25,0.41,2.1,0.75\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static Task<Results<Ok<BreakdownAnswer>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>> ShowAsync(
        string id, HttpRequest request, LedgerCache ledgers, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(request);
        var by = Enum.Parse<GroupBy>(query.Word("by", By), ignoreCase: true);
        var calendar = ZoneCalendar.Of(query.Zone());
        var filter = LedgerFilter.Read(query);
        return Shown.AnswerAsync(
            id, request, query, ledgers, filter, rows => new BreakdownAnswer(Groups.Of(rows, calendar, by)), Table, cancellationToken);
    }

    private static CsvTable Table(BreakdownAnswer answer) => new(
        ["key", "trades", "wins", "winRate", "pnl", "averageChange", "profitFactor", "share"],
        answer.Groups.Select(group => new object?[]
        {
            group.Key.Word ?? (object)group.Key.Number, group.Trades, group.Wins, group.WinRate, group.Pnl, group.AverageChange, group.ProfitFactor, group.Share,
        }));
}
