using PnlPipeline.Tests.Integration.Servers;
using PnlPipeline.Tests.Servers;

[assembly: AssemblyFixture(typeof(ServersOfThisRun))]

namespace PnlPipeline.Tests.Integration.Servers;

/// <summary>Started before the first test, stopped after the last.</summary>
public sealed class ServersOfThisRun : IAsyncLifetime
{
    private TestServers? _servers;

    public async ValueTask InitializeAsync() => _servers = await TestServers.StartAsync();

    public ValueTask DisposeAsync() => _servers?.DisposeAsync() ?? ValueTask.CompletedTask;
}
