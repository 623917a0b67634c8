using System.Data;
using System.Data.Common;
using Dapper;
using PnlPipeline.Analytics.Worker.Inbox;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Integrity;

/// <summary>A stream whose turn it is, with how far the round on it has come.</summary>
internal sealed record DueStream
{
    public long StreamId { get; init; }

    public string Symbol { get; init; } = "";

    public string Timeframe { get; init; } = "";

    public string? Strategy { get; init; }

    public StreamKey Key => new(Symbol, Timeframe, Strategy);

    public DateTime? PlaceTimestamp { get; init; }

    public byte PlacePrecedence { get; init; }

    public AlertId PlaceAlertId { get; init; }

    /// <summary>The last alert that was looked at.</summary>
    public AlertPosition? Place =>
        PlaceTimestamp is { } time ? new AlertPosition(time, PlacePrecedence, PlaceAlertId) : null;

    /// <summary>The same with the round come to this place.</summary>
    public DueStream At(AlertPosition? place) =>
        this with
        {
            PlaceTimestamp = place?.Timestamp,
            PlacePrecedence = place?.Precedence ?? 0,
            PlaceAlertId = place?.AlertId ?? default,
        };
}

/// <summary>What the check of streams reads and writes.</summary>
internal static class IntegrityStore
{
    /// <summary>
    /// Streams whose turn it is: first those that a round is under way on, then those never checked, then the longest
    /// unchecked.
    /// </summary>
    public static async Task<List<DueStream>> FindDueAsync(
        DbConnection connection,
        int roundEverySeconds,
        int limit,
        CancellationToken cancellationToken
    ) =>
        (
            await connection.QueryAsync<DueStream>(
                new CommandDefinition(
                    """
                    SELECT s.stream_id, s.symbol, s.timeframe, NULLIF(s.strategy, '') AS strategy, c.place_timestamp, COALESCE(c.place_precedence, 0) AS place_precedence, c.place_alert_id
                    FROM streams s LEFT JOIN stream_checks c ON c.stream_id = s.stream_id
                    WHERE c.place_timestamp IS NOT NULL OR c.checked_at IS NULL OR c.checked_at <= UTC_TIMESTAMP(3) - INTERVAL @roundEverySeconds SECOND
                    ORDER BY c.place_timestamp IS NULL, c.checked_at IS NOT NULL, c.checked_at, s.stream_id
                    LIMIT @limit
                    """,
                    new { roundEverySeconds, limit },
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();

    /// <summary>The next range of a stream, and the stream's own row.</summary>
    public static async Task<(StreamRange Range, StreamRow Row)?> ReadAsync(
        DbConnection connection,
        DbTransaction transaction,
        DueStream stream,
        bool isLocking,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var reads = new PairingReads(connection, transaction, cancellationToken);
        // Locked, nothing of the stream changes until the transaction ends; otherwise all of it is read as it was at
        // one instant.
        if (isLocking && (await reads.LockStreamsAsync([stream.StreamId])).Count == 0)
            return null;

        var from = stream.Place is { } place
            ? new StreamPairing.Place(place, Inclusive: false)
            : new StreamPairing.Place(new AlertPosition(DateTime.UnixEpoch, 0, default), Inclusive: true);
        var alerts = (await reads.ReadAlertsAsync([(stream.StreamId, from, limit)]))[stream.StreamId].ToList();
        var isEnd = alerts.Count < limit;
        // Asked at the place where the range begins, which at the end of a stream is behind every alert.
        var begin = alerts.Count > 0 ? alerts[0].Alert.Position : new AlertPosition(DateTime.MaxValue.Date, 1, default);
        var open = (await reads.FindOpenBeforeAsync([(stream.StreamId, begin)])).GetValueOrDefault(stream.StreamId);
        var trades = await ReadTradesAsync(
            connection,
            transaction,
            stream,
            isEnd ? null : alerts[^1].Alert.Position,
            open,
            cancellationToken
        );
        var row = await reads.FindStreamAsync(stream.StreamId);
        return row is null ? null : (new StreamRange(stream.Key, open, alerts, trades, isEnd), row);
    }

    /// <summary>Writes what the rules say in place of what is stored.</summary>
    public static async Task WriteAsync(
        DbConnection connection,
        DbTransaction transaction,
        StreamRow row,
        IntegrityDifferences found,
        AlertPosition? last,
        CancellationToken cancellationToken
    )
    {
        if (found.Extra.Count > 0)
        {
            await connection.ExecuteAsync(
                new CommandDefinition(
                    "DELETE FROM trades WHERE stream_id = @StreamId AND trade_id IN @ids",
                    new { row.StreamId, ids = found.Extra.Select(id => id.ToByteArray()) },
                    transaction,
                    cancellationToken: cancellationToken
                )
            );
        }

        await InboxWrites.RemoveAsync(
            connection,
            InboxWrites.Unmatched,
            found.Outcomes.Where(one => one.Became.Outcome != Outcome.Unmatched).Select(one => one.AlertId),
            cancellationToken
        );
        foreach (var (alertId, became) in found.Outcomes)
        {
            await connection.ExecuteAsync(
                new CommandDefinition(
                    "UPDATE alerts SET outcome = @outcome, trade_id = @tradeId, closed_trade_id = @closedTradeId "
                        + "WHERE alert_id = @id",
                    new
                    {
                        id = alertId.ToByteArray(),
                        outcome = became.Outcome.ToString().ToLowerInvariant(),
                        tradeId = became.TradeId?.ToByteArray(),
                        closedTradeId = became.ClosedTradeId?.ToByteArray(),
                    },
                    transaction,
                    cancellationToken: cancellationToken
                )
            );
        }

        foreach (var trade in found.Trades)
        {
            // Whatever was altered, its key too: the id stays the trade's own.
            await connection.ExecuteAsync(
                new CommandDefinition(
                    """
                    DELETE FROM trades WHERE trade_id = @id;
                    INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price, exit_time, exit_price, exit_reason, exit_alert_id, change_percentage)
                    VALUES (@StreamId, @EntryTime, @id, @side, @EntryPrice, @ExitTime, @ExitPrice, @reason, @exitAlertId, @ChangePercentage)
                    """,
                    new
                    {
                        row.StreamId,
                        trade.Entry.EntryTime,
                        id = trade.Entry.TradeId.ToByteArray(),
                        side = AlertId.ToDbValue(trade.Entry.Side),
                        trade.Entry.EntryPrice,
                        trade.ExitTime,
                        trade.ExitPrice,
                        reason = trade.ExitReason?.ToString().ToLowerInvariant(),
                        exitAlertId = trade.ExitAlertId?.ToByteArray(),
                        trade.ChangePercentage,
                    },
                    transaction,
                    cancellationToken: cancellationToken
                )
            );
        }

        if (last is { } end)
        {
            var open = found.OpenAfter;
            await connection.ExecuteAsync(
                new CommandDefinition(
                    """
                    UPDATE streams SET last_timestamp = @Timestamp, last_precedence = @Precedence, last_alert_id = @alertId,
                      open_trade_id = @tradeId, open_side = @side, open_price = @EntryPrice, open_time = @EntryTime
                    WHERE stream_id = @StreamId
                    """,
                    new
                    {
                        row.StreamId,
                        end.Timestamp,
                        end.Precedence,
                        alertId = end.AlertId.ToByteArray(),
                        tradeId = open?.TradeId.ToByteArray(),
                        side = open is null ? null : AlertId.ToDbValue(open.Side),
                        open?.EntryPrice,
                        open?.EntryTime,
                    },
                    transaction,
                    cancellationToken: cancellationToken
                )
            );
        }
    }

    /// <summary>A round has come so far.</summary>
    /// <param name="isEnd">It has come to its end: what it found is what holds of the stream, and the next one begins
    /// anew.</param>
    public static Task SaveAsync(
        DbConnection connection,
        DueStream stream,
        AlertPosition? place,
        int alerts,
        int trades,
        string status,
        bool isEnd,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            new CommandDefinition(
                """
                INSERT INTO stream_checks (stream_id) VALUES (@StreamId) ON DUPLICATE KEY UPDATE stream_id = @StreamId;
                UPDATE stream_checks SET
                  place_alerts = place_alerts + @alerts, place_trades = place_trades + @trades, place_status = GREATEST(place_status + 0, FIELD(@status, 'ok', 'repaired', 'wrong')),
                  place_timestamp = @Timestamp, place_precedence = @Precedence, place_alert_id = @alertId,
                  status = GREATEST(status + 0, FIELD(@status, 'ok', 'repaired', 'wrong'))
                WHERE stream_id = @StreamId;
                UPDATE stream_checks SET
                  checked_at = UTC_TIMESTAMP(3), alerts = place_alerts, trades = place_trades, status = place_status,
                  place_timestamp = NULL, place_precedence = NULL, place_alert_id = NULL, place_alerts = 0, place_trades = 0, place_status = 'ok'
                WHERE stream_id = @StreamId AND @isEnd;
                UPDATE book_findings SET repaired_at = UTC_TIMESTAMP(3)
                WHERE stream_id = @StreamId AND repaired_at IS NULL
                  AND @isEnd AND (SELECT status FROM stream_checks WHERE stream_id = @StreamId) <> 'wrong'
                """,
                new
                {
                    stream.StreamId,
                    alerts,
                    trades,
                    status,
                    place?.Timestamp,
                    place?.Precedence,
                    alertId = place?.AlertId.ToByteArray(),
                    isEnd,
                },
                cancellationToken: cancellationToken
            )
        );

    private static async Task<List<StoredTrade>> ReadTradesAsync(
        DbConnection connection,
        DbTransaction transaction,
        DueStream stream,
        AlertPosition? end,
        OpenTrade? open,
        CancellationToken cancellationToken
    )
    {
        var after = stream.Place;
        var rows = await connection.QueryAsync<TradeColumns>(
            new CommandDefinition(
                $"""
                SELECT trade_id, side, entry_price, entry_time, exit_alert_id, exit_price, exit_time, exit_reason, change_percentage FROM trades
                WHERE stream_id = @StreamId {(after is null ? "" : "AND entry_time >= @after")} {(
                    end is null ? "" : "AND entry_time <= @end"
                )}
                {(
                    open is null
                        ? ""
                        : "UNION SELECT trade_id, side, entry_price, entry_time, exit_alert_id, exit_price, exit_time, exit_reason, change_percentage FROM trades WHERE trade_id = @open AND stream_id = @StreamId"
                )}
                """,
                new
                {
                    stream.StreamId,
                    after = after?.Timestamp,
                    end = end?.Timestamp,
                    open = open?.TradeId.ToByteArray(),
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        // Within the range to the alert, not only to the instant.
        return
        [
            .. rows.Select(row => row.ToStoredTrade())
                .Where(trade =>
                {
                    var entered = new AlertPosition(trade.Entry.EntryTime, 1, trade.Entry.TradeId);
                    return trade.Entry.TradeId == open?.TradeId || (!(entered <= after) && !(entered > end));
                }),
        ];
    }

    private sealed record TradeColumns
    {
        public AlertId TradeId { get; init; }

        public Direction Side { get; init; }

        public decimal EntryPrice { get; init; }

        public DateTime EntryTime { get; init; }

        public AlertId? ExitAlertId { get; init; }

        public decimal? ExitPrice { get; init; }

        public DateTime? ExitTime { get; init; }

        public ExitReason? ExitReason { get; init; }

        public decimal? ChangePercentage { get; init; }

        public StoredTrade ToStoredTrade() =>
            new(
                new OpenTrade(TradeId, Side, EntryPrice, EntryTime),
                ExitAlertId,
                ExitPrice,
                ExitTime,
                ExitReason,
                ChangePercentage
            );
    }
}
