using MassTransit;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// Tells the bus what became of ledgers. These are hints: whoever misses one finds the same in the database, so a
/// broker that is away holds nothing up and fails nothing.
/// </summary>
public sealed partial class LedgerUpdates(IBus bus, ILogger<LedgerUpdates> log)
{
    // Publishing waits for a broker that is away, and hears of a token late: nobody waits longer than this.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    public async Task TellAsync(PostingResult result)
    {
        if (result.Updated.Count == 0 && result.BuildsDue.Count == 0)
            return;

        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            var publishing = result
                .Updated.Select(updated => bus.Publish(updated, deadline.Token))
                .Concat(result.BuildsDue.Select(due => bus.Publish(due, deadline.Token)))
                .ToList();
            await Task.WhenAll(publishing).WaitAsync(deadline.Token);
        }
        catch (Exception fault)
        {
            LogUntold(fault, result.Updated.Count, result.BuildsDue.Count);
        }
    }

    /// <summary>
    /// Tells how far a build has come, without waiting: the next word of it makes up for one that is lost.
    /// </summary>
    public void Tell(LedgerBuilding building) => _ = TellAsync(building);

    private async Task TellAsync(LedgerBuilding building)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await bus.Publish(building, deadline.Token).WaitAsync(deadline.Token);
        }
        catch (Exception fault)
        {
            LogUntold(fault, 0, 1);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Could not announce {Updated} ledgers and {BuildsDue} builds; they are found without"
    )]
    private partial void LogUntold(Exception fault, int updated, int buildsDue);
}
