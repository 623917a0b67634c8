using System.Diagnostics.CodeAnalysis;
using MassTransit;

namespace PnlPipeline.Hosting;

/// <summary>Where RabbitMQ is, and as whom: <c>amqp://user:password@host:port/vhost</c>, percent-encoded where it must be.</summary>
internal sealed record BrokerUrl(string Host, int Port, string User, string Password, string VirtualHost)
{
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    /// <exception cref="FormatException">The text is no such URL. The message never carries the password.</exception>
    [SuppressMessage("Usage", "CA2208", Justification = "The configuration's key is what the reader knows.")]
    public static BrokerUrl Parse(string? text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != "amqp" || uri.Host.Length == 0)
            throw new FormatException("ConnectionStrings:RabbitMq must read amqp://user:password@host:port/vhost.");

        var account = uri.UserInfo.Split(':', 2);
        if (account.Length != 2)
            throw new FormatException("ConnectionStrings:RabbitMq must name a user and a password: amqp://user:password@host:port/vhost.");

        var virtualHost = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        return new BrokerUrl(
            uri.Host,
            uri.Port < 0 ? 5672 : uri.Port,
            Uri.UnescapeDataString(account[0]),
            Uri.UnescapeDataString(account[1]),
            virtualHost.Length == 0 ? "/" : virtualHost);
    }

    /// <summary>Has the bus connect there.</summary>
    public void Connect(IRabbitMqBusFactoryConfigurator bus) => bus.Host(Host, (ushort)Port, VirtualHost, host =>
    {
        host.Username(User);
        host.Password(Password);
        host.PublisherConfirmation = true;
        host.Heartbeat(TimeSpan.FromSeconds(10));
        host.RequestedConnectionTimeout(AnswerTimeout);
    });

    // A record shows all that it holds, and this goes to logs.
    public override string ToString() => $"{User}@{Host}:{Port}/{VirtualHost}";
}
