using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Query.Api.Log;

/// <summary>A trade, whatever batches it counts in.</summary>
/// <param name="TradeId">The id of the alert that opened it.</param>
/// <param name="Strategy"><c>null</c> for none.</param>
/// <param name="Side"><c>long</c> or <c>short</c>.</param>
/// <param name="ExitPrice"><c>null</c> while it is open, as all of its exit.</param>
/// <param name="ExitReason"><c>exit</c>, <c>flip</c>, <c>manual</c>, or <c>recorded</c>: a list of trades told of it
/// whole.</param>
/// <param name="ChangePercentage">Gross, of the entry price.</param>
/// <param name="LastPrice">Of an open one: the newest price of its symbol, of whichever stream; left out of a closed
/// one, as all that is made of it.</param>
/// <param name="UnrealisedChangePercentage">What it would have changed at that price, gross, in percent of the entry
/// price.</param>
/// <param name="Stale">Whether that price is older than the setting <c>staleAfterSeconds</c>.</param>
/// <param name="Mae">Of a closed one: its worst change between entry and exit as far as prices came, in percent, gross:
/// a lower bound. Left out of an open one.</param>
/// <param name="Mfe">The best one.</param>
/// <param name="Prices">Of how many instants between entry and exit, both included, there is a price.</param>
/// <param name="Pnl">Of a closed one, asked for as one of a batch: its pnl there; left out of others, and until it is
/// posted.</param>
/// <param name="TimeOpen">Of an open one: whole seconds since its entry; left out of a closed one.</param>
/// <param name="Tags">In ordinal order; left out where there are none.</param>
/// <param name="Note">What is written down of it; left out where nothing is.</param>
public sealed record Trade(
    string TradeId,
    string Symbol,
    string Timeframe,
    string? Strategy,
    [property: AllowedValues("long", "short")] string Side,
    decimal EntryPrice,
    DateTime EntryTime,
    decimal? ExitPrice,
    DateTime? ExitTime,
    [property: AllowedValues("exit", "flip", "manual", "recorded")] string? ExitReason,
    decimal? ChangePercentage,
    string EntryAlertId,
    string? ExitAlertId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? TimeOpen = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Pnl = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? LastPrice = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? LastPriceTime = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? UnrealisedChangePercentage = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Stale = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Mae = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Mfe = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Prices = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Tags = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note = null
)
{
    [JsonIgnore]
    public Direction Direction => Side == "long" ? Direction.Long : Direction.Short;
}

/// <summary>A trade as it lies in the database.</summary>
internal class TradeRow
{
    public byte[] TradeId { get; init; } = [];

    public string Symbol { get; init; } = "";

    public string Timeframe { get; init; } = "";

    public string? Strategy { get; init; }

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
            id,
            Symbol,
            Timeframe,
            Strategy,
            Side,
            EntryPrice,
            EntryTime,
            ExitPrice,
            ExitTime,
            ExitReason,
            ChangePercentage,
            EntryAlertId: id,
            ExitAlertId is { } exit ? new AlertId(exit).ToString() : null,
            // A timestamp may be a day ahead of the clock.
            ExitTime is null
                ? Math.Floor(Math.Max(0, (now - EntryTime).TotalSeconds))
                : null
        );
    }
}
