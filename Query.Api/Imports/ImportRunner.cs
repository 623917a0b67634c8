using MassTransit;
using Microsoft.Extensions.Options;
using PnlPipeline.Database;
using PnlPipeline.Hosting;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>Runs what was uploaded, one import at a time in this process, each in one process at a time.</summary>
internal sealed partial class ImportRunner(
    UploadStore uploads,
    ProgressStore progress,
    OverlapStore overlaps,
    IBus bus,
    IOptions<ImportOptions> options,
    ILogger<ImportRunner> logger
) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly byte[] _owner = Guid.NewGuid().ToByteArray();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (pause, lastSweep) = (FirstPause, DateTime.MinValue);
        var hasJustRun = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (DateTime.UtcNow - lastSweep > Sweep)
                {
                    await uploads.SweepAsync(stoppingToken);
                    lastSweep = DateTime.UtcNow;
                }

                var hasRun = await RunNextAsync(stoppingToken);
                if (hasRun)
                {
                    await uploads.SweepAsync(stoppingToken);
                }
                else
                {
                    // What the last one left behind is some seventy megabytes, and nothing that comes after it makes so
                    // much that it would be collected soon.
                    if (hasJustRun)
                        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
                    await Task.Delay(Look, stoppingToken);
                }

                hasJustRun = hasRun;
                if (pause > FirstPause)
                    LogWell();
                pause = FirstPause;
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // Once for each outage, and never the end: whatever it is, the next look may find it gone.
                if (pause == FirstPause)
                    LogTrouble(fault.GetType().Name, fault.Message);
                await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (Exception fault)
            {
                // A command that is cancelled breaks off in many ways.
                LogStops(fault.GetType().Name);
            }
        }
    }

    private async Task<bool> RunNextAsync(CancellationToken stoppingToken)
    {
        if (await progress.ClaimAsync(_owner, options.Value.LeaseSeconds, stoppingToken) is not { } import)
            return false;

        LogBegins(import.ImportId, import.Position, import.Bytes);
        try
        {
            await new ImportRun(import, _owner, uploads, progress, overlaps, bus, options.Value, logger).RunAsync(
                stoppingToken
            );
            LogDone(import.ImportId);
        }
        catch (ProgressStore.LeaseLostException)
        {
            LogLost(import.ImportId);
        }
        catch (Exception fault) when (stoppingToken.IsCancellationRequested || IsPassing(fault))
        {
            await LetGoAsync(import.ImportId);
            throw;
        }
        catch (Exception fault)
        {
            // Nothing that comes from outside gets here, and what is stored stays stored. Tried again, it would fail
            // again.
            LogFailed(fault, import.ImportId);
            await progress.FailAsync(
                import.ImportId,
                _owner,
                "A fault of the query API: its log says which. What is counted here is stored.",
                stoppingToken
            );
        }

        return true;
    }

    private static bool IsPassing(Exception fault) =>
        fault is OperationCanceledException
        || MySqlDatabase.IsOfDatabase(fault)
        || MySqlDatabase.IsTransient(fault)
        || BrokerFaults.IsOne(fault);

    private async Task LetGoAsync(long importId)
    {
        try
        {
            using var deadline = new CancellationTokenSource(FirstPause);
            await progress.ReleaseAsync(importId, _owner, deadline.Token);
        }
        catch (Exception fault)
        {
            // It runs out by itself.
            LogLeaseKept(importId, fault.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Information, "Import {ImportId} runs from byte {Position} of {Bytes}")]
    private partial void LogBegins(long importId, long position, long bytes);

    [LoggerMessage(LogLevel.Information, "Import {ImportId} is done")]
    private partial void LogDone(long importId);

    [LoggerMessage(
        LogLevel.Warning,
        "Import {ImportId} went to another process, which had heard nothing of this one for too long"
    )]
    private partial void LogLost(long importId);

    [LoggerMessage(LogLevel.Error, "Import {ImportId} failed")]
    private partial void LogFailed(Exception fault, long importId);

    [LoggerMessage(LogLevel.Debug, "Imports stop ({Fault})")]
    private partial void LogStops(string fault);

    [LoggerMessage(LogLevel.Debug, "The lease of import {ImportId} was not given back ({Fault})")]
    private partial void LogLeaseKept(long importId, string fault);

    [LoggerMessage(LogLevel.Warning, "Imports wait ({Fault}: {Reason})")]
    private partial void LogTrouble(string fault, string reason);

    [LoggerMessage(LogLevel.Information, "Imports go on")]
    private partial void LogWell();
}
