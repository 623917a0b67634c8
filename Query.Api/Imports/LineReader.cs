using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using PnlPipeline.Alerts;
using PnlPipeline.Contracts;
using PnlPipeline.Query.Api.TradeLists;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>A line read: an alert, or errors, or neither where it says nothing.</summary>
/// <param name="Errors">Field → messages, the fields those of an alert; <c>null</c> where nothing is wrong.</param>
public readonly record struct ReadLine(AlertReceived? Alert, IReadOnlyDictionary<string, string[]>? Errors);

/// <summary>
/// From a line to an alert, by the very rules of the webhook: a line of JSON is its body as it stands, any other becomes the body that it amounts to. The
/// same line always gives the same, however often it is read. Whatever the bytes, it never throws.
/// </summary>
/// <param name="nowUtc">When the file came: the moment all of its alerts were received, and what their timestamps are held against.</param>
public sealed class LineReader(FileHead head, ListContext? list, DateTime nowUtc)
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _body = new(512);
    private readonly List<string> _cells = [];

    /// <param name="line">Without its end.</param>
    public ReadLine Read(ReadOnlySpan<byte> line, RecordFault fault)
    {
        if (fault == RecordFault.TooLong)
            return Wrong(AlertParser.Body, $"Is longer than {FileRecord.MaxBytes} bytes. Send one alert a line.");
        if (fault == RecordFault.OpenQuote)
            return Wrong(AlertParser.Body, "Has a quote that is not closed. Close it, and double the quotes within.");
        if (FileHead.IsBlank(line))
            return default;
        if (head.Format == FileFormat.Ndjson)
            return Parse(line);
        if (!Utf8.IsValid(line))
            return Wrong(AlertParser.Body, "Is not valid UTF-8. Save the file as UTF-8.");

        CsvFields.Split(Encoding.UTF8.GetString(line), head.Delimiter, _cells);
        var columns = head.List?.Count ?? head.Fields.Count;
        // Most often a comma between thousands: read on, and every cell behind it would be taken for another.
        if (_cells.Skip(columns).Any(cell => cell.Length > 0))
        {
            return Wrong(AlertParser.Body, string.Create(
                CultureInfo.InvariantCulture,
                $"Has {_cells.Count} fields where the first line names {columns} columns. Put a field that holds the delimiter in quotes."));
        }

        return head.List is { } listColumns ? ReadListed(listColumns) : ReadFields();
    }

    private ReadLine ReadFields()
    {
        _body.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_body, Json))
        {
            json.WriteStartObject();
            for (var i = 0; i < _cells.Count && i < head.Fields.Count; i++)
            {
                // An empty cell is an absent property.
                if (head.Fields[i] is { } field && _cells[i].Length > 0)
                    json.WriteString(field, _cells[i]);
            }

            json.WriteEndObject();
        }

        return Parse(_body.WrittenSpan);
    }

    private ReadLine ReadListed(ListColumns columns)
    {
        Dictionary<string, string[]>? errors = null;
        var row = ListRow.Read(_cells, columns, list!.Zone, (field, message) => (errors ??= [])[field] = [message], out _);
        if (row is null)
            return new ReadLine(null, errors);

        _body.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_body, Json))
        {
            json.WriteStartObject();
            json.WriteString("symbol", list.Symbol);
            json.WriteString("side", row.IsEntry ? "entry" : "exit");
            json.WriteString("timeframe", list.Timeframe);
            json.WriteString("type", row.IsLong ? "long" : "short");
            json.WriteString("price", row.Price);
            json.WriteString("timestamp", row.Utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        return Parse(_body.WrittenSpan);
    }

    private ReadLine Parse(ReadOnlySpan<byte> body)
    {
        var parsed = AlertParser.Parse(body, nowUtc);
        return parsed.IsAlert ? new ReadLine(parsed.Alert, null) : new ReadLine(null, parsed.Errors);
    }

    private static ReadLine Wrong(string field, string message) =>
        new(null, new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [message] });
}
