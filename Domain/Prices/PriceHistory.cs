using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Prices;

/// <summary>What a symbol cost at an instant, as one alert says.</summary>
/// <param name="Time">Unix milliseconds.</param>
/// <param name="Id">Of the alert: of several at one instant the lowest counts.</param>
public readonly record struct PricePoint(long Time, AlertId Id, decimal Price)
{
    /// <summary>Whether this is the newest of both: the later, and of one instant that with the lower id.</summary>
    public bool IsNewerThan(PricePoint other) => Time > other.Time || (Time == other.Time && Id < other.Id);
}

/// <summary>
/// Prices of a symbol, in order, one an instant: what was lowest and highest within a span is found without a look at
/// each.
/// </summary>
public sealed class PriceHistory
{
    private const int Block = 256;

    private readonly long[] _time;
    private readonly decimal[] _price;
    private readonly (decimal Low, decimal High)[] _blocks;

    /// <param name="points">In any order.</param>
    public PriceHistory(IEnumerable<PricePoint> points)
    {
        var ordered = points.OrderBy(point => point.Time).ThenBy(point => point.Id).ToList();
        var chosen = ordered.Where((point, i) => i == 0 || ordered[i - 1].Time != point.Time).ToList();
        _time = [.. chosen.Select(point => point.Time)];
        _price = [.. chosen.Select(point => point.Price)];
        _blocks = [.. _price.Chunk(Block).Select(block => (block.Min(), block.Max()))];
    }

    /// <summary>
    /// How many prices there are from one instant to another, both included, and the lowest and the highest;
    /// <c>null</c> where there is none.
    /// </summary>
    public (int Count, decimal Low, decimal High)? Between(long from, long to)
    {
        var (first, end) = (FirstAtOrAfter(from), FirstAtOrAfter(to + 1));
        if (end <= first)
            return null;
        var (low, high) = (_price[first], _price[first]);
        for (var i = first; i < end; )
        {
            if (i % Block == 0 && i + Block <= end)
            {
                var block = _blocks[i / Block];
                (low, high, i) = (Math.Min(low, block.Low), Math.Max(high, block.High), i + Block);
            }
            else
            {
                (low, high, i) = (Math.Min(low, _price[i]), Math.Max(high, _price[i]), i + 1);
            }
        }

        return (end - first, low, high);
    }

    private int FirstAtOrAfter(long time)
    {
        var found = Array.BinarySearch(_time, time);
        return found >= 0 ? found : ~found;
    }
}
