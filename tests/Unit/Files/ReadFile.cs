using System.Globalization;
using System.Text;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Calendar;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Tests.Unit.Files;

/// <summary>Reads a whole file as an import does, in pieces, and tells what became of it in rows of text.</summary>
internal static class ReadFile
{
    public static readonly DateTime Now = new(2026, 11, 22, 6, 28, 0, DateTimeKind.Utc);

    /// <summary>What a list needs that does not carry it.</summary>
    public static readonly FileRequest Asked = new(Symbol: "LISTED", Timeframe: "60", HasZone: true);

    public static List<string> Trades(string text, string zone = "UTC", FileRequest? request = null) =>
        Trades(Encoding.UTF8.GetBytes(text), zone, request);

    /// <returns>
    /// A row for each trade (<c>1 long 100 2024-01-15T09:30:00Z 110 2024-01-16T09:30:00Z</c>; <c>open</c> in place of
    /// the exit), one for each row in error (<c>line 3: price timestamp</c>), one for the counts of what was merged and
    /// skipped; or <c>refused: fields</c>.
    /// </returns>
    public static List<string> Trades(
        byte[] file,
        string zone = "UTC",
        FileRequest? request = null,
        int piece = 1 << 20,
        bool isWorkbook = false
    )
    {
        request ??= Asked;
        var form = Survey(file, request, out var refusal, piece, isWorkbook);
        return form is null ? [refusal] : Rows(Items(file, form, request, zone, piece), file.Length, request.Symbol);
    }

    /// <summary>The trades alone.</summary>
    public static List<ListedTrade> Listed(byte[] file, string zone, FileRequest? request = null)
    {
        var form = Survey(file, request ?? Asked, out var refusal);
        Assert.True(form is not null, refusal);
        return [.. Items(file, form, request ?? Asked, zone).Select(item => item.Trade).OfType<ListedTrade>()];
    }

    /// <returns>
    /// A row for each alert (<c>BTCUSDT 60 entry long 100 2024-01-15T09:30:00Z</c>), each row in error and each left
    /// out (<c>line 3: left out</c>).
    /// </returns>
    public static List<string> Alerts(
        string text,
        string zone = "UTC",
        FileRequest? request = null,
        int piece = 1 << 20
    ) => Alerts(Encoding.UTF8.GetBytes(text), zone, request, piece);

    public static List<string> Alerts(
        byte[] file,
        string zone = "UTC",
        FileRequest? request = null,
        int piece = 1 << 20
    )
    {
        request ??= new FileRequest(HasZone: true);
        var form = Survey(file, request, out var refusal, piece);
        if (form is null)
            return [refusal];

        var reader = new AlertReader(form, request, Zone(zone), Now);
        var rows = new List<string>();
        var (position, lines) = (form.Start, form.Lines);
        for (var isEnd = false; !isEnd; )
        {
            // From the position alone, as after a restart, some rows at a time.
            var splitter = form.Splitter(position, lines);
            isEnd = true;
            foreach (var row in Take(file, splitter, position, piece, rowsMax: 3, reader))
            {
                rows.Add(row);
                isEnd = false;
            }

            isEnd &= splitter.Position == position || splitter.Position >= file.Length;
            (position, lines) = (splitter.Position, splitter.Lines);
        }

        Assert.Equal(file.Length, position);
        rows.RemoveAll(row => row.Length == 0);
        return rows;
    }

    public static ZoneOffsets Zone(string name) => ZoneOffsets.Of(TimeZoneInfo.FindSystemTimeZoneById(name));

    public static FileForm? Survey(
        byte[] file,
        FileRequest request,
        out string refusal,
        int piece = 1 << 20,
        bool isWorkbook = false
    )
    {
        var (errors, survey) = (new FieldErrors(), new FileSurvey(request, isWorkbook));
        for (var at = 0; at < file.Length; at += piece)
            survey.Read(file.AsSpan(at, Math.Min(piece, file.Length - at)));
        var form = survey.Finish(errors);
        refusal = form is null ? $"refused: {Fields(errors.ToDictionary())}" : "";
        Assert.Equal(form is null, errors.Any);
        return form;
    }

