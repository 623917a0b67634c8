using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.Integration.Servers;

/// <summary>
/// A migrated database of its own on the real server, with the services' accounts, gone when the tests are done. As a
/// class fixture each test class gets one, so classes run side by side; a test made of its own data (symbols nobody
/// else uses) can share it with its neighbours.
/// </summary>
public sealed class TestDatabase : IAsyncLifetime
{
    private const string Password = "only-for-this-test-run";

    // 18 characters: account names add up to 7, and end at 32.
    private readonly string _name = "pnl_t_" + RandomNumberGenerator.GetHexString(12, lowercase: true);

    /// <summary>As the administrator.</summary>
    public MySqlUrl Url { get; private set; } = null!;

    /// <summary>As the worker: what it has no right to fails here as it would there.</summary>
    public MySqlUrl WorkerUrl => Url with { User = _name + "_worker", Password = Password };

    /// <summary>As the query API.</summary>
    public MySqlUrl QueryUrl => Url with { User = _name + "_query", Password = Password };

    /// <summary>
    /// <see cref="Url"/> as configuration has it; likewise the other two through
    /// <see cref="ConnectionString(MySqlUrl)"/>.
    /// </summary>
    public static string ConnectionString(MySqlUrl url) =>
        $"mysql://{Uri.EscapeDataString(url.User)}:{Uri.EscapeDataString(url.Password)}@{url.Host}:{url.Port}/{url.Database}";

    /// <summary>An open connection as the administrator, to arrange and to look.</summary>
    public Task<DbConnection> OpenAsync() => new MySqlDatabase(Url).OpenAsync(TestContext.Current.CancellationToken);

    public async ValueTask InitializeAsync()
    {
        Url = MySqlUrl.Parse(TestServers.Running.MySqlUrl) with { Database = _name };
        await SchemaMigrator.MigrateAsync(Url, TestContext.Current.CancellationToken);
        await SchemaMigrator.CreateAccountsAsync(Url, Password, Password, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await using var connection = await new MySqlDatabase(Url).OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync(
            $"DROP USER IF EXISTS '{_name}_worker'@'%', '{_name}_query'@'%'; DROP DATABASE IF EXISTS `{_name}`"
        );
    }
}
