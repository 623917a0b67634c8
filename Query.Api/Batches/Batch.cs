using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Query.Api.Batches;

/// <summary>A batch with its settings and headline figures.</summary>
/// <param name="Symbols">In ordinal order.</param>
/// <param name="Timeframes">The timeframes that count; empty is all.</param>
/// <param name="Strategies">The strategies that count, in ordinal order, an empty name for what has none; empty is
/// all.</param>
/// <param name="StartTime">Trades entered before it do not count; <c>null</c> is all history.</param>
/// <param name="Capital">What the ledger starts with.</param>
/// <param name="AllocationPercentage">How much of the capital each trade gets, in percent.</param>
/// <param name="FeePercentage">Of the notional of each fill, in percent.</param>
/// <param name="Revision">Counts every change; goes out as the <c>ETag</c>.</param>
public sealed record Batch(
    long Id,
    string Name,
    IReadOnlyList<string> Symbols,
    IReadOnlyList<string> Timeframes,
    IReadOnlyList<string> Strategies,
    DateTime? StartTime,
    decimal Capital,
    decimal AllocationPercentage,
    decimal FeePercentage,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    BatchLedger Ledger,
    BatchSummary Summary,
    [property: JsonIgnore] long Revision
);

/// <summary>The ledger that is being served.</summary>
/// <param name="State"><c>ready</c>, or <c>building</c> from a change of what the batch counts until the new ledger is
/// served in place of the old.</param>
/// <param name="Progress">Of the building, 0 to 1; 1 when ready.</param>
/// <param name="Trades">Rows of the ledger.</param>
/// <param name="LastExitTime">Of its last row.</param>
/// <param name="Ruined">The trade that brought the capital to 0.</param>
/// <param name="Capped">The capital reached 10^18 and was cut there.</param>
public sealed record BatchLedger(
    [property: AllowedValues("ready", "building")] string State,
    double Progress,
    long Trades,
    DateTime? LastExitTime,
    string? Ruined,
    bool Capped
);

/// <summary>Headline figures of the ledger that is being served; ratios are unrounded.</summary>
/// <param name="Pnl">Available capital less the capital that ledger started with.</param>
/// <param name="ChangePercentage">That, in percent of the capital it started with.</param>
/// <param name="DrawdownPercentage">After its last row.</param>
/// <param name="MaxDrawdownPercentage">The highest after any row.</param>
/// <param name="WinRate">Rows with a profit, of all; <c>null</c> without rows.</param>
/// <param name="OpenTrades">Trades that will count once they close.</param>
/// <param name="OpenPnl">
/// What they would add if each closed at the newest price of its symbol, before fees: its part of the available capital
/// each, rounded as a pnl.
/// </param>
public sealed record BatchSummary(
    decimal AvailableCapital,
    decimal Pnl,
    decimal ChangePercentage,
    decimal DrawdownPercentage,
    decimal MaxDrawdownPercentage,
    decimal? WinRate,
    int OpenTrades,
    FixedPoint OpenPnl
);

/// <summary>Every batch, and what a form needs to make one.</summary>
public sealed record BatchList(IReadOnlyList<Batch> Batches, FormSettings Settings);

/// <summary>What a form for a batch needs.</summary>
/// <param name="Symbols">Seen so far, in ordinal order.</param>
/// <param name="Timeframes">Seen so far, in ordinal order.</param>
/// <param name="Strategies">Seen so far, in ordinal order; an empty name where alerts came for none.</param>
/// <param name="StaleAfterSeconds">A last price that is older is said to be stale.</param>
public sealed record FormSettings(
    FormDefaults Defaults,
    FormLimits Limits,
    IReadOnlyList<string> Symbols,
    IReadOnlyList<string> Timeframes,
    IReadOnlyList<string> Strategies,
    int StaleAfterSeconds
);

/// <summary>What is taken where nothing is said.</summary>
public sealed record FormDefaults(
    IReadOnlyList<string> Timeframes,
    IReadOnlyList<string> Strategies,
    DateTime? StartTime,
    decimal Capital,
    decimal AllocationPercentage,
    decimal FeePercentage
)
{
    public static readonly FormDefaults Instance = new(
        BatchSettings.Default.Timeframes,
        BatchSettings.Default.Strategies,
        BatchSettings.Default.StartTime,
        BatchSettings.Default.Capital,
        BatchSettings.Default.AllocationPercentage,
        BatchSettings.Default.FeePercentage
    );
}

/// <summary>The bounds of what may be said.</summary>
/// <param name="Name">Characters.</param>
/// <param name="Symbols">How many.</param>
/// <param name="Decimals">Of every number, at most.</param>
public sealed record FormLimits(
    FormRange Name,
    FormRange Symbols,
    FormRange Capital,
    FormRange AllocationPercentage,
    FormRange FeePercentage,
    int Decimals
)
{
    public static readonly FormLimits Instance = new(
        new FormRange(1, BatchLimits.MaxNameLength),
        new FormRange(1, BatchLimits.MaxSymbols),
        FormRange.Of(BatchLimits.Capital),
        FormRange.Of(BatchLimits.AllocationPercentage),
        FormRange.Of(BatchLimits.FeePercentage),
        FixedPoint.Decimals
    );
}

/// <param name="ExclusiveMin">The least itself is not allowed.</param>
public sealed record FormRange(decimal Min, decimal Max, bool ExclusiveMin = false)
{
    public static FormRange Of(NumberRange range) => new(range.Min, range.Max, range.ExclusiveMin);
}
