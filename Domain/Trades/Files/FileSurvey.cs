using System.Globalization;
using System.Text;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades.Files;

/// <summary>
/// Goes once through a file, in pieces, and decides how it is to be read: a column decides the form of its cells, never
/// a cell alone (semantics.md 10.4). It keeps none of the rows.
/// </summary>
/// <param name="isWorkbook">The text was written by <see cref="Cells.WriteWorkbookRow"/>.</param>
public sealed class FileSurvey(FileRequest request, bool isWorkbook = false)
{
    /// <summary>
    /// A list of trades is put together in memory, so it has an end; TradingView's have some tens of thousands of rows.
    /// </summary>
    public const int ListRowsMax = 2_000_000;

    private const string Body = "body";

    private const int SampleRows = 5;
    private const int ColumnsShown = 100;

    // Blank lines, a separator line and the header stand in these.
    private const int HeadBytesMax = 64 * 1024;

    private readonly MarkDecision _mark = new();
    private readonly List<Cell> _cells = [];
    private readonly FieldErrors _errors = new();
    private readonly List<IReadOnlyList<string>> _sample = [];
    private byte[] _head = [];
    private FileForm? _form;
    private RowSplitter? _rows;
    private long _count;
    private bool _hasFailed;
    private bool _needsZone;
    private bool _hasTimesOfDay;
    private string? _dayFirst;
    private string? _monthFirst;
    private string? _eitherFirst;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The cells of the header, as far as they are shown; empty where the file has none.</summary>
    public IReadOnlyList<string> HeaderCells { get; private set; } = [];

    /// <summary>What stands in each column, where that is known.</summary>
    public IReadOnlyList<Column> Columns => _form?.Columns ?? [];

    /// <summary>The cells of the first rows, as they stand.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Sample => _sample;

    /// <summary>The file cannot be read, whatever follows.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>Takes the next piece of the file, in UTF-8.</summary>
    public void Read(ReadOnlySpan<byte> more) => Read(more, isEnd: false);

    /// <summary>Nothing follows: how the file is to be read.</summary>
    /// <returns><c>null</c> where it cannot be, with errors.</returns>
    public FileForm? Finish(FieldErrors errors)
    {
        Read([], isEnd: true);
        if (_form is { } form && !_errors.Any)
        {
            if (_count == 0)
                _errors.Add(Body, "Has no row below its header. Send the whole file.");
            form = form with { Rows = _count, HasDates = form.Kind == FileKind.Trades && !_hasTimesOfDay };
            if (form.Shape == RowShape.Cells && form.Kind != FileKind.AlertLog)
            {
                form = form with
                {
                    Mark = request.Mark ?? _mark.Decide(isWorkbook ? ';' : form.Separator, _errors),
                    DateOrder = request.DateOrder ?? DecideOrder(),
                };
                AskForTheRest(form);
            }

            _form = form;
        }

        foreach (var (field, messages) in _errors.ToDictionary())
            Array.ForEach(messages, message => errors.Add(field, message));
        return errors.Any ? null : _form;
    }

    private void Read(ReadOnlySpan<byte> more, bool isEnd)
    {
        if (_hasFailed)
            return;
        if (_form is null)
        {
            _head = [.. _head, .. more];
            if (_head.Length < HeadBytesMax && !isEnd)
                return;
            _form = ReadHead(_head);
            _hasFailed = _form is null;
            if (_form is null)
                return;
            _rows = _form.Splitter(_form.Start, _form.Lines);
            more = _head.AsSpan((int)_form.Start);
            _head = [];
        }

        _rows!.Add(more);
        if (isEnd)
            _rows.End();
        while (_rows.TryTake(out var row))
        {
            if (!row.IsBlank)
                Survey(row);
        }
    }

