namespace PnlPipeline.Tests.Servers;

/// <summary>The checkout that the tests were built in.</summary>
public static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find(DirectoryInfo? directory) =>
        directory is null
            ? throw new InvalidOperationException($"There is no PnlPipeline.sln above {AppContext.BaseDirectory}.")
        : File.Exists(Path.Combine(directory.FullName, "PnlPipeline.sln")) ? directory.FullName
        : Find(directory.Parent);
}
