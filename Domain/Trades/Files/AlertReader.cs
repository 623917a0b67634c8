using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Calendar;

namespace PnlPipeline.Domain.Trades.Files;

/// <summary>A row read: an alert, or errors, or neither where it is left out.</summary>
/// <param name="Errors">Field → messages, the fields those of an alert; <c>null</c> where nothing is wrong.</param>
/// <param name="LeftOut">Why the row is left out; <c>null</c> where it is not.</param>
public readonly record struct ReadAlert(
    AlertReceived? Alert,
    IReadOnlyDictionary<string, string[]>? Errors,
    string? LeftOut
);

/// <summary>
/// From a row of a file to an alert, by the very rules of the webhook: a row of JSON is its body as it stands, any
/// other becomes the body that it amounts to. The same row always gives the same, however often it is read. Whatever
/// the bytes, it never throws.
/// </summary>
/// <param name="request">What the sender says that the file does not carry.</param>
/// <param name="zone">Of the file's local times.</param>
/// <param name="nowUtc">When the file came: when its alerts were received, and what their timestamps are held
/// against.</param>
public sealed class AlertReader(FileForm form, FileRequest request, ZoneOffsets zone, DateTime nowUtc)
{
    private static readonly JsonWriterOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private const string PriceLeftOut = "A price is not brought in from a file: it comes by webhook.";

    private readonly ArrayBufferWriter<byte> _body = new(512);
    private readonly List<Cell> _cells = [];

    /// <summary>Reads a row that is not blank.</summary>
    public ReadAlert Read(FileRow row)
    {
        if (row.Fault != RowFault.None)
            return Wrong(AlertParser.Body, RowFaults.Sentence(row.Fault));
        if (form.Shape != RowShape.Cells)
            return Parse(row.Text);
        if (!Utf8.IsValid(row.Text))
            return Wrong(AlertParser.Body, RowFaults.NotUtf8);

        Cells.Split(Encoding.UTF8.GetString(row.Text), form.Separator, form.IsWorkbook, _cells);
        if (_cells.TrueForAll(cell => cell.Text.Length == 0))
            return default;
        if (_cells.Count != form.Columns.Count)
            return Wrong(AlertParser.Body, RowFaults.CellCount(_cells.Count, form.Columns.Count));
        return form.Kind == FileKind.AlertLog ? Parse(Encoding.UTF8.GetBytes(First(Column.Message).Text)) : ReadCells();
    }

    private ReadAlert ReadCells()
    {
        if (WhyLeftOut() is { } reason)
            return new ReadAlert(null, null, reason);

        Dictionary<string, string[]>? errors = null;
        _body.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_body, Json))
        {
            json.WriteStartObject();
            Write(json, "symbol", First(Column.Symbol).Text is { Length: > 0 } own ? own : request.Symbol);
            Write(json, "timeframe", First(Column.Timeframe).Text is { Length: > 0 } frame ? frame : request.Timeframe);
            Write(
                json,
                "strategy",
                First(Column.Strategy).Text is { Length: > 0 } strategy ? strategy : request.Strategy
            );
            Write(json, "side", First(form.Columns.Contains(Column.Action) ? Column.Action : Column.Side).Text);
            Write(json, "type", First(form.Columns.Contains(Column.Action) ? Column.Direction : Column.Type).Text);
            Write(json, "marketPosition", First(Column.MarketPosition).Text);
            Write(json, "closeonflip", First(Column.CloseOnFlip).Text);
            Write(json, "price", PlainPrice());
            Write(json, "timestamp", PlainTime(ref errors));
            json.WriteEndObject();
        }

        var read = Parse(_body.WrittenSpan);
        if (errors is null)
            return read;
        // What is said of the time here says more than the parser, which did not get to see it.
        foreach (var (field, messages) in read.Errors ?? new Dictionary<string, string[]>())
            errors.TryAdd(field, messages);
        return new ReadAlert(null, errors, null);
    }

    // What our own CSV of alerts holds beside alerts that came: an administrator's doing, and what is no alert by
    // itself.
    private string? WhyLeftOut() =>
        (First(Column.Action).Text, First(Column.Outcome).Text) switch
        {
            ("manual", _) => "A close by hand is not brought in: it belongs to a trade of the other installation.",
            ("recorded", _) => "A trade of a list is not brought in from here: bring the list in itself.",
            ("price", _) => PriceLeftOut,
            (_, "voided") => "An excluded alert is not brought in.",
            _ => null,
        };

    private string PlainPrice()
    {
        var cell = First(Column.Price);
        return CellNumber.TryPlain(cell.Text, cell.IsNumber ? '.' : form.Mark, out var plain) ? plain : cell.Text;
    }

    private string PlainTime(ref Dictionary<string, string[]>? errors)
    {
        var cell = First(Column.Time);
        if (cell.Text.Length == 0)
            return "";
        if (!CellTimes.TryParse(cell, form.Mark, form.DateOrder, out var time, out var error))
        {
            // In the webhook's own words where it is none of a file's.
            if (!Timestamp.TryParse(cell.Text, out _, out _))
                (errors ??= new(StringComparer.Ordinal))["timestamp"] = [error];
            return cell.Text;
        }

        var ticks = time.Ticks;
        if (!time.IsUtc)
        {
            var local = (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
            ticks = DateTime.UnixEpoch.AddMilliseconds(zone.InstantsOf(local).First).Ticks;
        }

        return new DateTime(ticks, DateTimeKind.Utc).ToString(
            "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
            CultureInfo.InvariantCulture
        );
    }

    // Of two names of one property the one further left counts, and an empty cell is not there.
    private Cell First(Column column)
    {
        for (var i = 0; i < form.Columns.Count; i++)
        {
            if (form.Columns[i] == column && _cells[i].Text.Length > 0)
                return _cells[i];
        }

        return new Cell("");
    }

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        // An empty cell is an absent property.
        if (!string.IsNullOrEmpty(value))
            json.WriteString(name, value);
    }

    private ReadAlert Parse(ReadOnlySpan<byte> body)
    {
        var parsed = AlertParser.Parse(body, nowUtc);
        if (!parsed.IsAlert)
            return new ReadAlert(null, parsed.Errors, null);
        if (parsed.Alert.Action == AlertAction.Price)
            return new ReadAlert(null, null, PriceLeftOut);
        if (request.Symbol is { } asked && asked != parsed.Alert.Symbol)
            return Wrong(
                "symbol",
                $"Is {parsed.Alert.Symbol} where {asked} was asked for. Leave symbol= out to take each row's own."
            );
        return new ReadAlert(parsed.Alert, null, null);
    }

    private static ReadAlert Wrong(string field, string message) => new(null, RowFaults.Of(field, message), null);
}