    private FileForm? ReadHead(byte[] head)
    {
        var (start, lines) = SkipToText(head);
        var text = head.AsSpan(start);
        if (text.IsEmpty)
        {
            _errors.Add(Body, "Holds no line. Send a file of alerts, or TradingView's list of trades.");
            return null;
        }

        if (request.Columns is null && request.Kind is null or FileKind.AlertArray && text[0] == (byte)'[')
            return Plain(FileKind.AlertArray, start + 1, lines);
        if (
            request.Columns is null
            && (request.Kind == FileKind.AlertLines || (request.Kind is null && text[0] == (byte)'{'))
        )
            return Plain(FileKind.AlertLines, start, lines);
        if (request.Kind == FileKind.AlertArray)
        {
            _errors.Add(
                Body,
                "Does not begin with a bracket, as an array of alerts does. Send [{…},{…}], or lines of alerts."
            );
            return null;
        }

        var named = SeparatorLine(text);
        if (named is not null)
        {
            var rows = new RowSplitter(RowShape.Lines, 0, start, lines);
            rows.Add(text);
            rows.End();
            rows.TryTake(out _);
            (start, lines) = ((int)rows.Position, rows.Lines);
            var (skipped, skippedLines) = SkipBlankLines(head.AsSpan(start));
            (start, lines) = (start + skipped, lines + skippedLines);
            text = head.AsSpan(start);
        }

        var separator = named ?? (isWorkbook ? ',' : SeparatorOf(text));
        var splitter = new RowSplitter(RowShape.Cells, (byte)separator, start, lines);
        splitter.Add(text);
        splitter.End();
        if (!splitter.TryTake(out var first) || first.Fault != RowFault.None)
        {
            _errors.Add(
                Body,
                "Has a first line that is far too long, or a quote in it that is not closed. "
                    + "Send lines that end, the first with the names of the columns."
            );
            return null;
        }

        if (!TrySplit(first.Text, separator))
        {
            _errors.Add(Body, "Is not UTF-8. Save it as UTF-8 (in a spreadsheet: CSV UTF-8).");
            return null;
        }

        HeaderCells = Shown(_cells);
        var form = ReadColumns(separator, start, lines, splitter);
        if (form is null)
            SampleBelow(splitter, separator);
        return form;
    }

    /// <summary>Somebody has to say what stands in the columns, and sees it by these rows.</summary>
    private void SampleBelow(RowSplitter rows, char separator)
    {
        while (_sample.Count < SampleRows && rows.TryTake(out var row))
        {
            if (!row.IsBlank && row.Fault == RowFault.None && TrySplit(row.Text, separator))
                _sample.Add(Shown(_cells));
        }
    }

    private static List<string> Shown(List<Cell> cells) => [.. cells.Take(ColumnsShown).Select(cell => cell.Text)];

    private FileForm? ReadColumns(char separator, long start, long lines, RowSplitter behind)
    {
        FileKind kind;
        IReadOnlyList<Column> columns;
        if (request.Columns is { } named)
        {
            if (named.Count > _cells.Count)
            {
                _errors.Add("columns", $"Names {named.Count} columns where the file's first row has {_cells.Count}.");
                return null;
            }

            (kind, columns) = (
                FileKind.Trades,
                [.. named, .. Enumerable.Repeat(Column.Other, _cells.Count - named.Count)]
            );
            // Without a header of its own the first row is a row.
            if (Words.TypeOf(_cells[columns.ToList().IndexOf(Column.Type)].Text) is not null)
                return new FileForm(
                    kind,
                    separator,
                    columns,
                    start,
                    lines,
                    '.',
                    DateOrder.NotNeeded,
                    isWorkbook,
                    false,
                    0
                );
        }
        else if (Header.Read(_cells, request.Kind, _errors) is { } known)
        {
            (kind, columns) = known;
        }
        else
        {
            return null;
        }

        return new FileForm(
            kind,
            separator,
            columns,
            behind.Position,
            behind.Lines,
            '.',
            DateOrder.NotNeeded,
            isWorkbook,
            false,
            0
        );
    }

    /// <summary>Whether these are the names of columns that can be read.</summary>
    public static bool IsHeader(IReadOnlyList<Cell> cells, FileRequest request) =>
        Header.Read(cells, request.Kind, new FieldErrors()) is not null;

    private static FileForm Plain(FileKind kind, int start, long lines) =>
        new(kind, ',', [], start, lines, '.', DateOrder.NotNeeded, false, false, 0);

    private void Survey(FileRow row)
    {
        var isRead =
            _form!.Shape == RowShape.Cells && row.Fault == RowFault.None && TrySplit(row.Text, _form.Separator);
        if (isRead && _cells.TrueForAll(cell => cell.Text.Length == 0))
            return;
        _count++;
        if (isRead && _sample.Count < SampleRows)
            _sample.Add(Shown(_cells));
        if (_form.Kind == FileKind.Trades && _count == ListRowsMax + 1)
            _errors.Add(Body, $"Has more than {ListRowsMax} rows. Divide the list, each part with the header.");
        if (!isRead || _form.Kind == FileKind.AlertLog || _cells.Count != _form.Columns.Count)
            return;

        for (var i = 0; i < _cells.Count; i++)
        {
            switch (_form.Columns[i])
            {
                case Column.Price or Column.Quantity:
                    _mark.Add(i, _cells[i], isRead: true);
                    break;
                case Column.Time:
                    SurveyTime(i, _cells[i]);
                    break;
                case Column.Other:
                    _mark.Add(i, _cells[i], isRead: false);
                    break;
            }
        }
    }

