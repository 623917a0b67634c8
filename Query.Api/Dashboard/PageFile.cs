using System.Security.Cryptography;

namespace PnlPipeline.Query.Api.Dashboard;

/// <summary>A file of the page as it goes out.</summary>
/// <param name="Tag">Its hash: the same on every replica that serves the same build.</param>
/// <param name="IsForever">Its name holds a hash of its content, so another content has another name.</param>
/// <param name="Encodings">The same, compressed at build time, best first.</param>
public sealed record PageFile(
    string ContentType,
    byte[] Content,
    string Tag,
    bool IsForever,
    IReadOnlyList<(string Name, byte[] Content)> Encodings
)
{
    // What the build puts beside a file that is worth compressing.
    private static readonly (string Name, string Extension)[] Compressed = [("br", ".br"), ("gzip", ".gz")];

    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".ico"] = "image/x-icon",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".woff2"] = "font/woff2",
        [".json"] = "application/json",
        [".webmanifest"] = "application/manifest+json",
        [".txt"] = "text/plain; charset=utf-8",
    };

    /// <returns>The file; <c>null</c> where it is none that a browser asks for.</returns>
    public static PageFile? Read(string path, bool isForever)
    {
        if (!ContentTypes.TryGetValue(Path.GetExtension(path), out var contentType))
            return null;

        var content = File.ReadAllBytes(path);
        return new PageFile(
            contentType,
            content,
            Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8)),
            isForever,
            [
                .. Compressed
                    .Where(encoding => File.Exists(path + encoding.Extension))
                    .Select(encoding => (encoding.Name, File.ReadAllBytes(path + encoding.Extension))),
            ]
        );
    }
}
