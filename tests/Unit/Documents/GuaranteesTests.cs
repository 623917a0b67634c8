using System.Text.RegularExpressions;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.Unit.Documents;

/// <summary>
/// docs/guarantees.md names the tests that show what it says. A test that is renamed must not leave it behind.
/// </summary>
public sealed partial class GuaranteesTests
{
    private static readonly string[] Document = File.ReadAllLines(Repository.PathOf("docs", "guarantees.md"));

    private static readonly Dictionary<string, List<string>> Sources = new[]
    {
        "Unit",
        "Integration",
        "EndToEnd",
        "Faults",
        "Browser",
    }.ToDictionary(
        project => project,
        project =>
            Directory
                .EnumerateFiles(Repository.PathOf("tests", project), "*.cs", SearchOption.AllDirectories)
                .Select(File.ReadAllText)
                .ToList(),
        StringComparer.Ordinal
    );

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var named = Document.SelectMany(line => TestName().Matches(line)).ToList();
        Assert.True(named.Count > 50, $"Only {named.Count} names were found.");

        Assert.DoesNotContain(
            named,
            name => !Exists(name.Groups["project"].Value, name.Groups["class"].Value, name.Groups["sentence"].Value)
        );
    }

    [Fact]
    public void Every_row_names_a_test()
    {
        var rows = Document
            .Where(line =>
                line.StartsWith("| ", StringComparison.Ordinal) && !line.EndsWith("| seen |", StringComparison.Ordinal)
            )
            .ToList();
        Assert.True(rows.Count > 30, $"Only {rows.Count} rows were found.");

        Assert.DoesNotContain(rows, row => !TestName().IsMatch(row));
    }

    private static bool Exists(string project, string type, string sentence) =>
        Sources[project]
            .Exists(source =>
                (
                    source.Contains($" class {type}(", StringComparison.Ordinal)
                    || source.Contains($" class {type}\n", StringComparison.Ordinal)
                    || source.Contains($" class {type} :", StringComparison.Ordinal)
                ) && source.Contains($" {sentence}(", StringComparison.Ordinal)
            );

    [GeneratedRegex(
        @"`(?<project>Unit|Integration|EndToEnd|Faults|Browser)\.(?<class>\w+)\.(?<sentence>\w+)`",
        RegexOptions.ExplicitCapture,
        1_000
    )]
    private static partial Regex TestName();
}
