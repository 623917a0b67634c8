using PnlPipeline.Contracts;
using PnlPipeline.Domain.Calendar;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>
/// The part of a file that holds a position, and where in the file it begins; <c>null</c> at the end.
/// </summary>
internal delegate Task<(long FirstByte, byte[] Data)?> ReadChunk(long position, CancellationToken cancellationToken);

/// <summary>What an import has to know of a file beside its text.</summary>
/// <param name="Zone">Of its local times.</param>
/// <param name="ReceivedAt">When it came: the moment all of its alerts were received, and what its times are held
/// against.</param>
/// <param name="FirstByWebhook">When the alerts begin that came by webhook, of a symbol's stream; trades from there on
/// are left out.</param>
internal sealed record FileContext(
    FileForm Form,
    FileRequest Request,
    ZoneOffsets Zone,
    DateTime ReceivedAt,
    Func<string, CancellationToken, Task<DateTime?>> FirstByWebhook
);

/// <summary>
/// Reads a file from a position on, slice by slice. The same file gives the same slices, whatever chunks it comes in.
/// </summary>
internal abstract class FileSlices
{
    /// <summary>So that a file of nothing but errors comes forward, too.</summary>
    protected const int RowsInSliceMax = 20_000;

    /// <summary>Far below what the broker takes as one message, also in base64 and beside the fields.</summary>
    protected const int PayloadBytesInSliceMax = 2 * 1024 * 1024;

    private const int TextBytesKept = 1_000;

    /// <param name="position">Everything before this byte is done.</param>
    /// <param name="lines">Lines before it.</param>
    /// <param name="alertsMax">In one slice.</param>
    public static async Task<FileSlices> OpenAsync(
        FileContext context,
        ReadChunk readChunk,
        long position,
        long lines,
        int alertsMax,
        CancellationToken cancellationToken
    ) =>
        context.Form.Kind == FileKind.Trades
            ? await TradeSlices.OpenAsync(context, readChunk, position, alertsMax, cancellationToken)
            : new AlertSlices(context, readChunk, position, lines, alertsMax);

    /// <returns><c>null</c> at the end of the file.</returns>
    public abstract Task<Slice?> NextAsync(CancellationToken cancellationToken);

    protected static RejectedLine Rejected(
        long line,
        ReadOnlySpan<byte> text,
        IReadOnlyDictionary<string, string[]> errors
    ) => new(line, FileText.Beginning(text, TextBytesKept), errors);
}

/// <summary>Alerts, row by row, with a chunk of the file in memory.</summary>
internal sealed class AlertSlices(FileContext context, ReadChunk readChunk, long position, long lines, int alertsMax)
    : FileSlices
{
    private readonly AlertReader _reader = new(context.Form, context.Request, context.Zone, context.ReceivedAt);
    private readonly RowSplitter _rows = context.Form.Splitter(position, lines);
    private long _read = position;
    private bool _isEnd;

    public override async Task<Slice?> NextAsync(CancellationToken cancellationToken)
    {
        var slice = new SliceBuilder();
        var begin = _rows.Position;
        // Never within a row: the next run begins with a new one.
        for (
            var rows = 0;
            _rows.IsWithinRow
                || (slice.Alerts < alertsMax && slice.PayloadBytes < PayloadBytesInSliceMax && rows < RowsInSliceMax);

        )
        {
            if (_rows.TryTake(out var row))
            {
                rows++;
                if (!row.IsBlank)
                    Take(row, slice);
            }
            else if (_isEnd)
            {
                break;
            }
            else if (await readChunk(_read, cancellationToken) is { } chunk)
            {
                var more = chunk.Data.AsSpan((int)(_read - chunk.FirstByte));
                _rows.Add(more);
                _read += more.Length;
            }
            else
            {
                _rows.End();
                _isEnd = true;
            }
        }

        return _rows.Position == begin ? null : slice.Build(_rows.Position, _rows.Lines);
    }

    private void Take(FileRow row, SliceBuilder slice)
    {
        var read = _reader.Read(row);
        if (read.Alert is { } alert)
            slice.Accept(alert, rows: 1);
        else if (read.Errors is { } errors)
            slice.Reject(Rejected(row.Line, row.Text, errors));
        else if (read.LeftOut is not null)
            slice.Skip(1);
    }
}

