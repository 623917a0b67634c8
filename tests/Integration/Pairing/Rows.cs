using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Pairing;

/// <summary>Alerts as ingest sends them, and what is stored of them, as rows of text.</summary>
internal static class Rows
{
    public static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static AlertReceived Alert(
        string symbol,
        AlertAction action,
        Direction? direction,
        decimal price,
        double second,
        string? target = null,
        string payload = "{}"
    ) => Alert(symbol, "60", action, direction, price, Start.AddSeconds(second), target, payload);

    public static AlertReceived Alert(
        string symbol,
        string timeframe,
        AlertAction action,
        Direction? direction,
        decimal price,
        DateTime timestamp,
        string? target,
        string payload
    ) =>
        new(
            AlertId.Of(symbol, timeframe, action, direction, price, timestamp).ToString(),
            symbol,
            timeframe,
            action,
            direction,
            Side: action == AlertAction.Entry ? "entry" : "exit",
            Type: null,
            price,
            CloseOnFlip: null,
            timestamp,
            ReceivedAt: Start,
            System.Text.Encoding.UTF8.GetBytes(payload),
            target
        );

    /// <summary>Everything stored of these streams, in the same words as <see cref="NaiveReference"/>.</summary>
    public static async Task<(List<string> Alerts, List<string> Trades)> StoredAsync(
        TestDatabase database,
        IEnumerable<string> symbols
    )
    {
        await using var connection = await database.OpenAsync();
        var alerts = await connection.QueryAsync<string>(
            """
            SELECT CONCAT_WS(' ', symbol, timeframe, LOWER(HEX(alert_id)), outcome, IFNULL(LOWER(HEX(trade_id)), '-'), IFNULL(LOWER(HEX(closed_trade_id)), '-'))
            FROM alerts JOIN streams USING (stream_id) WHERE symbol IN @symbols
            """,
            new { symbols }
        );
        var trades = await connection.QueryAsync<string>(
            """
            SELECT CONCAT_WS(' ', symbol, timeframe, LOWER(HEX(trade_id)), side, entry_price, DATE_FORMAT(entry_time, '%Y-%m-%dT%H:%i:%s.%f0Z'),
              IF(exit_time IS NULL, 'open', CONCAT_WS(' ', exit_price, DATE_FORMAT(exit_time, '%Y-%m-%dT%H:%i:%s.%f0Z'), exit_reason,
                LOWER(HEX(exit_alert_id)), change_percentage)))
            FROM trades JOIN streams USING (stream_id) WHERE symbol IN @symbols
            """,
            new { symbols }
        );
        return ([.. alerts.Order(StringComparer.Ordinal)], [.. trades.Order(StringComparer.Ordinal)]);
    }
}
