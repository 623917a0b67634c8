using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>Batches beside each other and together, day by day.</summary>
/// <param name="By">What each point of a column stands for: a day.</param>
/// <param name="TimeZone">The IANA name of the zone whose days these are.</param>
/// <param name="Time">Epoch milliseconds: the start of each day, from the first of any batch's curve to the last of
/// any's, idle days too. All other columns are as long.</param>
/// <param name="Batches">In the order they were asked for.</param>
/// <param name="Correlation">
/// A row and a column for each batch, in the same order: Pearson's correlation of the two batches' daily returns on the
/// days that both have. <c>null</c> where those are fewer than two, where a return does not vary, or where one of these
/// days begins at or under 0.
/// </param>
/// <param name="CommonDays">Likewise: how many days both have a return of; with itself, how many it has.</param>
/// <param name="Sum">All of them as one account.</param>
/// <param name="Suggestion">Where it is asked for.</param>
/// <param name="Weighted">In the weights that were asked for, else in those suggested; where there are any.</param>
/// <param name="Unweighted">Beside <paramref name="Weighted"/>, to compare it with: in parts as their capitals are,
/// never rebalanced, which is the sum of all.</param>
public sealed record Comparison(
    [property: AllowedValues("day")] string By,
    string TimeZone,
    IReadOnlyList<long> Time,
    IReadOnlyList<ComparedBatch> Batches,
    IReadOnlyList<IReadOnlyList<double?>> Correlation,
    IReadOnlyList<IReadOnlyList<int>> CommonDays,
    SummedAccount Sum,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SuggestedWeights? Suggestion = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] WeightedAccount? Weighted = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] WeightedAccount? Unweighted = null
);

/// <summary>In which parts the batches are to be summed.</summary>
/// <param name="Weights">Of the batches in their order, together 1; <c>null</c> where a suggestion counts.</param>
/// <param name="IsMonthly">Whether the money is parted anew before each month; else never.</param>
public sealed record Weighting(
    IReadOnlyList<double>? Weights,
    WeightSuggestion? Suggest,
    bool IsMonthly,
    int Annualization
);

/// <summary>One of the batches that are compared.</summary>
/// <param name="Capital">What it began with: the capital before its first selected row.</param>
/// <param name="Start">Where its curve starts, at 0 %: the first instant of its first day. <c>null</c> where nothing is
/// selected.</param>
/// <param name="ChangePercentage">
/// The change since then at the end of each day, in percent: returns rebased to 0 %. <c>null</c> before its first day;
/// after its last day carried on.
/// </param>
/// <param name="Statistics">What <c>statistics</c> of the batch answers.</param>
public sealed record ComparedBatch(
    long BatchId,
    string Name,
    FixedPoint Capital,
    SeriesStart<double>? Start,
    IReadOnlyList<double?> ChangePercentage,
    BatchStatistics Statistics
);

/// <summary>
/// All batches as one account: money is added, percentages are made of the sums. A batch that has not begun yet counts
/// with its capital.
/// </summary>
/// <param name="Capital">The sum of what the batches began with.</param>
/// <param name="NetProfit">The sum of theirs.</param>
/// <param name="Start">Where its curve starts: the first day of any batch, with the capital of all. <c>null</c> where
/// nothing is selected.</param>
/// <param name="Value">The capital of all at the end of each day, exact.</param>
/// <param name="ChangePercentage">Its change since the beginning, in percent.</param>
/// <param name="Drawdown">How far it is then under its highest after any trade so far, in money.</param>
/// <param name="DrawdownPercentage">In percent of that.</param>
/// <param name="MaxDrawdown">Its deepest fall, of all trades in the order of a ledger; <c>null</c> where there are
/// none.</param>
/// <param name="MaxDrawdownPercentage">The deepest in percent.</param>
public sealed record SummedAccount(
    FixedPoint Capital,
    FixedPoint NetProfit,
    SeriesStart<FixedPoint>? Start,
    IReadOnlyList<FixedPoint> Value,
    IReadOnlyList<double?> ChangePercentage,
    IReadOnlyList<FixedPoint> Drawdown,
    IReadOnlyList<double> DrawdownPercentage,
    Drawdown<FixedPoint>? MaxDrawdown,
    Drawdown<double>? MaxDrawdownPercentage
);