    private void SurveyTime(int column, Cell cell)
    {
        if (cell.IsBlank)
            return;
        // A spreadsheet's date is a number with a mark, too.
        if (!cell.IsNumber && CellNumber.EvidenceIn(cell.Text) is MarkEvidence.Point or MarkEvidence.Comma)
            _mark.Add(column, cell, isRead: true);
        switch (CellTimes.EvidenceIn(cell))
        {
            case DateOrder.DayFirst:
                _dayFirst ??= cell.Text;
                break;
            case DateOrder.MonthFirst:
                _monthFirst ??= cell.Text;
                break;
            case null:
                _eitherFirst ??= cell.Text;
                break;
        }

        if (
            (_needsZone && _hasTimesOfDay)
            || (
                !CellTimes.TryParse(cell, '.', DateOrder.DayFirst, out var time, out _)
                && !CellTimes.TryParse(cell, ',', DateOrder.MonthFirst, out time, out _)
            )
        )
        {
            return;
        }

        _needsZone |= !time.IsUtc;
        _hasTimesOfDay |= !time.IsDate;
    }

    private DateOrder DecideOrder()
    {
        if (_dayFirst is null && _monthFirst is null && _eitherFirst is null)
            return DateOrder.NotNeeded;
        if (_dayFirst is not null ^ _monthFirst is not null)
            return _dayFirst is not null ? DateOrder.DayFirst : DateOrder.MonthFirst;
        _errors.Add(
            "dateOrder",
            (
                _dayFirst is not null
                    ? $"Is not clear from the file: '{_dayFirst}' has the day first, '{_monthFirst}' the month. "
                    : $"Is not clear from the file: '{_eitherFirst}' could be either. "
            ) + "Say which comes first, the day or the month: dateOrder=dmy or dateOrder=mdy"
        );
        return DateOrder.NotNeeded;
    }

    private void AskForTheRest(FileForm form)
    {
        var what = form.Kind == FileKind.Trades ? "A list of trades" : "This file";
        if (!form.Columns.Contains(Column.Symbol) && request.Symbol is null)
            _errors.Add("symbol", $"Is missing. {what} does not carry it: say it, for example symbol=BTCUSDT.");
        if (form.Kind == FileKind.Trades && request.Timeframe is null)
            _errors.Add(
                "timeframe",
                $"Is missing. {what} does not carry it: say it, for example timeframe=60 or timeframe=1D."
            );
        if (_needsZone && !request.HasZone)
        {
            _errors.Add(
                "tz",
                $"Is missing. The times of the file carry no zone: say the chart's, for example tz=Europe/Berlin or "
                    + $"tz=UTC. "
                    + "There is no default, for a wrong one would go unnoticed."
            );
        }
    }

    private bool TrySplit(ReadOnlySpan<byte> row, char separator)
    {
        if (!System.Text.Unicode.Utf8.IsValid(row))
            return false;
        Cells.Split(Encoding.UTF8.GetString(row), separator, isWorkbook, _cells);
        return true;
    }

    private static (int Start, long Lines) SkipToText(ReadOnlySpan<byte> head)
    {
        var mark = head.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        var (start, lines) = SkipBlankLines(head[mark..]);
        return (mark + start, lines);
    }

    private static (int Start, long Lines) SkipBlankLines(ReadOnlySpan<byte> text)
    {
        var rows = new RowSplitter(RowShape.Lines, 0, 0, 0);
        rows.Add(text);
        rows.End();
        var (start, lines) = (0L, 0L);
        while (rows.TryTake(out var row) && row.IsBlank)
            (start, lines) = (rows.Position, rows.Lines);
        // Spaces before a brace are no part of what follows.
        var rest = text[(int)start..];
        var spaces = rest.IndexOfAnyExcept((byte)' ', (byte)'\t');
        return spaces > 0 && rest[spaces] is (byte)'{' or (byte)'['
            ? ((int)start + spaces, lines)
            : ((int)start, lines);
    }

    // sep=; on a line of its own, as Excel writes it; in quotes, too.
    private static char? SeparatorLine(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)'\r', (byte)'\n');
        var line = end < 0 ? text : text[..end];
        if (line.Length > 8)
            return null;
        var named = Encoding.ASCII.GetString(line).Trim('"');
        return
            named.Length == 5
            && named.StartsWith("sep=", StringComparison.OrdinalIgnoreCase)
            && named[4] is '\t' or > ' '
            ? named[4]
            : null;
    }

    // The one whose header is known; where none is, the one that the first line has most of.
    private char SeparatorOf(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)'\r', (byte)'\n');
        var line = Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
        var best = (Separator: ',', Count: -1);
        foreach (var separator in Cells.Separators)
        {
            Cells.Split(line, separator, isWorkbook: false, _cells);
            if (request.Columns is null && Header.Read(_cells, request.Kind, new FieldErrors()) is not null)
                return separator;
            if (_cells.Count > best.Count)
                best = (separator, _cells.Count);
        }

        return best.Separator;
    }
}
