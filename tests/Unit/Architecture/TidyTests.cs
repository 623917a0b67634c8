using System.Text.RegularExpressions;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.Unit.Architecture;

/// <summary>The repository is tidy: two files fit side by side.</summary>
public sealed partial class TidyTests
{
    private const int MaxColumns = 120;
    private const string Raw = "\"\"\"";

    // What MSBuild and npm make.
    private static readonly string[] Made = ["artifacts", "node_modules", "bin", "obj"];

    [Fact]
    public void Lines_have_at_most_120_columns()
    {
        var files = Directory
            .EnumerateDirectories(Repository.Root)
            .Where(folder => !Path.GetFileName(folder).StartsWith('.'))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(file =>
                !Path.GetRelativePath(Repository.Root, file)
                    .Split('/', '\\')
                    .Intersect(Made, StringComparer.Ordinal)
                    .Any()
            )
            .ToList();
        Assert.True(files.Count > 400, $"Only {files.Count} files were found.");
        Assert.Empty(
            files.SelectMany(file =>
                LongLines(File.ReadAllLines(file))
                    .Select(line => $"{Path.GetRelativePath(Repository.Root, file)}:{line}")
            )
        );
    }

    [Theory]
    [InlineData("short", "")]
    [InlineData("{long}", "1")]
    [InlineData("    // {long}", "1")]
    [InlineData("var a = \"{long}\";", "")]
    [InlineData("public void Sentence_of_a_test_{long}()", "")]
    [InlineData("public void Method{long}()", "1")]
    [InlineData("var a = \"\"\"\n{long}\n    \"\"\";\n{long}", "4")]
    public void Only_texts_and_the_sentences_of_tests_may_be_wider(string text, string lines)
    {
        var source = text.Replace("{long}", new string('x', MaxColumns + 1), StringComparison.Ordinal).Split('\n');
        Assert.Equal(lines, string.Join(' ', LongLines(source)));
    }

    // SQL, JSON and CSV stand as they are sent, however wide.
    private static IEnumerable<int> LongLines(string[] lines)
    {
        var isRaw = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.Length > MaxColumns && !isRaw && !line.Contains('"') && !Sentence().IsMatch(line))
                yield return i + 1;
            if (line.Split(Raw).Length % 2 == 0)
                isRaw = !isRaw;
        }
    }

    [GeneratedRegex(@"^\s*public (async )?(Task|void) [A-Z][a-z0-9]*(_\w+)+\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sentence();
}
