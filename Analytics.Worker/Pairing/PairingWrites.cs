using System.Data.Common;
using PnlPipeline.Alerts;
using PnlPipeline.Contracts;
using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>
/// What pairing writes within its transaction: a statement a table, all in one round trip. Many alerts, and the trades that are new with them, are loaded
/// instead, which takes the server half as long.
/// </summary>
/// <param name="mayLoad">Whether the server takes <see cref="BulkLoad"/>.</param>
internal sealed class PairingWrites(DbConnection connection, DbTransaction transaction, bool mayLoad, CancellationToken cancellationToken)
{
    private const int MaxDeletesInStatement = 1_000;

    // Under this many alerts the further round trips cost more than is won.
    private const int MinAlertsToLoad = 200;

    private static readonly string[] AlertColumns =
    [
        "stream_id", "timestamp", "precedence", "alert_id", "action", "direction", "price", "side", "type", "closeonflip",
        "target_trade_id", "payload", "received_at", "paired_at", "outcome", "trade_id", "closed_trade_id",
    ];

    private static readonly string[] TradeColumns =
    [
        "stream_id", "entry_time", "trade_id", "side", "entry_price", "exit_time", "exit_price", "exit_reason", "exit_alert_id", "change_percentage",
    ];

    /// <summary>Writes what changed in these streams, which stand in the order of their ids.</summary>
    public async Task WriteAsync(
        IReadOnlyList<StreamPairing> streams, IReadOnlyDictionary<AlertId, AlertReceived> received, DateTime pairedAt)
    {
        await DeleteTradesAsync(streams);
        var loads = mayLoad && streams.Sum(stream => stream.Added.Count()) >= MinAlertsToLoad;
        if (loads)
        {
            await LoadAlertsAsync(streams, received, pairedAt);
            await LoadTradesAsync(streams);
        }

        List<BulkInsert> rest = [AlteredAlerts(streams), ChangedTrades(streams, isNewLoaded: loads), Streams(streams)];
        await BulkInsert.ExecuteAsync(
            loads ? rest : [AddedAlerts(streams, received, pairedAt), .. rest], connection, transaction, cancellationToken);
    }

    private async Task LoadAlertsAsync(
        IReadOnlyList<StreamPairing> streams, IReadOnlyDictionary<AlertId, AlertReceived> received, DateTime pairedAt)
    {
        using var load = new BulkLoad("alerts", AlertColumns);
        foreach (var stream in streams)
        {
            foreach (var (alert, became) in stream.Added)
            {
                var body = received[alert.AlertId];
                load.Value(stream.Row.StreamId)
                    .Value(alert.Position.Timestamp)
                    .Value(alert.Position.Precedence)
                    .Value(alert.AlertId.ToByteArray())
                    .Value(AlertId.Word(alert.Action))
                    .ValueOrNull(Word(alert.Direction))
                    .Value(alert.Price)
                    .ValueOrNull(body.Side)
                    .ValueOrNull(body.Type)
                    .Value(body.CloseOnFlip)
                    .Value(alert.TargetTradeId?.ToByteArray())
                    .Value(body.Payload)
                    .Value(body.ReceivedAt)
                    .Value(pairedAt)
                    .Value(Word(became.Outcome))
                    .Value(became.TradeId?.ToByteArray())
                    .Value(became.ClosedTradeId?.ToByteArray())
                    .EndRow();
            }
        }

        await load.ExecuteAsync(connection, cancellationToken);
    }

    // Those that were opened and closed within this transaction.
    private async Task LoadTradesAsync(IReadOnlyList<StreamPairing> streams)
    {
        using var load = new BulkLoad("trades", TradeColumns);
        foreach (var stream in streams)
        {
            foreach (var trade in stream.Changes.SelectMany(changes => changes.ClosedTrades).Where(trade => IsNew(stream, trade)))
            {
                load.Value(stream.Row.StreamId)
                    .Value(trade.Entry.EntryTime)
                    .Value(trade.Entry.TradeId.ToByteArray())
                    .Value(AlertId.Word(trade.Entry.Side))
                    .Value(trade.Entry.EntryPrice)
                    .Value(trade.ExitTime)
                    .Value(trade.ExitPrice)
                    .Value(Word(trade.ExitReason))
                    .Value(trade.ExitAlertId.ToByteArray())
                    .Value(trade.ChangePercentage)
                    .EndRow();
            }
        }

        await load.ExecuteAsync(connection, cancellationToken);
    }

    // At its end a stream has stored but one trade that can change: the open one. Derived again, any may be stored.
    private static bool IsNew(StreamPairing stream, ClosedTrade trade) => !stream.IsLate && trade.Entry.TradeId != stream.Row.Open?.TradeId;

    private static BulkInsert AddedAlerts(
        IReadOnlyList<StreamPairing> streams, IReadOnlyDictionary<AlertId, AlertReceived> received, DateTime pairedAt)
    {
        var insert = new BulkInsert(
            """
            INSERT INTO alerts (stream_id, timestamp, precedence, alert_id, action, direction, price, side, type, closeonflip,
              target_trade_id, payload, received_at, paired_at, outcome, trade_id, closed_trade_id)
            VALUES
            """);
        foreach (var stream in streams)
        {
            foreach (var (alert, became) in stream.Added)
            {
                var body = received[alert.AlertId];
                insert.Row()
                    .Value(stream.Row.StreamId)
                    .Value(alert.Position.Timestamp)
                    .Value(alert.Position.Precedence)
                    .Value(alert.AlertId.ToByteArray())
                    .Word(AlertId.Word(alert.Action))
                    .Word(Word(alert.Direction))
                    .Value(alert.Price)
                    .Value(body.Side)
                    .Value(body.Type)
                    .Value(body.CloseOnFlip)
                    .Value(alert.TargetTradeId?.ToByteArray())
                    .Value(body.Payload)
                    .Value(body.ReceivedAt)
                    .Value(pairedAt)
                    .Word(Word(became.Outcome))
                    .Value(became.TradeId?.ToByteArray())
                    .Value(became.ClosedTradeId?.ToByteArray());
            }
        }

        return insert;
    }

