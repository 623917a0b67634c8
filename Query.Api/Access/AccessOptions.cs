namespace PnlPipeline.Query.Api.Access;

/// <summary>Who may come in: the section <c>Access</c>.</summary>
public sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>Shorter keys could be guessed.</summary>
    public const int MinKeyLength = 16;

    /// <summary>
    /// Keys that read and change; at least one. Several make it possible to replace one without a gap.
    /// </summary>
    public IReadOnlyList<string> AdminKeys { get; init; } = [];

    /// <summary>Keys that read.</summary>
    public IReadOnlyList<string> ViewerKeys { get; init; } = [];

    /// <summary>
    /// Origins whose pages may call the API from a browser with a key, as <c>https://app.example.com</c>; none unless
    /// named.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>
    /// Where the keys that encrypt session cookies are kept; shared by all replicas. Absent: sessions end with the
    /// process.
    /// </summary>
    public string? SessionKeysDirectory { get; init; }

    /// <summary>What is wrong with these options and what to do, without the keys; empty where nothing is.</summary>
    public IEnumerable<string> Errors()
    {
        if (AdminKeys.Count == 0)
            yield return $"{Section}:AdminKeys is empty. Set at least one key of {MinKeyLength} characters or more "
                + $"({Section}__AdminKeys__0).";
        foreach (var (list, keys) in new[] { (nameof(AdminKeys), AdminKeys), (nameof(ViewerKeys), ViewerKeys) })
        {
            for (var i = 0; i < keys.Count; i++)
            {
                if (keys[i].Length < MinKeyLength)
                    yield return $"{Section}:{list}:{i} is shorter than {MinKeyLength} characters. Set a longer key: "
                        + $"openssl rand -hex 24 makes one.";
                else if (!keys[i].All(c => c is > ' ' and <= '~'))
                    yield return $"{Section}:{list}:{i} holds a character that no header carries. Use letters, digits "
                        + $"and signs of ASCII.";
            }
        }

        foreach (
            var (origin, i) in AllowedOrigins
                .Select((origin, i) => (origin, i))
                .Where(one => !CrossOrigin.IsOrigin(one.origin))
        )
        {
            yield return $"{Section}:{nameof(AllowedOrigins)}:{i} ('{origin}') is not an origin. Write scheme and "
                + $"host, in lower case and without "
                + "a slash at the end, for example https://app.example.com.";
        }

        if (AdminKeys.Intersect(ViewerKeys, StringComparer.Ordinal).Any())
            yield return $"A key stands in both {Section}:AdminKeys and {Section}:ViewerKeys. Give each role its own.";
    }
}
