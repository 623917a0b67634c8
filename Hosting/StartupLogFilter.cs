using Serilog.Core;
using Serilog.Events;
using Serilog.Filters;

namespace PnlPipeline.Hosting;

/// <summary>
/// Leaves out what health checks log while a service starts: whoever waits for it asks until it is ready, and each
/// answer but the last would stand in the log as an error that is none. The answer is the same; past the start it is
/// logged.
/// </summary>
/// <param name="begun">When the service began to start.</param>
public sealed class StartupLogFilter(DateTimeOffset begun) : ILogEventFilter
{
    /// <summary>What connecting to a database and a broker that are there takes at most, on a slow machine.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromSeconds(30);

    private static readonly Func<LogEvent, bool> IsOfHealthChecks = Matching.FromSource(
        "Microsoft.Extensions.Diagnostics.HealthChecks"
    );

    public bool IsEnabled(LogEvent logEvent) => logEvent.Timestamp - begun >= Lasts || !IsOfHealthChecks(logEvent);
}
