using MySqlConnector;
using PnlPipeline.Hosting;

namespace PnlPipeline.Database;

/// <summary>
/// Where MySQL is: <c>mysql://user:password@host:port/database</c>, user and password percent-encoded where they must
/// be. The servers of a group are <c>host:port,host:port</c>; which of them is the primary,
/// <see cref="MySqlDatabase"/> finds out.
/// </summary>
public sealed record MySqlUrl(string Host, int Port, string User, string Password, string Database)
{
    private const string Shape =
        "mysql://user:password@host:port/database, or with several servers mysql://user:password@host:port,host:port/database";

    /// <summary>The same database on the other servers of the group.</summary>
    public IReadOnlyList<(string Host, int Port)> Others { get; init; } = [];

    /// <summary>Every server, as the URL lists them: <c>host:port,host:port</c>.</summary>
    public string Servers => string.Join(',', Each().Select(server => $"{server.Host}:{server.Port}"));

    /// <summary>
    /// After so long the driver gives a statement up. Longer than any of ours takes, waits for a lock among them; only
    /// of a server that is gone without a word does nothing else tell.
    /// </summary>
    internal const uint StatementTimeoutSeconds = 300;

    // A server of a group whose machine is gone, while it owes an answer: asked after so long, and given up nine
    // seconds later, for there is another.
    private const uint SilentMachineSeconds = 10;

    /// <exception cref="FormatException">The text is no such URL. The message never carries the password.</exception>
    public static MySqlUrl Parse(string? text)
    {
        var servers = UrlHosts.Split(text).Select(ParseOne).ToList();
        return servers[0] with { Others = [.. servers.Skip(1).Select(server => (server.Host, server.Port))] };
    }

    private static MySqlUrl ParseOne(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != "mysql" || uri.Host.Length == 0)
            throw new FormatException($"The MySQL URL must read {Shape}.");

        var account = uri.UserInfo.Split(':', 2);
        var database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        if (
            account is not [{ Length: > 0 }, ..]
            || database.Length == 0
            || database.Length > 24
            || !database.All(IsNameCharacter)
        )
        {
            throw new FormatException(
                $"The MySQL URL must name a user and a database (1-24 letters, digits or _): {Shape}."
            );
        }

        return new MySqlUrl(
            uri.Host,
            uri.IsDefaultPort || uri.Port < 0 ? 3306 : uri.Port,
            Uri.UnescapeDataString(account[0]),
            account.Length > 1 ? Uri.UnescapeDataString(account[1]) : "",
            database
        );
    }

    /// <summary>One URL for each server, which is the first in it.</summary>
    internal IEnumerable<MySqlUrl> Each()
    {
        IReadOnlyList<(string Host, int Port)> all = [(Host, Port), .. Others];
        return all.Select(
            (server, i) =>
                this with
                {
                    Host = server.Host,
                    Port = server.Port,
                    Others = [.. all.Where((_, other) => other != i)],
                }
        );
    }

    /// <summary>
    /// The driver's connection string, to the database or, where <paramref name="withDatabase"/> is false, to the
    /// server alone; of several servers, to the first.
    /// </summary>
    public string ToConnectionString(bool withDatabase = true) =>
        new MySqlConnectionStringBuilder
        {
            Server = Host,
            Port = (uint)Port,
            UserID = User,
            Password = Password,
            Database = withDatabase ? Database : "",
            CharacterSet = "utf8mb4",
            DateTimeKind = MySqlDateTimeKind.Utc,
            AllowLoadLocalInfile = true,
            AllowUserVariables = true,
            // TLS where the server offers it; on loopback the handshake and the ciphers cost more than they protect.
            SslMode = Host is "127.0.0.1" or "localhost" or "::1" ? MySqlSslMode.None : MySqlSslMode.Preferred,
            AllowPublicKeyRetrieval = true,
            // A connection has one transaction at a time; a command need not be told which.
            IgnoreCommandTransaction = true,
            ConnectionTimeout = 5,
            DefaultCommandTimeout = StatementTimeoutSeconds,
            MinimumPoolSize = 0,
            // Before the server ends those that are silent (MySqlDatabase).
            ConnectionIdleTimeout = 30,
            Keepalive = Others.Count > 0 ? SilentMachineSeconds : 0,
            MaximumPoolSize = 50,
        }.ConnectionString;

    // Database names become account names and stand unquoted in grants.
    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    public override string ToString() => $"{User}@{Servers}/{Database}";
}
