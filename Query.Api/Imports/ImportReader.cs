using PnlPipeline.Alerts;
using PnlPipeline.Contracts;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>Reads a stored file from a position on, slice by slice, with a chunk of it in memory.</summary>
/// <param name="readChunk">The part of the file that holds a position; <c>null</c> at the end.</param>
/// <param name="position">Where a line begins.</param>
/// <param name="lines">Lines before it.</param>
internal sealed class ImportReader(
    FileHead head,
    LineReader reader,
    Func<long, CancellationToken, Task<(long FirstByte, byte[] Data)?>> readChunk,
    long position,
    long lines,
    int alertsMax)
{
    /// <summary>So that a file of nothing but errors comes forward, too.</summary>
    private const int LinesInSliceMax = 20_000;

    /// <summary>Far below what the broker takes as one message, also in base64 and beside the fields.</summary>
    private const int PayloadBytesInSliceMax = 2 * 1024 * 1024;

    private const int TextKept = 1_000;

    private byte[] _text = [];
    private int _at;
    private long _position = position;
    private long _read = position;
    private long _lines = lines;
    private bool _isEnd;
    private bool _inLongLine;

    /// <returns><c>null</c> at the end of the file.</returns>
    public async Task<Slice?> NextAsync(CancellationToken cancellationToken)
    {
        var alerts = new Dictionary<string, AlertReceived>(StringComparer.Ordinal);
        var rejected = new List<RejectedLine>();
        var (begin, accepted, skipped, payload) = (_position, 0L, 0L, 0);
        // Never within a line: whoever goes on from here begins with a new one.
        for (var count = 0; _inLongLine || (alerts.Count < alertsMax && payload < PayloadBytesInSliceMax && count < LinesInSliceMax);)
        {
            if (TryTake(out var line, out var number, out var fault))
            {
                count++;
                var read = reader.Read(line, fault);
                if (read.Alert is { } alert)
                {
                    accepted++;
                    payload += alert.Payload.Length;
                    alerts.TryAdd(alert.AlertId, alert);
                }
                else if (read.Errors is { } errors)
                {
                    rejected.Add(new RejectedLine(number, line[..Math.Min(line.Length, TextKept)].ToArray(), errors));
                }
                else if (!FileHead.IsBlank(line))
                {
                    skipped++;
                }
            }
            else if (_isEnd)
            {
                break;
            }
            else
            {
                await FillAsync(cancellationToken);
            }
        }

        return _position == begin ? null : new Slice([.. alerts.Values], accepted, skipped, rejected, _position, _lines);
    }

    /// <returns>False where more of the file is needed, or there is none.</returns>
    private bool TryTake(out ReadOnlySpan<byte> line, out long number, out RecordFault fault)
    {
        line = default;
        number = _lines + 1;
        fault = RecordFault.None;
        var text = _text.AsSpan(_at);
        // Of a line that is far too long, only the beginning is looked at; the rest is passed over to its end.
        if (_inLongLine)
        {
            var end = text.IndexOf((byte)'\n');
            Advance(end < 0 ? text.Length : end + 1, 0);
            _inLongLine = end < 0 && !_isEnd;
            return !_inLongLine && TryTake(out line, out number, out fault);
        }

        byte? delimiter = head.Format == FileFormat.Ndjson ? null : (byte)head.Delimiter;
        if (FileRecord.TryFind(text, _isEnd, delimiter, out var record))
        {
            line = text[..record.Length];
            fault = record.Fault;
            Advance(record.Consumed, record.Lines);
            return true;
        }

        if (text.Length <= FileRecord.MaxBytes)
            return false;
        line = text;
        fault = RecordFault.TooLong;
        Advance(text.Length, 1);
        _inLongLine = true;
        return true;
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        if (await readChunk(_read, cancellationToken) is not { } chunk)
        {
            _isEnd = true;
            return;
        }

        var more = chunk.Data.AsSpan((int)(_read - chunk.FirstByte));
        var rest = _text.AsSpan(_at);
        var text = new byte[rest.Length + more.Length];
        rest.CopyTo(text);
        more.CopyTo(text.AsSpan(rest.Length));
        (_text, _at) = (text, 0);
        _read += more.Length;
    }

    private void Advance(int bytes, int lines)
    {
        _at += bytes;
        _position += bytes;
        _lines += lines;
    }
}
