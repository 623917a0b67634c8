using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;
using PnlPipeline.Hosting;
using PnlPipeline.Ingest.Api.Delivery.Spool;

namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>
/// Has refused bodies recorded. They are answered either way: the answer does not depend on the record.
/// </summary>
internal sealed partial class RejectionDelivery : BackgroundService
{
    private const int Publishers = 2;
    private const int GroupMax = 32;

    private readonly ConfirmedPublisher _publisher;
    private readonly SpoolDelivery _spool;
    private readonly AlertGroupCommit<AlertRejected> _rejections;
    private readonly TimeProvider _clock;
    private readonly ILogger<RejectionDelivery> _logger;
    private static readonly Address Rejections = Address.Of<AlertRejected>();

    public RejectionDelivery(
        ConfirmedPublisher publisher,
        SpoolDelivery spool,
        IOptions<DeliveryOptions> options,
        TimeProvider clock,
        ILogger<RejectionDelivery> logger
    )
    {
        _publisher = publisher;
        _spool = spool;
        _clock = clock;
        _logger = logger;
        _rejections = new AlertGroupCommit<AlertRejected>(
            new GroupCommitLimits(
                Publishers,
                GroupMax,
                options.Value.PayloadBytesPerMessageMax,
                options.Value.RejectionsWaitingMax,
                options.Value.WaitingBytesMax,
                TimeSpan.FromMilliseconds(spool.IsOn ? options.Value.SpoolAfterMs : options.Value.DeadlineMs)
            ),
            rejection => rejection.Body.Length,
            PublishAsync,
            clock
        );
    }

    /// <summary>Returns when the rejection is recorded, or at the deadline; then it is logged and counted.</summary>
    public async Task RecordAsync(AlertRejected rejection)
    {
        if ((_publisher.IsUp || !_spool.IsOn) && await _rejections.CommitAsync(rejection))
            return;
        if (_spool.IsOn && await _spool.KeepAsync(rejection))
            return;

        DeliveryMeters.RejectionsLost.Add(1);
        LogLost(rejection.RejectionId, rejection.Body.Length, string.Join(' ', rejection.Errors.Keys));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _rejections.RunAsync(stoppingToken);

    private Task PublishAsync(IReadOnlyList<AlertRejected> rejections, CancellationToken deadline) =>
        Task.WhenAll(
            rejections.Select(rejection =>
            {
                var messageId = Guid.CreateVersion7();
                var record = Envelope.ToBytes(Envelope.WriteRejection, rejection);
                var message = Envelope.ToBytes(
                    (json, _) => Envelope.WriteRejection(json, messageId, _clock.GetUtcNow().UtcDateTime, record),
                    rejection
                );
                return _publisher.PublishAsync(Rejections, messageId, message, deadline);
            })
        );

    [LoggerMessage(
        LogLevel.Warning,
        "The refused body {RejectionId} of {Bytes} bytes was not confirmed in time and may not be on record; fields: "
            + "{Fields}"
    )]
    private partial void LogLost(string rejectionId, int bytes, string fields);
}
