using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>A what-if beside the batch it is of.</summary>
/// <param name="LedgerVersion">Which state of the batch's ledger it was made of: another one wherever a row may
/// differ.</param>
/// <param name="Account">As it would have been.</param>
/// <param name="Batch">As it is, under the same filters.</param>
/// <param name="SkippedTotal">How many entries were skipped.</param>
/// <param name="Skipped">The first 1,000 of them, in the order of entries.</param>
public sealed record WhatIfAnswer(
    long BatchId,
    string LedgerVersion,
    WhatIfSettings Settings,
    WhatIfAccountAnswer Account,
    WhatIfAccountAnswer Batch,
    int SkippedTotal,
    IReadOnlyList<SkippedEntry> Skipped
);

/// <summary>An account with all that a batch shows.</summary>
/// <param name="AvailableCapital">After its last trade.</param>
/// <param name="Series">The capital after each trade, or at the end of each period.</param>
/// <param name="Groups">Where the profit comes from, by symbol.</param>
/// <param name="Ruined">The trade that brought it to 0; <c>null</c> where none did.</param>
/// <param name="Capped">Whether it has come to the most that capital can be.</param>
public sealed record WhatIfAccountAnswer(
    FixedPoint AvailableCapital,
    SeriesAnswer Series,
    BatchStatistics Statistics,
    IReadOnlyList<Group> Groups,
    string? Ruined,
    bool Capped
);

/// <summary>An entry that was skipped.</summary>
public sealed record SkippedEntry(
    string TradeId,
    string Symbol,
    string Timeframe,
    string? Strategy,
    [property: AllowedValues("long", "short")] string Side,
    DateTime EntryTime,
    [property: AllowedValues("maxOpenTrades", "maxExposurePercentage")] string Reason
)
{
    public static SkippedEntry Of(SkippedTrade skipped, WhatIf trades)
    {
        var (stream, isShort, entryTime) = trades.Find(skipped);
        return new SkippedEntry(
            skipped.TradeId.ToString(),
            stream.Symbol,
            stream.Timeframe,
            stream.Strategy,
            isShort ? "short" : "long",
            DateTime.UnixEpoch.AddMilliseconds(entryTime),
            skipped.Reason == SkipReason.MaxOpenTrades ? "maxOpenTrades" : "maxExposurePercentage"
        );
    }
}

/// <summary>What a batch would have been under other settings.</summary>
public static class WhatIfRoutes
{
    private const int MostSkipped = 1_000;

    // Both accounts have all of it; here the same stands in both.
    private const string AccountExample = $$"""
        {"availableCapital":100512.3,
         "series":{"batchId":1,"by":"trade","mode":"cumulative","timeZone":"UTC","start":{"time":1763789280000,"value":100000},"total":1,
          "time":[1763792880000],"value":[100512.3],"seq":[1]},
         "statistics":{{StatisticsExample.Json}},
         "groups":[{"key":"BTCUSDT","trades":1,"wins":1,"winRate":1,"pnl":512.3,"averageChange":0.5123,"profitFactor":null,"share":1}],
         "ruined":null,"capped":false}
        """;

    private const string Example = $$"""
        {"batchId":1,"ledgerVersion":"1.3.1.19ac3b7d000",
         "settings":{"symbols":["BTCUSDT"],"timeframes":[],"strategies":[],"startTime":null,"capital":100000,"allocationPercentage":100,
          "feePercentage":0,"sides":[],"slippagePercentage":0,"excludeTrades":[],"sizing":"percentOfEquity","amount":null,"riskPercentage":null,
          "lookback":null,"fraction":null,"maxExposurePercentage":100,"maxOpenTrades":null},
         "account":{{AccountExample}},"batch":{{AccountExample}},
         "skippedTotal":1,"skipped":[{"tradeId":"90ae24dd04e57752cae9a8415611280f","symbol":"BTCUSDT","timeframe":"60","strategy":null,"side":"long",
          "entryTime":"2025-11-22T06:28:00Z","reason":"maxExposurePercentage"}]}
        """;

    private const string BodyExample =
        """{"sizing":"percentOfEquity","allocationPercentage":50,"maxExposurePercentage":100,"feePercentage":0.1,"points":500}""";

    // A what-if of a million trades takes a core and some ten megabytes: more at once would be no quicker.
    private static readonly SemaphoreSlim AtOnce = new(Math.Max(1, Environment.ProcessorCount));

