using System.Security.Cryptography;
using System.Text;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.Parking;

/// <summary>Keeps messages that no retry can help in <c>parked_messages</c>, where the log shows them.</summary>
public sealed class ParkingLot(MySqlDatabase database, TimeProvider clock, ILogger<ParkingLot> log) : IParkingLot
{
    // As wide as the columns: what comes off a queue may be anything, and must not stop its own parking.
    private const int MaxQueueLength = 255;
    private const int MaxMessageIdLength = 64;
    private const int MaxContentTypeLength = 255;
    private const int MaxReasonLength = 2_000;

    /// <inheritdoc/>
    public Task ParkAsync(ParkedMessage message, CancellationToken cancellationToken)
    {
        log.LogError(
            "Message {MessageId} of queue {Queue} is parked: {Reason}", Cut(message.MessageId, MaxMessageIdLength), message.Queue, message.Reason);
        return MySqlDatabase.RetryWhileTransientAsync(
            attempt => AddAsync(message, attempt),
            (fault, pause) => log.LogWarning(fault, "Parking message {MessageId} waits {Pause} and is tried again", message.MessageId, pause),
            cancellationToken);
    }

    private async Task<bool> AddAsync(ParkedMessage message, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO parked_messages (fingerprint, parked_at, queue, message_id, content_type, reason, body)
            VALUES (@fingerprint, @parkedAt, @queue, @messageId, @contentType, @reason, @body)
            ON DUPLICATE KEY UPDATE fingerprint = parked_messages.fingerprint
            """,
            new
            {
                fingerprint = Fingerprint(message),
                parkedAt = clock.GetUtcNow().UtcDateTime,
                queue = Cut(message.Queue, MaxQueueLength),
                messageId = Cut(message.MessageId, MaxMessageIdLength),
                contentType = Cut(message.ContentType, MaxContentTypeLength),
                reason = Cut(message.Reason, MaxReasonLength),
                body = message.Body,
            },
            cancellationToken: cancellationToken));
        return true;
    }

    // A message that is parked and, the acknowledgement being lost, comes again is the same message.
    private static byte[] Fingerprint(ParkedMessage message)
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
