using MassTransit;
using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>Tells the bus what pairing did.</summary>
public sealed partial class PairingAnnouncer(
    IBus bus,
    IConfiguration configuration,
    IOptions<PairingOptions> options,
    ILogger<PairingAnnouncer> log
) : IDisposable
{
    private readonly TimeSpan _deadline = TimeSpan.FromSeconds(options.Value.AnnounceWithinSeconds);
    private readonly SemaphoreSlim _declaring = new(1);

    public void Dispose() => _declaring.Dispose();

    /// <summary>Returns when it is published and confirmed.</summary>
    /// <exception cref="PublishException">Never the fault of the message that led to it: it goes back, and is announced
    /// when it comes again.</exception>
    public async Task AnnounceAsync(Announcement announcement, CancellationToken cancellationToken)
    {
        try
        {
            if (announcement.Closed.Count > 0)
            {
                await PublishToQueueAsync(
                    new TradesClosed(announcement.Closed),
                    PairingEvents.MessageId(announcement.Closed.Select(trade => trade.EventId)),
                    cancellationToken
                );
            }

            if (announcement.Revised.Count > 0)
            {
                await PublishToQueueAsync(
                    new TradesRevised(announcement.Revised),
                    PairingEvents.MessageId(announcement.Revised.Select(stream => stream.EventId)),
                    cancellationToken
                );
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new PublishException("What pairing did could not be published.", fault);
        }
    }

    // A confirm alone does not say that a queue has it. Where somebody deleted the ledgers' queue it is declared anew:
    // their workers do so too, but none may be running, and alerts must not wait for that.
    private async Task PublishToQueueAsync<T>(T message, Guid id, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            await PublishAsync(message, id, cancellationToken);
        }
        catch (MessageReturnedException)
        {
            await _declaring.WaitAsync(cancellationToken);
            try
            {
                LogNoQueue(typeof(T).Name);
                await Topology
                    .DeployAsync(
                        configuration.GetConnectionString("RabbitMq"),
                        PartitionCounts.Read(configuration),
                        cancellationToken
                    )
                    .WaitAsync(_deadline, cancellationToken);
            }
            finally
            {
                _declaring.Release();
            }

            await PublishAsync(message, id, cancellationToken);
        }
    }

    // A confirmation that was lost does not come. Waited for without end it would hold its message, and with a few of
    // them the queue would stand still for good. One that is late does no harm: the same deed has the same id.
    private async Task PublishAsync<T>(T message, Guid id, CancellationToken cancellationToken)
        where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_deadline);
        try
        {
            await bus.Publish(
                message,
                context =>
                {
                    context.MessageId = id;
                    context.Mandatory = true;
                },
                deadline.Token
            );
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The broker did not confirm in time.", late);
        }
    }

    [LoggerMessage(LogLevel.Warning, "No queue took {Message}: the queues are declared anew")]
    private partial void LogNoQueue(string message);
}
