using System.Text;
using System.Text.Unicode;
using PnlPipeline.Alerts;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Imports;
using PnlPipeline.Query.Api.TradeLists;

namespace PnlPipeline.Query.Api.Reconciliation;

/// <summary>A list of trades read whole: its trades, and the lines that could not be read.</summary>
public sealed record TradeList(IReadOnlyList<ListedTrade> Trades, IReadOnlyList<LineInError> Errors)
{
    private const string Body = AlertParser.Body;

    /// <returns><c>null</c> where it is no list of trades, with errors.</returns>
    public static TradeList? Read(ReadOnlySpan<byte> file, TimeZoneInfo zone, FieldErrors errors)
    {
        if (FileHead.TryRead(file[..Math.Min(file.Length, FileHead.MaxBytes)], FileFormat.Trades, errors) is not { List: { } columns } head)
            return null;
        if (columns.Number < 0)
        {
            errors.Add(Body, $"Has no column Trade #, which says which exit belongs to which entry. Send TradingView's export with it, such as {ListColumns.Example}.");
            return null;
        }

        var fills = new Dictionary<string, Fills>(StringComparer.Ordinal);
        var wrong = new List<LineInError>();
        var cells = new List<string>();
        var (at, line) = (head.Start, head.Lines + 1L);
        while (FileRecord.TryFind(file[at..], isEnd: true, (byte)columns.Delimiter, out var record))
        {
            var text = file.Slice(at, record.Length);
            if (record.Fault != RecordFault.None || !Utf8.IsValid(text))
                Wrong(text, Body, "Is too long, has a quote that is not closed, or is not UTF-8. Send the list as TradingView exports it.");
            else if (!FileHead.IsBlank(text))
                ReadRow(text);
            at += record.Consumed;
            line += record.Lines;
        }

        foreach (var (number, trade) in fills.Where(fill => fill.Value.Entry is null))
            wrong.Add(new LineInError(trade.Line, number, Because("type", "Is an exit to which the list has no entry. Send the whole list.")));
        return new TradeList(
            [
                .. fills.Where(fill => fill.Value.Entry is not null).Select(fill => new ListedTrade(
                    fill.Key,
                    fill.Value.Entry!.Value.Row.IsLong,
                    fill.Value.Entry.Value.Row.Utc,
                    fill.Value.Entry.Value.Price,
                    fill.Value.Exit?.Row.Utc,
                    fill.Value.Exit?.Price)),
            ],
            [.. wrong.OrderBy(error => error.Line)]);

        void ReadRow(ReadOnlySpan<byte> text)
        {
            var whole = text.ToArray();
            CsvFields.Split(Encoding.UTF8.GetString(text), columns.Delimiter, cells);
            var row = ListRow.Read(cells, columns, zone, (field, message) => Wrong(whole, field, message), out _);
            if (row is null)
                return;
            if (!Price.TryParse(row.Price, out var price, out var error))
            {
                Wrong(whole, "price", error);
                return;
            }

            var fill = fills.GetValueOrDefault(row.Number);
            if (row.Number.Length == 0 || (row.IsEntry ? fill.Entry : fill.Exit) is not null)
                Wrong(whole, "trade #", "Is missing, or the trade has such a row already. Send the list as TradingView exports it.");
            else
                fills[row.Number] = row.IsEntry ? fill with { Entry = (row, price), Line = line } : fill with { Exit = (row, price), Line = line };
        }

        void Wrong(ReadOnlySpan<byte> text, string field, string message) => wrong.Add(new LineInError(
            line, Encoding.UTF8.GetString(text[..Math.Min(text.Length, 1_000)]), Because(field, message)));

        static Dictionary<string, string[]> Because(string field, string message) => new(StringComparer.Ordinal) { [field] = [message] };
    }

    private readonly record struct Fills((ListRow Row, decimal Price)? Entry, (ListRow Row, decimal Price)? Exit, long Line);
}
