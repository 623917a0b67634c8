using System.Data.Common;
using Dapper;

namespace PnlPipeline.Database;

/// <summary>
/// A named lock among all replicas, for work that only one should do at a time. It belongs to its connection and goes
/// with it, however that ends: also after a minute of silence, so that a replica that is frozen holds up no other.
/// Whose work is done on other connections waits for it by <see cref="LongWait"/>.
/// </summary>
public sealed class AdvisoryLock : IAsyncDisposable
{
    private readonly DbConnection _connection;
    private readonly string _name;

    private AdvisoryLock(DbConnection connection, string name)
    {
        _connection = connection;
        _name = name;
    }

    /// <summary>Takes the lock, or returns <c>null</c> at once where another connection has it.</summary>
    /// <param name="name">Within this database; at most 39 characters.</param>
    public static async Task<AdvisoryLock?> TryTakeAsync(
        DbConnection connection,
        string name,
        CancellationToken cancellationToken
    )
    {
        // Names are the server's, not the database's.
        var taken = await connection.ExecuteScalarAsync<int?>(
            new CommandDefinition(
                "SELECT GET_LOCK(CONCAT(DATABASE(), '.', @name), 0)",
                new { name },
                cancellationToken: cancellationToken
            )
        );
        return taken == 1 ? new AdvisoryLock(connection, name) : null;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _connection.ExecuteAsync("DO RELEASE_LOCK(CONCAT(DATABASE(), '.', @_name))", new { _name });
        }
        catch (Exception fault) when (fault is DbException or InvalidOperationException)
        {
            // The connection is broken, and the lock with it.
        }
    }
}
