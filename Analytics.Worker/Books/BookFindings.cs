using System.Data.Common;
using Dapper;

namespace PnlPipeline.Analytics.Worker.Books;

/// <summary>What was found to be wrong, and when it was mended: stays in the database for whoever asks.</summary>
internal static class BookFindings
{
    private const int MaxLength = 1_000;

    /// <summary>Something in a batch's ledger is wrong, and about to be mended.</summary>
    public static Task FoundInLedgerAsync(DbConnection connection, long batchId, string what, CancellationToken cancellationToken) =>
        AddAsync(connection, batchId, streamId: null, what, isRepaired: false, cancellationToken);

    /// <summary>Whatever was wrong in a batch's ledger is mended.</summary>
    public static Task MendedLedgerAsync(DbConnection connection, long batchId, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE book_findings SET repaired_at = UTC_TIMESTAMP(3) WHERE batch_id = @batchId AND repaired_at IS NULL",
            new { batchId },
            cancellationToken: cancellationToken));

    /// <summary>Something in a stream is wrong. What is so still is not said again.</summary>
    public static Task FoundInStreamAsync(DbConnection connection, long streamId, string what, bool isRepaired, CancellationToken cancellationToken) =>
        AddAsync(connection, batchId: null, streamId, what, isRepaired, cancellationToken);

    private static Task AddAsync(
        DbConnection connection, long? batchId, long? streamId, string what, bool isRepaired, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO book_findings (found_at, repaired_at, batch_id, stream_id, what)
            SELECT UTC_TIMESTAMP(3), IF(@isRepaired, UTC_TIMESTAMP(3), NULL), @batchId, @streamId, @what
            WHERE NOT EXISTS (SELECT * FROM book_findings f WHERE f.batch_id <=> @batchId AND f.stream_id <=> @streamId AND f.repaired_at IS NULL AND f.what = @what)
            """,
            new { batchId, streamId, what = what.Length <= MaxLength ? what : what[..(MaxLength - 1)] + "…", isRepaired },
            cancellationToken: cancellationToken));
}
