using Microsoft.EntityFrameworkCore;
using PnlPipeline.Database;

namespace PnlPipeline.Tests.Unit.Database;

public sealed class RetryTests
{
    [Fact]
    public async Task A_fault_that_passes_is_tried_again_and_told()
    {
        var (attempts, told) = (0, 0);
        var result = await MySqlDatabase.RetryWhileTransientAsync(
            _ => ++attempts < 3 ? throw new IOException() : Task.FromResult("done"),
            (_, _) => told++,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(("done", 3, 2), (result, attempts, told));
    }

    [Fact]
    public async Task A_fault_that_stays_is_thrown_at_once()
    {
        var attempts = 0;
        await Assert.ThrowsAsync<FormatException>(() =>
            MySqlDatabase.RetryWhileTransientAsync<int>(
                _ =>
                {
                    attempts++;
                    throw new FormatException();
                },
                (_, _) => { },
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Work_that_breaks_off_because_it_is_stopped_ends_as_cancelled_and_not_as_a_fault()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAsync<OperationCanceledException>(() =>
            MySqlDatabase.RetryWhileTransientAsync<int>(
                async _ =>
                {
                    // As a driver does: the command is killed, and what comes out is a broken connection.
                    await stop.CancelAsync();
                    throw new IOException();
                },
                (_, _) => Assert.Fail("There is nothing to retry."),
                stop.Token
            )
        );
    }

    public static TheoryData<Exception, bool, bool> Wrapped =>
        new()
        {
            // What was thrown, whether the database is at the bottom of it, whether it passes.
            { new IOException(), true, true },
            { new TimeoutException(), true, true },
            { new InvalidOperationException("Likely due to a transient failure.", new IOException()), true, true },
            { new DbUpdateException("An error occurred while saving.", new TimeoutException()), true, true },
            {
                new DbUpdateException("Saving.", new InvalidOperationException("Transient.", new IOException())),
                true,
                true
            },
            { new InvalidOperationException("A bug."), false, false },
            { new InvalidOperationException("A bug.", new FormatException()), false, false },
            { new DbUpdateException("Of no cause."), false, false },
            { new AggregateException(new IOException()), false, true },
        };

    [Theory]
    [MemberData(nameof(Wrapped), DisableDiscoveryEnumeration = true)]
    public void A_fault_is_known_through_what_wraps_it(Exception fault, bool isOfDatabase, bool isTransient)
    {
        Assert.Equal(
            (isOfDatabase, isTransient),
            (MySqlDatabase.IsOfDatabase(fault), MySqlDatabase.IsTransient(fault))
        );
        Assert.False(MySqlDatabase.IsDuplicateKey(fault));
    }
}
