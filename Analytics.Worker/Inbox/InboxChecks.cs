using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.Options;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Inbox;

/// <summary>
/// Finds what no alert tells of, streams that have fallen silent, and takes out what is so no longer: a stream that
/// sends again or in time again, and what nobody looked at for long.
/// </summary>
public sealed class InboxChecks(MySqlDatabase database, TimeProvider clock, IOptions<InboxOptions> options)
{
    /// <summary>Of test alerts: nobody waits for the next one.</summary>
    private const string TestSymbol = "PNLTEST";

    // A check reads the last alerts of so many streams at most; the next one goes on.
    private const int MaxStreamsInCheck = 500;

    private const int MaxRemovedAtOnce = 10_000;

    private readonly InboxOptions _options = options.Value;

    // What a stream allows itself stays as it is until its next alert.
    private readonly Dictionary<long, (DateTime Last, TimeSpan? Allowed)> _known = [];

    /// <summary>One check; nothing where another replica is at it.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var only = await AdvisoryLock.TryTakeAsync(connection, "inbox", cancellationToken);
        if (only is null)
            return;
        var now = clock.GetDatabaseTime();
        await FindInactiveAsync(connection, now, cancellationToken);
        await RemoveInTimeAsync(connection, cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                DELETE i FROM inbox_items i JOIN streams s ON s.stream_id = i.stream_id
                 WHERE i.kind = 'inactive' AND (s.last_timestamp > i.since OR i.since < @ended);
                DELETE FROM inbox_items WHERE found_at < @oldest ORDER BY found_at LIMIT @MaxRemovedAtOnce
                """,
                new
                {
                    ended = now - Silence.Ended,
                    oldest = now.AddDays(-_options.KeepDays),
                    MaxRemovedAtOnce,
                },
                cancellationToken: cancellationToken
            )
        );
    }

    private async Task FindInactiveAsync(DbConnection connection, DateTime now, CancellationToken cancellationToken)
    {
        var paused = (
            await connection.QueryAsync<(long StreamId, string Timeframe, DateTime Last)>(
                new CommandDefinition(
                    """
                    SELECT stream_id, timeframe, last_timestamp FROM streams
                     WHERE last_timestamp BETWEEN @ended AND @least AND symbol <> @TestSymbol
                     ORDER BY last_timestamp DESC
                    """,
                    new
                    {
                        ended = now - Silence.Ended,
                        least = now - Silence.Least,
                        TestSymbol,
                    },
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();
        var left = MaxStreamsInCheck;
        foreach (var (streamId, timeframe, last) in paused)
        {
            if (!_known.TryGetValue(streamId, out var known) || known.Last != last)
            {
                if (left-- <= 0)
                    continue;
                _known[streamId] = known = (
                    last,
                    await AllowedAsync(connection, streamId, timeframe, cancellationToken)
                );
            }

            if (now - last > known.Allowed)
                await InboxWrites.AddAsync(
                    connection,
                    new InboxItem(
                        InboxWrites.Inactive,
                        streamId.ToString(CultureInfo.InvariantCulture),
                        last,
                        streamId,
                        Detail: string.Create(CultureInfo.InvariantCulture, $"{(long)known.Allowed.Value.TotalSeconds}")
                    ),
                    now,
                    cancellationToken
                );
        }

        // Streams that send again, or have ended, need not be known.
        foreach (var gone in _known.Keys.Except(paused.Select(stream => stream.StreamId)).ToList())
            _known.Remove(gone);
    }

    // Alerts of one instant count once: twice as many are enough but for streams that flip every time.
    private static async Task<TimeSpan?> AllowedAsync(
        DbConnection connection,
        long streamId,
        string timeframe,
        CancellationToken cancellationToken
    ) =>
        Silence.Allowed(
            await connection.QueryAsync<DateTime>(
                new CommandDefinition(
                    "SELECT timestamp FROM alerts WHERE stream_id = @streamId ORDER BY timestamp DESC, precedence "
                        + "DESC, alert_id DESC LIMIT @limit",
                    new { streamId, limit = 2 * Silence.Alerts },
                    cancellationToken: cancellationToken
                )
            ),
            BarLength.Of(timeframe)
        );

    private async Task RemoveInTimeAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var late = await connection.QueryAsync<(
            long ItemId,
            string Timeframe,
            DateTime Timestamp,
            DateTime ReceivedAt
        )>(
            new CommandDefinition(
                """
                SELECT i.item_id, s.timeframe, a.timestamp, a.received_at
                  FROM inbox_items i JOIN streams s ON s.stream_id = i.stream_id JOIN alerts a ON a.alert_id = s.last_alert_id
                 WHERE i.kind = 'late'
                """,
                cancellationToken: cancellationToken
            )
        );
        var ids = late.Where(one =>
                Lateness.Of(
                    one.Timestamp,
                    one.ReceivedAt,
                    BarLength.Of(one.Timeframe),
                    TimeSpan.FromSeconds(_options.LateAlertSeconds)
                ) == TimeSpan.Zero
            )
            .Select(one => one.ItemId)
            .ToList();
        if (ids.Count > 0)
            await connection.ExecuteAsync(
                new CommandDefinition(
                    "DELETE FROM inbox_items WHERE item_id IN @ids",
                    new { ids },
                    cancellationToken: cancellationToken
                )
            );
    }
}
