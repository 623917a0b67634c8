using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using PnlPipeline.Analytics.Worker.Inbox;
using PnlPipeline.Database;
using PnlPipeline.Domain.Notifications;

namespace PnlPipeline.Analytics.Worker.Notifications;

/// <summary>
/// Sends what is due. A channel is served by one replica at a time, in order and no faster than it allows; what fails
/// is tried again later, and is given up after a day. Sent, and then marked: killed in between, it is sent again, with
/// the same key.
/// </summary>
public sealed partial class Deliveries(
    MySqlDatabase database,
    ChannelSender sender,
    TimeProvider clock,
    ILogger<Deliveries> log
)
{
    private const int MaxAtOnce = 50;
    private const int KeptDays = 90;

    // Of rows of a ledger the last ones: a closed trade is among them, or its capital is no news any more.
    private const int RowsLookedAt = 200;

    // Of the one loop that begins it.
    private readonly Dictionary<long, Task> _serving = [];

    private sealed record Due
    {
        public long DeliveryId { get; init; }

        /// <summary><c>null</c>: a test.</summary>
        public long? RuleId { get; init; }

        public string Cause { get; init; } = "";

        public long? BatchId { get; init; }

        public string Notice { get; init; } = "";

        public int Attempts { get; init; }

        public DateTime CreatedAt { get; init; }
    }

    /// <summary>Begins to serve every channel that something is due for; returns when all of them are served.</summary>
    public async Task SendDueAsync(CancellationToken cancellationToken)
    {
        List<long> channels;
        await using (var connection = await database.OpenAsync(cancellationToken))
        {
            // Down the index notification_deliveries_due.
            channels = (
                await connection.QueryAsync<long>(
                    new CommandDefinition(
                        "SELECT DISTINCT channel_id FROM notification_deliveries WHERE state = 'pending' AND "
                            + "next_attempt_at <= @now",
                        new { now = clock.GetDatabaseTime() },
                        cancellationToken: cancellationToken
                    )
                )
            ).AsList();
        }

        // A channel that hangs holds up nobody else.
        foreach (var channel in channels)
        {
            if (!_serving.TryGetValue(channel, out var serving) || serving.IsCompleted)
                _serving[channel] = Task.Run(() => ServeAsync(channel, cancellationToken), cancellationToken);
        }
    }

    /// <summary>Returns when nothing is being sent.</summary>
    public Task IdleAsync() => Task.WhenAll(_serving.Values);

    /// <summary>What ended long ago goes.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "DELETE FROM notification_deliveries WHERE created_at < @before AND state <> 'pending' ORDER BY "
                    + "created_at LIMIT 10000",
                new { before = clock.GetDatabaseTime().AddDays(-KeptDays) },
                cancellationToken: cancellationToken
            )
        );
    }

    private async Task ServeAsync(long channelId, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            await using var only = await AdvisoryLock.TryTakeAsync(
                connection,
                string.Create(CultureInfo.InvariantCulture, $"notify.{channelId}"),
                cancellationToken
            );
            if (only is not null)
                await ServeAsync(connection, channelId, cancellationToken);
        }
        catch (Exception fault)
        {
            // What was not marked is due still.
            if (!cancellationToken.IsCancellationRequested)
                LogFailed(fault, channelId);
        }
    }

    private async Task ServeAsync(DbConnection connection, long channelId, CancellationToken cancellationToken)
    {
        var channel = await connection.QuerySingleOrDefaultAsync<Channel>(
            new CommandDefinition(
                "SELECT channel_id, type, settings FROM notification_channels WHERE channel_id = @channelId",
                new { channelId },
                cancellationToken: cancellationToken
            )
        );
        var due = await connection.QueryAsync<Due>(
            new CommandDefinition(
                """
                SELECT delivery_id, rule_id, cause, batch_id, notice, CAST(attempts AS SIGNED) AS attempts, created_at FROM notification_deliveries
                 WHERE state = 'pending' AND channel_id = @channelId AND next_attempt_at <= @now
                 ORDER BY next_attempt_at, delivery_id LIMIT @MaxAtOnce
                """,
                new
                {
                    channelId,
                    now = clock.GetDatabaseTime(),
                    MaxAtOnce,
                },
                cancellationToken: cancellationToken
            )
        );
        var isFirst = true;
        foreach (var delivery in due)
        {
            if (!isFirst)
                await Task.Delay(ChannelSender.IntervalOf(channel?.Type ?? ""), cancellationToken);
            isFirst = false;
            var attempt = channel is null
                ? new Attempt("The channel was deleted.")
                : await LongWait.WhileAsync(
                    sender.SendAsync(
                        channel,
                        await NoticeOfAsync(connection, delivery, cancellationToken),
                        KeyOf(delivery),
                        cancellationToken
                    ),
                    connection.SayAsync
                );
            var next = await MarkAsync(connection, delivery, attempt, isGone: channel is null, cancellationToken);
            // One that cannot be reached now is left alone, and what else is due for it waits with this one.
            if (
                attempt is { Error: not null, IsOfMessage: false }
                && channel is not null
                && delivery.RuleId is not null
            )
            {
                await PostponeAsync(connection, channelId, next, cancellationToken);
                return;
            }
        }
    }

    private static string KeyOf(Due delivery) =>
        string.Create(CultureInfo.InvariantCulture, $"{delivery.RuleId ?? 0}:{delivery.Cause}");

    private static async Task<Notice> NoticeOfAsync(
        DbConnection connection,
        Due delivery,
        CancellationToken cancellationToken
    )
    {
        var notice = JsonSerializer.Deserialize<Notice>(delivery.Notice)!;
        if (delivery.BatchId is not { } batchId)
            return notice;
        // After the trade that is told of, where that is posted; else as it is now.
        var tradeId = delivery.Cause.StartsWith("closed:", StringComparison.Ordinal) ? delivery.Cause[7..] : "";
        var batches = await connection.QueryAsync<(string Name, decimal Capital)>(
            new CommandDefinition(
                """
                SELECT b.name, COALESCE((SELECT r.available_capital FROM ledger_rows r
                    WHERE r.batch_id = l.batch_id AND r.generation = l.generation AND r.seq > CAST(l.last_seq AS SIGNED) - @RowsLookedAt
                    ORDER BY r.trade_id = UNHEX(@tradeId) DESC, r.seq DESC LIMIT 1), b.capital)
                  FROM batches b LEFT JOIN ledgers l ON l.batch_id = b.batch_id WHERE b.batch_id = @batchId
                """,
                new
                {
                    batchId,
                    tradeId,
                    RowsLookedAt,
                },
                cancellationToken: cancellationToken
            )
        );
        return notice with
        {
            Lines =
            [
                .. notice.Lines,
                .. batches.Select(batch => Notice.Clean($"{batch.Name}: {Notice.Money(batch.Capital)}")),
            ],
        };
    }

    /// <returns>When it is tried again, where it is.</returns>
    private async Task<DateTime?> MarkAsync(
        DbConnection connection,
        Due delivery,
        Attempt attempt,
        bool isGone,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetDatabaseTime();
        // Somebody waits for a test: it is tried once.
        var next =
            attempt.Error is null || isGone || delivery.RuleId is null
                ? null
                : Retries.Next(delivery.Attempts + 1, delivery.CreatedAt, now, attempt.RetryAfter);
        var state =
            attempt.Error is null ? "sent"
            : next is null ? "failed"
            : "pending";
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                UPDATE notification_deliveries SET state = @state, attempts = attempts + 1, error = @Error,
                  next_attempt_at = COALESCE(@next, next_attempt_at), ended_at = IF(@state = 'pending', NULL, @now)
                WHERE delivery_id = @DeliveryId
                """,
                new
                {
                    state,
                    attempt.Error,
                    next,
                    now,
                    delivery.DeliveryId,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (state == "failed" && delivery.RuleId is not null && !isGone)
        {
            var title = JsonSerializer.Deserialize<Notice>(delivery.Notice)!.Title;
            await InboxWrites.AddAsync(
                connection,
                new InboxItem(
                    InboxWrites.Undelivered,
                    delivery.DeliveryId.ToString(CultureInfo.InvariantCulture),
                    delivery.CreatedAt,
                    BatchId: delivery.BatchId,
                    Detail: $"“{title}”: {attempt.Error}"
                ),
                now,
                cancellationToken
            );
            LogGivenUp(delivery.DeliveryId, attempt.Error!);
        }

        await transaction.CommitAsync(cancellationToken);
        return next;
    }

    // Each failed attempt would else be followed by one of every other message that waits.
    private async Task PostponeAsync(
        DbConnection connection,
        long channelId,
        DateTime? until,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetDatabaseTime();
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                UPDATE notification_deliveries SET next_attempt_at = GREATEST(next_attempt_at, @until)
                 WHERE state = 'pending' AND channel_id = @channelId AND next_attempt_at <= @now AND rule_id IS NOT NULL
                   AND created_at > @giveUp
                """,
                new
                {
                    channelId,
                    now,
                    until = until ?? now,
                    giveUp = now - Retries.GivenUpAfter,
                },
                cancellationToken: cancellationToken
            )
        );
    }

    [LoggerMessage(LogLevel.Warning, "Serving channel {ChannelId} failed; what is due is sent at the next look")]
    private partial void LogFailed(Exception fault, long channelId);

    [LoggerMessage(LogLevel.Warning, "Delivery {DeliveryId} is given up after a day: {Error}")]
    private partial void LogGivenUp(long deliveryId, string error);
}
