using System.Data.Common;

namespace PnlPipeline.Tests.Faults;

/// <summary>A transaction of the test's own, rolled back where it is not committed.</summary>
public sealed class HeldRows(DbConnection connection, DbTransaction transaction) : IAsyncDisposable
{
    public async Task<int> ExecuteAsync(string statement)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.Transaction = transaction;
        return await command.ExecuteNonQueryAsync();
    }

    public Task CommitAsync() => transaction.CommitAsync();

    public Task RollbackAsync() => transaction.RollbackAsync();

    public async ValueTask DisposeAsync()
    {
        try
        {
            await transaction.DisposeAsync();
        }
        catch (DbException)
        {
            // The server is gone, and the transaction with it.
        }

        await connection.DisposeAsync();
    }
}
