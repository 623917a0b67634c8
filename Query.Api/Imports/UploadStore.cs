using System.Buffers;
using System.Data;
using System.IO.Compression;
using System.Text.Json;
using Dapper;
using Microsoft.EntityFrameworkCore;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Trades.Files;
using PnlPipeline.Query.Api.Access;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>The SQL for files: chunks in, compressed, and out again at any position.</summary>
public sealed class UploadStore(MySqlDatabase database, TimeProvider clock)
{
    /// <summary>An upload that has not been heard of for this long has broken off.</summary>
    private const int ReceivingLeaseSeconds = 120;

    // The quickest there is; alerts shrink to an eighth and less.
    private const int Quality = 1;
    private const int Window = 22;

    /// <returns>The import's id.</returns>
    internal async Task<long> BeginAsync(
        string? fileName,
        ImportParameters parameters,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(
            """
            INSERT INTO imports (state, file_name, symbol, timeframe, strategy, time_zone, overlap, created_at, lease_until)
            VALUES ('receiving', @fileName, @symbol, @timeframe, @strategy, @zone, @overlap, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL @lease SECOND);
            SELECT LAST_INSERT_ID()
            """,
            new
            {
                fileName,
                symbol = parameters.File.Symbol,
                timeframe = parameters.File.Timeframe,
                strategy = string.IsNullOrEmpty(parameters.File.Strategy) ? null : parameters.File.Strategy,
                zone = parameters.File.Zone?.Id,
                overlap = parameters.Overlap,
                lease = ReceivingLeaseSeconds,
            }
        );
    }

    /// <summary>Stores the next part of a file; returns when it is on disk.</summary>
    /// <exception cref="UploadLostException">It took so long that the upload was given up.</exception>
    public async Task AppendAsync(
        long importId,
        long firstByte,
        ReadOnlyMemory<byte> chunk,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var known = await connection.ExecuteAsync(
            """
            UPDATE imports SET bytes = @bytes, lease_until = UTC_TIMESTAMP(3) + INTERVAL @lease SECOND
             WHERE import_id = @importId AND state = 'receiving'
            """,
            new
            {
                importId,
                bytes = firstByte + chunk.Length,
                lease = ReceivingLeaseSeconds,
            },
            transaction
        );
        if (known == 0)
            throw new UploadLostException();
        await connection.ExecuteAsync(
            "INSERT INTO import_chunks (import_id, first_byte, length, data) VALUES (@importId, @firstByte, @length, "
                + "@data)",
            new
            {
                importId,
                firstByte,
                length = chunk.Length,
                data = Compress(chunk.Span),
            },
            transaction
        );
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The file is there whole: from now on it survives whatever happens to this process.</summary>
    /// <param name="by">Whose it is, for the audit trail.</param>
    /// <inheritdoc cref="AppendAsync" path="/exception"/>
    public async Task CompleteAsync(Author by, long importId, FileForm form, CancellationToken cancellationToken)
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(
            IsolationLevel.ReadCommitted,
            cancellationToken
        );
        var (format, json) = (form.Kind.ToDbValue(), JsonSerializer.Serialize(form));
        var known = await db
            .Imports.Where(row => row.ImportId == importId && row.State == ImportStates.Receiving)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(row => row.State, ImportStates.Running)
                        .SetProperty(row => row.Format, format)
                        .SetProperty(row => row.Form, json)
                        .SetProperty(row => row.Position, form.Start)
                        .SetProperty(row => row.LinesRead, form.Lines)
                        .SetProperty(row => row.LeaseUntil, (DateTime?)null),
                cancellationToken
            );
        if (known == 0)
            throw new UploadLostException();

        var import = await db.Imports.SingleAsync(row => row.ImportId == importId, cancellationToken);
        var detail = new
        {
            import.Format,
            import.FileName,
            import.Bytes,
            import.Symbol,
            import.Timeframe,
            import.Strategy,
            import.TimeZone,
            import.Overlap,
        };
        db.Add(AuditTrail.Entry(by, clock.GetDatabaseTime(), AuditActions.ImportUpload, $"imports/{importId}", detail));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Forgets an upload that came to nothing.</summary>
    public async Task AbandonAsync(long importId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(
            """
            DELETE FROM imports WHERE import_id = @importId AND state = 'receiving';
            DELETE c FROM import_chunks c LEFT JOIN imports i USING (import_id) WHERE c.import_id = @importId AND i.import_id IS NULL
            """,
            new { importId }
        );
    }

    /// <summary>The part of a file that holds this position, and where in the file it begins.</summary>
    /// <returns>Nothing at the end.</returns>
    public async Task<(long FirstByte, byte[] Data)?> ReadAsync(
        long importId,
        long position,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<ChunkRow>(
            """
            SELECT first_byte, length, data FROM import_chunks
             WHERE import_id = @importId AND first_byte <= @position ORDER BY first_byte DESC LIMIT 1
            """,
            new { importId, position }
        );
        return row is null || row.FirstByte + row.Length <= position
            ? null
            : (row.FirstByte, Decompress(row.Data, row.Length));
    }

    /// <summary>Marks uploads that broke off, and removes the files of all imports that have ended.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(
            """
            UPDATE imports SET state = 'failed', failure = 'The upload broke off before its end. Nothing of it was taken; send the file again.',
                   finished_at = UTC_TIMESTAMP(3), lease_until = NULL
             WHERE state = 'receiving' AND lease_until < UTC_TIMESTAMP(3);
            DELETE c FROM import_chunks c LEFT JOIN imports i USING (import_id) WHERE i.import_id IS NULL OR i.state IN ('done', 'failed')
            """
        );
    }

    private static byte[] Compress(ReadOnlySpan<byte> data)
    {
        var room = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(data.Length));
        try
        {
            if (!BrotliEncoder.TryCompress(data, room, out var written, Quality, Window))
                throw new InvalidOperationException("What may be as long as it says did not fit.");
            return room[..written];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    private static byte[] Decompress(byte[] data, int length)
    {
        var whole = new byte[length];
        if (!BrotliDecoder.TryDecompress(data, whole, out var written) || written != length)
            throw new InvalidDataException("A chunk of an import is not what was stored.");
        return whole;
    }

    private sealed class ChunkRow
    {
        public long FirstByte { get; init; }

        public int Length { get; init; }

        public byte[] Data { get; init; } = [];
    }
}

/// <summary>The upload was given up meanwhile: it had not been heard of for minutes.</summary>
public sealed class UploadLostException : Exception
{
    public UploadLostException()
        : base("The upload was given up.") { }

    public UploadLostException(string message)
        : base(message) { }

    public UploadLostException(string message, Exception innerException)
        : base(message, innerException) { }
}
