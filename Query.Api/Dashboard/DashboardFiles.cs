using System.Text.Json;

namespace PnlPipeline.Query.Api.Dashboard;

/// <summary>
/// The page's build, read once: about a megabyte, and no path that comes from outside ever reaches the disk.
/// </summary>
/// <param name="Index">The document of every page.</param>
/// <param name="Pages">First segments of the addresses that belong to the page, empty for its root, and the header by
/// which the browser fetches that page's scripts together with the document.</param>
/// <param name="Files">By their address.</param>
public sealed record DashboardFiles(
    PageFile Index,
    IReadOnlyDictionary<string, string> Pages,
    IReadOnlyDictionary<string, PageFile> Files
)
{
    private const string IndexName = "index.html";

    // The page's router and this one must know the same addresses: the build says which.
    private const string PagesName = "pages.json";

    private const string ForeverFolder = "assets/";

    /// <returns>The page; <c>null</c> where it has not been built.</returns>
    public static DashboardFiles? Read(string directory)
    {
        if (!File.Exists(Path.Combine(directory, IndexName)))
            return null;

        var files = new Dictionary<string, PageFile>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(directory, path).Replace('\\', '/');
            if (
                name != PagesName
                && PageFile.Read(path, name.StartsWith(ForeverFolder, StringComparison.Ordinal)) is { } file
            )
                files.Add(name, file);
        }

        files.Remove(IndexName, out var index);
        using var pages = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, PagesName)));
        return new DashboardFiles(
            index!,
            pages
                .RootElement.EnumerateObject()
                .ToDictionary(page => page.Name, page => LinkTo(page.Value), StringComparer.Ordinal),
            files
        );
    }

    private static string LinkTo(JsonElement scripts) =>
        string.Join(", ", scripts.EnumerateArray().Select(script => $"</{script.GetString()}>; rel=modulepreload"));
}
