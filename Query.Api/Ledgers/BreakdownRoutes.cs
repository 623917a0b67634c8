using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>The answer: every group that has a trade.</summary>
/// <param name="Groups">Symbols, timeframes and strategies in ordinal order, long before short, numbers
/// ascending.</param>
public sealed record BreakdownAnswer(IReadOnlyList<Group> Groups);

public sealed class BreakdownParameters : RequestParameters, IParameters<BreakdownParameters>
{
    private const string Tag = "tag";

    /// <summary>
    /// What a group has in common: `symbol` where it is absent. Two may be named: then a group is each pair of them
    /// that has trades. `tag` stands alone, and a trade with several counts in the group of each.
    /// </summary>
    /// <example>symbol</example>
    [AllowedValues("symbol", "timeframe", "strategy", "side", "weekday", "hour", "month", Tag)]
    public IReadOnlyList<string> By { get; init; } = [];

    public bool IsByTag => By is [Tag];

    public GroupBy First =>
        By is [var word, ..] && word != Tag ? Enum.Parse<GroupBy>(word, ignoreCase: true) : GroupBy.Symbol;

    public GroupBy? Second => By is [_, var word] ? Enum.Parse<GroupBy>(word, ignoreCase: true) : null;

    public override void Check(FieldErrors errors)
    {
        if (By.Count > 2)
            errors.Add("by", $"Stands {By.Count} times. Send one or two, for example by=weekday&by=hour.");
        else if (By.Count > 1 && By.Contains(Tag))
            errors.Add("by", "Names tag with another, and it stands alone. Send by=tag, and narrow it by filters.");
        else if (By is [var one, var other] && one == other)
            errors.Add("by", $"Names {one} twice. Send two different ones, for example by=weekday&by=hour.");
    }

    public SelectionParameters Selection { get; init; } = new();
}

/// <summary>Where a batch's profit comes from.</summary>
public static class BreakdownRoutes
{
    private const string Example = """
        {"groups":[{"key":"BTCUSDT","trades":8,"wins":5,"winRate":0.625,"pnl":3150.25,"averageChange":0.41,"profitFactor":2.1,"share":0.75},
                   {"key":"ETHUSDT","trades":4,"wins":4,"winRate":1,"pnl":1050.5,"averageChange":0.27,"profitFactor":null,"share":0.25}]}
        """;

    public static RouteGroupBuilder MapBreakdown(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/breakdown", ShowAsync)
            .WithTags("Statistics")
            .Described(
                "Breakdown",
                "The selected rows by what they have in common. `key` is a word by symbol, timeframe, strategy and tag "
                    + "(empty: none) and side, and a whole number by weekday (1–7 from Monday), hour "
                    + "(0–23; a repeated hour is one group) and month (1–12), each of the exit in the time zone `tz`. "
                    + "By two, `key` is a list of both. Groups without a trade are left out. `share` is of "
                    + "the selection's net profit, `null` where that is 0."
            )
            .Takes(PathParameter.BatchId)
            .Answers(StatusCodes.Status200OK, "The groups; nothing selected: none.", Example)
            .AlsoAnswersUnchanged()
            .AlsoAnswersCsv(
                "key,trades,wins,winRate,pnl,averageChange,profitFactor,share\r\nBTCUSDT,8,5,0.625,3150.25,0.41,2.1,0.75\r\n"
            )
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static async Task<
        Results<Ok<BreakdownAnswer>, CsvResult, StatusCodeHttpResult, ProblemHttpResult>
    > ShowAsync(
        string id,
        BreakdownParameters parameters,
        HttpRequest request,
        LedgerCache ledgers,
        TradeNoteReader notes,
        CancellationToken cancellationToken
    )
    {
        var calendar = ZoneCalendar.Of(parameters.Selection.Zone);
        // The revision first: an answer is never newer than its tag.
        long? revision = parameters.IsByTag ? await notes.RevisionAsync(cancellationToken) : null;
        var tags = parameters.IsByTag ? await notes.TagsAsync(cancellationToken) : null;
        return await LedgerResponse.AnswerAsync(
            id,
            request,
            parameters.Selection,
            ledgers,
            rows => new BreakdownAnswer(
                tags is null ? Groups.Of(rows, calendar, parameters.First, parameters.Second) : Groups.ByTag(rows, tags)
            ),
            answer => Table(answer, parameters),
            cancellationToken,
            revision
        );
    }

    private static CsvTable Table(BreakdownAnswer answer, BreakdownParameters parameters) =>
        new(
            [
                .. parameters.Second is null ? (string[])["key"] : [.. parameters.By.Select(by => $"key.{by}")],
                "trades",
                "wins",
                "winRate",
                "pnl",
                "averageChange",
                "profitFactor",
                "share",
            ],
            answer.Groups.Select(group =>
                (object?[])
                    [
                        Cell(group.Key.First),
                        .. group.Key.Second is { } second ? (object?[])[Cell(second)] : [],
                        group.Trades,
                        group.Wins,
                        group.WinRate,
                        group.Pnl,
                        group.AverageChange,
                        group.ProfitFactor,
                        group.Share,
                    ]
            )
        );

    private static object Cell(GroupKey key) => key.Word ?? (object)key.Number;
}
