using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Outbox;

namespace PnlPipeline.Analytics.Worker.Notifications;

/// <summary>The role <c>notifications</c>, and the rules that the other roles ask.</summary>
public static class NotificationsSetup
{
    /// <summary>The rules in memory: whoever pairs or posts writes what they tell of.</summary>
    public static WebApplicationBuilder AddNotificationRules(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<NotificationRules>();
        builder.Services.AddHostedService(services => services.GetRequiredService<NotificationRules>());
        return builder;
    }

    /// <summary>Sends what is to be told. After <see cref="AddNotificationRules"/>.</summary>
    public static WebApplicationBuilder AddNotifications(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<NotificationOptions>()
            .BindConfiguration(NotificationOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<ChannelSender>();
        builder.Services.AddSingleton<Deliveries>();
        builder.Services.AddSingleton<Occasions>();
        builder.Services.AddHostedService<NotificationTimer>();
        return builder;
    }
}

/// <summary>Looks at intervals for what is to be told, and for what is due to be sent.</summary>
internal sealed partial class NotificationTimer(
    Deliveries deliveries,
    Occasions occasions,
    TimeProvider clock,
    IOptions<NotificationOptions> options,
    ILogger<NotificationTimer> log
) : BackgroundService
{
    // What comes into the inbox is told within seconds; it is looked for less often than what is due.
    private static readonly TimeSpan BetweenOccasions = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken) =>
        await Task.WhenAll(
            RepeatAsync(deliveries.SendDueAsync, TimeSpan.FromMilliseconds(options.Value.PollMs), stoppingToken),
            RepeatAsync(occasions.LookAsync, BetweenOccasions, stoppingToken),
            RepeatAsync(deliveries.SweepAsync, BetweenSweeps, stoppingToken)
        );

    private async Task RepeatAsync(
        Func<CancellationToken, Task> work,
        TimeSpan interval,
        CancellationToken stoppingToken
    )
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await work(stoppingToken);
            }
            catch (Exception fault)
            {
                // Whatever it is, the next look finds the same; and this service must not end the host.
                if (!stoppingToken.IsCancellationRequested)
                    LogFailed(fault, interval);
            }

            await Task.Delay(interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Notifications wait for the database; they go on in {Interval}")]
    private partial void LogFailed(Exception fault, TimeSpan interval);
}
