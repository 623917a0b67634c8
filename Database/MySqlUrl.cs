using MySqlConnector;

namespace PnlPipeline.Database;

/// <summary>
/// Where MySQL is: <c>mysql://user:password@host:port/database</c>, user and password percent-encoded where they must
/// be.
/// </summary>
public sealed record MySqlUrl(string Host, int Port, string User, string Password, string Database)
{
    /// <summary>
    /// After so long the driver gives a statement up. Longer than any of ours takes, waits for a lock among them; only
    /// of a server that is gone without a word does nothing else tell.
    /// </summary>
    internal const uint StatementTimeoutSeconds = 300;

    /// <exception cref="FormatException">The text is no such URL. The message never carries the password.</exception>
    public static MySqlUrl Parse(string? text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != "mysql" || uri.Host.Length == 0)
            throw new FormatException("The MySQL URL must read mysql://user:password@host:port/database.");

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
                "The MySQL URL must name a user and a database (1-24 letters, digits or _): "
                    + "mysql://user:password@host:port/database."
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

    /// <summary>
    /// The driver's connection string, to the database or, where <paramref name="withDatabase"/> is false, to the
    /// server alone.
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
            MaximumPoolSize = 50,
        }.ConnectionString;

    // Database names become account names and stand unquoted in grants.
    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    public override string ToString() => $"{User}@{Host}:{Port}/{Database}";
}
