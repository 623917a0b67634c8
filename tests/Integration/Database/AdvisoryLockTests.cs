using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Database;

/// <summary>Locks among replicas, on the real MySQL.</summary>
public sealed class AdvisoryLockTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Silence = "SELECT @@SESSION.wait_timeout";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // A replica that is frozen keeps what it has locked for no longer than any other session: rows, and names.
    [Fact]
    public async Task A_connection_that_holds_a_lock_may_be_no_more_silent_than_another()
    {
        var mysql = new MySqlDatabase(database.WorkerUrl);
        await using var connection = await mysql.OpenAsync(Cancellation);
        Assert.Equal(60, await connection.ExecuteScalarAsync<int>(Silence));
        await using (await AdvisoryLock.TryTakeAsync(connection, "silent", Cancellation))
            Assert.Equal(60, await connection.ExecuteScalarAsync<int>(Silence));
    }

    [Fact]
    public async Task Who_waits_for_what_others_do_says_something_meanwhile_and_keeps_the_lock()
    {
        var mysql = new MySqlDatabase(database.WorkerUrl);
        await using var connection = await mysql.OpenAsync(Cancellation);
        await using var other = await mysql.OpenAsync(Cancellation);
        await using var only = await AdvisoryLock.TryTakeAsync(connection, "waits", Cancellation);
        await connection.ExecuteAsync("SET SESSION wait_timeout = 2");

        var work = other.ExecuteScalarAsync<int>("SELECT SLEEP(5)");
        Assert.Equal(0, await LongWait.WhileAsync(work, connection.SayAsync, TimeSpan.FromMilliseconds(200)));

        Assert.Null(await AdvisoryLock.TryTakeAsync(other, "waits", Cancellation));
        Assert.Equal(2, await connection.ExecuteScalarAsync<int>(Silence));
    }

    [Fact]
    public async Task What_comes_bit_by_bit_is_waited_for_likewise()
    {
        var said = 0;
        var bits = new List<int>();
        await foreach (
            var bit in LongWait.Through(SlowlyAsync(), () => Task.FromResult(++said), TimeSpan.FromMilliseconds(1))
        )
            bits.Add(bit);
        Assert.Equal([1, 2], bits);

        async IAsyncEnumerable<int> SlowlyAsync()
        {
            yield return 1;
            await Eventually.BecomesAsync(() => Task.FromResult(said > 2));
            yield return 2;
        }
    }

    [Fact]
    public async Task Whose_connection_broke_is_told_when_what_it_waited_for_has_ended()
    {
        var work = new TaskCompletionSource<int>();
        var waiting = LongWait.WhileAsync(
            work.Task,
            () =>
            {
                _ = Task.Run(() => work.TrySetResult(1), Cancellation);
                throw new IOException("It broke.");
            },
            TimeSpan.FromMilliseconds(1)
        );
        await Assert.ThrowsAsync<IOException>(() => waiting);
        Assert.True(work.Task.IsCompleted);
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
