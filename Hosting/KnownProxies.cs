using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace PnlPipeline.Hosting;

/// <summary>The proxies in front, and what is believed of what they say.</summary>
public static class KnownProxies
{
    /// <summary>Addresses or networks: <c>Proxies__Known__0</c>, <c>__1</c>, …</summary>
    public const string Key = "Proxies:Known";

    /// <summary>
    /// Takes the sender's address and scheme from <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>, as far back as
    /// the proxies are known, and from nobody else: whoever may be anybody may also forge a header. Where no proxy is
    /// known it costs nothing.
    /// </summary>
    public static WebApplication UseKnownProxies(this WebApplication app)
    {
        var known = Networks.Read(app.Configuration, Key);
        if (known.IsEmpty)
            return app;

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            // From the nearest on, while they are known: the first that is not is the sender.
            ForwardLimit = null,
        };
        // Loopback stands there unasked.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in known.All)
            options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
        return app;
    }
}
