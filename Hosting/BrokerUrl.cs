using System.Diagnostics.CodeAnalysis;
using RabbitMQ.Client;

namespace PnlPipeline.Hosting;

/// <summary>Where the broker is, and as whom: <c>amqp://user:password@host:port/vhost</c>.</summary>
public sealed class BrokerUrl
{
    /// <summary>A broker that is paused accepts a connection and then says nothing.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private BrokerUrl(string host, int port, string user, string password, string virtualHost)
    {
        Host = host;
        Port = port;
        User = user;
        Password = password;
        VirtualHost = virtualHost;
    }

    public string Host { get; }

    public int Port { get; }

    public string User { get; }

    public string Password { get; }

    public string VirtualHost { get; }

    /// <exception cref="FormatException">It reads otherwise; the message says how it should.</exception>
    [SuppressMessage("Usage", "CA2208", Justification = "The configuration's key is what the reader knows.")]
    public static BrokerUrl Parse(string? text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != "amqp" || uri.Host.Length == 0)
            throw new FormatException("ConnectionStrings:RabbitMq must read amqp://user:password@host:port/vhost.");

        var account = uri.UserInfo.Split(':', 2);
        if (account.Length != 2)
            throw new FormatException(
                "ConnectionStrings:RabbitMq must name a user and a password: amqp://user:password@host:port/vhost."
            );

        var virtualHost = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        return new BrokerUrl(
            uri.Host,
            uri.Port < 0 ? 5672 : uri.Port,
            Uri.UnescapeDataString(account[0]),
            Uri.UnescapeDataString(account[1]),
            virtualHost.Length == 0 ? "/" : virtualHost
        );
    }

    /// <summary>
    /// For connections that are given up early, and not brought back by the client: whoever opens one decides when to
    /// open the next.
    /// </summary>
    /// <param name="name">What the broker's own tools show.</param>
    public ConnectionFactory ToFactory(string name) =>
        new()
        {
            HostName = Host,
            Port = Port,
            VirtualHost = VirtualHost,
            UserName = User,
            Password = Password,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            ClientProvidedName = name,
            RequestedHeartbeat = TimeSpan.FromSeconds(10),
            RequestedConnectionTimeout = AnswerTimeout,
            HandshakeContinuationTimeout = AnswerTimeout,
            ContinuationTimeout = AnswerTimeout,
        };
}
