using PnlPipeline.Analytics.Worker.Partitions;
using PnlPipeline.Database;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Partitions;

/// <summary>Places of replicas, on the real MySQL, as the worker's account.</summary>
public sealed class ReplicaPlaceTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_has_the_lowest_that_is_free_and_keeps_it()
    {
        var mysql = new MySqlDatabase(database.WorkerUrl);
        await using var first = await ReplicaPlace.TakeAsync(mysql, "pairing");
        var second = await ReplicaPlace.TakeAsync(mysql, "pairing");
        await using var third = await ReplicaPlace.TakeAsync(mysql, "pairing");
        await using var ofOthers = await ReplicaPlace.TakeAsync(mysql, "ledgers");
        Assert.Equal((0, 1, 2, 0), (first.Number, second.Number, third.Number, ofOthers.Number));
        Assert.True(await first.HoldAsync(Cancellation));
        Assert.True(await first.HoldAsync(Cancellation));

        await second.DisposeAsync();
        await using var next = await ReplicaPlace.TakeAsync(mysql, "pairing");
        Assert.Equal(1, next.Number);
        // The one that lost it asks for its own again, and is told.
        Assert.False(await second.HoldAsync(Cancellation));
        await second.DisposeAsync();
    }
}
