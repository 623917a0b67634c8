using System.IO.Pipelines;
using Parquet;
using Parquet.Schema;

namespace PnlPipeline.Query.Api.Http;

/// <summary>How a Parquet file is asked for.</summary>
public static class ParquetFile
{
    public const string MediaType = "application/vnd.apache.parquet";

    /// <summary>
    /// Whether the request asks for one: <c>format=parquet</c>, or <c>Accept: application/vnd.apache.parquet</c>.
    /// </summary>
    public static bool IsWanted(HttpRequest request, DownloadParameters parameters) =>
        parameters.IsWanted(request, "parquet", MediaType);
}

/// <summary>A column of a download: its name, its cells, and how Parquet stores them.</summary>
public sealed class ParquetColumn<T>
{
    private readonly Func<ParquetRowGroupWriter, DataField, T[], CancellationToken, Task> _write;

    internal ParquetColumn(
        DataField field,
        Func<T, object?> cell,
        Func<ParquetRowGroupWriter, DataField, T[], CancellationToken, Task> write
    )
    {
        Field = field;
        Cell = cell;
        _write = write;
    }

    public string Name => Field.Name;

    /// <summary>What stands there in CSV.</summary>
    public Func<T, object?> Cell { get; }

    internal DataField Field { get; }

    internal Task WriteAsync(ParquetRowGroupWriter group, T[] rows, CancellationToken cancellationToken) =>
        _write(group, Field, rows, cancellationToken);
}

/// <summary>The kinds of columns.</summary>
public static class ParquetColumn
{
    // All that Parquet's readers know; what .NET and the tables can hold is less.
    private const int Precision = 38;

    public static ParquetColumn<T> Integer<T>(string name, Func<T, long> read) =>
        Value(new DataField<long>(name), read);

    /// <summary>A UTC time, to the millisecond.</summary>
    public static ParquetColumn<T> Time<T>(string name, Func<T, DateTime> read) =>
        Value(
            new DateTimeDataField(
                name,
                DateTimeFormat.Timestamp,
                isAdjustedToUTC: true,
                DateTimeTimeUnit.Millis,
                isNullable: false
            ),
            read
        );

    /// <param name="scale">How many decimals it has at most.</param>
    public static ParquetColumn<T> Number<T>(string name, int scale, Func<T, decimal> read) =>
        Value(new DecimalDataField(name, Precision, scale, isNullable: false), read);

    /// <inheritdoc cref="Number"/>
    public static ParquetColumn<T> OptionalNumber<T>(string name, int scale, Func<T, decimal?> read) =>
        new(
            new DecimalDataField(name, Precision, scale, isNullable: true),
            row => read(row),
            (group, field, rows, cancellationToken) =>
                group.WriteAsync<decimal>(
                    field,
                    Array.ConvertAll(rows, row => read(row)),
                    cancellationToken: cancellationToken
                )
        );

    /// <param name="isNullable">Whether there may be none.</param>
    public static ParquetColumn<T> Text<T>(string name, Func<T, string?> read, bool isNullable = false) =>
        new(
            new DataField(name, typeof(string), isNullable),
            read,
            (group, field, rows, _) => group.WriteAsync(field, Array.ConvertAll(rows, row => read(row)))
        );

    private static ParquetColumn<T> Value<T, TValue>(DataField field, Func<T, TValue> read)
        where TValue : struct =>
        new(
            field,
            row => read(row),
            (group, written, rows, cancellationToken) =>
                group.WriteAsync<TValue>(
                    written,
                    Array.ConvertAll(rows, row => read(row)),
                    cancellationToken: cancellationToken
                )
        );
}

/// <summary>A Parquet download, sent while it is read: a row group at a time is in memory.</summary>
/// <param name="fileName">What a browser calls it.</param>
public sealed class ParquetResult<T>(string fileName, IReadOnlyList<ParquetColumn<T>> columns, IAsyncEnumerable<T> rows)
    : IResult
{
    private const int RowsInAGroup = 8_192;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, cancellationToken) = (httpContext.Response, httpContext.RequestAborted);
        var schema = new ParquetSchema([.. columns.Select(column => column.Field)]);
        await using (
            var writer = await ParquetWriter.CreateAsync(
                schema,
                new Unflushed(response.BodyWriter),
                cancellationToken: cancellationToken
            )
        )
        {
            // Until the first flush an answer may still become a problem.
            await foreach (var some in rows.Chunk(RowsInAGroup).WithCancellation(cancellationToken))
            {
                using (var group = writer.CreateRowGroup())
                {
                    foreach (var column in columns)
                        await column.WriteAsync(group, some, cancellationToken);
                }

                SetHeaders(response);
                await response.BodyWriter.FlushAsync(cancellationToken);
            }
        }

        SetHeaders(response);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    private void SetHeaders(HttpResponse response)
    {
        if (response.HasStarted)
            return;
        response.ContentType = ParquetFile.MediaType;
        response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
    }

    /// <summary>
    /// The answer as the library wants it: it writes and flushes at times also synchronously, which must not reach the
    /// line.
    /// </summary>
    private sealed class Unflushed(PipeWriter pipe) : Stream
    {
        private long _written;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _written;

        public override long Position
        {
            get => _written;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            System.Buffers.BuffersExtensions.Write(pipe, buffer);
            _written += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Write(buffer, offset, count);
            return Task.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush() { }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
