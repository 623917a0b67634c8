using System.Diagnostics;
using MassTransit;

namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>Publishes, and returns only when the broker has confirmed that the message is in a queue and on disk.</summary>
internal sealed partial class ConfirmedPublisher(IBus bus, ILogger<ConfirmedPublisher> logger)
{
    private int _isInTrouble;

    /// <exception cref="Exception">It is not confirmed; the broker may have it even so.</exception>
    public async Task PublishAsync<T>(T message, CancellationToken deadline)
        where T : class
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            // A confirm alone does not say that a queue has it: mandatory makes "no queue" an error.
            await bus.Publish(message, static context => context.Mandatory = true, deadline);
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
}
