using System.Data.Common;
using PnlPipeline.Analytics.Worker.Inbox;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>
/// What pairing writes within its transaction: a statement a table, all in one round trip. Many alerts, and the trades
/// that are new with them, are loaded instead, which takes the server half as long.
/// </summary>
/// <param name="mayLoad">Whether the server lets a <see cref="RowWriter"/> load.</param>
/// <param name="lateAfter">An alert whose time and arrival differ by more is late.</param>
/// <param name="isLateKnown">Whether it was said a moment ago that a stream is late.</param>
internal sealed class PairingWrites(
    DbConnection connection,
    bool mayLoad,
    TimeSpan lateAfter,
    Predicate<long> isLateKnown,
    CancellationToken cancellationToken
)
{
    private const int MaxDeletesInStatement = 1_000;

    private static readonly string[] AlertColumns =
    [
        "stream_id",
        "timestamp",
        "precedence",
        "alert_id",
        "action",
        "direction",
        "price",
        "side",
        "type",
        "closeonflip",
        "target_trade_id",
        "payload",
        "received_at",
        "paired_at",
        "outcome",
        "trade_id",
        "closed_trade_id",
        "exit_price",
        "exit_time",
        "exit_number",
    ];

    private static readonly string[] TradeColumns =
    [
        "stream_id",
        "entry_time",
        "trade_id",
        "side",
        "entry_price",
        "exit_time",
        "exit_price",
        "exit_reason",
        "exit_alert_id",
        "change_percentage",
    ];

    /// <summary>Streams that are said to be late now.</summary>
    public List<long> LateStreams { get; } = [];

    /// <summary>Writes what changed in these streams, which stand in the order of their ids.</summary>
    public async Task WriteAsync(
        IReadOnlyList<StreamPairing> streams,
        IReadOnlyDictionary<AlertId, AlertReceived> received,
        DateTime pairedAt
    )
    {
        await DeleteTradesAsync(streams);
        await InboxWrites.RemoveAsync(connection, streams, cancellationToken);
        var loads = mayLoad && streams.Sum(stream => stream.Added.Count()) >= RowWriter.MinRowsToLoad;
        using var added = AddedAlerts(streams, received, pairedAt, loads);
        using var opened = loads ? NewTrades(streams) : null;
        using var altered = AlteredAlerts(streams);
        using var changed = ChangedTrades(streams, isNewLoaded: loads);
        using var rows = Streams(streams);
        using var found = InboxWrites.Found(streams, received, pairedAt, lateAfter, isLateKnown, LateStreams);
        await RowWriter.SendAsync(
            ((RowWriter?[])[added, opened, altered, changed, rows, found]).OfType<RowWriter>(),
            connection,
            cancellationToken
        );
    }

    // Those that were opened and closed within this transaction.
    private static RowWriter NewTrades(IReadOnlyList<StreamPairing> streams)
    {
        var load = new RowWriter("trades", TradeColumns, loads: true);
        foreach (var stream in streams)
        {
            foreach (
                var trade in stream
                    .Changes.SelectMany(changes => changes.ClosedTrades)
                    .Where(trade => IsNew(stream, trade))
            )
                AddClosed(load, stream.Row, trade);
        }

        return load;
    }

    // At its end a stream has stored but one trade that can change: the open one. Derived again, any may be stored.
    private static bool IsNew(StreamPairing stream, ClosedTrade trade) =>
        !stream.IsLate && trade.Entry.TradeId != stream.Row.Open?.TradeId;

    private static RowWriter AddedAlerts(
        IReadOnlyList<StreamPairing> streams,
        IReadOnlyDictionary<AlertId, AlertReceived> received,
        DateTime pairedAt,
        bool loads
    )
    {
        var rows = new RowWriter("alerts", AlertColumns, loads);
        foreach (var stream in streams)
        {
            foreach (var (alert, became) in stream.Added)
            {
                var body = received[alert.AlertId];
                rows.Row()
                    .Value(stream.Row.StreamId)
                    .Value(alert.Position.Timestamp)
                    .Value(alert.Position.Precedence)
                    .Value(alert.AlertId)
                    .Word(AlertId.ToDbValue(alert.Action))
                    .Word(ToDbValue(alert.Direction))
                    .Value(alert.Price)
                    .Value(body.Side)
                    .Value(body.Type)
                    .Value(body.CloseOnFlip)
                    .Value(alert.TargetTradeId)
                    .Value(body.Payload)
                    .Value(body.ReceivedAt)
                    .Value(pairedAt)
                    .Word(ToDbValue(became.Outcome))
                    .Value(became.TradeId)
                    .Value(became.ClosedTradeId)
                    .Value(alert.Exit?.Price)
                    .Value(alert.Exit?.Time)
                    .Value(alert.Exit?.Number);
            }
        }

        return rows;
    }

    private static RowWriter AlteredAlerts(IReadOnlyList<StreamPairing> streams)
    {
        // In this order, and by this index: no plan may begin with the whole table of alerts.
        var update = new RowWriter(
            "UPDATE (VALUES ",
            """
            ) AS changed (alert_id, outcome, trade_id, closed_trade_id)
            STRAIGHT_JOIN alerts FORCE INDEX (alerts_alert_id) ON alerts.alert_id = changed.alert_id
            SET alerts.outcome = changed.outcome, alerts.trade_id = changed.trade_id, alerts.closed_trade_id = changed.closed_trade_id
            """,
            row: "ROW"
        );
        foreach (
            var (alertId, became, _) in streams
                .SelectMany(stream => stream.Changes)
                .SelectMany(changes => changes.Altered)
        )
        {
            update
                .Row()
                .Value(alertId)
                .Word(ToDbValue(became.Outcome))
                .Value(became.TradeId)
                .Value(became.ClosedTradeId);
        }

        return update;
    }

    private async Task DeleteTradesAsync(IReadOnlyList<StreamPairing> streams)
    {
        var gone = streams.SelectMany(stream => stream.Changes).SelectMany(changes => changes.GoneTrades);
        foreach (var tradeIds in gone.Chunk(MaxDeletesInStatement))
        {
            await using var command = connection.CreateCommand();
            command.CommandText =
                $"DELETE FROM trades WHERE trade_id IN ({string.Join(',', tradeIds.Select(id => $"0x{id}"))})";
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static RowWriter ChangedTrades(IReadOnlyList<StreamPairing> streams, bool isNewLoaded)
    {
        // Its entry is in a trade's id: only the exit can be another.
        var upsert = new RowWriter(
            $"INSERT INTO trades ({string.Join(", ", TradeColumns)}) VALUES ",
            """
             AS new ON DUPLICATE KEY UPDATE exit_time = new.exit_time, exit_price = new.exit_price, exit_reason = new.exit_reason,
              exit_alert_id = new.exit_alert_id, change_percentage = new.change_percentage
            """
        );
        foreach (var stream in streams)
        {
            foreach (
                var trade in stream
                    .Changes.SelectMany(changes => changes.ClosedTrades)
                    .OrderBy(trade => trade.Entry.EntryTime)
            )
            {
                if (!isNewLoaded || !IsNew(stream, trade))
                    AddClosed(upsert, stream.Row, trade);
            }

            foreach (var trade in stream.Changes.SelectMany(changes => changes.OpenTrades))
            {
                AddEntry(upsert, stream.Row, trade)
                    .Value((DateTime?)null)
                    .Value((decimal?)null)
                    .Word(null)
                    .Value((AlertId?)null)
                    .Value((decimal?)null);
            }
        }

        return upsert;
    }

    private static void AddClosed(RowWriter rows, StreamRow stream, ClosedTrade trade) =>
        AddEntry(rows, stream, trade.Entry)
            .Value(trade.ExitTime)
            .Value(trade.ExitPrice)
            .Word(ToDbValue(trade.ExitReason))
            .Value(trade.ExitAlertId)
            .Value(trade.ChangePercentage);

    private static RowWriter AddEntry(RowWriter rows, StreamRow stream, OpenTrade trade) =>
        rows.Row()
            .Value(stream.StreamId)
            .Value(trade.EntryTime)
            .Value(trade.TradeId)
            .Word(AlertId.ToDbValue(trade.Side))
            .Value(trade.EntryPrice);

    private static RowWriter Streams(IReadOnlyList<StreamPairing> streams)
    {
        var upsert = new RowWriter(
            """
            INSERT INTO streams (stream_id, symbol, timeframe, strategy, has_recorded, last_timestamp, last_precedence, last_alert_id,
              open_trade_id, open_side, open_price, open_time)
            VALUES
            """,
            """
             AS new ON DUPLICATE KEY UPDATE has_recorded = new.has_recorded, last_timestamp = new.last_timestamp, last_precedence = new.last_precedence,
              last_alert_id = new.last_alert_id, open_trade_id = new.open_trade_id, open_side = new.open_side,
              open_price = new.open_price, open_time = new.open_time
            """
        );
        foreach (var stream in streams)
        {
            var open = stream.Open;
            upsert
                .Row()
                .Value(stream.Row.StreamId)
                .Value(stream.Row.Symbol)
                .Value(stream.Row.Timeframe)
                .Value(stream.Row.Strategy ?? "")
                .Value(stream.HasRecorded)
                .Value(stream.Last.Timestamp)
                .Value(stream.Last.Precedence)
                .Value(stream.Last.AlertId)
                .Value(open?.TradeId)
                .Word(ToDbValue(open?.Side))
                .Value(open?.EntryPrice)
                .Value(open?.EntryTime);
        }

        return upsert;
    }

    private static string? ToDbValue(Direction? direction) => direction is { } named ? AlertId.ToDbValue(named) : null;

    private static string ToDbValue(Outcome outcome) =>
        outcome switch
        {
            Outcome.Opened => "opened",
            Outcome.Closed => "closed",
            Outcome.Flipped => "flipped",
            Outcome.Ignored => "ignored",
            Outcome.Unmatched => "unmatched",
            Outcome.Voided => "voided",
            Outcome.Recorded => "recorded",
            _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
        };

    private static string ToDbValue(ExitReason reason) =>
        reason switch
        {
            ExitReason.Exit => "exit",
            ExitReason.Flip => "flip",
            ExitReason.Manual => "manual",
            ExitReason.Recorded => "recorded",
            _ => throw new ArgumentOutOfRangeException(nameof(reason)),
        };
}
