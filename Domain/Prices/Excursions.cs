using PnlPipeline.Contracts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Domain.Prices;

/// <summary>
/// How far a closed trade went either way between its entry and its exit, both included, as far as prices came: lower
/// bounds.
/// </summary>
/// <param name="Mae">Maximum adverse excursion: the worst change, in percent, gross; at or below 0.</param>
/// <param name="Mfe">Maximum favourable excursion: the best; at or above 0.</param>
/// <param name="Prices">Of how many instants there is a price.</param>
public sealed record Excursions(decimal Mae, decimal Mfe, int Prices)
{
    /// <param name="prices">Of the trade's symbol, of all streams, at least from its entry to its exit.</param>
    /// <param name="entryTime">Unix milliseconds.</param>
    public static Excursions? Of(
        PriceHistory prices,
        Direction side,
        decimal entryPrice,
        long entryTime,
        decimal exitPrice,
        long exitTime
    )
    {
        if (prices.Between(entryTime, exitTime) is not { } between)
            return null;
        // What it was bought and sold at itself, also where another alert of that instant counts as the price.
        var low = Math.Min(between.Low, Math.Min(entryPrice, exitPrice));
        var high = Math.Max(between.High, Math.Max(entryPrice, exitPrice));
        var (worst, best) = side == Direction.Long ? (low, high) : (high, low);
        return new Excursions(
            PairingRules.ChangePercentage(side, entryPrice, worst),
            PairingRules.ChangePercentage(side, entryPrice, best),
            between.Count
        );
    }
}
