using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>One of the settings that were tried.</summary>
/// <param name="Rank">From 1; trials whose figure is undefined come last.</param>
/// <param name="Values">What the grid says of it.</param>
/// <param name="RankedBy">The figure that it is ranked by.</param>
/// <param name="Sharpe">Annualized, as in the statistics.</param>
/// <param name="DeflatedSharpe">
/// How likely the Sharpe ratio is more than the best of so many tries would have had by luck (Bailey and López de
/// Prado, 2014).
/// </param>
public sealed record Trial(
    int Rank,
    IReadOnlyDictionary<string, JsonElement> Values,
    double? RankedBy,
    FixedPoint AvailableCapital,
    int Trades,
    int Skipped,
    double? MaxDrawdownPercentage,
    double? WinRate,
    double? ProfitFactor,
    double? Sharpe,
    double? DeflatedSharpe
);

/// <summary>A sweep: how far it is, and what came of it.</summary>
/// <param name="LedgerVersion">Which state of the batch's ledger all trials are made of.</param>
/// <param name="Progress">0 to 1.</param>
/// <param name="Total">How many settings are tried: the more, the better the best of them is by luck alone.</param>
/// <param name="Trials">Best first; only once it is done.</param>
/// <param name="Failure">Why it failed; where it did.</param>
public sealed record SweepAnswer(
    string Id,
    long BatchId,
    string LedgerVersion,
    string RankBy,
    [property: AllowedValues("running", "done", "cancelled", "failed")] string State,
    double Progress,
    int Done,
    int Total,
    IReadOnlyList<Trial> Trials,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Failure
);

/// <summary>Tries what a sweep's plan says.</summary>
public static class Sweeps
{
    public static SweepAnswer Answer(Job<SweepPlan, IReadOnlyList<Trial>> job)
    {
        var (state, done, trials, failure) = job.State;
        return new SweepAnswer(
            job.Id,
            job.BatchId,
            job.LedgerVersion,
            job.Plan.RankBy,
            state,
            (double)done / job.Total,
            done,
            job.Total,
            trials ?? [],
            failure
        );
    }

    /// <param name="choose">Which trades count under some settings.</param>
    public static IReadOnlyList<Trial> Try(
        Job<SweepPlan, IReadOnlyList<Trial>> job,
        LedgerColumns ledger,
        OpenTrades open,
        Func<WhatIfSettings, TradeChoice> choose,
        CancellationToken cancellation
    )
    {
        var plan = job.Plan;
        var calendar = ZoneCalendar.Of(plan.Zone);
        // Trades are chosen once for all trials that count the same ones.
        var chosen = new ConcurrentDictionary<string, Lazy<WhatIf>>(StringComparer.Ordinal);
        var tried = new Tried[plan.Trials.Count];
        Parallel.For(
            0,
            tried.Length,
            new ParallelOptions
            {
                CancellationToken = cancellation,
                MaxDegreeOfParallelism = Environment.ProcessorCount,
            },
            i =>
            {
                var (values, settings) = plan.Trials[i];
                var trades = chosen
                    .GetOrAdd(KeyOf(settings), _ => new Lazy<WhatIf>(() => WhatIf.Of(ledger, open, choose(settings))))
                    .Value;
                var account = trades.Account(settings.ToAccount());
                using var rows = Selection.Of(account.Ledger, LedgerFilter.None);
                var statistics = account.Statistics(rows, calendar, plan.Annualization);
                tried[i] = new Tried(
                    values,
                    statistics,
                    account.AvailableCapital(FixedPoint.Of(settings.Capital)),
                    account.Result.Skipped.Count,
                    calendar.Divide(Period.Day, rows.ExitTimes).Starts.Length
                );
                job.Count();
            }
        );
        return Ranked(tried, plan);
    }

    private static List<Trial> Ranked(Tried[] tried, SweepPlan plan)
    {
        var perDay = Math.Sqrt(plan.Annualization);
        var ratios = tried.Select(one => one.Statistics.Sharpe / perDay).OfType<double>().ToList();
        var expected = DeflatedSharpe.ExpectedBest(DeflatedSharpe.Variance(ratios), tried.Length);
        var trials = tried.Select(one =>
        {
            var (statistics, deflated) = (
                one.Statistics,
                DeflatedSharpe.Of(
                    one.Statistics.Sharpe / perDay,
                    one.Days,
                    one.Statistics.Skewness,
                    one.Statistics.Kurtosis,
                    expected
                )
            );
            var rankedBy = plan.RankBy switch
            {
                SweepGrid.DeflatedSharpe => deflated,
                SweepGrid.AvailableCapital => (double)one.AvailableCapital.Units / 1e8,
                var figure => SweepGrid.FigureOf(statistics, figure),
            };
            return new Trial(
                0,
                one.Values,
                rankedBy,
                one.AvailableCapital,
                statistics.Trades,
                one.Skipped,
                statistics.MaxDrawdownPercentage?.Value,
                statistics.WinRate,
                statistics.ProfitFactor,
                statistics.Sharpe,
                deflated
            );
        });
        var sign = SweepGrid.IsLowBest(plan.RankBy) ? 1 : -1;
        // Of equals the first in the grid comes first: the order is stable.
        return
        [
            .. trials
                .OrderBy(trial => trial.RankedBy is null)
                .ThenBy(trial => sign * trial.RankedBy)
                .Select((trial, i) => trial with { Rank = i + 1 }),
        ];
    }

    private static string KeyOf(WhatIfSettings settings) =>
        JsonSerializer.Serialize(
            new
            {
                settings.Symbols,
                settings.Timeframes,
                settings.Strategies,
                settings.StartTime,
                settings.Sides,
                settings.ExcludeTrades,
            }
        );

    private sealed record Tried(
        IReadOnlyDictionary<string, JsonElement> Values,
        BatchStatistics Statistics,
        FixedPoint AvailableCapital,
        int Skipped,
        int Days
    );
}
