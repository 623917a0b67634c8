using System.Data.Common;
using System.Globalization;
using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>What pairing reads within its transaction. A statement asks for all streams at once.</summary>
internal sealed class PairingReads(
    DbConnection connection,
    DbTransaction transaction,
    CancellationToken cancellationToken
)
{
    private sealed record StreamColumns
    {
        public long StreamId { get; init; }

        public string Symbol { get; init; } = "";

        public string Timeframe { get; init; } = "";

        public string? Strategy { get; init; }

        public bool HasRecorded { get; init; }

        public DateTime? LastTimestamp { get; init; }

        public byte LastPrecedence { get; init; }

        public AlertId LastAlertId { get; init; }

        public AlertId? OpenTradeId { get; init; }

        public Direction? OpenSide { get; init; }

        public decimal OpenPrice { get; init; }

        public DateTime OpenTime { get; init; }

        public StreamRow ToStreamRow() =>
            new(
                StreamId,
                Symbol,
                Timeframe,
                LastTimestamp is { } last ? new AlertPosition(last, LastPrecedence, LastAlertId) : null,
                OpenTradeId is { } open ? new OpenTrade(open, OpenSide!.Value, OpenPrice, OpenTime) : null,
                Strategy,
                HasRecorded
            );
    }

    private sealed record AlertColumns
    {
        public long StreamId { get; init; }

        public DateTime Timestamp { get; init; }

        public byte Precedence { get; init; }

        public AlertId AlertId { get; init; }

        public AlertAction Action { get; init; }

        public Direction? Direction { get; init; }

        public decimal Price { get; init; }

        public AlertId? TargetTradeId { get; init; }

        public bool Voided { get; init; }

        public decimal? ExitPrice { get; init; }

        public DateTime? ExitTime { get; init; }

        public int ExitNumber { get; init; }

        public Outcome Outcome { get; init; }

        public AlertId? TradeId { get; init; }

        public AlertId? ClosedTradeId { get; init; }

        public StoredAlert ToStoredAlert() =>
            new(
                new StreamAlert(
                    new AlertPosition(Timestamp, Precedence, AlertId),
                    Action,
                    Direction,
                    Price,
                    TargetTradeId,
                    Voided,
                    ExitPrice is { } price && ExitTime is { } time ? new RecordedExit(price, time, ExitNumber) : null
                ),
                new AlertOutcome(Outcome, TradeId, ClosedTradeId)
            );
    }

    private sealed record TradeColumns
    {
        public string Symbol { get; init; } = "";

        public string Timeframe { get; init; } = "";

        public string? Strategy { get; init; }

        public AlertId TradeId { get; init; }

        public Direction Side { get; init; }

        public decimal EntryPrice { get; init; }

        public DateTime EntryTime { get; init; }

        public AlertId ExitAlertId { get; init; }

        public decimal ExitPrice { get; init; }

        public DateTime ExitTime { get; init; }

        public ExitReason ExitReason { get; init; }

        public decimal ChangePercentage { get; init; }
    }

    private const string StreamColumnList =
        "stream_id, symbol, timeframe, NULLIF(strategy, '') AS strategy, has_recorded, last_timestamp, "
        + "last_precedence, last_alert_id, open_trade_id, open_side, open_price, open_time";

    private const string AlertColumnList =
        "stream_id, timestamp, precedence, alert_id, action, direction, price, target_trade_id, voided_at IS NOT NULL "
        + "AS voided, exit_price, exit_time, COALESCE(exit_number, 0) AS exit_number, outcome, trade_id, "
        + "closed_trade_id";

    /// <summary>Locks the streams' rows until the transaction ends, in the order of their ids.</summary>
    public async Task<List<StreamRow>> LockStreamsAsync(IEnumerable<long> streamIds)
    {
        // The primary key's order is the order of locking: two transactions wait for each other, but never in a circle.
        var rows = await connection.QueryAsync<StreamColumns>(
            Command(
                $"""
                SELECT {StreamColumnList}
                FROM streams FORCE INDEX (PRIMARY)
                WHERE stream_id IN @streamIds
                ORDER BY stream_id
                FOR UPDATE
                """,
                new { streamIds }
            )
        );
        return rows.Select(row => row.ToStreamRow()).ToList();
    }

    /// <summary>A stream's row as it is, without locking it; <c>null</c> where there is none.</summary>
    public async Task<StreamRow?> FindStreamAsync(long streamId)
    {
        var row = await connection.QuerySingleOrDefaultAsync<StreamColumns>(
            Command($"SELECT {StreamColumnList} FROM streams WHERE stream_id = @streamId", new { streamId })
        );
        return row?.ToStreamRow();
    }

    /// <summary>Those of these alerts that are stored.</summary>
    public async Task<List<(long StreamId, StoredAlert Stored)>> FindStoredAsync(IEnumerable<AlertId> alertIds)
    {
        var rows = await connection.QueryAsync<AlertColumns>(
            Command(
                $"SELECT {AlertColumnList} FROM alerts WHERE alert_id IN @alertIds",
                new { alertIds = alertIds.Select(id => id.ToByteArray()).ToList() }
            )
        );
        return rows.Select(row => (row.StreamId, row.ToStoredAlert())).ToList();
    }

    /// <summary>
    /// The trade open in each stream just before a place; a stream in which none was is not in the answer.
    /// </summary>
    public async Task<Dictionary<long, OpenTrade>> FindOpenBeforeAsync(
        IReadOnlyCollection<(long StreamId, AlertPosition Place)> places
    )
    {
        // The nearest earlier alert that says what was open after it. Voided and recorded ones do not, nor does a close
        // by hand that met nothing: another trade may have been open. An exit that met nothing does: nothing was.
        var parameters = new DynamicParameters();
        var nearest = places.Select(
            (place, i) =>
                $"""
                    (SELECT stream_id, outcome, trade_id FROM alerts
                     WHERE stream_id = {place.StreamId} AND {Before(parameters, i, place.Place)}
                       AND outcome NOT IN ('voided', 'recorded') AND NOT (action = 'manual' AND outcome = 'unmatched')
                     ORDER BY timestamp DESC, precedence DESC, alert_id DESC LIMIT 1)
                    """
        );
        var rows = await connection.QueryAsync<AlertColumns>(
            Command(
                $"""
                SELECT before_it.stream_id, opening.alert_id, opening.direction, opening.price, opening.timestamp
                FROM ({string.Join("\nUNION ALL\n", nearest)}) AS before_it
                JOIN alerts AS opening ON opening.alert_id = before_it.trade_id
                WHERE before_it.outcome IN ('opened', 'flipped', 'ignored')
                """,
                parameters,
                CommandFlags.NoCache
            )
        );
        return rows.ToDictionary(
            row => row.StreamId,
            row => new OpenTrade(row.AlertId, row.Direction!.Value, row.Price, row.Timestamp)
        );
    }

    /// <summary>The next stored alerts of each stream, in order.</summary>
    public async Task<ILookup<long, StoredAlert>> ReadAlertsAsync(
        IReadOnlyCollection<(long StreamId, StreamPairing.Place From, int Limit)> ranges
    )
    {
        var parameters = new DynamicParameters();
        var parts = ranges.Select(
            (range, i) =>
                $"""
                    (SELECT {AlertColumnList} FROM alerts
                     WHERE stream_id = {range.StreamId} AND {Behind(parameters, i, range.From)}
                     ORDER BY timestamp, precedence, alert_id LIMIT {range.Limit})
                    """
        );
        var rows = await connection.QueryAsync<AlertColumns>(
            Command(string.Join("\nUNION ALL\n", parts), parameters, CommandFlags.NoCache)
        );
        // A union keeps no order that could be relied on.
        return rows.Select(row => (row.StreamId, Stored: row.ToStoredAlert()))
            .OrderBy(row => row.Stored.Alert.Position)
            .ToLookup(row => row.StreamId, row => row.Stored);
    }

    /// <summary>Those of these trades that are closed, as they are announced.</summary>
    public async Task<List<TradeClosed>> ReadClosedAsync(IReadOnlyCollection<AlertId> tradeIds)
    {
        if (tradeIds.Count == 0)
            return [];
        var rows = await connection.QueryAsync<TradeColumns>(
            Command(
                """
                SELECT symbol, timeframe, NULLIF(strategy, '') AS strategy, trade_id, side, entry_price, entry_time, exit_alert_id, exit_price, exit_time, exit_reason, change_percentage
                FROM trades JOIN streams USING (stream_id)
                WHERE trade_id IN @tradeIds AND exit_time IS NOT NULL
                """,
                new { tradeIds = tradeIds.Select(id => id.ToByteArray()).ToList() }
            )
        );
        return rows.Select(row =>
                PairingEvents.Closed(
                    new StreamKey(row.Symbol, row.Timeframe, row.Strategy),
                    new ClosedTrade(
                        new OpenTrade(row.TradeId, row.Side, row.EntryPrice, row.EntryTime),
                        row.ExitAlertId,
                        row.ExitPrice,
                        row.ExitTime,
                        row.ExitReason,
                        row.ChangePercentage
                    )
                )
            )
            .OrderBy(trade => trade.ExitTime)
            .ToList();
    }

    // Spelled out: MySQL finds its way into the primary key by the first comparison, and not by one of rows.
    private static string Before(DynamicParameters parameters, int i, AlertPosition place)
    {
        AddPlace(parameters, i, place);
        return $"timestamp <= @t{i} AND (timestamp < @t{i} OR precedence < @p{i} OR (precedence = @p{i} AND alert_id "
            + $"< @a{i}))";
    }

    private static string Behind(DynamicParameters parameters, int i, StreamPairing.Place place)
    {
        AddPlace(parameters, i, place.Position);
        return $"timestamp >= @t{i} AND (timestamp > @t{i} OR precedence > @p{i} "
            + $"OR (precedence = @p{i} AND alert_id {(place.Inclusive ? ">=" : ">")} @a{i}))";
    }

    private static void AddPlace(DynamicParameters parameters, int i, AlertPosition place)
    {
        var number = i.ToString(CultureInfo.InvariantCulture);
        parameters.Add("t" + number, place.Timestamp);
        parameters.Add("p" + number, place.Precedence);
        parameters.Add("a" + number, place.AlertId.ToByteArray());
    }

    // Not to be cached is a text that is seldom the same twice.
    private CommandDefinition Command(string sql, object parameters, CommandFlags flags = CommandFlags.None) =>
        new(sql, parameters, transaction, cancellationToken: cancellationToken, flags: flags);
}
