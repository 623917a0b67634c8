using System.Text.RegularExpressions;
using System.Xml.Linq;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.Unit.Architecture;

/// <summary>A source file of the product.</summary>
/// <param name="Path">Within its project, with slashes.</param>
/// <param name="Code">Without comments.</param>
internal sealed record Source(string Path, string Code)
{
    /// <summary>The first folder of the path; empty for a file at the project's root.</summary>
    public string Folder =>
        Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.IndexOf('/', StringComparison.Ordinal)] : "";
}

/// <summary>A project of the product: what it references, and what is written in it.</summary>
internal sealed partial record Project(
    string Name,
    IReadOnlyList<string> Projects,
    IReadOnlyList<string> Packages,
    IReadOnlyList<Source> Sources
)
{
    /// <summary>Every project that is neither a test nor a benchmark.</summary>
    public static IReadOnlyList<Project> All { get; } =
    [
        .. Directory
            .EnumerateDirectories(Repository.Root)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"))
            .Select(Read)
            .Where(project => project.Name != "Benchmarks"),
    ];

    public static Project Of(string name) => All.Single(project => project.Name == name);

    /// <summary>
    /// Which folder imports which others, by a <c>using</c> or by a name that begins with the other folder's.
    /// </summary>
    public IReadOnlyList<(string From, string To, string Path)> Imports() =>
        [
            .. from folder in Sources.Where(source => source.Folder.Length > 0).GroupBy(source => source.Folder)
            let types = string.Join(
                '|',
                folder.SelectMany(source => TypeName().Matches(source.Code)).Select(match => match.Groups["name"].Value)
            )
            let named = new Regex(
                $@"\bPnlPipeline\.{Regex.Escape(Name)}\.{folder.Key}\b|(?<![\w.]){folder.Key}\.({types})\b",
                RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(5)
            )
            from source in Sources
            where source.Folder.Length > 0 && source.Folder != folder.Key && named.IsMatch(source.Code)
            select (source.Folder, folder.Key, source.Path),
        ];

    private static Project Read(string file)
    {
        var content = XDocument.Load(file);
        var root = Path.GetDirectoryName(file)!;
        return new Project(
            Path.GetFileNameWithoutExtension(file),
            [
                .. References("ProjectReference")
                    .Select(reference => Path.GetFileNameWithoutExtension(reference.Replace('\\', '/'))),
            ],
            [.. References("PackageReference")],
            [
                .. Directory
                    .EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                    .Select(path => new Source(
                        Path.GetRelativePath(root, path).Replace('\\', '/'),
                        Comment().Replace(File.ReadAllText(path), "")
                    )),
            ]
        );

        IEnumerable<string> References(string element) =>
            content.Descendants(element).Select(reference => (string?)reference.Attribute("Include")).OfType<string>();
    }

    [GeneratedRegex(
        @"^\s*(public|internal)[\w ]* (class|record|struct|enum|interface) (?<name>\w+)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        1_000
    )]
    private static partial Regex TypeName();

    // An address within a string has two slashes, too: what stands before them is a colon.
    [GeneratedRegex("(?<!:)//.*", RegexOptions.None, 1_000)]
    private static partial Regex Comment();
}
