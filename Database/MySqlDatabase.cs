using System.Data.Common;
using Dapper;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;

namespace PnlPipeline.Database;

/// <summary>
/// The one place that knows the driver: hands out connections whose session is UTC, strict and READ COMMITTED, and
/// tells faults that pass from faults that stay. Of several servers it finds the one that takes writes.
/// </summary>
/// <param name="withDatabase">Whether the database is there; otherwise connections are to the server alone.</param>
public sealed class MySqlDatabase(MySqlUrl url, bool withDatabase = true)
{
    private const int SessionTimeoutSeconds = 5;

    // After so long between two statements the server ends a session, and with it the transaction: a process that is
    // frozen would else keep its locks, and who shares its work would wait for them.
    private const int SilentSecondsMax = 60;

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(5);

    // A pool for each server: one for all of them would hand out connections to whichever.
    private readonly string[] _connectionStrings =
    [
        .. url.Each().Select(server => server.ToConnectionString(withDatabase)),
    ];
    private int _primary;
    private bool? _takesBulkLoads;

    static MySqlDatabase() => Mapping.Register();

    /// <summary>
    /// An open connection from the pool; dispose it to give it back. The server has just answered on it: a silent one
    /// is a fault after some seconds. Of several servers it is the primary's, which was asked just now whether it is.
    /// </summary>
    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        // The one that was the primary last, then the others: it moves only where one fails.
        var first = Volatile.Read(ref _primary);
        Exception? away = null;
        for (var tried = 0; tried < _connectionStrings.Length; tried++)
        {
            var server = (first + tried) % _connectionStrings.Length;
            try
            {
                if (await OpenAsync(_connectionStrings[server], cancellationToken).ConfigureAwait(false) is { } primary)
                {
                    Volatile.Write(ref _primary, server);
                    return primary;
                }
            }
            catch (Exception fault)
                when (tried + 1 < _connectionStrings.Length
                    && IsOfDatabase(fault)
                    && !cancellationToken.IsCancellationRequested
                )
            {
                away = fault;
            }
        }

        throw new IOException("None of the MySQL servers that answer takes writes: there is no primary yet.", away);
    }

    // Nothing where it is one of several and takes no writes. It tells in the answer that is waited for anyway.
    private async Task<DbConnection?> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new MySqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var session = connection.CreateCommand();
            session.CommandTimeout = SessionTimeoutSeconds;
            session.CommandText =
                $"SET SESSION wait_timeout = {SilentSecondsMax}, time_zone = '+00:00', transaction_isolation = 'READ-COMMITTED', sql_mode = "
                + "'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'";
            if (_connectionStrings.Length == 1)
            {
                await session.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                return connection;
            }

            session.CommandText += "; SELECT @@GLOBAL.read_only";
            var isReadOnly = await session.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            if (Convert.ToInt64(isReadOnly, System.Globalization.CultureInfo.InvariantCulture) == 0)
                return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        // It was the primary until now, perhaps: then none of its connections is of use.
        await MySqlConnection.ClearPoolAsync(connection, cancellationToken).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>Whether the server lets a <see cref="RowWriter"/> load; asked once.</summary>
    public async ValueTask<bool> TakesBulkLoadsAsync(CancellationToken cancellationToken)
    {
        if (_takesBulkLoads is { } known)
            return known;
        await using var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT @@GLOBAL.local_infile";
        var takes =
            Convert.ToInt64(
                await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false),
                System.Globalization.CultureInfo.InvariantCulture
            ) != 0;
        _takesBulkLoads = takes;
        return takes;
    }

    /// <summary>
    /// Runs <paramref name="work"/>, again for as long as what stops it is a fault that passes (the server away, a
    /// deadlock, a lock not had in time), with a growing pause. The work must be whole: a transaction from its
    /// beginning.
    /// </summary>
    /// <param name="onRetry">Told of each fault and of the pause that follows.</param>
    public static async Task<T> RetryWhileTransientAsync<T>(
        Func<CancellationToken, Task<T>> work,
        Action<Exception, TimeSpan> onRetry,
        CancellationToken cancellationToken
    )
    {
        for (var pause = FirstBackOff; ; pause = pause * 2 < LongestBackOff ? pause * 2 : LongestBackOff)
        {
            try
            {
                return await work(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception fault) when (IsTransient(fault) && !cancellationToken.IsCancellationRequested)
            {
                onRetry(fault, pause);
            }
            catch (Exception fault) when (IsTransient(fault) && fault is not OperationCanceledException)
            {
                // A command that is cancelled breaks off like one that the server cut off; the caller is to see what it
                // was.
                throw new OperationCanceledException(
                    "Stopped while the database was being waited for.",
                    fault,
                    cancellationToken
                );
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a row with this key is there already.</summary>
    public static bool IsDuplicateKey(Exception fault) => Driver(fault) is MySqlException { Number: 1062 };

    /// <summary>Whether the database is at the bottom of it, and not something else that took too long.</summary>
    public static bool IsOfDatabase(Exception fault) => Driver(fault) is DbException or TimeoutException or IOException;

    // EF Core wraps what the driver throws: into DbUpdateException what a change met, into InvalidOperationException
    // what may pass.
    private static Exception Driver(Exception fault) =>
        fault is DbUpdateException or InvalidOperationException && fault.InnerException is { } inner
            ? Driver(inner)
            : fault;

    /// <summary>
    /// Whether the same work may succeed later: the fault lies in the server, the network or a race, not in the data.
    /// </summary>
    public static bool IsTransient(Exception fault)
    {
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is TimeoutException or IOException or System.Net.Sockets.SocketException)
                return true;
            if (cause is MySqlException mySql && (mySql.IsTransient || IsTransient(mySql.Number)))
                return true;
        }

        return false;
    }

    // Beyond what the driver knows to pass. 0: the connection broke under it; -1: no answer in time. The rest by name
    // in MySQL's error reference.
    private static bool IsTransient(int number) =>
        number
            is 0
                or -1
                or 1043 // ER_HANDSHAKE_ERROR
                or 1047 // ER_UNKNOWN_COM_ERROR, seen while the server goes down
                or 1053 // ER_SERVER_SHUTDOWN
                or 1077
                or 1078
                or 1079 // shutting down
                or 1129 // ER_HOST_IS_BLOCKED
                or 1158
                or 1159
                or 1160
                or 1161 // network reads and writes
                or 1180 // ER_ERROR_DURING_COMMIT
                or 1203 // ER_TOO_MANY_USER_CONNECTIONS
                or 1290
                or 1836 // read-only while a server changes its role
                or 1317 // ER_QUERY_INTERRUPTED
                or 1021
                or 1114 // disk or table full: waits for room
                or 3024 // ER_QUERY_TIMEOUT
                or 3032 // ER_SERVER_OFFLINE_MODE
                or 3100 // ER_RUN_HOOK_ERROR: the group has no majority, or this server left it, at the commit
                or 3101 // ER_TRANSACTION_ROLLBACK_DURING_COMMIT: the group certified another one before
                or 3796
                or 3797
                or 3798
                or 3799 // waiting for a new primary's backlog, while a server joins or leaves the group
                or 4031; // ER_CLIENT_INTERACTION_TIMEOUT
}
