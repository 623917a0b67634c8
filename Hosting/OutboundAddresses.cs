using System.Net;
using System.Net.Sockets;

namespace PnlPipeline.Hosting;

/// <summary>An address that nothing of ours connects to on somebody else's word.</summary>
public sealed class AddressRefusedException(string message) : Exception(message);

/// <summary>
/// Where requests may go whose address somebody else chose: to public addresses, and to networks that the operator
/// allowed. It is the address that is connected to which is checked, not the name: a name may resolve to anything, and
/// to something else the next time.
/// </summary>
public sealed class OutboundAddresses(Networks allowed)
{
    // Of this machine, private, shared, link-local (the clouds' metadata among them), documentation, multicast, and
    // what holds an IPv4 address in another form.
    private static readonly IPNetwork[] NotPublic =
    [
        .. (
            (string[])
                [
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/3",
                    "::/128",
                    "::1/128",
                    "64:ff9b::/96",
                    "64:ff9b:1::/48",
                    "100::/64",
                    "2001::/23",
                    "2001:db8::/32",
                    "2002::/16",
                    "fc00::/7",
                    "fe80::/9",
                    "ff00::/8",
                ]
        ).Select(text => IPNetwork.Parse(text)),
    ];

    /// <summary>Whether anybody may be told to connect there.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Array.Exists(NotPublic, network => network.Contains(plain));
    }

    /// <summary>
    /// Whether an address may be asked for at all; what it resolves to is checked when it is connected to.
    /// </summary>
    /// <returns>What is wrong with it, and what to do; <c>null</c>: nothing.</returns>
    public string? Fault(Uri address)
    {
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
            return "Is not an address such as https://example.com/path. Send one that begins with https:// and holds "
                + "no user name.";
        if (address.Scheme == "http" && allowed.IsEmpty)
            return "Begins with http://, which anybody on the way can read. Send one that begins with https://.";
        return IPAddress.TryParse(address.IdnHost.Trim('[', ']'), out var ip) && !IsPublic(ip) && !allowed.Contains(ip)
            ? "Is an address of a private network. Send a public one, or have the operator allow it "
                + "(Notifications__AllowedNetworks)."
            : null;
    }

    /// <summary>A handler for HTTP clients that connects there only, follows no redirect and uses no proxy.</summary>
    public SocketsHttpHandler CreateHandler() =>
        new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = ConnectAsync,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        };

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var isSecure = context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttps;
        IPAddress[] addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(host, cancellationToken);
        var usable = Array.FindAll(addresses, ip => (isSecure && IsPublic(ip)) || allowed.Contains(ip));
        // One that also resolves to a private address is not trusted with the others.
        if (usable.Length == 0 || usable.Length != addresses.Length)
            throw new AddressRefusedException(
                isSecure
                    ? $"{host} is an address of a private network, which no channel may reach."
                    : $"{host} may not be reached by http: the address must begin with https://."
            );

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // To what was checked, and not to what the name may be by now.
            await socket.ConnectAsync(usable, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
