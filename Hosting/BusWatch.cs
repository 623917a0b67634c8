using System.ComponentModel.DataAnnotations;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace PnlPipeline.Hosting;

/// <summary>Configuration section <c>Bus</c>; values out of range stop the start.</summary>
public sealed class BusOptions
{
    public const string Section = "Bus";

    /// <summary>
    /// How long the bus may be without its queues although the broker answers. It pauses for up to half a minute
    /// between two attempts.
    /// </summary>
    [Range(1, 86_400)]
    public int LostSecondsMax { get; set; } = 120;
}

/// <summary>
/// Ends a process that lives by its queues where its bus does not come back to them although the broker is there again:
/// after minutes without the broker it was seen to go on with a connection that had been closed, attempt after attempt.
/// Who runs it starts it anew, and what it had in hand comes again.
/// </summary>
internal sealed partial class BusWatch(
    IBusControl bus,
    ConnectionFactory broker,
    BusOptions options,
    IHostApplicationLifetime host,
    ILogger<BusWatch> log
) : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    private readonly Patience _patience = new(TimeSpan.FromSeconds(options.LostSecondsMax));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var looks = new PeriodicTimer(BetweenLooks);
        while (await looks.WaitForNextTickAsync(stoppingToken))
        {
            var isLost =
                bus.CheckHealth().Status != BusHealthStatus.Healthy
                && await BrokerProbe.FaultAsync(broker, stoppingToken) is null;
            if (!_patience.IsOver(isLost, TimeSpan.FromMilliseconds(Environment.TickCount64)))
                continue;
            LogLost(bus.CheckHealth().Description);
            Environment.ExitCode = 1;
            host.StopApplication();
            return;
        }
    }

    /// <summary>Whether something has been so at every look, for long enough.</summary>
    internal sealed class Patience(TimeSpan most)
    {
        private TimeSpan? _since;

        /// <param name="now">Of a clock that only goes forwards.</param>
        public bool IsOver(bool isSo, TimeSpan now)
        {
            _since = isSo ? _since ?? now : null;
            return now - _since >= most;
        }
    }

    [LoggerMessage(
        LogLevel.Critical,
        "The broker answers, and the bus does not come back to its queues ({Status}); the process ends, to be started "
            + "anew"
    )]
    private partial void LogLost(string? status);
}
