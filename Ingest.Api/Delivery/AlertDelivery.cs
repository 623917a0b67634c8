using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;

namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>Takes an alert and says whether it is durable. Whatever makes it so, or fails to in time, is behind this one call.</summary>
internal sealed class AlertDelivery : BackgroundService
{
    private readonly ConfirmedPublisher _publisher;
    private readonly GroupCommit<AlertReceived> _alerts;

    public AlertDelivery(ConfirmedPublisher publisher, IOptions<DeliveryOptions> options, TimeProvider clock)
    {
        _publisher = publisher;
        _alerts = new GroupCommit<AlertReceived>(
            new GroupCommitLimits(
                options.Value.Publishers,
                options.Value.AlertsPerMessageMax,
                options.Value.PayloadBytesPerMessageMax,
                options.Value.WaitingMax,
                TimeSpan.FromMilliseconds(options.Value.DeadlineMs)),
            alert => alert.Payload.Length,
            PublishAsync,
            clock);
    }

    /// <summary>True once the alert is durable; false at the deadline, or at once where too many are waiting.</summary>
    public Task<bool> DeliverAsync(AlertReceived alert) => _alerts.CommitAsync(alert);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _alerts.RunAsync(stoppingToken);

    private Task PublishAsync(IReadOnlyList<AlertReceived> alerts, CancellationToken deadline)
    {
        DeliveryMeters.AlertsPerMessage.Record(alerts.Count);
        return _publisher.PublishAsync(new AlertsReceived(alerts), deadline);
    }
}
