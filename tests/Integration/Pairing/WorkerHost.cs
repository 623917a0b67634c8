using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PnlPipeline.Analytics.Worker.Corrections;
using PnlPipeline.Analytics.Worker.DeadLetters;
using PnlPipeline.Analytics.Worker.Integrity;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Analytics.Worker.Rejections;
using PnlPipeline.Database;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Pairing;

/// <summary>The pairing role in this process, between the real servers.</summary>
internal sealed class WorkerHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WorkerHost(WebApplication app) => _app = app;

    public IBus Bus => _app.Services.GetRequiredService<IBus>();

    public static async Task<WorkerHost> StartAsync(MySqlUrl url, string? brokerUrl = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:RabbitMq"] = brokerUrl ?? TestBroker.WorkerUrl,
                ["urls"] = "http://127.0.0.1:0",
            }
        );
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new MySqlDatabase(url));
        builder.Services.AddSingleton<IDeadLetterStore, DeadLetterStore>();
        builder.AddPairing(partitions: 1, place: 0).AddCorrections().AddRejections().AddIntegrity();
        builder.AddBus();
        var host = new WorkerHost(builder.Build());
        // MassTransit keeps the log of the first host of a flow, and that one may be gone.
        LogContext.ConfigureCurrentLogContext(host._app.Services.GetRequiredService<ILoggerFactory>());
        await host._app.StartAsync(TestContext.Current.CancellationToken);
        await host
            ._app.Services.GetRequiredService<IBusControl>()
            .WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(30));
        return host;
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
