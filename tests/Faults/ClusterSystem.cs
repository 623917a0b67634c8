using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.Faults;

/// <summary>
/// The whole pipeline on three MySQL servers and three RabbitMQ nodes, as <c>./run --cluster</c>: Debian's, where the
/// servers of this run are.
/// </summary>
public sealed class ClusterSystem : IAsyncLifetime
{
    private readonly PipelineSystem _pipeline = new(TestServers.StartClusterAsync);

    private static bool IsPossible => TestServers.Running.ProcessDirectory is not null;

    /// <summary>Skips the test where there are not three of each.</summary>
    public PipelineSystem Pipeline
    {
        get
        {
            Assert.SkipUnless(IsPossible, "The servers are not processes of this run: there are not three of each.");
            return _pipeline;
        }
    }

    public ValueTask InitializeAsync() => IsPossible ? _pipeline.InitializeAsync() : ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => IsPossible ? _pipeline.DisposeAsync() : ValueTask.CompletedTask;
}
