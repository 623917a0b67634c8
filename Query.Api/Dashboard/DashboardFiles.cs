using System.Text.Json;

namespace PnlPipeline.Query.Api.Dashboard;

/// <summary>The page's build, read once: about a megabyte, and no path that comes from outside ever reaches the disk.</summary>
/// <param name="Index">What every room of the page begins with.</param>
/// <param name="Rooms">First segments of the addresses that are the page's own.</param>
/// <param name="Files">By their address.</param>
public sealed record DashboardFiles(PageFile Index, IReadOnlyList<string> Rooms, IReadOnlyDictionary<string, PageFile> Files)
{
    private const string IndexName = "index.html";

    // The page's router and this one must know the same rooms: the build says which.
    private const string RoomsName = "rooms.json";

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
            if (name != RoomsName && PageFile.Read(path, name.StartsWith(ForeverFolder, StringComparison.Ordinal)) is { } file)
                files.Add(name, file);
        }

        files.Remove(IndexName, out var index);
        using var rooms = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, RoomsName)));
        return new DashboardFiles(index!, [.. rooms.RootElement.EnumerateArray().Select(room => room.GetString()!)], files);
    }
}
