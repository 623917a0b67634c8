using System.Diagnostics.CodeAnalysis;
using RabbitMQ.Client;

namespace PnlPipeline.Hosting;

/// <summary>
/// Where the broker is, and as whom: <c>amqp://user:password@host:port/vhost</c>. The nodes of a cluster are
/// <c>host:port,host:port</c>: any of them will do.
/// </summary>
public sealed class BrokerUrl
{
    private const string Shape =
        "amqp://user:password@host:port/vhost, or with the nodes of a cluster amqp://user:password@host:port,host:port/vhost";

    /// <summary>A broker that is paused accepts a connection and then says nothing.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private BrokerUrl(IReadOnlyList<(string Host, int Port)> nodes, string user, string password, string virtualHost)
    {
        Nodes = nodes;
        User = user;
        Password = password;
        VirtualHost = virtualHost;
    }

    /// <summary>In the order of the URL, at least one.</summary>
    public IReadOnlyList<(string Host, int Port)> Nodes { get; }

    public string User { get; }

    public string Password { get; }

    public string VirtualHost { get; }

    /// <exception cref="FormatException">It reads otherwise; the message says how it should.</exception>
    [SuppressMessage("Usage", "CA2208", Justification = "The configuration's key is what the reader knows.")]
    public static BrokerUrl Parse(string? text)
    {
        var uris = UrlHosts.Split(text).Select(ParseUri).ToList();
        var uri = uris[0];

        var account = uri.UserInfo.Split(':', 2);
        if (account.Length != 2)
            throw new FormatException($"ConnectionStrings:RabbitMq must name a user and a password: {Shape}.");

        var virtualHost = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        return new BrokerUrl(
            [.. uris.Select(node => (node.Host, node.Port < 0 ? 5672 : node.Port))],
            Uri.UnescapeDataString(account[0]),
            Uri.UnescapeDataString(account[1]),
            virtualHost.Length == 0 ? "/" : virtualHost
        );
    }

    private static Uri ParseUri(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == "amqp" && uri.Host.Length > 0
            ? uri
            : throw new FormatException($"ConnectionStrings:RabbitMq must read {Shape}.");

    /// <summary>
    /// For connections that are given up early, and not brought back by the client: whoever opens one decides when to
    /// open the next.
    /// </summary>
    /// <param name="name">What the broker's own tools show.</param>
    public ConnectionFactory ToFactory(string name) =>
        new()
        {
            HostName = Nodes[0].Host,
            Port = Nodes[0].Port,
            // One after another, in an order that is drawn for each connection.
            EndpointResolverFactory = _ => new DefaultEndpointResolver(
                Nodes.Select(node => new AmqpTcpEndpoint(node.Host, node.Port))
            ),
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