/// <summary>
/// The trades of a list, which is put together whole before the first of them: some hundred bytes a row.
/// </summary>
internal sealed class TradeSlices : FileSlices
{
    private readonly FileContext _context;
    private readonly IEnumerator<ListItem> _items;
    private readonly FileTextAt _text;
    private readonly int _alertsMax;
    private readonly long _bytes;
    private readonly long _lines;
    private readonly Dictionary<string, DateTime?> _firstByWebhook = new(StringComparer.Ordinal);
    private bool _isEnd;

    private TradeSlices(
        FileContext context,
        IEnumerator<ListItem> items,
        FileTextAt text,
        int alertsMax,
        long bytes,
        long lines
    )
    {
        (_context, _items, _text, _alertsMax, _bytes, _lines) = (context, items, text, alertsMax, bytes, lines);
        _isEnd = !items.MoveNext();
    }

    public static async Task<TradeSlices> OpenAsync(
        FileContext context,
        ReadChunk readChunk,
        long position,
        int alertsMax,
        CancellationToken cancellationToken
    )
    {
        var reader = new TradeListReader(context.Form, context.Request.Symbol, context.Zone, context.ReceivedAt);
        var rows = context.Form.Splitter(context.Form.Start, context.Form.Lines);
        var read = context.Form.Start;
        while (await readChunk(read, cancellationToken) is { } chunk)
        {
            var more = chunk.Data.AsSpan((int)(read - chunk.FirstByte));
            rows.Add(more);
            read += more.Length;
            TakeAll(rows, reader);
        }

        rows.End();
        TakeAll(rows, reader);
        var items = reader.Items().SkipWhile(item => item.Position < position).GetEnumerator();
        return new TradeSlices(context, items, new FileTextAt(readChunk), alertsMax, read, rows.Lines);
    }

    public override async Task<Slice?> NextAsync(CancellationToken cancellationToken)
    {
        if (_isEnd)
            return null;
        var slice = new SliceBuilder();
        for (
            var rows = 0;
            !_isEnd
                && slice.Alerts < _alertsMax
                && slice.PayloadBytes < PayloadBytesInSliceMax
                && rows < RowsInSliceMax;

        )
        {
            var item = _items.Current;
            rows += item.Accepted + item.Merged + item.Skipped + item.Errors.Count;
            slice.Merge(item.Merged);
            slice.Skip(item.Skipped);
            foreach (var error in item.Errors)
                slice.Reject(
                    Rejected(
                        error.Line,
                        await _text.ReadAsync(error.Position, error.Length, cancellationToken),
                        error.Errors
                    )
                );
            if (
                item.Trade is { } trade
                && trade.EntryTime >= await FirstByWebhookAsync(trade.Symbol, cancellationToken)
            )
                slice.Skip(item.Accepted);
            else if (item.Trade is not null)
                slice.Accept(
                    item.Trade.ToAlert(_context.Request.Timeframe!, _context.Request.Strategy, _context.ReceivedAt),
                    item.Accepted
                );
            _isEnd = !_items.MoveNext();
        }

        return _isEnd ? slice.Build(_bytes, _lines) : slice.Build(_items.Current.Position, _items.Current.Line - 1);
    }

    private static void TakeAll(RowSplitter rows, TradeListReader reader)
    {
        while (rows.TryTake(out var row))
            reader.Add(row);
    }

    private async ValueTask<DateTime?> FirstByWebhookAsync(string symbol, CancellationToken cancellationToken)
    {
        if (!_firstByWebhook.TryGetValue(symbol, out var first))
            _firstByWebhook[symbol] = first = await _context.FirstByWebhook(symbol, cancellationToken);
        return first;
    }
}

/// <summary>Parts of a file by their place, which mostly ascends: the chunk that was read last is kept.</summary>
internal sealed class FileTextAt(ReadChunk readChunk)
{
    private (long FirstByte, byte[] Data) _chunk = (0, []);

    public async Task<byte[]> ReadAsync(long position, int length, CancellationToken cancellationToken)
    {
        var text = new byte[length];
        for (var filled = 0; filled < length; )
        {
            var at = position + filled - _chunk.FirstByte;
            if (at < 0 || at >= _chunk.Data.Length)
            {
                _chunk =
                    await readChunk(position + filled, cancellationToken)
                    ?? throw new InvalidDataException("The file ends before its rows do.");
                continue;
            }

            var part = Math.Min(length - filled, _chunk.Data.Length - (int)at);
            _chunk.Data.AsSpan((int)at, part).CopyTo(text.AsSpan(filled));
            filled += part;
        }

        return text;
    }
}
