using Microsoft.Extensions.Options;
using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// Deletes what is no longer served: generations that were replaced or left behind, and all that deleted batches had.
/// In slices, with pauses, so that nobody who writes meanwhile notices.
/// </summary>
public sealed partial class LedgerSweeper(
    MySqlDatabase database,
    IOptions<LedgerOptions> options,
    ILogger<LedgerSweeper> log
)
{
    private readonly LedgerOptions _options = options.Value;

    /// <returns>Rows deleted; 0 also where another replica is at it.</returns>
    public async Task<long> SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var only = await AdvisoryLock.TryTakeAsync(connection, "ledgers.sweep", cancellationToken);
        if (only is null)
            return 0;

        foreach (
            var batchId in (await GenerationStore.FindBatchesWithOthersAsync(connection, cancellationToken)).ToList()
        )
        {
            // Where a build is under way, the generation is its own.
            await using var noBuild = await AdvisoryLock.TryTakeAsync(
                connection,
                LedgerBuilder.LockOf(batchId),
                cancellationToken
            );
            if (noBuild is not null)
                await GenerationStore.RetireOthersAsync(connection, batchId, cancellationToken);
        }

        var total = 0L;
        foreach (
            var retired in (
                await GenerationStore.FindRetiredAsync(
                    connection,
                    _options.RetiredGenerationGraceSeconds,
                    cancellationToken
                )
            ).ToList()
        )
        {
            var rows = 0L;
            for (var slice = _options.SweepSliceRows; slice == _options.SweepSliceRows; rows += slice)
            {
                if (rows > 0)
                    await Task.Delay(_options.SweepPauseMs, cancellationToken);
                slice = await GenerationStore.DeleteSliceAsync(
                    connection,
                    retired,
                    _options.SweepSliceRows,
                    cancellationToken
                );
            }

            await GenerationStore.ForgetAsync(connection, retired, cancellationToken);
            LogSwept(retired.BatchId, retired.Generation, rows);
            total += rows;
        }

        await GenerationStore.DeleteLeftLedgersAsync(connection, cancellationToken);
        return total;
    }

    [LoggerMessage(LogLevel.Information, "Batch {BatchId}: swept generation {Generation}, {Rows} rows")]
    private partial void LogSwept(long batchId, long generation, long rows);
}