    public static RouteGroupBuilder MapWhatIf(this RouteGroupBuilder api)
    {
        api.MapPost("/batches/{id}/what-if", ShowAsync)
            .WithTags("What if")
            .Described(
                "What if",
                "The same trades under other settings: what is not named is the batch's. Series, statistics and "
                    + "breakdown by symbol of that account stand beside the batch's own. Filters choose trades as they "
                    + "do for all that a batch shows: the account is made of just those that pass, and begins with "
                    + "`capital`; the batch's own figures are of the same trades. Open trades take room where "
                    + "they pass; with `to`, none does. "
                    + "Entries that would pass `maxExposurePercentage` or `maxOpenTrades` are skipped whole, and "
                    + "told. Nothing is written, and a viewer may. Figures are exact to the last "
                    + "digit: each pnl is rounded once. `sequential` without limits is the ledger's own rule."
            )
            .Takes(PathParameter.BatchId)
            .TakesBody<WhatIfBody>("The settings; `{}` for the batch's own.", BodyExample)
            .Answers(StatusCodes.Status200OK, "Both accounts.", Example)
            .Refuses(
                StatusCodes.Status400BadRequest,
                "Settings or filters that are wrong, or a series too long to be whole."
            )
            .Refuses(StatusCodes.Status403Forbidden, "The request comes from another site.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static async Task<Results<Ok<WhatIfAnswer>, ProblemHttpResult>> ShowAsync(
        string id,
        WhatIfParameters parameters,
        FieldErrors errors,
        HttpRequest http,
        BatchStore batches,
        LedgerCache ledgers,
        OpenTradeStore store,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var body = await RequestBody.ReadObjectAsync(http, errors, cancellationToken, BodyExample);
        var request = body is { } properties
            ? WhatIfForm.Read(RequestBody.Properties(properties, errors), errors)
            : new WhatIfRequest();
        request = request with { Zone = request.Zone ?? parameters.Selection.Zone };
        if (
            !BatchRoutes.TryParseId(id, out var batchId)
            || await batches.FindAsync(batchId, cancellationToken) is not { } batch
            || await ledgers.ReadAsync(batchId, cancellationToken) is not { } ledger
        )
        {
            return BatchRoutes.NotFound();
        }

        if (WhatIfForm.Complete(batch, request, errors) is not { } settings)
            return Problems.BadRequest(errors);
        if (!WhatIf.HasPrices(ledger))
            return NoPrices(http.HttpContext.Response);

        var open = await store.ReadAsync(batchId, cancellationToken);
        await AtOnce.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var within = parameters.Selection.ToFilter();
            var calendar = ZoneCalendar.Of(request.Zone);
            // The batch's own figures are made while the account is folded, which is one trade after the other.
            var own = Task.Run(() => Own(batch, ledger, open, within, request, now), cancellationToken);
            var trades = WhatIf.Of(ledger, open, settings.ToChoice(batch, within), batch.FillOf(ledger));
            var account = trades.Account(settings.ToAccount());
            // All of its rows; the times say where a series by period begins and ends.
            using var rows = Selection.Of(
                account.Ledger,
                LedgerFilter.None with
                {
                    From = within.From,
                    To = within.To,
                }
            );
            var answer = new WhatIfAnswer(
                batchId,
                ledger.Version.ToString(),
                settings,
                Answer(
                    batchId,
                    request,
                    rows,
                    account.AvailableCapital(FixedPoint.Of(settings.Capital)),
                    account.Statistics(rows, calendar, request.Annualization),
                    account.Result.Ruined?.ToString(),
                    account.Result.IsCapped,
                    now
                ),
                await own,
                account.Result.Skipped.Count,
                [.. account.Result.Skipped.Take(MostSkipped).Select(skipped => SkippedEntry.Of(skipped, trades))]
            );
            if (
                request.Points is null
                && SeriesParameters.TooLong(Math.Max(answer.Account.Series.Total, answer.Batch.Series.Total))
                    is { } tooLong
            )
                return tooLong;
            return TypedResults.Ok(answer);
        }
        finally
        {
            AtOnce.Release();
        }
    }

    internal static ProblemHttpResult NoPrices(HttpResponse response)
    {
        response.Headers.RetryAfter = "5";
        return Problems.Of(
            StatusCodes.Status503ServiceUnavailable,
            "The ledger is being recalculated.",
            "It is of an earlier version and has no prices yet: try again when the batch's ledger.state is ready."
        );
    }

    private static WhatIfAccountAnswer Own(
        Batch batch,
        LedgerColumns ledger,
        OpenTrades open,
        LedgerFilter within,
        WhatIfRequest request,
        long now
    )
    {
        using var rows = Selection.Of(ledger, within);
        return Answer(
            batch.Id,
            request,
            rows,
            rows.Count > 0 && rows.Count == ledger.Count
                ? ledger.AvailableCapital[ledger.Count - 1]
                : Account.CapitalOf(rows, within, FixedPoint.Of(batch.Capital)) + rows.Pnl(0, rows.Count),
            SelectionStatistics.Of(rows, ZoneCalendar.Of(request.Zone!), request.Annualization, open),
            batch.Ledger.Ruined,
            batch.Ledger.Capped,
            now
        );
    }

    // The changes of a ledger that is being built again are net of another fee than the batch's.
    private static decimal? FillOf(this Batch batch, LedgerColumns ledger) =>
        batch.Ledger.State == "ready" && batch.Revision == ledger.Version.BatchRevision ? batch.FeePercentage : null;

    private static WhatIfAccountAnswer Answer(
        long batchId,
        WhatIfRequest request,
        Selection rows,
        FixedPoint available,
        BatchStatistics statistics,
        string? ruined,
        bool capped,
        long now
    )
    {
        var calendar = ZoneCalendar.Of(request.Zone!);
        var series =
            request.By == SeriesParameters.ByTrade
                ? Series.CapitalByTrade(rows, cumulative: true, request.Points)
                : Series.CapitalByPeriod(
                    rows,
                    rows.Divide(calendar, Enum.Parse<Period>(request.By, ignoreCase: true), now),
                    cumulative: true
                );
        var shown = request.Points is { } points ? Thinning.Thin(series, points) : series;
        return new WhatIfAccountAnswer(
            available,
            new SeriesAnswer(
                batchId,
                request.By,
                "cumulative",
                request.Zone!.Id,
                series.Start,
                series.Total,
                shown.Time,
                shown.Value,
                shown.Seq
            ),
            statistics,
            Groups.Of(rows, calendar, GroupBy.Symbol),
            ruined,
            capped
        );
    }
}
