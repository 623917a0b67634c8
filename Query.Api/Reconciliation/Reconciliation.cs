using System.ComponentModel.DataAnnotations;
using PnlPipeline.Query.Api.Imports;

namespace PnlPipeline.Query.Api.Reconciliation;

/// <summary>What a list of trades and the alerts have in common, and what not.</summary>
/// <param name="OffsetSeconds">From the list's times to those of the alerts: found, or as asked for. Differences are counted from there.</param>
/// <param name="WindowSeconds">How far from where it should be an entry was looked for.</param>
/// <param name="UsualDelaySeconds">From an alert's timestamp to its arrival, the median of the matched entries.</param>
/// <param name="FirstAlert">When the alerts of the stream begin: what the list has before it can only be missing.</param>
/// <param name="Rejected">Lines of the list that could not be read.</param>
/// <param name="Errors">The first of them.</param>
/// <param name="Total">Rows selected, before <c>limit</c>.</param>
/// <param name="Rows">By the time of the entry.</param>
public sealed record ReconciliationAnswer(
    string Symbol,
    string Timeframe,
    string TimeZone,
    double OffsetSeconds,
    double WindowSeconds,
    double? UsualDelaySeconds,
    double TimeToleranceSeconds,
    decimal PriceTolerancePercentage,
    double DelayToleranceSeconds,
    DateTime? FirstAlert,
    ReconciliationSummary Summary,
    int Rejected,
    IReadOnlyList<LineInError> Errors,
    int Total,
    IReadOnlyList<ReconciledTrade> Rows);

/// <summary>Counts of trades, before any of them are left out of the rows.</summary>
/// <param name="Listed">In the list.</param>
/// <param name="Delivered">Of the alerts, in the time that the list covers.</param>
/// <param name="Matched">In both.</param>
/// <param name="Exact">In both, with nothing to remark.</param>
/// <param name="Missing">In the list only.</param>
/// <param name="Extra">Of the alerts only.</param>
/// <param name="Late">In both, an alert of it received late or with another time.</param>
/// <param name="PriceDiffers">In both, at another price.</param>
/// <param name="ExitMissing">Closed in the list only.</param>
/// <param name="ExitExtra">Closed by the alerts only.</param>
public sealed record ReconciliationSummary(
    int Listed, int Delivered, int Matched, int Exact, int Missing, int Extra, int Late, int PriceDiffers, int ExitMissing, int ExitExtra);

/// <summary>A trade of the list, of the alerts, or of both; differences are the alerts' minus the list's.</summary>
/// <param name="Remarks">Of a matched one: <c>entryReceivedLate exitReceivedLate entryTime exitTime entryPrice exitPrice exitMissing exitExtra</c>.</param>
/// <param name="Number">The list's <c>Trade #</c>.</param>
/// <param name="EntryTimeDifference">Seconds, the offset taken out.</param>
/// <param name="EntryDelay">Seconds from the timestamp of the alert to its arrival.</param>
public sealed record ReconciledTrade(
    [property: AllowedValues("matched", "missing", "extra")] string Status,
    IReadOnlyList<string> Remarks,
    [property: AllowedValues("long", "short")] string Side,
    string? Number,
    string? TradeId,
    DateTime? ListedEntryTime,
    decimal? ListedEntryPrice,
    DateTime? ListedExitTime,
    decimal? ListedExitPrice,
    DateTime? EntryTime,
    decimal? EntryPrice,
    DateTime? ExitTime,
    decimal? ExitPrice,
    double? EntryTimeDifference,
    double? ExitTimeDifference,
    decimal? EntryPriceDifference,
    decimal? ExitPriceDifference,
    double? EntryDelay,
    double? ExitDelay)
{
    public static IReadOnlyList<string> Columns { get; } =
    [
        "status", "remarks", "side", "number", "tradeId", "listedEntryTime", "listedEntryPrice", "listedExitTime", "listedExitPrice", "entryTime", "entryPrice",
        "exitTime", "exitPrice", "entryTimeDifference", "exitTimeDifference", "entryPriceDifference", "exitPriceDifference", "entryDelay", "exitDelay",
    ];

    public object?[] Cells() =>
    [
        Status, string.Join(' ', Remarks), Side, Number, TradeId, ListedEntryTime, ListedEntryPrice, ListedExitTime, ListedExitPrice, EntryTime, EntryPrice,
        ExitTime, ExitPrice, EntryTimeDifference, ExitTimeDifference, EntryPriceDifference, ExitPriceDifference, EntryDelay, ExitDelay,
    ];

    internal static ReconciledTrade Of(Pair pair, TimeSpan offset)
    {
        var (listed, delivered) = (pair.Listed, pair.Delivered);
        return new ReconciledTrade(
            listed is null ? "extra" : delivered is null ? "missing" : "matched",
            [.. Enum.GetValues<Remarks>().Where(remark => remark != Reconciliation.Remarks.None && pair.Remarks.HasFlag(remark)).Select(Word)],
            (listed?.IsLong ?? delivered!.IsLong) ? "long" : "short",
            listed?.Number,
            delivered?.TradeId,
            listed?.EntryTime,
            listed?.EntryPrice,
            listed?.ExitTime,
            listed?.ExitPrice,
            delivered?.EntryTime,
            delivered?.EntryPrice,
            delivered?.ExitTime,
            delivered?.ExitPrice,
            (delivered?.EntryTime - listed?.EntryTime - offset)?.TotalSeconds,
            (delivered?.ExitTime - listed?.ExitTime - offset)?.TotalSeconds,
            delivered?.EntryPrice - listed?.EntryPrice,
            delivered?.ExitPrice - listed?.ExitPrice,
            (delivered?.EntryReceivedAt - delivered?.EntryTime)?.TotalSeconds,
            (delivered?.ExitReceivedAt - delivered?.ExitTime)?.TotalSeconds);
    }

    private static string Word(Remarks remark) => char.ToLowerInvariant($"{remark}"[0]) + $"{remark}"[1..];
}
