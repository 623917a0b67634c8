using System.Text.Json;
using Dapper;
using PnlPipeline.Analytics.Worker.Inbox;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Analytics.Worker.Rejections;

/// <summary>Bodies that ingest refused, kept as they arrived.</summary>
public sealed class RejectionStore(MySqlDatabase database)
{
    /// <summary>Stores it once, however often it comes.</summary>
    /// <exception cref="FormatException">The message is no refused body.</exception>
    public async Task AddAsync(AlertRejected rejected, CancellationToken cancellationToken)
    {
        // Deserializers do not heed what may be null.
        if (!AlertId.TryParse(rejected.RejectionId, out var id) || rejected is { Body: null } or { Errors: null })
            throw new FormatException(
                $"A refused body must have an id of 32 hex digits, its bytes and its errors: {rejected.RejectionId}"
            );

        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                INSERT INTO rejected_alerts (rejection_id, received_at, body, errors) VALUES (@id, @receivedAt, @body, @errors)
                ON DUPLICATE KEY UPDATE rejection_id = rejected_alerts.rejection_id
                """,
                new
                {
                    id = id.ToByteArray(),
                    receivedAt = rejected.ReceivedAt,
                    body = rejected.Body,
                    errors = JsonSerializer.Serialize(rejected.Errors),
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await InboxWrites.AddAsync(
            connection,
            new InboxItem(InboxWrites.Rejected, $"{id}", rejected.ReceivedAt, Detail: FirstError(rejected.Errors)),
            rejected.ReceivedAt,
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
    }

    private static string? FirstError(IReadOnlyDictionary<string, string[]> errors) =>
        errors.Count == 0 ? null : $"{errors.First().Key}: {errors.First().Value.FirstOrDefault()}";
}
