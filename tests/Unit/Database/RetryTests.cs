using PnlPipeline.Database;

namespace PnlPipeline.Tests.Unit.Database;

public sealed class RetryTests
{
    [Fact]
    public async Task A_fault_that_passes_is_tried_again_and_told()
    {
        var (attempts, told) = (0, 0);
        var result = await MySqlDatabase.RetryWhileTransientAsync(
            _ => ++attempts < 3 ? throw new IOException() : Task.FromResult("done"), (_, _) => told++, TestContext.Current.CancellationToken);
        Assert.Equal(("done", 3, 2), (result, attempts, told));
    }

    [Fact]
    public async Task A_fault_that_stays_is_thrown_at_once()
    {
        var attempts = 0;
        await Assert.ThrowsAsync<FormatException>(() => MySqlDatabase.RetryWhileTransientAsync<int>(
            _ =>
            {
                attempts++;
                throw new FormatException();
            },
            (_, _) => { },
            TestContext.Current.CancellationToken));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Work_that_breaks_off_because_it_is_stopped_ends_as_cancelled_and_not_as_a_fault()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAsync<OperationCanceledException>(() => MySqlDatabase.RetryWhileTransientAsync<int>(
            async _ =>
            {
                // As a driver does: the command is killed, and what comes out is a broken connection.
                await stop.CancelAsync();
                throw new IOException();
            },
            (_, _) => Assert.Fail("There is nothing to retry."),
            stop.Token));
    }
}
