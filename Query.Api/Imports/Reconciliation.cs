using System.ComponentModel.DataAnnotations;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>What a list of trades and the alerts have in common, and what not.</summary>
/// <param name="OffsetSeconds">From the list's times to those of the alerts: found, or as asked for. Differences are
/// counted from there.</param>
/// <param name="WindowSeconds">How far from where it should be an entry was looked for.</param>
/// <param name="Delays">From the timestamps of the alerts of the matched trades to their arrival.</param>
/// <param name="FirstAlert">When the alerts of the stream begin: what the list has before it can only be
/// missing.</param>
/// <param name="Rejected">Lines of the list that could not be read.</param>
/// <param name="Errors">The first of them.</param>
/// <param name="Total">Rows selected, before <c>limit</c>.</param>
/// <param name="Rows">By the time of the entry.</param>
public sealed record ReconciliationAnswer(
    string Symbol,
    string Timeframe,
    string? TimeZone,
    double OffsetSeconds,
    double WindowSeconds,
    DelayPercentiles Delays,
    double TimeToleranceSeconds,
    decimal PriceTolerancePercentage,
    double DelayToleranceSeconds,
    DateTime? FirstAlert,
    ReconciliationSummary Summary,
    int Rejected,
    IReadOnlyList<LineInError> Errors,
    int Total,
    IReadOnlyList<ReconciledTrade> Rows
);

/// <summary>Seconds; <c>null</c> where nothing is matched.</summary>
/// <param name="Alerts">How many alerts these are of: entries and exits.</param>
public sealed record DelayPercentiles(int Alerts, double? P50, double? P90, double? P95, double? P99, double? Max)
{
    internal static DelayPercentiles Of(Reconciled result) =>
        new(
            result.Delays.Count,
            result.Delay(50)?.TotalSeconds,
            result.Delay(90)?.TotalSeconds,
            result.Delay(95)?.TotalSeconds,
            result.Delay(99)?.TotalSeconds,
            result.Delay(100)?.TotalSeconds
        );
}

/// <summary>Counts of trades, before any of them are left out of the rows.</summary>
/// <param name="Listed">In the list.</param>
/// <param name="Delivered">Of the alerts, in the time that the list covers.</param>
/// <param name="Matched">In both.</param>
/// <param name="Exact">In both, with nothing to remark.</param>
/// <param name="Missing">In the list only, and none of its alerts came.</param>
/// <param name="Ignored">In the list only: its entry came while another trade of its direction was open.</param>
/// <param name="Unmatched">In the list only: its exit came, with nothing open.</param>
/// <param name="Voided">In the list only: its alert came, and was taken out.</param>
/// <param name="Extra">Of the alerts only.</param>
/// <param name="Late">In both, an alert of it received late or with another time.</param>
/// <param name="PriceDiffers">In both, at another price.</param>
/// <param name="ExitMissing">Closed in the list only.</param>
/// <param name="ExitExtra">Closed by the alerts only.</param>
public sealed record ReconciliationSummary(
    int Listed,
    int Delivered,
    int Matched,
    int Exact,
    int Missing,
    int Ignored,
    int Unmatched,
    int Voided,
    int Extra,
    int Late,
    int PriceDiffers,
    int ExitMissing,
    int ExitExtra
);

/// <summary>A trade of the list, of the alerts, or of both; differences are the alerts' minus the list's.</summary>
/// <param name="State">
/// Of a listed one: <c>matched</c>; <c>late</c> or <c>priceDiffers</c> where that is to be remarked (late before
/// price); <c>missing</c>; or what became of the alert that came all the same: <c>ignored</c>, <c>unmatched</c>,
/// <c>voided</c>. <c>extra</c> where the list has none.
/// </param>
/// <param name="Remarks">Of a matched one: <c>entryReceivedLate exitReceivedLate entryTime exitTime entryPrice
/// exitPrice exitMissing exitExtra</c>.</param>
/// <param name="Number">The list's <c>Trade #</c>.</param>
/// <param name="AlertId">Of a listed one that was not delivered: the alert that came to nothing.</param>
/// <param name="EntryTimeDifference">Seconds, the offset taken out.</param>
/// <param name="EntryDelay">Seconds from the timestamp of the alert to its arrival.</param>
public sealed record ReconciledTrade(
    [property: AllowedValues("matched", "late", "priceDiffers", "missing", "ignored", "unmatched", "voided", "extra")]
        string State,
    IReadOnlyList<string> Remarks,
    [property: AllowedValues("long", "short")] string Side,
    long? Number,
    string? TradeId,
    string? AlertId,
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
    double? ExitDelay
)
{
    internal const Remarks Late =
        Domain.Trades.Remarks.EntryReceivedLate
        | Domain.Trades.Remarks.ExitReceivedLate
        | Domain.Trades.Remarks.EntryTime
        | Domain.Trades.Remarks.ExitTime;

    internal const Remarks Price = Domain.Trades.Remarks.EntryPrice | Domain.Trades.Remarks.ExitPrice;

    public static IReadOnlyList<string> Columns { get; } =
    [
        "state",
        "remarks",
        "side",
        "number",
        "tradeId",
        "alertId",
        "listedEntryTime",
        "listedEntryPrice",
        "listedExitTime",
        "listedExitPrice",
        "entryTime",
        "entryPrice",
        "exitTime",
        "exitPrice",
        "entryTimeDifference",
        "exitTimeDifference",
        "entryPriceDifference",
        "exitPriceDifference",
        "entryDelay",
        "exitDelay",
    ];

    public object?[] Cells() =>
        [
            State,
            string.Join(' ', Remarks),
            Side,
            Number,
            TradeId,
            AlertId,
            ListedEntryTime,
            ListedEntryPrice,
            ListedExitTime,
            ListedExitPrice,
            EntryTime,
            EntryPrice,
            ExitTime,
            ExitPrice,
            EntryTimeDifference,
            ExitTimeDifference,
            EntryPriceDifference,
            ExitPriceDifference,
            EntryDelay,
            ExitDelay,
        ];

    internal static ReconciledTrade Of(Pair pair, TimeSpan offset)
    {
        var (listed, delivered) = (pair.Listed, pair.Delivered);
        return new ReconciledTrade(
            StateOf(pair),
            [
                .. Enum.GetValues<Remarks>()
                    .Where(remark => remark != Domain.Trades.Remarks.None && pair.Remarks.HasFlag(remark))
                    .Select(ToDbValue),
            ],
            (listed?.IsLong ?? delivered!.IsLong) ? "long" : "short",
            listed?.Number,
            delivered?.TradeId,
            pair.Unused?.AlertId,
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
            (delivered?.ExitReceivedAt - delivered?.ExitTime)?.TotalSeconds
        );
    }

    internal static string StateOf(Pair pair) =>
        pair switch
        {
            { Listed: null } => "extra",
            { Delivered: null, Unused: { } unused } => unused.Outcome.ToString().ToLowerInvariant(),
            { Delivered: null } => "missing",
            _ when (pair.Remarks & Late) != Domain.Trades.Remarks.None => "late",
            _ when (pair.Remarks & Price) != Domain.Trades.Remarks.None => "priceDiffers",
            _ => "matched",
        };

    private static string ToDbValue(Remarks remark) => char.ToLowerInvariant($"{remark}"[0]) + $"{remark}"[1..];
}
