using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Database;

/// <summary>Locks among replicas, on the real MySQL.</summary>
public sealed class AdvisoryLockTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Silence = "SELECT @@SESSION.wait_timeout";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Who holds one works on other connections, for longer than the server lets one be silent.
    [Fact]
    public async Task A_connection_that_holds_a_lock_may_be_silent_and_the_next_one_from_the_pool_may_not()
    {
        var mysql = new MySqlDatabase(database.WorkerUrl);
        await using (var connection = await mysql.OpenAsync(Cancellation))
        {
            Assert.Equal(60, await connection.ExecuteScalarAsync<int>(Silence));
            await using (await AdvisoryLock.TryTakeAsync(connection, "silent", Cancellation))
                Assert.True(await connection.ExecuteScalarAsync<int>(Silence) >= 3_600);
        }

        await using var next = await mysql.OpenAsync(Cancellation);
        Assert.Equal(60, await next.ExecuteScalarAsync<int>(Silence));
    }

    [Fact]
    public async Task One_has_it_until_it_gives_it_back_or_its_connection_ends()
    {
        var mysql = new MySqlDatabase(database.WorkerUrl);
        await using var other = await mysql.OpenAsync(Cancellation);
        await using (var connection = await mysql.OpenAsync(Cancellation))
        {
            await using (await AdvisoryLock.TryTakeAsync(connection, "one", Cancellation))
                Assert.Null(await AdvisoryLock.TryTakeAsync(other, "one", Cancellation));
            await using (var again = await AdvisoryLock.TryTakeAsync(other, "one", Cancellation))
                Assert.NotNull(again);
            Assert.NotNull(await AdvisoryLock.TryTakeAsync(connection, "one", Cancellation));
            await connection.ExecuteAsync("DO 0");
            var session = await connection.ExecuteScalarAsync<long>("SELECT CONNECTION_ID()");
            await using var owner = await database.OpenAsync();
            await owner.ExecuteAsync($"KILL {session}");
        }

        await Eventually.BecomesAsync(async () =>
            await AdvisoryLock.TryTakeAsync(other, "one", Cancellation) is not null
        );
    }
}
