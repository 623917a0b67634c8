using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>A row of a ledger.</summary>
/// <param name="Seq">From 1, in the order (exit time, entry time, trade id).</param>
/// <param name="EntryPrice"><c>null</c> only in a ledger of an earlier version, until it is built again.</param>
/// <param name="ExitPrice">Likewise.</param>
/// <param name="ChangePercentage">Net of fees.</param>
/// <param name="Fee">The part of the pnl that the fees took, at or above 0.</param>
/// <param name="AvailableCapital">After the row.</param>
/// <param name="PeakCapital">The highest so far.</param>
/// <param name="Tags">In ordinal order; left out where the trade has none.</param>
/// <param name="Note">What is written down of the trade; left out where nothing is.</param>
public sealed record LedgerRow(
    long Seq,
    string TradeId,
    string Symbol,
    string Timeframe,
    string? Strategy,
    [property: AllowedValues("long", "short")] string Side,
    DateTime EntryTime,
    DateTime ExitTime,
    decimal? EntryPrice,
    decimal? ExitPrice,
    decimal ChangePercentage,
    decimal Pnl,
    decimal Fee,
    decimal AvailableCapital,
    decimal PeakCapital,
    decimal Drawdown,
    decimal DrawdownPercentage,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Tags = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note = null
);
