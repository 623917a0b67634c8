using System.Text;

namespace PnlPipeline.Domain.Trades.Files;

/// <summary>A cell of a row.</summary>
/// <param name="Text">Trimmed.</param>
/// <param name="IsNumber">A number by the file's own word, its decimal mark a point; only a workbook says so.</param>
public readonly record struct Cell(string Text, bool IsNumber = false)
{
    /// <summary>Nothing, or one of the signs that say so.</summary>
    public bool IsBlank =>
        Text.Length == 0 || Text is "-" or "–" or "—" or "−" or "∅" or "N/A" or "n/a" or "NaN" or "nan";
}

/// <summary>The cells of a row of CSV, as RFC 4180 has them.</summary>
public static class Cells
{
    private const char Quote = '"';

    /// <summary>Between cells: the ones that files are seen to have, the likeliest first.</summary>
    public static ReadOnlySpan<char> Separators => [',', '\t', ';'];

    /// <summary>
    /// Splits a row. Whatever it is, there is an answer: a quote in the middle of a cell is a character like any other.
    /// The apostrophe that our own CSV puts before what a spreadsheet would run is taken off.
    /// </summary>
    /// <param name="isWorkbook">The row was written by <see cref="WriteWorkbookRow"/>: what has no quotes is a
    /// number.</param>
    /// <param name="cells">Cleared first.</param>
    public static void Split(ReadOnlySpan<char> row, char separator, bool isWorkbook, List<Cell> cells)
    {
        cells.Clear();
        while (true)
        {
            var text = Take(ref row, separator, out var isQuoted, out var isLast);
            cells.Add(new Cell(WithoutApostrophe(text), isWorkbook && !isQuoted && text.Length > 0));
            if (isLast)
                return;
        }
    }

    /// <summary>Writes a row of a workbook as CSV: texts in quotes, numbers without.</summary>
    public static void WriteWorkbookRow(IReadOnlyList<Cell> cells, StringBuilder target)
    {
        for (var i = 0; i < cells.Count; i++)
        {
            if (i > 0)
                target.Append(',');
            if (cells[i].IsNumber)
                target.Append(cells[i].Text);
            else if (cells[i].Text.Length > 0)
                target
                    .Append(Quote)
                    .Append(cells[i].Text.Replace("\"", "\"\"", StringComparison.Ordinal))
                    .Append(Quote);
        }

        target.Append('\n');
    }

    /// <summary>
    /// With an apostrophe before what a spreadsheet would take for a formula: in every one it makes a text of it.
    /// <see cref="Split"/> takes it off again, and no other.
    /// </summary>
    public static string WithApostrophe(string text) => IsFormula(text) ? "'" + text : text;

    private static string WithoutApostrophe(string text) =>
        text is ['\'', ..] && IsFormula(text.AsSpan(1)) ? text[1..] : text;

    // Behind apostrophes, too: else one that stood there before would be taken off.
    private static bool IsFormula(ReadOnlySpan<char> text) =>
        text.TrimStart('\'') is ['=' or '+' or '-' or '@' or '|' or '%' or '\t' or '\r', ..];

    private static string Take(ref ReadOnlySpan<char> row, char separator, out bool isQuoted, out bool isLast)
    {
        var start = separator == ' ' ? row : row.TrimStart(' ');
        isQuoted = !start.IsEmpty && start[0] == Quote;
        if (!isQuoted)
        {
            var end = row.IndexOf(separator);
            isLast = end < 0;
            var plain = (isLast ? row : row[..end]).Trim();
            row = isLast ? [] : row[(end + 1)..];
            return plain.ToString();
        }

        // Up to the quote that stands alone; two of them are one of the cell's.
        var rest = start[1..];
        var at = 0;
        while (at < rest.Length && (rest[at] != Quote || (at + 1 < rest.Length && rest[at + 1] == Quote)))
            at += rest[at] == Quote ? 2 : 1;
        at = Math.Min(at, rest.Length);
        var text = rest[..at].ToString().Replace("\"\"", "\"", StringComparison.Ordinal);
        rest = at < rest.Length ? rest[(at + 1)..] : [];
        var next = rest.IndexOf(separator);
        isLast = next < 0;
        // What stands behind the closing quote belongs to the cell, for want of a better place.
        text += (isLast ? rest : rest[..next]).TrimEnd().ToString();
        row = isLast ? [] : rest[(next + 1)..];
        return text.Trim();
    }
}
