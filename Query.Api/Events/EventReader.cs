using PnlPipeline.Hosting;

namespace PnlPipeline.Query.Api.Events;

/// <summary>
/// Reads the event stream into the hub, as long as the process runs; goes on where it was when the broker was away.
/// </summary>
public sealed partial class EventReader(EventStream stream, EventHub hub, ILogger<EventReader> log) : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isAway = false;
        for (
            var pause = ShortestPause;
            !stoppingToken.IsCancellationRequested;
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause
        )
        {
            try
            {
                await foreach (var message in stream.ReadAsync(hub.Begin(), stoppingToken))
                {
                    (isAway, pause) = (false, ShortestPause);
                    if (hub.Receive(message))
                        continue;
                    LogAnother();
                    break;
                }
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, the next reading finds things as they then are; said once, not at every attempt.
                if (!isAway)
                    LogAway(fault.GetType().Name);
                isAway = true;
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The event stream cannot be read ({Fault}); listeners hear nothing until it can")]
    private partial void LogAway(string fault);

    [LoggerMessage(LogLevel.Warning, "The event stream was made anew; listeners are told to fetch everything")]
    private partial void LogAnother();
}
