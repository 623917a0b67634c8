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
    IHostApplicationLifetime host,
    IOptions<PairingOptions> options,
    ILogger<PairingAnnouncer> log
) : IDisposable
{
    private readonly TimeSpan _deadline = TimeSpan.FromSeconds(options.Value.AnnounceWithinSeconds);
    private readonly int _hangingMax = options.Value.HangingAnnouncementsMax;
    private readonly SemaphoreSlim _declaring = new(1);
    private int _hanging;

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

    // A publish that was begun while its connection broke may never return, and hears of no token. Waited for without
    // end it would hold its message, and with a few of them the queue would stand still for good. One that is late
    // after all does no harm: the same deed has the same id.
    private async Task PublishAsync<T>(T message, Guid id, CancellationToken cancellationToken)
        where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_deadline);
        var publish = bus.Publish(
            message,
            context =>
            {
                context.MessageId = id;
                context.Mandatory = true;
            },
            deadline.Token
        );
        try
        {
            await publish.WaitAsync(_deadline, cancellationToken);
        }
        catch (Exception) when (!publish.IsCompleted)
        {
            LeaveBehind(publish);
            throw;
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The broker did not confirm in time.", late);
        }
    }

    private void LeaveBehind(Task publish)
    {
        var hanging = Interlocked.Increment(ref _hanging);
        _ = publish.ContinueWith(
            late =>
            {
                _ = late.Exception;
                Interlocked.Decrement(ref _hanging);
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        if (hanging < _hangingMax)
            return;

        // Who runs this process starts it again, and all that is in hand comes again.
        LogHanging(hanging);
        Environment.ExitCode = 1;
        host.StopApplication();
    }

    [LoggerMessage(LogLevel.Warning, "No queue took {Message}: the queues are declared anew")]
    private partial void LogNoQueue(string message);

    [LoggerMessage(LogLevel.Critical, "{Hanging} announcements hang in the bus; the worker ends, to be started anew")]
    private partial void LogHanging(int hanging);
}
