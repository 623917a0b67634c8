using System.Text.RegularExpressions;

namespace PnlPipeline.Tests.Unit.Documents;

/// <summary>docs/guarantees.md names the tests that show what it says. A test that is renamed must not leave it behind.</summary>
public sealed partial class GuaranteesTests
{
    private static readonly string Repository = Find(new DirectoryInfo(AppContext.BaseDirectory)).FullName;
    private static readonly string[] Document = File.ReadAllLines(Path.Combine(Repository, "docs", "guarantees.md"));

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var named = Document.SelectMany(line => TestName().Matches(line)).Select(match => (Project: match.Groups[1].Value, Class: match.Groups[2].Value, Sentence: match.Groups[3].Value)).ToList();
        Assert.True(named.Count > 50, $"Only {named.Count} names were found.");

        var sources = named.Select(test => test.Project).Distinct().ToDictionary(
            project => project,
            project => Directory.EnumerateFiles(Path.Combine(Repository, "tests", project), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList());
        Assert.Empty(named.Where(test => !sources[test.Project].Exists(source =>
            Regex.IsMatch(source, $@"\bclass {test.Class}\b") && Regex.IsMatch(source, $@"\[(Fact|Theory)[^\0]*? {test.Sentence}\(", RegexOptions.None, TimeSpan.FromSeconds(5)))));
    }

    [Fact]
    public void Every_row_names_a_test()
    {
        var rows = Document.Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.EndsWith("| seen |", StringComparison.Ordinal)).ToList();
        Assert.True(rows.Count > 30, $"Only {rows.Count} rows were found.");

        Assert.Empty(rows.Where(row => !TestName().IsMatch(row)));
    }

    private static DirectoryInfo Find(DirectoryInfo directory) =>
        File.Exists(Path.Combine(directory.FullName, "PnlPipeline.sln")) ? directory : Find(directory.Parent!);

    [GeneratedRegex(@"`(Unit|Integration|EndToEnd|Faults|Browser)\.(\w+)\.(\w+)`", RegexOptions.None, 1_000)]
    private static partial Regex TestName();
}
