namespace PnlPipeline.Domain.Trades.Files;

/// <summary>What parts the rows of a file.</summary>
public enum RowShape
{
    /// <summary>Line ends, but for those within quotes.</summary>
    Cells,

    /// <summary>Line ends.</summary>
    Lines,

    /// <summary>The elements of one JSON array.</summary>
    Elements,
}

/// <summary>What is wrong with a row before it is read.</summary>
public enum RowFault
{
    None,

    /// <summary>Longer than <see cref="RowSplitter.BytesMax"/>.</summary>
    TooLong,

    /// <summary>A quoted cell has no end.</summary>
    OpenQuote,

    /// <summary>An element of an array has no end: what follows in the file is part of it.</summary>
    OpenElement,

    /// <summary>Something stands behind the end of the array.</summary>
    BehindArray,
}

/// <summary>A row of a file.</summary>
/// <param name="text">Without its end.</param>
/// <param name="position">The byte of the file at which it begins.</param>
/// <param name="line">The line at which it begins, from 1.</param>
public readonly ref struct FileRow(ReadOnlySpan<byte> text, long position, long line, RowFault fault)
{
    public ReadOnlySpan<byte> Text { get; } = text;

    public long Position { get; } = position;

    public long Line { get; } = line;

    public RowFault Fault { get; } = fault;

    /// <summary>Nothing is on it: no row, and no error either.</summary>
    public bool IsBlank => Fault == RowFault.None && Text.IndexOfAnyExcept(" \t\r\n"u8) < 0;
}

/// <summary>
/// Cuts a text that comes in pieces into its rows, from any row on. Lines end in LF, CRLF or CR. It never holds more of
/// the text than one piece and one row.
/// </summary>
/// <param name="separator">Between cells; of no account in other shapes.</param>
/// <param name="position">The byte of the file at which the text begins.</param>
/// <param name="lines">Lines of the file before it.</param>
public sealed class RowSplitter(RowShape shape, byte separator, long position, long lines)
{
    /// <summary>As much as the webhook takes.</summary>
    public const int BytesMax = 16_384;

    private const byte LineFeed = (byte)'\n';
    private const byte Return = (byte)'\r';
    private const byte Quote = (byte)'"';

    private byte[] _text = [];
    private int _at;
    private int _end;
    private bool _isEnd;
    private bool _inLongRow;
    private bool _isBehindArray;

    // Of an element that is far too long: where its scan stands.
    private Nesting _nesting;

    /// <summary>The byte behind the last row that was taken.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Lines before <see cref="Position"/>.</summary>
    public long Lines { get; private set; } = lines;

    /// <summary>The rest of a row that is far too long is still to come: no place to go on from later.</summary>
    public bool IsWithinRow => _inLongRow;

    /// <summary>Takes the next piece of the text.</summary>
    public void Add(ReadOnlySpan<byte> more)
    {
        var rest = _text.AsSpan(_at, _end - _at);
        if (rest.Length + more.Length <= _text.Length)
        {
            rest.CopyTo(_text);
        }
        else
        {
            var text = new byte[Math.Max(rest.Length + more.Length, Math.Min(2 * _text.Length, 1 << 20))];
            rest.CopyTo(text);
            _text = text;
        }

        more.CopyTo(_text.AsSpan(rest.Length));
        (_at, _end) = (0, rest.Length + more.Length);
    }

    /// <summary>Nothing follows.</summary>
    public void End() => _isEnd = true;

    /// <returns>False where more of the text is needed, or there is none.</returns>
    public bool TryTake(out FileRow row)
    {
        row = default;
        if (_inLongRow && !TrySkipLongRow())
            return false;
        return shape == RowShape.Elements ? TryTakeElement(out row) : TryTakeLine(out row);
    }

    private bool TryTakeLine(out FileRow row)
    {
        row = default;
        var text = Rest;
        if (text.IsEmpty)
            return false;

        var end = text.IndexOfAny(LineFeed, Return);
        if (end < 0 && !_isEnd)
        {
            if (text.Length <= BytesMax)
                return false;
            row = new FileRow(text, Position, Lines + 1, RowFault.TooLong);
            Advance(text.Length, 0);
            _inLongRow = true;
            return true;
        }

        var (fault, found) = (RowFault.None, 1L);
        end = end < 0 ? text.Length : end;
        if (
            shape == RowShape.Cells
            && text[..end].Contains(Quote)
            && !TryEndQuoted(text, ref end, ref found, out fault)
        )
        {
            return false;
        }

        if (fault == RowFault.None && end > BytesMax)
            fault = RowFault.TooLong;
        var consumed = end;
        if (end < text.Length)
        {
            // The line feed that belongs to a return may be in the next piece.
            if (text[end] == Return && end + 1 == text.Length && !_isEnd)
                return false;
            consumed += text[end] == Return && end + 1 < text.Length && text[end + 1] == LineFeed ? 2 : 1;
        }

        row = new FileRow(text[..end], Position, Lines + 1, fault);
        Advance(consumed, found);
        return true;
    }

