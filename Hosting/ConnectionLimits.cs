using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;

namespace PnlPipeline.Hosting;

/// <summary>How many connections a host holds open: the section <c>Connections</c>.</summary>
public sealed class ConnectionOptions
{
    public const string Section = "Connections";

    /// <summary>In all. Past it a connection is closed as soon as it is made.</summary>
    [Range(1, 1_000_000)]
    public int Max { get; init; } = 16_384;

    /// <summary>
    /// From one address, or one network of 64 bits of IPv6: one that opens all it can leaves the others theirs. Known
    /// proxies are not counted, for they speak for many.
    /// </summary>
    [Range(1, 1_000_000)]
    public int PerSourceMax { get; init; } = 4_096;
}

/// <summary>Bounds what somebody can take up by connecting and saying little or nothing.</summary>
internal static class ConnectionLimits
{
    // A request's line and headers come at once; its sender has had time to think before.
    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(60);

    /// <exception cref="ValidationException">A limit is out of its range.</exception>
    public static void AddConnectionLimits(this WebApplicationBuilder builder)
    {
        var options =
            builder.Configuration.GetSection(ConnectionOptions.Section).Get<ConnectionOptions>()
            ?? new ConnectionOptions();
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        var proxies = Networks.Read(builder.Configuration, KnownProxies.Key);
        var bySource = new ConnectionsBySource(options.PerSourceMax, proxies);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = options.Max;
            kestrel.Limits.RequestHeadersTimeout = HeadersWithin;
            kestrel.Limits.KeepAliveTimeout = IdleFor;
            kestrel.ConfigureEndpointDefaults(endpoint =>
                endpoint.Use(next => connection => bySource.HoldAsync(connection, next))
            );
        });
    }

    private sealed class ConnectionsBySource(int max, Networks proxies)
    {
        private readonly ConcurrentDictionary<IPAddress, int> _open = new();

        public async Task HoldAsync(ConnectionContext connection, ConnectionDelegate next)
        {
            var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
            if (proxies.Contains(address))
            {
                await next(connection);
                return;
            }

            var source = Networks.SourceOf(address);
            try
            {
                // To return is to close it.
                if (_open.AddOrUpdate(source, 1, static (_, open) => open + 1) <= max)
                    await next(connection);
            }
            finally
            {
                // Who is gone leaves no entry, or those of everybody who was ever here would add up.
                if (_open.AddOrUpdate(source, 0, static (_, open) => open - 1) == 0)
                    _open.TryRemove(KeyValuePair.Create(source, 0));
            }
        }
    }
}
