using System.Buffers;
using System.Buffers.Text;
using System.Data.Common;
using System.Globalization;
using System.Text;
using MySqlConnector;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Database;

/// <summary>
/// Rows, written cell by cell and stored in one of two ways: by statements of many rows of literals, or by <c>LOAD DATA
/// LOCAL</c> from memory, which takes two thirds of the time once there are hundreds. The server must allow the second
/// (<see cref="MySqlDatabase.TakesBulkLoadsAsync"/>).
/// </summary>
/// <remarks>
/// In a statement text and bytes are written in hex, so that nothing that came from outside is ever read as SQL.
/// </remarks>
public sealed class RowWriter : IDisposable
{
    /// <summary>With fewer rows the round trips that loading takes cost more than it wins.</summary>
    public const int MinRowsToLoad = 200;

    // Well under max_allowed_packet (64 MiB), and long enough that a statement's own cost no longer counts.
    private const int MaxStatementBytes = 2 * 1024 * 1024;
    private const int MaxStatementRows = 1_000;

    // The longest cell of a length of its own is a decimal: sign, 65 digits, point.
    private const int LongestCell = 80;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly string _head;
    private readonly string _tail;
    private readonly string _row;
    private readonly string? _table;
    private readonly string[] _columns;
    private readonly List<string> _statements = [];

    private byte[] _text = ArrayPool<byte>.Shared.Rent(16 * 1024);
    private int _length;
    private int _rows;
    private bool _isInRow;
    private bool _isFirstCell;

    /// <summary>Statements made of literals, whatever stands before and behind the rows.</summary>
    /// <param name="head">Up to and with <c>VALUES</c>.</param>
    /// <param name="tail">What follows the rows, such as <c>ON DUPLICATE KEY UPDATE …</c>.</param>
    /// <param name="row">What each row begins with: <c>ROW</c> where the rows are a table of their own, as in <c>UPDATE
    /// (VALUES ROW(…)) AS … JOIN …</c>.</param>
    public RowWriter(string head, string tail = "", string row = "")
    {
        (_head, _tail, _row, _columns) = (head, tail, row, []);
    }

    /// <summary>New rows of a table.</summary>
    /// <param name="loads">Whether they are loaded, rather than inserted by statements.</param>
    public RowWriter(string table, string[] columns, bool loads)
        : this($"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ")
    {
        if (loads)
            (_table, _columns) = (table, columns);
    }

    private bool Loads => _table is not null;

    /// <summary>Begins a row; its cells follow in the order of the columns.</summary>
    public RowWriter Row()
    {
        EndRow();
        if (!Loads)
        {
            if (_rows >= MaxStatementRows || _length >= MaxStatementBytes)
                EndStatement();
            Write(_rows == 0 ? _head : ",");
            Write(_row);
            Write("(");
        }

        _rows++;
        (_isInRow, _isFirstCell) = (true, true);
        return this;
    }

    public RowWriter Value(long? value)
    {
        if (value is not { } known)
            return Null();
        BeginCell();
        Utf8Formatter.TryFormat(known, _text.AsSpan(_length), out var written);
        _length += written;
        return this;
    }

    public RowWriter Value(decimal? value)
    {
        if (value is not { } known)
            return Null();
        BeginCell();
        _length += DecimalText.Write(known, _text.AsSpan(_length));
        return this;
    }

    public RowWriter Value(bool? value) => Value(value is { } known ? (known ? 1L : 0L) : (long?)null);

    /// <param name="utc">Written to the millisecond.</param>
    public RowWriter Value(DateTime? utc)
    {
        if (utc is not { } known)
            return Null();
        BeginCell();
        if (!Loads)
            Write("'");
        // By hand: a format string is interpreted each time, and takes ten times as long.
        var (date, time) = (DateOnly.FromDateTime(known), known.TimeOfDay);
        Digits(date.Year, 4, '-');
        Digits(date.Month, 2, '-');
        Digits(date.Day, 2, ' ');
        Digits(time.Hours, 2, ':');
        Digits(time.Minutes, 2, ':');
        Digits(time.Seconds, 2, '.');
        Digits(time.Milliseconds, 3, '\'');
        if (Loads)
            _length--;
        return this;
    }

    public RowWriter Value(AlertId? id)
    {
        if (id is not { } known)
            return Null();
        Span<byte> bytes = stackalloc byte[AlertId.Length];
        known.CopyTo(bytes);
        return Value(bytes);
    }

    public RowWriter Value(byte[]? bytes) => bytes is null ? Null() : Value(bytes.AsSpan());

    public RowWriter Value(ReadOnlySpan<byte> bytes)
    {
        BeginCell();
        return Loads ? Escaped(bytes) : Hex(bytes);
    }

    public RowWriter Value(string? text)
    {
        if (text is null)
            return Null();
        BeginCell();
        var bytes = Utf8.GetBytes(text);
        if (Loads)
            return Escaped(bytes);
        Write("_utf8mb4 ");
        return Hex(bytes);
    }

    /// <summary>A word of this program's own, such as an enum's: written as it is.</summary>
    public RowWriter Word(string? word)
    {
        if (word is null)
            return Null();
        if (!word.All(char.IsAsciiLetterLower))
            throw new ArgumentException("Only a-z may be written as a bare word.", nameof(word));
        BeginCell();
        var quote = Loads ? "" : "'";
        Write(quote);
        Write(word);
        Write(quote);
        return this;
    }

