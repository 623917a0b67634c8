using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using PnlPipeline.Analytics.Worker.Inbox;
using PnlPipeline.Database;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.DeadLetters;

/// <summary>Keeps messages that no retry can help in <c>parked_messages</c>, where the log shows them.</summary>
public sealed class DeadLetterStore(MySqlDatabase database, TimeProvider clock, ILogger<DeadLetterStore> log)
    : IDeadLetterStore
{
    // As wide as the columns: what comes off a queue may be anything, and must not stop its own storing.
    private const int MaxQueueLength = 255;
    private const int MaxMessageIdLength = 64;
    private const int MaxContentTypeLength = 255;
    private const int MaxReasonLength = 2_000;

    /// <inheritdoc/>
    public Task ParkAsync(FailedMessage message, CancellationToken cancellationToken)
    {
        log.LogError(
            "Message {MessageId} of queue {Queue} is a dead letter now: {Reason}",
            Cut(message.MessageId, MaxMessageIdLength),
            message.Queue,
            message.Reason
        );
        return MySqlDatabase.RetryWhileTransientAsync(
            attempt => AddAsync(message, attempt),
            (fault, pause) =>
                log.LogWarning(
                    fault,
                    "Storing dead letter {MessageId} waits {Pause} and is tried again",
                    message.MessageId,
                    pause
                ),
            cancellationToken
        );
    }

    private async Task<bool> AddAsync(FailedMessage message, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (now, reason) = (clock.GetDatabaseTime(), Cut(message.Reason, MaxReasonLength));
        // Of one that is there already this is its id, and everything stays as it was.
        var parkedId = await connection.ExecuteScalarAsync<long>(
            new CommandDefinition(
                """
                INSERT INTO parked_messages (fingerprint, parked_at, queue, message_id, content_type, reason, body)
                VALUES (@fingerprint, @now, @queue, @messageId, @contentType, @reason, @body)
                ON DUPLICATE KEY UPDATE parked_id = LAST_INSERT_ID(parked_messages.parked_id);
                SELECT LAST_INSERT_ID()
                """,
                new
                {
                    fingerprint = Fingerprint(message),
                    now,
                    queue = Cut(message.Queue, MaxQueueLength),
                    messageId = Cut(message.MessageId, MaxMessageIdLength),
                    contentType = Cut(message.ContentType, MaxContentTypeLength),
                    reason,
                    body = message.Body,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await InboxWrites.AddAsync(
            connection,
            new InboxItem(
                InboxWrites.Failed,
                parkedId.ToString(CultureInfo.InvariantCulture),
                now,
                Detail: $"{message.Queue}: {reason}"
            ),
            now,
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    // A dead letter that was stored and, the acknowledgement being lost, comes again is the same message.
    private static byte[] Fingerprint(FailedMessage message)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in (string?[])[message.Queue, message.MessageId, message.ContentType])
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part ?? ""));
            hash.AppendData([0]);
        }

        hash.AppendData(message.Body);
        return hash.GetHashAndReset();
    }

    // Not through the middle of a surrogate pair.
    private static string? Cut(string? text, int maxLength) =>
        text is null || text.Length <= maxLength ? text
        : char.IsHighSurrogate(text[maxLength - 1]) ? text[..(maxLength - 1)]
        : text[..maxLength];
}
