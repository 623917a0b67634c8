using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using PnlPipeline.Hosting;
using RabbitMQ.Client;

namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>
/// Publishes, and returns only when the broker has confirmed that the message is in a queue and on disk. Keeps one link
/// to the broker; one on which anything goes wrong is left behind, with whatever hangs in it, and a new one is opened.
/// </summary>
internal sealed partial class ConfirmedPublisher(IConfiguration configuration, ILogger<ConfirmedPublisher> logger)
    : BackgroundService
{
    private static readonly TimeSpan PauseBetweenLinks = TimeSpan.FromMilliseconds(200);

    private readonly ConnectionFactory _broker = BrokerUrl
        .Parse(configuration.GetConnectionString("RabbitMq"))
        .ToFactory("ingest");
    private volatile TaskCompletionSource<BrokerLink> _link = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isInTrouble;

    /// <summary>Whether a publish may well be confirmed soon; where not, there is no use in waiting for it.</summary>
    public bool IsUp => _link.Task is { IsCompletedSuccessfully: true } link && link.Result.IsUsable;

    /// <param name="body">Belongs to the publisher until this returns well; after an exception it may be read
    /// still.</param>
    /// <exception cref="Exception">It is not confirmed; the broker may have it even so.</exception>
    public async Task PublishAsync(
        Address address,
        Guid messageId,
        ReadOnlyMemory<byte> body,
        CancellationToken deadline
    )
    {
        var started = Stopwatch.GetTimestamp();
        BrokerLink? link = null;
        try
        {
            link = await _link.Task.WaitAsync(deadline);
            await link.PublishAsync(address, messageId, body, deadline);
            NoteSuccess();
        }
        catch (Exception exception)
        {
            link?.Break();
            NoteTrouble(exception);
            throw;
        }
        finally
        {
            DeliveryMeters.PublishDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var link = await BrokerLink.OpenAsync(_broker, stoppingToken);
                _link.SetResult(link);
                using var end = CancellationTokenSource.CreateLinkedTokenSource(link.Broken, stoppingToken);
                await Task.WhenAny(Task.Delay(Timeout.Infinite, end.Token));
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                NoteTrouble(exception);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (_link.Task.IsCompleted)
                _link = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await Task.WhenAny(Task.Delay(PauseBetweenLinks, stoppingToken));
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

    [LoggerMessage(
        LogLevel.Warning,
        "The broker does not confirm in time ({Exception}: {Reason}); alerts are kept in the spool, or answered with "
            + "503, until it does"
    )]
    private partial void LogTrouble(string exception, string reason);

    [LoggerMessage(LogLevel.Information, "The broker confirms again")]
    private partial void LogRecovery();
}
