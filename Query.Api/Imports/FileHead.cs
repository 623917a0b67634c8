using System.Text;
using PnlPipeline.Alerts;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.TradeLists;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>What a file holds.</summary>
public enum FileFormat
{
    /// <summary>Alerts, their fields in columns.</summary>
    Csv,

    /// <summary>Alerts, each the body of a webhook on a line of its own.</summary>
    Ndjson,

    /// <summary>TradingView's <em>List of Trades</em>.</summary>
    Trades,
}

/// <summary>What the beginning of a file says about the rest.</summary>
/// <param name="Fields">Of CSV: the alert's field in each column, <c>null</c> where there is none.</param>
/// <param name="List">Of a list of trades.</param>
/// <param name="Start">The byte at which the first line begins that may hold an alert.</param>
/// <param name="Lines">Lines before that.</param>
public sealed record FileHead(FileFormat Format, char Delimiter, IReadOnlyList<string?> Fields, ListColumns? List, int Start, int Lines)
{
    /// <summary>How much of a file is needed to read its head.</summary>
    public const int MaxBytes = 64 * 1024;

    private const string Body = AlertParser.Body;

    private static readonly string[] Required = ["symbol", "timeframe", "price", "timestamp"];
    private static readonly string[] Known = [.. Required, "side", "type", "closeonflip"];

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The word for a format in tables, JSON and <c>format=</c>.</summary>
    public static string Word(FileFormat format) => format switch
    {
        FileFormat.Csv => "csv",
        FileFormat.Ndjson => "ndjson",
        FileFormat.Trades => "trades",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <param name="beginning">At least <see cref="MaxBytes"/> of the file, or all of it.</param>
    /// <param name="format">What the caller says it is; <c>null</c> where the file is to say it.</param>
    /// <returns>The head; <c>null</c> with errors where the file is nothing that can be read.</returns>
    public static FileHead? TryRead(ReadOnlySpan<byte> beginning, FileFormat? format, FieldErrors errors)
    {
        var (start, lines) = SkipToText(beginning);
        var text = beginning[start..];
        if (text.IsEmpty)
        {
            errors.Add(Body, "Holds no line. Send a file of alerts, or TradingView's list of trades.");
            return null;
        }

        if (format == FileFormat.Ndjson || (format is null && text[0] == (byte)'{'))
            return new FileHead(FileFormat.Ndjson, default, [], null, start, lines);

        var end = text.IndexOf((byte)'\n');
        var line = end < 0 ? text : text[..end];
        if (line.Length > FileRecord.MaxBytes)
        {
            errors.Add(Body, $"Has a first line of more than {FileRecord.MaxBytes} bytes. Send lines that end, the first with the names of the columns.");
            return null;
        }

        var header = Encoding.UTF8.GetString(line);
        var delimiter = CsvFields.DelimiterOf(header);
        var names = new List<string>();
        CsvFields.Split(header, delimiter, names);
        return ReadColumns(names, delimiter, format, errors) is { } head
            ? head with { Start = start + Math.Min(line.Length + 1, text.Length), Lines = lines + 1 }
            : null;
    }

    private static (int Start, int Lines) SkipToText(ReadOnlySpan<byte> beginning)
    {
        var (start, lines) = (beginning.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0, 0);
        while (start < beginning.Length)
        {
            var end = beginning[start..].IndexOf((byte)'\n');
            var line = end < 0 ? beginning[start..] : beginning.Slice(start, end);
            if (!IsBlank(line))
                break;
            start = Math.Min(start + line.Length + 1, beginning.Length);
            lines++;
        }

        return (start, lines);
    }

    /// <summary>Whether there is nothing on a line: no alert, and no error either.</summary>
    internal static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r"u8) < 0;

    private static FileHead? ReadColumns(List<string> names, char delimiter, FileFormat? format, FieldErrors errors)
    {
        if (format != FileFormat.Csv && ListColumns.Of(names, delimiter) is { } list && (format == FileFormat.Trades || !names.Exists(IsTimestamp)))
            return new FileHead(FileFormat.Trades, delimiter, [], list, 0, 0);
        if (format == FileFormat.Trades)
        {
            errors.Add(Body, $"Does not begin with the header of a list of trades. Send TradingView's export with it, such as {ListColumns.Example}.");
            return null;
        }

        List<string?> fields = names.ConvertAll(name => Array.Find(Known, known => known.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase)));
        if (fields.TrueForAll(field => field is null))
        {
            errors.Add(Body, "Is neither a file of alerts nor a list of trades: send lines of JSON such as the webhook takes, or CSV whose first line names the columns "
                + $"({string.Join(',', Known)}), or TradingView's list of trades ({ListColumns.Example}).");
            return null;
        }

        foreach (var field in Required.Where(field => !fields.Contains(field)))
            errors.Add(field, "Is no column of the file. Name it in the first line.");
        foreach (var field in fields.OfType<string>().GroupBy(field => field).Where(field => field.Skip(1).Any()))
            errors.Add(field.Key, "Names more than one column, letter case aside. Name it once.");
        return errors.Any ? null : new FileHead(FileFormat.Csv, delimiter, fields, null, 0, 0);
    }

    private static bool IsTimestamp(string name) => name.Trim().Equals("timestamp", StringComparison.OrdinalIgnoreCase);
}
