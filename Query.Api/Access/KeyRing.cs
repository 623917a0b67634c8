using System.Security.Cryptography;
using System.Text;

namespace PnlPipeline.Query.Api.Access;

/// <summary>The two roles, and the policies by the same names.</summary>
public static class AccessPolicies
{
    /// <summary>Reads.</summary>
    public const string Viewer = "viewer";

    /// <summary>Reads and changes.</summary>
    public const string Admin = "admin";
}

/// <summary>The keys that are valid, known by their SHA-256 only.</summary>
public sealed class KeyRing(AccessOptions options)
{
    private readonly IReadOnlyList<Entry> _entries =
    [
        .. options.AdminKeys.Select(key => new Entry(Hash(key), AccessPolicies.Admin)),
        .. options.ViewerKeys.Select(key => new Entry(Hash(key), AccessPolicies.Viewer)),
    ];

    /// <summary>A key that is valid.</summary>
    /// <param name="Fingerprint">Its SHA-256 in hex: names the key where the key itself must not stand.</param>
    public sealed record Known(string Role, string Fingerprint);

    private sealed record Entry(byte[] Hash, string Role);

    /// <returns>
    /// What is known of the key; <c>null</c> where it is not valid. How long it takes says nothing about how near a
    /// guess was.
    /// </returns>
    public Known? Find(string key) => FindHash(Hash(key));

    /// <summary>Whether the key that a session began with is still valid, and in which role.</summary>
    public Known? FindFingerprint(string fingerprint)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        return
            Convert.FromHexString(fingerprint, hash, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == hash.Length
            ? FindHash(hash)
            : null;
    }

    private Known? FindHash(ReadOnlySpan<byte> hash)
    {
        Known? found = null;
        foreach (var entry in _entries)
        {
            if (CryptographicOperations.FixedTimeEquals(entry.Hash, hash))
                found = new Known(entry.Role, Convert.ToHexStringLower(entry.Hash));
        }

        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
