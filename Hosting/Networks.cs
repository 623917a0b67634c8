using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace PnlPipeline.Hosting;

/// <summary>Networks as configuration lists them: an address, or a network such as <c>10.0.0.0/8</c>.</summary>
public sealed class Networks
{
    private readonly IPNetwork[] _networks;

    private Networks(IPNetwork[] networks) => _networks = networks;

    public bool IsEmpty => _networks.Length == 0;

    public IReadOnlyList<IPNetwork> All => _networks;

    /// <summary>
    /// Reads the list under a configuration key; empty where there is none. An entry without text counts as none.
    /// </summary>
    /// <exception cref="FormatException">One of them is no network. The message says which.</exception>
    public static Networks Read(IConfiguration configuration, string key) =>
        Parse(key, configuration.GetSection(key).Get<string[]>() ?? []);

    /// <inheritdoc cref="Read"/>
    public static Networks Parse(string key, IEnumerable<string> texts) =>
        new([
            .. texts
                .Index()
                .Where(entry => entry.Item.Length > 0)
                .Select(entry =>
                    TryParse(entry.Item)
                    ?? throw new FormatException(
                        $"{key.Replace(":", "__", StringComparison.Ordinal)}__{entry.Index} is '{entry.Item}', which "
                            + $"is no address and no network. "
                            + "Set it to one such as 52.89.214.238 or 10.0.0.0/8, without bits past the prefix."
                    )
                ),
        ]);

    /// <summary>Whether the address lies in one of them; the address of nobody in none.</summary>
    public bool Contains(IPAddress? address)
    {
        if (address is null)
            return false;
        var plain = Plain(address);
        foreach (var network in _networks)
        {
            if (network.Contains(plain))
                return true;
        }

        return false;
    }

    /// <summary>
    /// Whom an address counts as where sources are counted: itself, or its network of 64 bits of IPv6, for one
    /// household has 2^64 addresses of those.
    /// </summary>
    public static IPAddress SourceOf(IPAddress? address)
    {
        if (address is null)
            return IPAddress.None;
        if (Plain(address) is { AddressFamily: AddressFamily.InterNetwork } plain)
            return plain;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    // A socket that listens on both families shows IPv4 as ::ffff:a.b.c.d.
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPNetwork? TryParse(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
            return network;
        return IPAddress.TryParse(text, out var address)
            ? new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
            : null;
    }
}
