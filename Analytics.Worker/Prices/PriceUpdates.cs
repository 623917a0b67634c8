using MassTransit;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Prices;

/// <summary>
/// Publishes the newest price of each symbol, once it is committed, and not more often than anybody can look. Nothing
/// waits for this; where the broker is away, prices are dropped: newer ones follow.
/// </summary>
public sealed partial class PriceUpdates(IBus bus, ILogger<PriceUpdates> log) : BackgroundService
{
    private static readonly TimeSpan MinimumInterval = TimeSpan.FromSeconds(1);

    // Publishing waits for a broker that is away, and hears of a token late.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _some = new(0);
    private Dictionary<string, PriceStored> _newest = new(StringComparer.Ordinal);

    /// <summary>Takes note of prices that are stored. Returns at once.</summary>
    public void Publish(IReadOnlyCollection<AlertReceived> prices)
    {
        if (prices.Count == 0)
            return;
        lock (_lock)
        {
            if (_newest.Count == 0)
                _some.Release();
            foreach (var price in prices)
            {
                if (!_newest.TryGetValue(price.Symbol, out var known) || price.Timestamp >= known.Timestamp)
                    _newest[price.Symbol] = new PriceStored(price.Symbol, price.Price, price.Timestamp);
            }
        }
    }

    public override void Dispose()
    {
        _some.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _some.WaitAsync(stoppingToken);
            var prices = Take();
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            deadline.CancelAfter(Deadline);
            try
            {
                await bus.Publish(new PricesStored(prices), deadline.Token).WaitAsync(deadline.Token);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogDropped(fault.GetType().Name, prices.Count);
            }

            await Task.Delay(MinimumInterval, stoppingToken);
        }
    }

    private List<PriceStored> Take()
    {
        lock (_lock)
        {
            var taken = _newest.Values.ToList();
            _newest = new(StringComparer.Ordinal);
            return taken;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Prices of {Symbols} symbols could not be published ({Fault}); they are stored")]
    private partial void LogDropped(string fault, int symbols);
}
