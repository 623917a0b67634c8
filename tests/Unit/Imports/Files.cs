using System.Text;
using PnlPipeline.Alerts;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Imports;
using PnlPipeline.Query.Api.TradeLists;

namespace PnlPipeline.Tests.Unit.Imports;

/// <summary>Reads a whole file as an import does, a chunk at a time, and tells what became of it in rows of text.</summary>
internal static class Files
{
    public static readonly DateTime Now = new(2026, 11, 22, 6, 28, 0, DateTimeKind.Utc);

    public static Task<IReadOnlyList<string>> ReadAsync(string text, string zone = "UTC", FileFormat? format = null, int chunk = 1 << 20) =>
        ReadAsync(Encoding.UTF8.GetBytes(text), zone, format, chunk);

    /// <returns>
    /// A row for each alert (<c>entry long 100 2024-01-15T09:30:00Z</c>, with symbol and timeframe where they are not those of the list), a row for each line in
    /// error (<c>line 3: price timestamp</c>), and a last one where something was skipped; or <c>refused: fields</c>.
    /// </returns>
    public static async Task<IReadOnlyList<string>> ReadAsync(byte[] file, string zone = "UTC", FileFormat? format = null, int chunk = 1 << 20, int alertsMax = 3)
    {
        var errors = new FieldErrors();
        var head = FileHead.TryRead(file.AsSpan(0, Math.Min(file.Length, FileHead.MaxBytes)), format, errors);
        if (head is null)
            return [$"refused: {Fields(errors.ToDictionary())}"];

        var list = new ListContext("LISTED", "60", TimeZoneInfo.FindSystemTimeZoneById(zone));
        var reader = new LineReader(head, list, Now);
        var rows = new List<string>();
        var (position, lines, skipped) = ((long)head.Start, (long)head.Lines, 0L);
        while (true)
        {
            // From the position alone, as after a restart.
            var slices = new ImportReader(head, reader, (at, _) => Task.FromResult(Chunk(file, at, chunk)), position, lines, alertsMax);
            if (await slices.NextAsync(CancellationToken.None) is not { } slice)
                break;
            Assert.True(slice.Position > position);
            (position, lines) = (slice.Position, slice.Lines);
            skipped += slice.Skipped;
            rows.AddRange(slice.Alerts.Select(Row));
            rows.AddRange(slice.Rejected.Select(line => $"line {line.Line}: {Fields(line.Errors)}"));
        }

        Assert.Equal(file.Length, position);
        if (skipped > 0)
            rows.Add($"skipped {skipped}");
        return rows;
    }

    private static (long FirstByte, byte[] Data)? Chunk(byte[] file, long position, int size)
    {
        if (position >= file.Length)
            return null;
        var first = position / size * size;
        return (first, file[(int)first..(int)Math.Min(file.Length, first + size)]);
    }

    private static string Row(Contracts.AlertReceived alert)
    {
        var stream = alert is { Symbol: "LISTED", Timeframe: "60" } ? "" : $"{alert.Symbol} {alert.Timeframe} ";
        return $"{stream}{AlertId.Word(alert.Action)} {(alert.Direction is { } direction ? AlertId.Word(direction) : "-")} "
            + $"{JsonFormats.Plain(alert.Price)} {JsonFormats.Iso(alert.Timestamp)}";
    }

    private static string Fields(IReadOnlyDictionary<string, string[]> errors) => string.Join(' ', errors.Keys.Order(StringComparer.Ordinal));
}
