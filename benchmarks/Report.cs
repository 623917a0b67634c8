using System.Globalization;
using System.Text;

namespace PnlPipeline.Benchmarks;

/// <summary>The table, on the console as it grows and in <c>docs/benchmarks.md</c> at the end.</summary>
internal sealed class Report
{
    private readonly List<string[]> _rows = [];

    public void Add(string what, string measured, string goal, string note)
    {
        _rows.Add([what, measured, goal, note]);
        Console.WriteLine($"{what}: {measured}  (goal: {goal}; {note})");
    }

    public async Task WriteAsync(string path)
    {
        var text = new StringBuilder()
            .AppendLine("# Measured")
            .AppendLine()
            .AppendLine(
                CultureInfo.InvariantCulture,
                $"By `./bench` on {DateTime.UtcNow:yyyy-MM-dd}: {Environment.ProcessorCount} cores, {TotalMemory()} "
                    + $"of memory, one machine for load generator, services, RabbitMQ and MySQL, with durable defaults."
            )
            .AppendLine(
                "The machine is shared and noisy: what counts is the ratio to the limit in the same run. After each "
                    + "row the counts were checked: every alert accepted was stored, once."
            )
            .AppendLine()
            .AppendLine("| | measured | goal | |")
            .AppendLine("|---|---|---|---|");
        foreach (var row in _rows)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |");
        await File.WriteAllTextAsync(path, text.ToString());
        Console.WriteLine($"Written to {path}");
    }

    private static string TotalMemory() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024.0 / 1024 / 1024:F0} GiB"
        );
}
