using System.ComponentModel.DataAnnotations;

namespace PnlPipeline.Query.Api.Ledger;

/// <summary>A row of a ledger, with the prices of its trade.</summary>
/// <param name="Seq">From 1, in the order (exit time, entry time, trade id).</param>
/// <param name="EntryPrice"><c>null</c> for the moment between a trade's disappearance and its row's.</param>
/// <param name="ExitPrice"><c>null</c> for the moment between a trade's change and its row's.</param>
/// <param name="ChangePercentage">Net of fees.</param>
/// <param name="AvailableCapital">After the row.</param>
/// <param name="PeakCapital">The highest so far.</param>
public sealed record LedgerRow(
    long Seq,
    string TradeId,
    string Symbol,
    string Timeframe,
    [property: AllowedValues("long", "short")] string Side,
    DateTime EntryTime,
    DateTime ExitTime,
    decimal? EntryPrice,
    decimal? ExitPrice,
    decimal ChangePercentage,
    decimal Pnl,
    decimal AvailableCapital,
    decimal PeakCapital,
    decimal Drawdown,
    decimal DrawdownPercentage);
