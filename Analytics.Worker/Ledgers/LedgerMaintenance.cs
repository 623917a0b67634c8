using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>Has ledgers reconciled, on start and at intervals, and what is no longer served swept.</summary>
public sealed partial class LedgerMaintenance(
    LedgerRepair repair,
    LedgerSweeper sweeper,
    LedgerUpdates updates,
    IOptions<LedgerOptions> options,
    ILogger<LedgerMaintenance> log
) : BackgroundService
{
    // A pause at least so many times as long as the look before it: looking never takes more than a tenth of the time.
    private const int PauseFactor = 9;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            RepeatAsync(
                token => repair.ReconcileAsync(updates.TellAsync, readEveryRow: false, token),
                // What is missing for as long as that is no event on its way.
                () => repair.IsInDoubt ? options.Value.RepairAfterSeconds : options.Value.ReconcileEverySeconds,
                stoppingToken
            ),
            RepeatAsync(sweeper.SweepAsync, () => options.Value.SweepEverySeconds, stoppingToken)
        );

    private async Task RepeatAsync(
        Func<CancellationToken, Task> work,
        Func<int> seconds,
        CancellationToken stoppingToken
    )
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                await work(stoppingToken);
            }
            catch (Exception fault)
            {
                // Whatever it is, the next round finds things as they then are; and this service must not end the host.
                if (!stoppingToken.IsCancellationRequested)
                    LogFailed(fault, TimeSpan.FromSeconds(seconds()));
            }

            var interval = TimeSpan.FromSeconds(seconds());
            var pause = Stopwatch.GetElapsedTime(started) * PauseFactor;
            await Task.Delay(pause > interval ? pause : interval, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The upkeep of ledgers failed; it goes on in {Interval}")]
    private partial void LogFailed(Exception fault, TimeSpan interval);
}
