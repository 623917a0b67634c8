using System.Diagnostics;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Tests.Integration.Ingest;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Database;

/// <summary>A server that does not say that it is gone: paused, or behind a line that is cut.</summary>
public sealed class SilentServerTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_is_not_answered_fails_within_seconds_and_the_fault_passes(bool isPooled)
    {
        await using var line = new BrokerLine(TestDatabase.ConnectionString(database.Url));
        var silent = new MySqlDatabase(MySqlUrl.Parse(line.Url));
        if (isPooled)
            await (await silent.OpenAsync(Cancellation)).DisposeAsync();

        line.Hold();
        await FailsAndPassesAsync(() => silent.OpenAsync(Cancellation));
        line.LetGo();
        await using var connection = await silent.OpenAsync(Cancellation);
        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("SELECT 1"));
    }

    [Fact]
    public async Task A_statement_that_is_not_answered_is_given_up_at_its_time_and_the_fault_passes()
    {
        await using var line = new BrokerLine(TestDatabase.ConnectionString(database.Url));
        await using var connection = await new MySqlDatabase(MySqlUrl.Parse(line.Url)).OpenAsync(Cancellation);
        line.Hold();
        await FailsAndPassesAsync(() =>
            connection.ExecuteScalarAsync<int>(new CommandDefinition("SELECT 1", commandTimeout: 1))
        );
    }

    private static async Task FailsAndPassesAsync(Func<Task> ask)
    {
        var started = Stopwatch.GetTimestamp();
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => ask().WaitAsync(Patience, Cancellation));
        Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "nobody was told");
        Assert.True(MySqlDatabase.IsTransient(fault), fault.ToString());
    }
}
