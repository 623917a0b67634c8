using System.Data.Common;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using MySqlConnector;

namespace PnlPipeline.Database;

/// <summary>
/// Brings a database to the newest schema: each numbered file of <c>Schema/</c> once, in order, under a lock.
/// </summary>
public static class SchemaMigrator
{
    /// <summary>The tables that are the query API's own.</summary>
    private static readonly string[] WrittenByQuery =
    [
        "batches",
        "batch_symbols",
        "batch_timeframes",
        "batch_strategies",
        "imports",
        "import_chunks",
        "import_errors",
        "shares",
        "trade_notes",
        "trade_tags",
        "day_notes",
        "notification_channels",
        "notification_rules",
    ];

    /// <summary>Both add to it, and neither changes it: what was done.</summary>
    private const string Record = "audit_trail";

    /// <summary>The worker's table that the query API adds to, and never changes: what was settled.</summary>
    private const string Settled = "corrections";

    private sealed record Step(int Version, string Name, string Sql)
    {
        public string Checksum => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Sql))).ToLowerInvariant();
    }

    /// <summary>Creates the database where it is missing, then applies what has not been applied.</summary>
    /// <returns>The names of the files that were applied now.</returns>
    /// <exception cref="InvalidOperationException">A file that was applied before reads differently now.</exception>
    public static async Task<IReadOnlyList<string>> MigrateAsync(MySqlUrl url, CancellationToken cancellationToken)
    {
        await using var connection = await new MySqlDatabase(url, withDatabase: false)
            .OpenAsync(cancellationToken)
            .ConfigureAwait(false);

        // Two starts at once must not both migrate. The lock goes with the connection.
        var locked = await connection
            .ExecuteScalarAsync<int?>("SELECT GET_LOCK(@name, 60)", new { name = $"{url.Database}.migrate" })
            .ConfigureAwait(false);
        if (locked != 1)
            throw new InvalidOperationException(
                "Another migration of this database has been running for a minute; try again when it is done."
            );

        await connection
            .ExecuteAsync(
                $"CREATE DATABASE IF NOT EXISTS `{url.Database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci"
            )
            .ConfigureAwait(false);
        await connection.ChangeDatabaseAsync(url.Database, cancellationToken).ConfigureAwait(false);
        await connection
            .ExecuteAsync(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                  version    INT NOT NULL PRIMARY KEY,
                  name       VARCHAR(200) NOT NULL,
                  checksum   CHAR(64) NOT NULL,
                  applied_at DATETIME(3) NOT NULL
                )
                """
            )
            .ConfigureAwait(false);

        var applied = (
            await connection
                .QueryAsync<(int Version, string Checksum)>("SELECT version, checksum FROM schema_migrations")
                .ConfigureAwait(false)
        ).ToDictionary(row => row.Version, row => row.Checksum);
        var now = new List<string>();
        foreach (var step in Steps())
        {
            if (applied.TryGetValue(step.Version, out var checksum))
            {
                if (checksum != step.Checksum)
                {
                    throw new InvalidOperationException(
                        $"The schema file {step.Name} was changed after it had been applied; put the change into a "
                            + $"new file."
                    );
                }

                continue;
            }

            // MySQL commits each DDL statement by itself: a file that stops half-way must be repaired by hand, and its
            // name says where.
            await connection
                .ExecuteAsync(new CommandDefinition(step.Sql, commandTimeout: 0, cancellationToken: cancellationToken))
                .ConfigureAwait(false);
            await connection
                .ExecuteAsync(
                    "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (@Version, @Name, "
                        + "@Checksum, UTC_TIMESTAMP(3))",
                    step
                )
                .ConfigureAwait(false);
            now.Add(step.Name);
        }

        return now;
    }

    /// <summary>
    /// Creates the services' accounts, or gives existing ones these passwords. Both read everything.
    /// <c>{database}_query</c> writes what <see cref="WrittenByQuery"/> lists, <c>{database}_worker</c> every other
    /// table. Nobody changes what was done, nor the schema.
    /// </summary>
    public static async Task CreateAccountsAsync(
        MySqlUrl url,
        string workerPassword,
        string queryPassword,
        CancellationToken cancellationToken
    )
    {
        // In a session of ours, where a backslash escapes, whatever the server's own mode is.
        await using var connection = await new MySqlDatabase(url).OpenAsync(cancellationToken).ConfigureAwait(false);
        var worker = $"'{url.Database}_worker'@'%'";
        var query = $"'{url.Database}_query'@'%'";
        await CreateAccountAsync(connection, worker, workerPassword).ConfigureAwait(false);
        await CreateAccountAsync(connection, query, queryPassword).ConfigureAwait(false);
        // Earlier versions gave the worker every table.
        await connection
            .ExecuteAsync($"REVOKE IF EXISTS INSERT, UPDATE, DELETE ON `{url.Database}`.* FROM {worker}")
            .ConfigureAwait(false);
        foreach (var account in (string[])[worker, query])
            await connection.ExecuteAsync($"GRANT SELECT ON `{url.Database}`.* TO {account}").ConfigureAwait(false);

        var tables = await connection
            .QueryAsync<string>(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = @Database AND table_name <> "
                    + "'schema_migrations'",
                url
            )
            .ConfigureAwait(false);
        foreach (var table in tables.Except([Record], StringComparer.Ordinal))
        {
            var writer = WrittenByQuery.Contains(table, StringComparer.Ordinal) ? query : worker;
            await connection
                .ExecuteAsync($"GRANT INSERT, UPDATE, DELETE ON `{url.Database}`.`{table}` TO {writer}")
                .ConfigureAwait(false);
        }

        await connection
            .ExecuteAsync($"GRANT INSERT ON `{url.Database}`.{Record} TO {query}, {worker}")
            .ConfigureAwait(false);
        await connection.ExecuteAsync($"GRANT INSERT ON `{url.Database}`.{Settled} TO {query}").ConfigureAwait(false);
        // A test is a delivery like any other.
        await connection
            .ExecuteAsync($"GRANT INSERT ON `{url.Database}`.notification_deliveries TO {query}")
            .ConfigureAwait(false);
        // Of what wants a look, the query API says that somebody looked, and nothing else.
        await connection
            .ExecuteAsync($"GRANT UPDATE (dismissed_at) ON `{url.Database}`.inbox_items TO {query}")
            .ConfigureAwait(false);
    }

    private static async Task CreateAccountAsync(DbConnection connection, string account, string password)
    {
        // Account statements take no parameters; the driver escapes the literal.
        var literal = $"'{MySqlHelper.EscapeString(password)}'";
        await connection
            .ExecuteAsync($"CREATE USER IF NOT EXISTS {account} IDENTIFIED BY {literal}")
            .ConfigureAwait(false);
        await connection.ExecuteAsync($"ALTER USER {account} IDENTIFIED BY {literal}").ConfigureAwait(false);
    }

    private static IEnumerable<Step> Steps()
    {
        var assembly = Assembly.GetExecutingAssembly();
        const string folder = ".Schema.";
        return assembly
            .GetManifestResourceNames()
            .Where(resource => resource.Contains(folder, StringComparison.Ordinal))
            .Select(resource =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                var name = resource[(resource.IndexOf(folder, StringComparison.Ordinal) + folder.Length)..];
                return new Step(int.Parse(name[..4]), name, reader.ReadToEnd());
            })
            .OrderBy(step => step.Version)
            .ToList();
    }
}
