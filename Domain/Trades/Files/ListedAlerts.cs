using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades.Files;

/// <summary>
/// A trade of a list as the alert that crosses the bus: a closed one is recorded whole, an open one is an ordinary
/// entry (semantics.md 4).
/// </summary>
public static class ListedAlerts
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="strategy"><c>null</c> for none.</param>
    /// <param name="receivedAt">When the list came.</param>
    public static AlertReceived ToAlert(this ListedTrade trade, string timeframe, string? strategy, DateTime receivedAt)
    {
        var side = trade.IsLong ? Direction.Long : Direction.Short;
        var (price, time) = (trade.EntryPrice, trade.EntryTime);
        var exit = trade is { ExitPrice: { } exitPrice, ExitTime: { } exitTime }
            ? new RecordedExit(exitPrice, exitTime, trade.Occurrence)
            : null;
        var id = exit is null
            ? AlertId.Of(trade.Symbol, timeframe, AlertAction.Entry, side, price, time, strategy)
            : AlertId.OfRecorded(
                trade.Symbol,
                timeframe,
                strategy,
                side,
                price,
                time,
                exit.Price,
                exit.Time,
                exit.Number
            );
        return new AlertReceived(
            id.ToString(),
            trade.Symbol,
            timeframe,
            exit is null ? AlertAction.Entry : AlertAction.Recorded,
            side,
            exit is null ? AlertId.ToDbValue(AlertAction.Entry) : null,
            AlertId.ToDbValue(side),
            price,
            null,
            time,
            receivedAt,
            JsonSerializer.SerializeToUtf8Bytes(Payload(trade, timeframe, strategy), Json),
            Strategy: strategy,
            Exit: exit
        );
    }

    // An entry in the words of a webhook; a recorded trade as the list has it.
    private static object Payload(ListedTrade trade, string timeframe, string? strategy) =>
        trade.IsOpen
            ? new
            {
                trade.Symbol,
                timeframe,
                strategy,
                side = "entry",
                type = trade.IsLong ? "long" : "short",
                price = trade.EntryPrice,
                timestamp = Iso(trade.EntryTime),
            }
            : new
            {
                tradeNumber = trade.Number,
                trade.Symbol,
                timeframe,
                strategy,
                side = trade.IsLong ? "long" : "short",
                entryTime = Iso(trade.EntryTime),
                trade.EntryPrice,
                exitTime = Iso(trade.ExitTime!.Value),
                trade.ExitPrice,
            };

    private static string Iso(DateTime utc) =>
        utc.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
