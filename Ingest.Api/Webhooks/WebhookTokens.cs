using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace PnlPipeline.Ingest.Api.Webhooks;

/// <summary>The tokens that are accepted, compared in a time that tells nothing about them.</summary>
internal sealed class WebhookTokens(IOptions<WebhookOptions> options)
{
    // Hashes are all of one length, and how far two of them agree says nothing about how far the tokens do.
    private readonly byte[][] _hashes =
    [
        .. options.Value.Tokens.Select(token => SHA256.HashData(Encoding.UTF8.GetBytes(token))),
    ];

    public bool Contains(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        var isKnown = false;
        foreach (var known in _hashes)
            isKnown |= CryptographicOperations.FixedTimeEquals(known, hash);
        return isKnown;
    }
}
