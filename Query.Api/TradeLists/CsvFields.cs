namespace PnlPipeline.Query.Api.TradeLists;

/// <summary>The fields of a line of CSV, as RFC 4180 has them.</summary>
public static class CsvFields
{
    private const char Quote = '"';

    /// <summary>Splits a line. Whatever it is, there is an answer: a quote in the middle of a field is a character like any other.</summary>
    /// <param name="fields">Cleared first; trimmed where they are not quoted.</param>
    public static void Split(ReadOnlySpan<char> line, char delimiter, List<string> fields)
    {
        fields.Clear();
        while (true)
        {
            var field = TakeField(ref line, delimiter, out var isLast);
            fields.Add(field);
            if (isLast)
                return;
        }
    }

    /// <summary>The delimiter of a header: the one of comma, semicolon and tab that it has most of.</summary>
    public static char DelimiterOf(ReadOnlySpan<char> header)
    {
        var (comma, semicolon, tab) = (header.Count(','), header.Count(';'), header.Count('\t'));
        if (tab > comma && tab > semicolon)
            return '\t';
        return semicolon > comma ? ';' : ',';
    }

    private static string TakeField(ref ReadOnlySpan<char> line, char delimiter, out bool isLast)
    {
        var start = line.TrimStart(' ');
        if (start.IsEmpty || start[0] != Quote)
        {
            var end = line.IndexOf(delimiter);
            isLast = end < 0;
            var plain = (isLast ? line : line[..end]).Trim();
            line = isLast ? [] : line[(end + 1)..];
            return plain.ToString();
        }

        // Up to the quote that stands alone; two of them are one of the field's.
        var rest = start[1..];
        var at = 0;
        while (at < rest.Length && (rest[at] != Quote || (at + 1 < rest.Length && rest[at + 1] == Quote)))
            at += rest[at] == Quote ? 2 : 1;
        at = Math.Min(at, rest.Length);
        var text = rest[..at].ToString().Replace("\"\"", "\"", StringComparison.Ordinal);
        rest = at < rest.Length ? rest[(at + 1)..] : [];
        var next = rest.IndexOf(delimiter);
        isLast = next < 0;
        // What stands behind the closing quote belongs to the field, for want of a better place.
        text += (isLast ? rest : rest[..next]).TrimEnd().ToString();
        line = isLast ? [] : rest[(next + 1)..];
        return text;
    }
}
