using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PnlPipeline.Alerts;

namespace PnlPipeline.Query.Api.Trades;

/// <summary>A trade, whatever batches it counts in.</summary>
/// <param name="TradeId">The id of the alert that opened it.</param>
/// <param name="Side"><c>long</c> or <c>short</c>.</param>
/// <param name="ExitPrice"><c>null</c> while it is open, as all of its exit.</param>
/// <param name="ExitReason"><c>exit</c>, <c>flip</c> or <c>manual</c>.</param>
/// <param name="ChangePercentage">Gross, of the entry price.</param>
/// <param name="TimeOpen">Of an open one: whole seconds since its entry; left out of a closed one.</param>
public sealed record Trade(
    string TradeId,
    string Symbol,
    string Timeframe,
    [property: AllowedValues("long", "short")] string Side,
    decimal EntryPrice,
    DateTime EntryTime,
    decimal? ExitPrice,
    DateTime? ExitTime,
    [property: AllowedValues("exit", "flip", "manual")] string? ExitReason,
    decimal? ChangePercentage,
    string EntryAlertId,
    string? ExitAlertId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? TimeOpen = null);

/// <summary>A trade as it lies in the database.</summary>
internal sealed class TradeRow
{
    public byte[] TradeId { get; init; } = [];

    public string Symbol { get; init; } = "";

    public string Timeframe { get; init; } = "";

    public string Side { get; init; } = "";

    public decimal EntryPrice { get; init; }

    public DateTime EntryTime { get; init; }

    public decimal? ExitPrice { get; init; }

    public DateTime? ExitTime { get; init; }

    public string? ExitReason { get; init; }

    public decimal? ChangePercentage { get; init; }

    public byte[]? ExitAlertId { get; init; }

    /// <param name="now">UTC, for how long it has been open.</param>
    public Trade ToTrade(DateTime now)
    {
        var id = new AlertId(TradeId).ToString();
        return new Trade(
            id, Symbol, Timeframe, Side, EntryPrice, EntryTime, ExitPrice, ExitTime, ExitReason, ChangePercentage,
            EntryAlertId: id,
            ExitAlertId is { } exit ? new AlertId(exit).ToString() : null,
            // A timestamp may be a day ahead of the clock.
            ExitTime is null ? Math.Floor(Math.Max(0, (now - EntryTime).TotalSeconds)) : null);
    }
}
