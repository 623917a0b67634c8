using MassTransit;
using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>Tells the bus what pairing did.</summary>
public sealed partial class PairingAnnouncer(
    IBus bus, IHostApplicationLifetime host, IOptions<PairingOptions> options, ILogger<PairingAnnouncer> log)
{
    private readonly TimeSpan _deadline = TimeSpan.FromSeconds(options.Value.AnnounceWithinSeconds);
    private readonly int _hangingMax = options.Value.HangingAnnouncementsMax;
    private int _hanging;

    /// <summary>Returns when it is published and confirmed.</summary>
    /// <exception cref="PublishException">Never the fault of the message that led to it: it goes back, and is announced when it comes again.</exception>
    public async Task AnnounceAsync(Announcement announcement, CancellationToken cancellationToken)
    {
        try
        {
            if (announcement.Closed.Count > 0)
            {
                await PublishAsync(
                    new TradesClosed(announcement.Closed), PairingEvents.MessageId(announcement.Closed.Select(trade => trade.EventId)), cancellationToken);
            }

            if (announcement.Revised.Count > 0)
            {
                await PublishAsync(
                    new TradesRevised(announcement.Revised), PairingEvents.MessageId(announcement.Revised.Select(stream => stream.EventId)), cancellationToken);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new PublishException("What pairing did could not be published.", fault);
        }
    }

    // A publish that was begun while its connection broke may never return, and hears of no token. Waited for without end it would hold its message, and with
    // a few of them the queue would stand still for good. One that is late after all does no harm: the same deed has the same id.
    private async Task PublishAsync<T>(T message, Guid id, CancellationToken cancellationToken)
        where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_deadline);
        var publish = bus.Publish(message, context => context.MessageId = id, deadline.Token);
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
            TaskScheduler.Default);
        if (hanging < _hangingMax)
            return;

        // Who runs this process starts it again, and all that is in hand comes again.
        LogHanging(hanging);
        Environment.ExitCode = 1;
        host.StopApplication();
    }

    [LoggerMessage(LogLevel.Critical, "{Hanging} announcements hang in the bus; the worker ends, to be started anew")]
    private partial void LogHanging(int hanging);
}
