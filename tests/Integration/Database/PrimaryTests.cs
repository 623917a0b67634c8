using System.Data.Common;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Database;

/// <summary>Of several servers the one that takes writes is found, and what happens while it changes passes.</summary>
public sealed class PrimaryTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // Nobody listens there.
    private static readonly (string Host, int Port) Away = ("127.0.0.1", 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_away_is_passed_over()
    {
        var url = database.Url with
        {
            Host = Away.Host,
            Port = Away.Port,
            Others = [Away, (database.Url.Host, database.Url.Port)],
        };
        await using var connection = await new MySqlDatabase(url).OpenAsync(Cancellation);
        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("SELECT 1"));
    }

    [Fact]
    public async Task Where_all_of_them_are_away_the_fault_passes()
    {
        var url = database.Url with { Host = Away.Host, Port = Away.Port, Others = [Away] };
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => new MySqlDatabase(url).OpenAsync(Cancellation));
        Assert.True(MySqlDatabase.IsOfDatabase(fault) && MySqlDatabase.IsTransient(fault), fault.ToString());
    }

    [Theory]
    [InlineData(1290)]
    [InlineData(1836)]
    [InlineData(3032)]
    [InlineData(3100)]
    [InlineData(3101)]
    [InlineData(3797)]
    public async Task What_a_change_of_the_primary_throws_passes(int number)
    {
        await using var connection = await database.OpenAsync();
        var fault = await Assert.ThrowsAnyAsync<DbException>(() =>
            connection.ExecuteAsync($"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = {number}")
        );
        Assert.True(MySqlDatabase.IsTransient(fault), fault.ToString());
    }
}