    private static BulkInsert AlteredAlerts(IReadOnlyList<StreamPairing> streams)
    {
        // In this order, and by this index: no plan may begin with the whole table of alerts.
        var update = new BulkInsert(
            "UPDATE (VALUES ",
            """
            ) AS changed (alert_id, outcome, trade_id, closed_trade_id)
            STRAIGHT_JOIN alerts FORCE INDEX (alerts_alert_id) ON alerts.alert_id = changed.alert_id
            SET alerts.outcome = changed.outcome, alerts.trade_id = changed.trade_id, alerts.closed_trade_id = changed.closed_trade_id
            """,
            row: "ROW");
        foreach (var (alertId, became) in streams.SelectMany(stream => stream.Changes).SelectMany(changes => changes.Altered))
        {
            update.Row()
                .Value(alertId.ToByteArray())
                .Word(Word(became.Outcome))
                .Value(became.TradeId?.ToByteArray())
                .Value(became.ClosedTradeId?.ToByteArray());
        }

        return update;
    }

    private async Task DeleteTradesAsync(IReadOnlyList<StreamPairing> streams)
    {
        var gone = streams.SelectMany(stream => stream.Changes).SelectMany(changes => changes.GoneTrades);
        foreach (var tradeIds in gone.Chunk(MaxDeletesInStatement))
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"DELETE FROM trades WHERE trade_id IN ({string.Join(',', tradeIds.Select(id => $"0x{id}"))})";
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static BulkInsert ChangedTrades(IReadOnlyList<StreamPairing> streams, bool isNewLoaded)
    {
        // Its entry is in a trade's id: only the exit can be another.
        var upsert = new BulkInsert(
            """
            INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price, exit_time, exit_price, exit_reason, exit_alert_id, change_percentage)
            VALUES
            """,
            """
             AS new ON DUPLICATE KEY UPDATE exit_time = new.exit_time, exit_price = new.exit_price, exit_reason = new.exit_reason,
              exit_alert_id = new.exit_alert_id, change_percentage = new.change_percentage
            """);
        foreach (var stream in streams)
        {
            foreach (var trade in stream.Changes.SelectMany(changes => changes.ClosedTrades).OrderBy(trade => trade.Entry.EntryTime))
            {
                if (isNewLoaded && IsNew(stream, trade))
                    continue;
                Entry(stream.Row, trade.Entry)
                    .Value(trade.ExitTime)
                    .Value(trade.ExitPrice)
                    .Word(Word(trade.ExitReason))
                    .Value(trade.ExitAlertId.ToByteArray())
                    .Value(trade.ChangePercentage);
            }

            foreach (var trade in stream.Changes.SelectMany(changes => changes.OpenTrades))
                Entry(stream.Row, trade).Value((DateTime?)null).Value((decimal?)null).Word(null).Value((byte[]?)null).Value((decimal?)null);
        }

        return upsert;

        BulkInsert Entry(StreamRow stream, OpenTrade trade) => upsert.Row()
            .Value(stream.StreamId)
            .Value(trade.EntryTime)
            .Value(trade.TradeId.ToByteArray())
            .Word(AlertId.Word(trade.Side))
            .Value(trade.EntryPrice);
    }

    private static BulkInsert Streams(IReadOnlyList<StreamPairing> streams)
    {
        var upsert = new BulkInsert(
            """
            INSERT INTO streams (stream_id, symbol, timeframe, last_timestamp, last_precedence, last_alert_id,
              open_trade_id, open_side, open_price, open_time)
            VALUES
            """,
            """
             AS new ON DUPLICATE KEY UPDATE last_timestamp = new.last_timestamp, last_precedence = new.last_precedence,
              last_alert_id = new.last_alert_id, open_trade_id = new.open_trade_id, open_side = new.open_side,
              open_price = new.open_price, open_time = new.open_time
            """);
        foreach (var stream in streams)
        {
            var open = stream.Open;
            upsert.Row()
                .Value(stream.Row.StreamId)
                .Value(stream.Row.Symbol)
                .Value(stream.Row.Timeframe)
                .Value(stream.Last.Timestamp)
                .Value(stream.Last.Precedence)
                .Value(stream.Last.AlertId.ToByteArray())
                .Value(open?.TradeId.ToByteArray())
                .Word(Word(open?.Side))
                .Value(open?.EntryPrice)
                .Value(open?.EntryTime);
        }

        return upsert;
    }

    private static string? Word(Direction? direction) => direction is { } named ? AlertId.Word(named) : null;

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Opened => "opened",
        Outcome.Closed => "closed",
        Outcome.Flipped => "flipped",
        Outcome.Ignored => "ignored",
        Outcome.Unmatched => "unmatched",
        Outcome.Voided => "voided",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private static string Word(ExitReason reason) => reason switch
    {
        ExitReason.Exit => "exit",
        ExitReason.Flip => "flip",
        ExitReason.Manual => "manual",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
