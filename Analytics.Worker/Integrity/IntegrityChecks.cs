using System.Diagnostics;
using MassTransit;
using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Integrity;

/// <summary>Has the streams checked, at intervals.</summary>
public sealed partial class IntegrityChecks(
    StreamChecks checks,
    IBus bus,
    IOptions<IntegrityOptions> options,
    ILogger<IntegrityChecks> log
) : BackgroundService
{
    // A pause at least so many times as long as the look before it: looking never takes more than a tenth of the time.
    private const int PauseFactor = 9;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = TimeSpan.FromSeconds(options.Value.EverySeconds);
        while (!stoppingToken.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                await checks.CheckAsync(TellAsync, stoppingToken);
            }
            catch (Exception fault)
            {
                // Whatever it is, the next look goes on from where this one came; and this service must not end the
                // host.
                if (!stoppingToken.IsCancellationRequested)
                    LogFailed(fault, interval);
            }

            var pause = Stopwatch.GetElapsedTime(started) * PauseFactor;
            await Task.Delay(pause > interval ? pause : interval, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellAsync(TradesRevised revised)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await bus.Publish(revised, deadline.Token).WaitAsync(deadline.Token);
        }
        catch (Exception fault)
        {
            LogUntold(fault);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The check of the streams failed; it goes on in {Interval}")]
    private partial void LogFailed(Exception fault, TimeSpan interval);

    [LoggerMessage(LogLevel.Warning, "A repaired stream could not be announced; the repair of ledgers finds it")]
    private partial void LogUntold(Exception fault);
}
