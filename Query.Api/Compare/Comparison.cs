using System.ComponentModel.DataAnnotations;
using PnlPipeline.Query.Api.LedgerView;
using PnlPipeline.Query.Api.Statistics;

namespace PnlPipeline.Query.Api.Compare;

/// <summary>Batches beside each other and together, day by day.</summary>
/// <param name="By">What each point of a column stands for: a day.</param>
/// <param name="TimeZone">The IANA name of the zone whose days these are.</param>
/// <param name="Time">Epoch milliseconds: the start of each day, from the first exit of any batch to the last of any, idle days too. All other columns are as long.</param>
/// <param name="Batches">In the order they were asked for.</param>
/// <param name="Correlation">
/// A row and a column for each batch, in the same order: Pearson's correlation of the two batches' daily returns on the days that both have.
/// <c>null</c> where those are fewer than two, where a return does not vary, or where one of these days begins at or under 0.
/// </param>
/// <param name="Sum">All of them as one account.</param>
public sealed record Comparison(
    [property: AllowedValues("day")] string By,
    string TimeZone,
    IReadOnlyList<long> Time,
    IReadOnlyList<ComparedBatch> Batches,
    IReadOnlyList<IReadOnlyList<double?>> Correlation,
    SummedAccount Sum);

/// <summary>One of the batches that are compared.</summary>
/// <param name="Capital">What it began with: the capital before its first selected row.</param>
/// <param name="ChangePercentage">
/// The change since then at the end of each day, in percent: returns rebased to 0 %. <c>null</c> before its first day; after its last day carried on.
/// </param>
/// <param name="Statistics">What <c>statistics</c> of the batch answers.</param>
public sealed record ComparedBatch(
    long BatchId, string Name, Amount Capital, IReadOnlyList<double?> ChangePercentage, BatchStatistics Statistics);

/// <summary>All batches as one account: money is added, percentages are made of the sums. A batch that has not begun yet counts with its capital.</summary>
/// <param name="Capital">The sum of what the batches began with.</param>
/// <param name="NetProfit">The sum of theirs.</param>
/// <param name="Value">The capital of all at the end of each day, exact.</param>
/// <param name="ChangePercentage">Its change since the beginning, in percent.</param>
/// <param name="Drawdown">How far it is then under its highest after any trade so far, in money.</param>
/// <param name="DrawdownPercentage">In percent of that.</param>
/// <param name="MaxDrawdown">Its deepest fall, of all trades in the order of a ledger; <c>null</c> where there are none.</param>
/// <param name="MaxDrawdownPercentage">The deepest in percent.</param>
public sealed record SummedAccount(
    Amount Capital,
    Amount NetProfit,
    IReadOnlyList<Amount> Value,
    IReadOnlyList<double?> ChangePercentage,
    IReadOnlyList<Amount> Drawdown,
    IReadOnlyList<double> DrawdownPercentage,
    Drawdown<Amount>? MaxDrawdown,
    Drawdown<double>? MaxDrawdownPercentage);