    // A quote opens a cell only where the cell begins; within, two stand for one. What stays open takes no more than
    // its own line with it.
    private bool TryEndQuoted(ReadOnlySpan<byte> text, ref int end, ref long found, out RowFault fault)
    {
        fault = RowFault.None;
        var (inQuotes, isQuoted, atStart, lines) = (false, false, true, 1L);
        for (var i = 0; i < text.Length && i <= BytesMax; i++)
        {
            var value = text[i];
            if (inQuotes)
            {
                if (value == LineFeed || (value == Return && (i + 1 >= text.Length || text[i + 1] != LineFeed)))
                    lines++;
                else if (value == Quote)
                    inQuotes = false;
            }
            else if (value is LineFeed or Return)
            {
                (end, found) = (i, lines);
                return true;
            }
            else
            {
                // Behind a closing quote, another one is the second of two; in a cell without quotes (5"" pipe) none is.
                inQuotes = value == Quote && (atStart || (isQuoted && text[i - 1] == Quote));
                isQuoted = value != separator && (isQuoted || inQuotes);
                atStart = value == separator || (atStart && value == (byte)' ');
            }
        }

        if (text.Length <= BytesMax && !_isEnd)
            return false;
        if (!inQuotes && text.Length <= BytesMax)
            (end, found) = (text.Length, lines);
        else
            fault = RowFault.OpenQuote;
        return true;
    }

    private bool TryTakeElement(out FileRow row)
    {
        row = default;
        SkipBetweenElements();
        var text = Rest;
        if (text.IsEmpty)
            return false;
        if (_isBehindArray)
            return TryTakeLine(out row, RowFault.BehindArray);

        var nesting = default(Nesting);
        var length = nesting.Scan(text);
        if (length < 0 && !_isEnd)
        {
            if (text.Length <= BytesMax)
                return false;
            row = new FileRow(text, Position, Lines + 1, RowFault.TooLong);
            _nesting = nesting;
            _inLongRow = true;
            Advance(text.Length, LinesIn(text));
            return true;
        }

        var fault =
            length < 0 ? RowFault.OpenElement
            : length > BytesMax ? RowFault.TooLong
            : RowFault.None;
        length = length < 0 ? text.Length : length;
        row = new FileRow(text[..length], Position, Lines + 1, fault);
        Advance(length, LinesIn(text[..length]));
        return true;
    }

    private bool TryTakeLine(out FileRow row, RowFault fault)
    {
        row = default;
        if (!TryTakeLine(out var line))
            return false;
        row = new FileRow(line.Text, line.Position, line.Line, line.IsBlank ? RowFault.None : fault);
        return true;
    }

    private void SkipBetweenElements()
    {
        while (
            _at < _end
            && !_isBehindArray
            && _text[_at] is (byte)' ' or (byte)'\t' or LineFeed or Return or (byte)',' or (byte)']'
        )
        {
            _isBehindArray = _text[_at] == (byte)']';
            Advance(1, _text[_at] == LineFeed ? 1 : 0);
        }
    }

    private bool TrySkipLongRow()
    {
        var text = Rest;
        if (shape == RowShape.Elements)
        {
            var length = _nesting.Scan(text);
            var skipped = length < 0 ? text.Length : length;
            Advance(skipped, LinesIn(text[..skipped]));
            _inLongRow = length < 0 && !_isEnd;
            return !_inLongRow;
        }

        var end = text.IndexOfAny(LineFeed, Return);
        if (end >= 0 && text[end] == Return && end + 1 == text.Length && !_isEnd)
            return false;
        var behind = end >= 0 && text[end] == Return && end + 1 < text.Length && text[end + 1] == LineFeed ? 2 : 1;
        Advance(end < 0 ? text.Length : end + behind, 0);
        _inLongRow = end < 0 && !_isEnd;
        if (!_inLongRow)
            Lines++;
        return !_inLongRow;
    }

    private ReadOnlySpan<byte> Rest => _text.AsSpan(_at, _end - _at);

    private static long LinesIn(ReadOnlySpan<byte> text) => text.Count(LineFeed);

    private void Advance(int bytes, long lines)
    {
        _at += bytes;
        Position += bytes;
        Lines += lines;
    }

    /// <summary>How deep in an element a scan is.</summary>
    private struct Nesting
    {
        private int _depth;
        private bool _inString;
        private bool _isEscaped;
        private bool _hasBegun;

        /// <returns>The length of what belongs to the element; negative where it does not end here.</returns>
        public int Scan(ReadOnlySpan<byte> text)
        {
            for (var i = 0; i < text.Length; i++)
            {
                var value = text[i];
                if (_inString)
                {
                    if (!_isEscaped && value == Quote)
                        _inString = false;
                    _isEscaped = !_isEscaped && value == (byte)'\\';
                    if (!_inString && _depth == 0)
                        return i + 1;
                    continue;
                }

                switch (value)
                {
                    case Quote:
                        _inString = true;
                        break;
                    case (byte)'{' or (byte)'[':
                        _depth++;
                        break;
                    case (byte)'}' or (byte)']' when _depth > 0:
                        if (--_depth == 0)
                            return i + 1;
                        break;
                    // A bare value ends with what parts it from the next.
                    case (byte)',' or (byte)']' or LineFeed when _depth == 0 && _hasBegun:
                        return i;
                }

                _hasBegun = true;
            }

            return -1;
        }
    }
}
