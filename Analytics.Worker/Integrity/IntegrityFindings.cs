using System.Data.Common;
using System.Globalization;
using Dapper;
using PnlPipeline.Analytics.Worker.Inbox;

namespace PnlPipeline.Analytics.Worker.Integrity;

/// <summary>What was found to be wrong, and when it was repaired: stays in the database for whoever asks.</summary>
internal static class IntegrityFindings
{
    private const int MaxLength = 1_000;

    /// <summary>Something in a batch's ledger is wrong, and about to be repaired.</summary>
    public static Task FoundInLedgerAsync(
        DbConnection connection,
        long batchId,
        string what,
        CancellationToken cancellationToken
    ) => AddAsync(connection, batchId, streamId: null, what, isRepaired: false, cancellationToken);

    /// <summary>Whatever was wrong in a batch's ledger is repaired.</summary>
    public static Task RepairedLedgerAsync(
        DbConnection connection,
        long batchId,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            new CommandDefinition(
                "UPDATE book_findings SET repaired_at = UTC_TIMESTAMP(3) WHERE batch_id = @batchId AND repaired_at IS "
                    + "NULL",
                new { batchId },
                cancellationToken: cancellationToken
            )
        );

    /// <summary>Something in a stream is wrong. What is so still is not said again.</summary>
    public static Task FoundInStreamAsync(
        DbConnection connection,
        long streamId,
        string what,
        bool isRepaired,
        CancellationToken cancellationToken
    ) => AddAsync(connection, batchId: null, streamId, what, isRepaired, cancellationToken);

    private static async Task AddAsync(
        DbConnection connection,
        long? batchId,
        long? streamId,
        string what,
        bool isRepaired,
        CancellationToken cancellationToken
    )
    {
        var said = what.Length <= MaxLength ? what : what[..(MaxLength - 1)] + "…";
        // Both of them or neither: what was found wants a look, repaired or not.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var findingId = await connection.ExecuteScalarAsync<long?>(
            new CommandDefinition(
                """
                INSERT INTO book_findings (found_at, repaired_at, batch_id, stream_id, what)
                SELECT UTC_TIMESTAMP(3), IF(@isRepaired, UTC_TIMESTAMP(3), NULL), @batchId, @streamId, @said
                WHERE NOT EXISTS (SELECT * FROM book_findings f WHERE f.batch_id <=> @batchId AND f.stream_id <=> @streamId AND f.repaired_at IS NULL AND f.what = @said);
                SELECT LAST_INSERT_ID() WHERE ROW_COUNT() > 0
                """,
                new
                {
                    batchId,
                    streamId,
                    said,
                    isRepaired,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (findingId is { } id)
        {
            var now = await connection.ExecuteScalarAsync<DateTime>(
                "SELECT UTC_TIMESTAMP(3)",
                transaction: transaction
            );
            await InboxWrites.AddAsync(
                connection,
                new InboxItem(
                    InboxWrites.Check,
                    id.ToString(CultureInfo.InvariantCulture),
                    now,
                    streamId,
                    batchId,
                    said
                ),
                now,
                cancellationToken
            );
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
