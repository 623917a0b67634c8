namespace PnlPipeline.Tests.Unit.Architecture;

/// <summary>Nodes of a graph that reach each other.</summary>
internal static class Circles
{
    /// <returns>Each set of two or more nodes of which every one can be reached from every other.</returns>
    public static IReadOnlyList<IReadOnlySet<string>> Of(IEnumerable<(string From, string To)> edges)
    {
        var next = edges.Distinct().ToLookup(edge => edge.From, edge => edge.To, StringComparer.Ordinal);
        var reached = next.Select(node => node.Key).ToDictionary(node => node, ReachedFrom, StringComparer.Ordinal);
        return
        [
            .. reached
                .Keys.Where(node => reached[node].Contains(node))
                .Select(node =>
                    reached[node]
                        .Where(other => reached.TryGetValue(other, out var back) && back.Contains(node))
                        .Order(StringComparer.Ordinal)
                )
                .Select(circle => circle.ToHashSet(StringComparer.Ordinal))
                .DistinctBy(circle => string.Join(' ', circle)),
        ];

        HashSet<string> ReachedFrom(string start)
        {
            var found = new HashSet<string>(StringComparer.Ordinal);
            var open = new Stack<string>(next[start]);
            while (open.TryPop(out var node))
            {
                if (!found.Add(node))
                    continue;
                foreach (var further in next[node])
                    open.Push(further);
            }

            return found;
        }
    }
}

public sealed class CirclesTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a>b b>c a>c", "")]
    [InlineData("a>b b>a", "a b")]
    [InlineData("a>b b>c c>a c>d", "a b c")]
    [InlineData("a>b b>a b>c c>d d>c", "a b|c d")]
    public void Are_what_reaches_itself_through_others(string edges, string expected)
    {
        var circles = Circles.Of(
            edges.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(edge => (edge[..1], edge[2..]))
        );
        Assert.Equal(
            expected,
            string.Join('|', circles.Select(circle => string.Join(' ', circle.Order(StringComparer.Ordinal))))
        );
    }
}
