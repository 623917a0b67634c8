namespace PnlPipeline.Tests.Containers;

/// <summary>Tests that take a container engine: where there is none they are skipped, and say why.</summary>
public abstract class ContainerTests
{
    protected ContainerTests() => Assert.SkipWhen(Docker.Missing is not null, Docker.Missing ?? "");
}
