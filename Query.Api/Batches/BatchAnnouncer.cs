using MassTransit;
using PnlPipeline.Contracts;

namespace PnlPipeline.Query.Api.Batches;

/// <summary>
/// Tells the ledgers' role that a batch changed. The change itself is committed: where the word does not get through in
/// time, the role's own comparison of batches and ledgers finds it, so a caller never waits long for a broker that is
/// away.
/// </summary>
public sealed partial class BatchAnnouncer(IBus bus, ILogger<BatchAnnouncer> logger)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    public async Task AnnounceAsync(long batchId, long revision, bool isDeleted = false)
    {
        // The bus honours the token late, so the deadline stands outside; a publish that comes through after it does no
        // harm.
        using var deadline = new CancellationTokenSource(Deadline);
        var publish = Task.Run(
            () => bus.Publish(new BatchChanged(batchId, revision, isDeleted), deadline.Token),
            CancellationToken.None
        );
        try
        {
            await publish.WaitAsync(Deadline);
        }
        catch (Exception fault)
        {
            // Whatever it was, the change is safe, and the answer to it must not be an error.
            LogNotAnnounced(batchId, revision, fault.GetType().Name);
            _ = publish.ContinueWith(
                late => late.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default
            );
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Batch {BatchId} revision {Revision} was not announced ({Fault}); the repair of ledgers will find it"
    )]
    private partial void LogNotAnnounced(long batchId, long revision, string fault);
}
