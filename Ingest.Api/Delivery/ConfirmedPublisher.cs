using System.Diagnostics;
using MassTransit;

namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>Publishes, and returns only when the broker has confirmed that the message is in a queue and on disk.</summary>
internal sealed partial class ConfirmedPublisher(IBus bus, IHostApplicationLifetime lifetime, ILogger<ConfirmedPublisher> logger)
{
    /// <summary>
    /// The bus is given this long past a deadline to let go of a publish. Mostly it does at once; one that was begun in the very moment in
    /// which the connection broke may never return, however its token stands, and must not take the publisher with it.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Each that never returned keeps its message in memory. A broken connection leaves a few; with this many, start afresh.</summary>
    private const int StuckMax = 64;

    private int _isInTrouble;
    private int _stuck;

    /// <exception cref="Exception">It is not confirmed; the broker may have it even so.</exception>
    public async Task PublishAsync<T>(T message, CancellationToken deadline)
        where T : class
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            // A confirm alone does not say that a queue has it: mandatory makes "no queue" an error.
            var publish = bus.Publish(message, static context => context.Mandatory = true, deadline);
            await GiveUpAfterAsync(publish, deadline);
            NoteSuccess();
        }
        catch (Exception exception)
        {
            NoteTrouble(exception);
            throw;
        }
        finally
        {
            DeliveryMeters.PublishDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    private async Task GiveUpAfterAsync(Task publish, CancellationToken deadline)
    {
        try
        {
            await publish.WaitAsync(deadline);
        }
        catch (OperationCanceledException) when (!publish.IsCompleted)
        {
            try
            {
                await publish.WaitAsync(Grace, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                NoteStuck(publish);
                throw;
            }
        }
    }

    private void NoteStuck(Task publish)
    {
        if (Interlocked.Increment(ref _stuck) >= StuckMax)
        {
            LogTooManyStuck(StuckMax);
            lifetime.StopApplication();
        }

        // Should it end after all, its exception is nobody's.
        _ = publish.ContinueWith(
            ended =>
            {
                _ = ended.Exception;
                Interlocked.Decrement(ref _stuck);
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    // Once for each change and not for each request: an outage under load would otherwise fill the log with one line.
    private void NoteTrouble(Exception exception)
    {
        if (Interlocked.Exchange(ref _isInTrouble, 1) == 0)
            LogTrouble(exception.GetType().Name, exception.Message);
    }

    private void NoteSuccess()
    {
        if (Volatile.Read(ref _isInTrouble) == 1 && Interlocked.Exchange(ref _isInTrouble, 0) == 1)
            LogRecovery();
    }

    [LoggerMessage(LogLevel.Warning, "The broker does not confirm in time ({Exception}: {Reason}); alerts are answered with 503 until it does")]
    private partial void LogTrouble(string exception, string reason);

    [LoggerMessage(LogLevel.Information, "The broker confirms again")]
    private partial void LogRecovery();

    [LoggerMessage(LogLevel.Critical, "{Count} publishes never returned after their connection broke; stopping, to be started again. Nothing accepted is lost")]
    private partial void LogTooManyStuck(int count);
}
