namespace PnlPipeline.Query.Api.Imports;

/// <summary>What is wrong with a line before it is read.</summary>
public enum RecordFault
{
    None,

    /// <summary>Longer than <see cref="FileRecord.MaxBytes"/>.</summary>
    TooLong,

    /// <summary>A quoted field has no end.</summary>
    OpenQuote,
}

/// <summary>A line of a file; of a CSV file, with the lines that a quoted field of it goes on over.</summary>
/// <param name="Length">Bytes without the line's end.</param>
/// <param name="Consumed">Bytes with it.</param>
/// <param name="Lines">Physical lines.</param>
public readonly record struct FileRecord(int Length, int Consumed, int Lines, RecordFault Fault)
{
    /// <summary>As much as the webhook takes.</summary>
    public const int MaxBytes = 16_384;

    private const byte LineFeed = (byte)'\n';
    private const byte Quote = (byte)'"';

    /// <summary>Finds where the record ends that begins where the text does.</summary>
    /// <param name="isEnd">Nothing follows the text.</param>
    /// <param name="delimiter">Between the fields of a CSV file; <c>null</c> where a quote means nothing.</param>
    /// <returns>False where more text is needed; never, where there is more than <see cref="MaxBytes"/> and a line's end.</returns>
    public static bool TryFind(ReadOnlySpan<byte> text, bool isEnd, byte? delimiter, out FileRecord record)
    {
        record = default;
        if (text.IsEmpty)
            return false;

        var line = text.IndexOf(LineFeed);
        if (line < 0 && !isEnd)
            return false;

        var fault = RecordFault.None;
        var (end, lines) = (line < 0 ? text.Length : line, 1);
        if (delimiter is { } between && text[..end].Contains(Quote) && !TryEndQuoted(text, isEnd, between, ref end, ref lines, out fault))
            return false;
        if (fault == RecordFault.None && end > MaxBytes)
            fault = RecordFault.TooLong;
        var length = end > 0 && text[end - 1] == (byte)'\r' ? end - 1 : end;
        record = new FileRecord(length, Math.Min(end + 1, text.Length), lines, fault);
        return true;
    }

    // A quote opens a field only where the field begins; within, two stand for one. What stays open takes no more than its own line with it.
    private static bool TryEndQuoted(ReadOnlySpan<byte> text, bool isEnd, byte delimiter, ref int end, ref int lines, out RecordFault fault)
    {
        fault = RecordFault.None;
        var (inQuotes, atStart, found) = (false, true, 1);
        for (var i = 0; i < text.Length && i <= MaxBytes; i++)
        {
            var value = text[i];
            if (inQuotes)
            {
                if (value == LineFeed)
                    found++;
                else if (value == Quote)
                    inQuotes = false;
            }
            else if (value == LineFeed)
            {
                (end, lines) = (i, found);
                return true;
            }
            else
            {
                // Behind a closing quote, another one is the second of two.
                inQuotes = value == Quote && (atStart || text[i - 1] == Quote);
                atStart = value == delimiter || (atStart && value == (byte)' ');
            }
        }

        if (text.Length <= MaxBytes && !isEnd)
            return false;
        if (!inQuotes && text.Length <= MaxBytes)
            (end, lines) = (text.Length, found);
        else
            fault = RecordFault.OpenQuote;
        return true;
    }
}
