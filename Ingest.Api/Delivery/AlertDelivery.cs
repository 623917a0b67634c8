using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Partitions;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Hosting;
using PnlPipeline.Ingest.Api.Delivery.Spool;

namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>
/// Takes an alert and says whether it is durable. Whatever makes it so, or fails to in time, is behind this one call.
/// </summary>
internal sealed class AlertDelivery : BackgroundService
{
    /// <summary>Message buffers that have grown past this are not kept.</summary>
    private const int KeptBufferBytesMax = 1024 * 1024;

    private readonly ConfirmedPublisher _publisher;
    private readonly SpoolDelivery _spool;
    private readonly AlertGroupCommit<AlertReceived> _alerts;
    private readonly TimeProvider _clock;
    private readonly int _partitions;
    private readonly ConcurrentBag<ArrayBufferWriter<byte>> _buffers = [];

    public AlertDelivery(
        ConfirmedPublisher publisher,
        SpoolDelivery spool,
        IOptions<DeliveryOptions> options,
        PartitionCounts partitions,
        TimeProvider clock
    )
    {
        _partitions = partitions.Pairing;
        _publisher = publisher;
        _spool = spool;
        _clock = clock;
        _alerts = new AlertGroupCommit<AlertReceived>(
            new GroupCommitLimits(
                options.Value.Publishers,
                options.Value.AlertsPerMessageMax,
                options.Value.PayloadBytesPerMessageMax,
                options.Value.WaitingMax,
                options.Value.WaitingBytesMax,
                TimeSpan.FromMilliseconds(spool.IsOn ? options.Value.SpoolAfterMs : options.Value.DeadlineMs)
            ),
            alert => alert.Payload.Length,
            _partitions,
            alert => PartitionOf(alert).Index,
            PublishAsync,
            clock
        );
    }

    /// <summary>True once the alert is durable; false at the deadline, or at once where too many are waiting.</summary>
    public Task<bool> DeliverAsync(AlertReceived alert) =>
        _spool.IsOn ? DeliverOrKeepAsync(alert) : _alerts.CommitAsync(alert);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _alerts.RunAsync(stoppingToken);

    private async Task<bool> DeliverOrKeepAsync(AlertReceived alert)
    {
        // Behind what is in the spool already: alerts reach the broker in the order in which they were accepted.
        var isBrokersTurn = !_spool.HasBacklog && _publisher.IsUp;
        if (isBrokersTurn && await _alerts.CommitAsync(alert))
            return true;
        // Should the broker have it all the same, it gets it twice: that does no harm.
        if (await _spool.KeepAsync(alert))
            return true;
        // The spool is full, or its disk is; the broker may be back and at work on it.
        return !isBrokersTurn && _publisher.IsUp && await _alerts.CommitAsync(alert);
    }

    private Partition PartitionOf(AlertReceived alert) =>
        Partition.Of(new StreamKey(alert.Symbol, alert.Timeframe, alert.Strategy), _partitions);

    private async Task PublishAsync(IReadOnlyList<AlertReceived> alerts, CancellationToken deadline)
    {
        DeliveryMeters.AlertsPerMessage.Record(alerts.Count);
        if (!_buffers.TryTake(out var buffer))
            buffer = new ArrayBufferWriter<byte>(16 * 1024);
        var messageId = Guid.CreateVersion7();
        await using (var json = Envelope.NewWriter(buffer))
            Envelope.WriteAlerts(json, messageId, _clock.GetUtcNow().UtcDateTime, alerts);
        await _publisher.PublishAsync(Address.Of(PartitionOf(alerts[0])), messageId, buffer.WrittenMemory, deadline);

        // Only after it went well: what was given up may still be read by the client.
        if (buffer.Capacity > KeptBufferBytesMax)
            return;
        buffer.ResetWrittenCount();
        _buffers.Add(buffer);
    }
}