    public static List<ListItem> Items(
        byte[] file,
        FileForm form,
        FileRequest request,
        string zone,
        int piece = 1 << 20
    )
    {
        var reader = new TradeListReader(form, request.Symbol, Zone(zone), Now);
        var splitter = form.Splitter(form.Start, form.Lines);
        for (var at = (int)form.Start; at < file.Length; at += piece)
        {
            splitter.Add(file.AsSpan(at, Math.Min(piece, file.Length - at)));
            while (splitter.TryTake(out var row))
                reader.Add(row);
        }

        splitter.End();
        while (splitter.TryTake(out var row))
            reader.Add(row);
        Assert.Equal(file.Length, splitter.Position);
        List<ListItem> items = [.. reader.Items()];
        // Nothing is lost: every row is in one of the counts.
        Assert.Equal(form.Rows, items.Sum(item => item.Accepted + item.Merged + item.Skipped + item.Errors.Count));
        Assert.Equal(items.Select(item => item.Position).Order(), items.Select(item => item.Position));
        return items;
    }

    private static List<string> Rows(List<ListItem> items, int length, string? symbol)
    {
        var rows = new List<string>();
        foreach (var item in items)
        {
            if (item.Trade is { } trade)
                rows.Add(Row(trade, symbol));
            foreach (var error in item.Errors)
            {
                Assert.InRange(error.Position + error.Length, 0, length);
                rows.Add($"line {error.Line}: {Fields(error.Errors)}");
            }
        }

        if (items.Sum(item => item.Merged) is > 0 and var merged)
            rows.Add($"merged {merged}");
        if (items.Sum(item => item.Skipped) is > 0 and var skipped)
            rows.Add($"skipped {skipped}");
        return rows;
    }

    private static string Row(ListedTrade trade, string? symbol)
    {
        var exit = trade.IsOpen ? "open" : $"{Plain(trade.ExitPrice!.Value)} {Iso(trade.ExitTime!.Value)}";
        return $"{trade.Number} "
            + $"{(trade.Symbol == symbol ? "" : trade.Symbol + " ")}{(trade.IsLong ? "long" : "short")} "
            + $"{Plain(trade.EntryPrice)} "
            + $"{Iso(trade.EntryTime)} {exit}{(trade.Occurrence > 1 ? $" #{trade.Occurrence}" : "")}";
    }

    private static List<string> Take(
        byte[] file,
        RowSplitter splitter,
        long position,
        int piece,
        int rowsMax,
        AlertReader reader
    )
    {
        var rows = new List<string>();
        for (var at = (int)position; rows.Count < rowsMax || splitter.IsWithinRow; )
        {
            if (splitter.TryTake(out var row))
            {
                rows.Add(row.IsBlank ? "" : Row(row, reader));
                continue;
            }

            if (at >= file.Length)
            {
                splitter.End();
                while (splitter.TryTake(out row))
                    rows.Add(row.IsBlank ? "" : Row(row, reader));
                break;
            }

            splitter.Add(file.AsSpan(at, Math.Min(piece, file.Length - at)));
            at += piece;
        }

        return rows;
    }

    private static string Row(FileRow row, AlertReader reader)
    {
        var read = reader.Read(row);
        if (read.Alert is { } alert)
            return Row(alert);
        if (read.LeftOut is not null)
            return $"line {row.Line}: left out";
        return read.Errors is null ? "" : $"line {row.Line}: {Fields(read.Errors)}";
    }

    private static string Row(AlertReceived alert) =>
        $"{alert.Symbol} {alert.Timeframe} {alert.Action.ToString().ToLowerInvariant()} "
        + $"{alert.Direction?.ToString().ToLowerInvariant() ?? "-"} "
        + $"{Plain(alert.Price)} {Iso(alert.Timestamp)}";

    private static string Plain(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);

    private static string Iso(DateTime utc) =>
        utc.ToString(
            utc.Millisecond == 0 ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:ss.fffZ",
            CultureInfo.InvariantCulture
        );

    private static string Fields(IReadOnlyDictionary<string, string[]> errors) =>
        string.Join(' ', errors.Keys.Order(StringComparer.Ordinal));
}
