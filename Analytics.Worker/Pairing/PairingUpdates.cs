using MassTransit;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>
/// Tells those who look on what became of alerts, once it is committed. Nothing waits for this: what was stored while
/// one message was on its way makes up the next, and where the broker is away the updates are dropped.
/// </summary>
public sealed partial class PairingUpdates(IBus bus, ILogger<PairingUpdates> log) : BackgroundService
{
    /// <summary>
    /// Nobody looks at more than so many one by one; past it only their number is told, so that updates are small and
    /// memory is bounded.
    /// </summary>
    public const int MaxAlerts = 100;

    // Publishing waits for a broker that is away, and hears of a token late.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    // That there are many is told so often and no more.
    private static readonly TimeSpan BetweenMany = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _some = new(0);
    private List<AlertStored> _alerts = [];
    private int _total;

    /// <summary>Takes note of alerts that are stored. Returns at once.</summary>
    public void Tell(IReadOnlyList<PairedAlert> paired)
    {
        if (paired.Count == 0)
            return;
        lock (_lock)
        {
            if (_total == 0)
                _some.Release();
            _total += paired.Count;
            if (_total > MaxAlerts)
                _alerts.Clear();
            else
                _alerts.AddRange(paired.Select(Of));
        }
    }

    /// <summary>Tells of a correction. Returns at once.</summary>
    public void Tell(StreamCorrected corrected) => _ = PublishAsync(corrected, total: 1, CancellationToken.None);

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
            var updates = Take();
            await PublishAsync(updates, updates.Total, stoppingToken);
            if (updates.Total > MaxAlerts)
                await Task.Delay(BetweenMany, stoppingToken);
        }
    }

    private async Task PublishAsync<T>(T updates, int total, CancellationToken stoppingToken)
        where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        deadline.CancelAfter(Deadline);
        try
        {
            await bus.Publish(updates, deadline.Token).WaitAsync(deadline.Token);
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            LogUntold(fault.GetType().Name, total);
        }
    }

    private AlertsStored Take()
    {
        lock (_lock)
        {
            var updates = new AlertsStored(_total, _alerts);
            (_alerts, _total) = ([], 0);
            return updates;
        }
    }

    private static AlertStored Of(PairedAlert paired) =>
        new(
            paired.Alert.AlertId,
            paired.Alert.Symbol,
            paired.Alert.Timeframe,
            paired.Alert.Action,
            paired.Alert.Direction,
            paired.Alert.Price,
            paired.Alert.Timestamp,
            paired.Alert.ReceivedAt,
            paired.Became.Outcome.ToString().ToLowerInvariant(),
            paired.Became.TradeId?.ToString(),
            paired.Became.ClosedTradeId?.ToString(),
            paired.Alert.Strategy
        );

    [LoggerMessage(LogLevel.Warning, "Updates of {Total} alerts could not be told ({Fault}); the alerts are stored")]
    private partial void LogUntold(string fault, int total);
}
