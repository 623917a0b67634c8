namespace PnlPipeline.Hosting;

/// <summary>URLs whose host may be a list: <c>scheme://user:password@one:1,two:2/name</c>.</summary>
internal static class UrlHosts
{
    /// <summary>The same URL for each host of its list, in their order; itself where it lists none.</summary>
    public static IReadOnlyList<string> Split(string? url)
    {
        var start = url?.IndexOf("://", StringComparison.Ordinal) ?? -1;
        if (url is null || start < 0)
            return [url ?? ""];
        start += "://".Length;
        var end = url.IndexOfAny(['/', '?', '#'], start);
        if (end < 0)
            end = url.Length;
        // Up to the last one is the account, with whatever commas its password has.
        start += url[start..end].LastIndexOf('@') + 1;
        return [.. url[start..end].Split(',').Select(host => $"{url[..start]}{host}{url[end..]}")];
    }
}