    /// <summary>Stores the rows written so far, and begins again. Without rows, nothing is sent.</summary>
    /// <returns>The number of rows that the server counts as affected.</returns>
    /// <exception cref="InvalidOperationException">
    /// Loading, the server left rows out or bent values to fit: what is an error in a statement is only a warning
    /// there.
    /// </exception>
    public async Task<long> SendAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Loads
            ? await LoadAsync(connection, cancellationToken).ConfigureAwait(false)
            : await SendAsync([this], connection, cancellationToken).ConfigureAwait(false);

    /// <summary>Stores the rows of several, one after the other, in as few round trips as they fit in.</summary>
    /// <inheritdoc cref="SendAsync(DbConnection, CancellationToken)"/>
    public static async Task<long> SendAsync(
        IEnumerable<RowWriter> writers,
        DbConnection connection,
        CancellationToken cancellationToken
    )
    {
        var affected = 0L;
        var trip = new StringBuilder();
        foreach (var writer in writers)
        {
            if (writer.Loads)
            {
                await SendTripAsync().ConfigureAwait(false);
                affected += await writer.LoadAsync(connection, cancellationToken).ConfigureAwait(false);
                continue;
            }

            foreach (var statement in writer.TakeStatements())
            {
                if (trip.Length + statement.Length > MaxStatementBytes)
                    await SendTripAsync().ConfigureAwait(false);
                trip.Append(statement).Append(";\n");
            }
        }

        await SendTripAsync().ConfigureAwait(false);
        return affected;

        async Task SendTripAsync()
        {
            if (trip.Length == 0)
                return;
            await using var command = connection.CreateCommand();
            command.CommandText = trip.ToString();
            trip.Clear();
            affected += await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_text);
        _text = [];
    }

    private async Task<long> LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        EndRow();
        if (_rows == 0)
            return 0;
        using var stream = new MemoryStream(_text, 0, _length, writable: false);
        var loader = new MySqlBulkLoader((MySqlConnection)connection)
        {
            Local = true,
            SourceStream = stream,
            TableName = _table,
            // The bytes are what is stored, in whatever column.
            CharacterSet = "binary",
            FieldTerminator = "\t",
            LineTerminator = "\n",
            EscapeCharacter = '\\',
            Timeout = (int)MySqlUrl.StatementTimeoutSeconds,
        };
        loader.Columns.AddRange(_columns);
        var loaded = await loader.LoadAsync(cancellationToken).ConfigureAwait(false);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT @@warning_count";
        var warnings = Convert.ToInt64(
            await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false),
            CultureInfo.InvariantCulture
        );
        if (loaded != _rows || warnings != 0)
            throw new InvalidOperationException(
                $"Of {_rows} rows {loaded} were loaded into {_table}, with {warnings} warnings."
            );
        (_length, _rows) = (0, 0);
        return loaded;
    }

    private List<string> TakeStatements()
    {
        EndRow();
        EndStatement();
        List<string> statements = [.. _statements];
        _statements.Clear();
        return statements;
    }

    private void EndStatement()
    {
        if (_rows == 0)
            return;
        Write(_tail);
        _statements.Add(Utf8.GetString(_text, 0, _length));
        (_length, _rows) = (0, 0);
    }

    private void EndRow()
    {
        if (_isInRow)
            Write(Loads ? "\n" : ")");
        _isInRow = false;
    }

    private void BeginCell()
    {
        if (!_isFirstCell)
            Write(Loads ? "\t" : ",");
        _isFirstCell = false;
        Reserve(LongestCell);
    }

    private RowWriter Null()
    {
        BeginCell();
        Write(Loads ? @"\N" : "NULL");
        return this;
    }

    private RowWriter Hex(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            Write("''");
            return this;
        }

        Write("0x");
        Reserve(2 * bytes.Length);
        Convert.TryToHexString(bytes, _text.AsSpan(_length), out var written);
        _length += written;
        return this;
    }

    private RowWriter Escaped(ReadOnlySpan<byte> bytes)
    {
        Reserve(2 * bytes.Length);
        foreach (var value in bytes)
        {
            // What ends a field or a line, and the escape itself, stand for themselves behind an escape; a NUL has a
            // letter of its own.
            if (value is (byte)'\t' or (byte)'\n' or (byte)'\\' or 0)
                _text[_length++] = (byte)'\\';
            _text[_length++] = value == 0 ? (byte)'0' : value;
        }

        return this;
    }

    // Zeros in front, up to so many; and what follows.
    private void Digits(int value, int count, char end)
    {
        for (var i = count - 1; i >= 0; i--, value /= 10)
            _text[_length + i] = (byte)('0' + (value % 10));
        _text[_length + count] = (byte)end;
        _length += count + 1;
    }

    private void Write(string text)
    {
        Reserve(Utf8.GetMaxByteCount(text.Length));
        _length += Utf8.GetBytes(text, _text.AsSpan(_length));
    }

    private void Reserve(int more)
    {
        if (_text.Length - _length >= more)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_text.Length * 2, _length + more));
        _text.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_text);
        _text = larger;
    }
}
