using System.Text.RegularExpressions;

namespace PnlPipeline.Tests.Unit.Architecture;

/// <summary>What the layout promises, held against the sources and the project files.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string[] Hosts =
    [
        "Ingest.Api",
        "Analytics.Worker",
        "Query.Api",
        "Migrator",
        "Replayer",
        "Replayer",
    ];
    private static readonly string[] Buckets =
    [
        "Common",
        "Utils",
        "Helpers",
        "Core",
        "Services",
        "Models",
        "Misc",
        "Shared",
    ];

    public static TheoryData<string> Projects => [.. Project.All.Select(project => project.Name)];

    [Fact]
    public void Every_project_of_the_product_is_looked_at() =>
        Assert.Superset(
            new HashSet<string>([
                "Contracts",
                "Domain",
                "Database",
                "Hosting",
                "Ingest.Api",
                "Analytics.Worker",
                "Query.Api",
                "Migrator",
            ]),
            Project.All.Where(project => project.Sources.Count > 0).Select(project => project.Name).ToHashSet()
        );

    [Fact]
    public void Contracts_reference_nothing_and_the_domain_only_them()
    {
        Assert.Empty(Project.Of("Contracts").Projects.Concat(Project.Of("Contracts").Packages));
        Assert.Equal(["Contracts"], Project.Of("Domain").Projects.Concat(Project.Of("Domain").Packages));
    }

    [Fact]
    public void The_domain_has_no_clock_no_chance_no_files_no_network_no_log_and_no_database()
    {
        var impure = Project
            .Of("Domain")
            .Sources.SelectMany(source =>
                Impure().Matches(source.Code).Select(match => $"{source.Path}: {match.Value}")
            );
        Assert.Empty(impure);
    }

    [Theory]
    [InlineData("var now = DateTime.UtcNow;", true)]
    [InlineData("var now = DateTimeOffset.Now;", true)]
    [InlineData("Derivation(TimeProvider clock)", true)]
    [InlineData("var random = new Random(1);", true)]
    [InlineData("Random.Shared.Next()", true)]
    [InlineData("var id = Guid.NewGuid();", true)]
    [InlineData("File.ReadAllText(path)", true)]
    [InlineData("Environment.GetEnvironmentVariable(name)", true)]
    [InlineData("using System.Data.Common;", true)]
    [InlineData("using System.Net.Http;", true)]
    [InlineData("using System.IO.Pipelines;", true)]
    [InlineData("using System.IO.Compression;", false)] // of bytes in memory
    [InlineData("ILogger<Derivation> log", true)]
    [InlineData("await Task.Delay(1);", true)]
    [InlineData("public static Row Of(DateTime nowUtc, string random)", false)]
    [InlineData("FileRecord.TryFind(text)", false)]
    [InlineData("using System.Diagnostics.CodeAnalysis;", false)]
    [InlineData("trade.ExitTime - DateTime.UnixEpoch", false)]
    public void What_is_not_pure_is_known_by_these_names(string code, bool isImpure) =>
        Assert.Equal(isImpure, Impure().IsMatch(code));

    [Fact]
    public void Only_the_database_project_knows_the_driver()
    {
        var others = Project.All.Where(project => project.Name != "Database").ToList();
        Assert.Empty(others.Where(project => project.Packages.Any(IsDriver)).Select(project => project.Name));
        Assert.Empty(
            others.SelectMany(project =>
                project
                    .Sources.Where(source => UsesDriver().IsMatch(source.Code))
                    .Select(source => $"{project.Name}/{source.Path}")
            )
        );

        static bool IsDriver(string package) =>
            package.StartsWith("MySql", StringComparison.OrdinalIgnoreCase)
            || package.StartsWith("Pomelo", StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Ingest_works_without_the_database() =>
        Assert.DoesNotContain("Database", Reachable(Project.Of("Ingest.Api")));

    [Fact]
    public void No_host_references_another() =>
        Assert.Empty(
            from host in Project.All
            where Hosts.Contains(host.Name)
            from other in Reachable(host)
            where Hosts.Contains(other)
            select $"{host.Name} references {other}"
        );

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_do_not_import_each_other_in_circles(string project)
    {
        var imports = Project.Of(project).Imports();
        var circles = Circles.Of(imports.Select(import => (import.From, import.To)));
        Assert.Empty(
            circles.SelectMany(circle =>
                imports
                    .Where(import => circle.Contains(import.From) && circle.Contains(import.To))
                    .Select(import => $"{import.From} → {import.To} ({import.Path})")
            )
        );
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespaces_follow_folders_and_no_folder_is_a_bucket(string project)
    {
        foreach (var source in Project.Of(project).Sources)
        {
            var folders = source.Path.Split('/')[..^1];
            Assert.Empty(folders.Intersect(Buckets, StringComparer.OrdinalIgnoreCase));
            if (Namespace().Match(source.Code) is { Success: true } match)
                Assert.Equal(
                    string.Join('.', (string[])["PnlPipeline", project, .. folders]),
                    match.Groups["name"].Value
                );
        }
    }

    private static IEnumerable<string> Reachable(Project project) =>
        project.Projects.SelectMany(name => Reachable(Project.Of(name)).Prepend(name)).Distinct(StringComparer.Ordinal);

    [GeneratedRegex(
        @"\b(DateTime(Offset)?\.(Utc)?(Now|Today)|TimeProvider|Stopwatch|Random(NumberGenerator)?\b|Guid\.NewGuid|Guid\.CreateVersion7"
            + @"|Environment\.|(File|Directory|Console)\.|ILogger|Task\.Delay|Thread\.Sleep|HttpClient|IConfiguration"
            + @"|using System\.(IO(?!\.Compression)|Net|Data|Timers)\b|using (Microsoft|MassTransit|Dapper|Serilog|MySqlConnector)\b)",
        RegexOptions.ExplicitCapture,
        1_000
    )]
    private static partial Regex Impure();

    [GeneratedRegex(@"\b(MySqlConnector|MySql\.Data|Pomelo)\b", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex UsesDriver();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1_000)]
    private static partial Regex Namespace();
}
