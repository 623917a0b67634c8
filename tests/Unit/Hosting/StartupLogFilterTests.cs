using PnlPipeline.Hosting;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace PnlPipeline.Tests.Unit.Hosting;

public sealed class StartupLogFilterTests
{
    private const string HealthChecks = "Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService";

    private static readonly DateTimeOffset Begun = new(2026, 11, 22, 6, 28, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(HealthChecks, 0, false)]
    [InlineData(HealthChecks, 29.9, false)]
    [InlineData(HealthChecks, 30, true)]
    [InlineData("PnlPipeline.Hosting.BrokerHealthCheck", 1, true)]
    [InlineData("MassTransit", 1, true)]
    [InlineData(null, 1, true)]
    public void A_start_is_no_error_and_all_else_is_logged(string? source, double second, bool isLogged)
    {
        var entry = new LogEvent(
            Begun.AddSeconds(second),
            LogEventLevel.Error,
            null,
            new MessageTemplateParser().Parse("Health check {HealthCheckName}"),
            source is null ? [] : [new LogEventProperty(Constants.SourceContextPropertyName, new ScalarValue(source))]
        );
        Assert.Equal(isLogged, new StartupLogFilter(Begun).IsEnabled(entry));
    }
}
