using Microsoft.Extensions.Options;

namespace PnlPipeline.Analytics.Worker.Inbox;

/// <summary>What wants a look: silences, and what is so no longer, at intervals.</summary>
public static class InboxSetup
{
    public static WebApplicationBuilder AddInbox(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<InboxOptions>()
            .BindConfiguration(InboxOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<InboxChecks>();
        builder.Services.AddHostedService<InboxTimer>();
        return builder;
    }
}

/// <summary>Has <see cref="InboxChecks"/> look, at intervals.</summary>
internal sealed partial class InboxTimer(
    InboxChecks checks,
    TimeProvider clock,
    IOptions<InboxOptions> options,
    ILogger<InboxTimer> log
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = TimeSpan.FromSeconds(options.Value.CheckEverySeconds);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await checks.CheckAsync(stoppingToken);
            }
            catch (Exception fault)
            {
                // Whatever it is, the next check finds the same; and this service must not end the host.
                if (!stoppingToken.IsCancellationRequested)
                    LogFailed(fault, interval);
            }

            await Task.Delay(interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The check for silent streams failed; it is made again in {Interval}")]
    private partial void LogFailed(Exception fault, TimeSpan interval);
}
