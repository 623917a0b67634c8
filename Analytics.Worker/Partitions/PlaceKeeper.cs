using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Partitions;

/// <summary>Keeps a replica's place: the server forgets who is silent for long, and whose connection broke.</summary>
public sealed partial class PlaceKeeper(ReplicaPlace place, ILogger<PlaceKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        var isHeld = true;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var wasHeld = isHeld;
            try
            {
                isHeld = await place.HoldAsync(stoppingToken);
            }
            catch (Exception fault) when (MySqlDatabase.IsOfDatabase(fault))
            {
                // It is asked for again when the server is back.
                continue;
            }

            if (wasHeld && !isHeld)
                LogLost(place.Number + 1);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Another replica has place {Place} too; partitions are spread unevenly until one of the two is started anew"
    )]
    private partial void LogLost(int place);
}
