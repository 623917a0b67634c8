using System.Data;
using System.Data.Common;
using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Query.Api.Log;

namespace PnlPipeline.Query.Api.Setup;

/// <summary>Says what an alert would come to, by the rules that pairing applies. Stores nothing.</summary>
public sealed class WebhookChecker(MySqlDatabase database)
{
    public async Task<CheckedAlert> CheckAsync(AlertReceived alert, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancellationToken
        );
        var id = AlertId.Parse(alert.AlertId);
        if (alert.Action == AlertAction.Price)
        {
            var isKnown = await connection.ExecuteScalarAsync<bool>(
                "SELECT EXISTS (SELECT 1 FROM prices WHERE symbol = @Symbol AND timestamp = @Timestamp AND alert_id = "
                    + "@id)",
                new
                {
                    alert.Symbol,
                    alert.Timestamp,
                    id = id.ToByteArray(),
                }
            );
            return Checked(alert, AlertId.ToDbValue(AlertAction.Price), null, null, isKnown, null);
        }

        var stored = await connection.QuerySingleOrDefaultAsync<(
            string Outcome,
            byte[]? TradeId,
            byte[]? ClosedTradeId
        )?>(
            "SELECT outcome, trade_id, closed_trade_id FROM alerts WHERE alert_id = @id",
            new { id = id.ToByteArray() }
        );
        var (outcome, tradeId, closedTradeId) = stored is { } before
            ? (before.Outcome, Text(before.TradeId), Text(before.ClosedTradeId))
            : Became(await FindOpenAsync(connection, alert, id), alert, id);
        var elsewhere =
            outcome == "unmatched"
                ? (await AlertStore.FindOpenAsync(connection, [alert.Symbol]))
                    .Where(stream => stream.Timeframe != alert.Timeframe || stream.Strategy != alert.Strategy)
                    .ToList()
                : null;
        return Checked(alert, outcome, tradeId, closedTradeId, stored is not null, elsewhere);
    }

    private static CheckedAlert Checked(
        AlertReceived alert,
        string outcome,
        string? tradeId,
        string? closedTradeId,
        bool isStored,
        IReadOnlyList<OpenStream>? elsewhere
    ) =>
        new(
            alert.AlertId,
            alert.Symbol,
            alert.Timeframe,
            alert.Strategy,
            AlertId.ToDbValue(alert.Action),
            alert.Direction is { } direction ? AlertId.ToDbValue(direction) : null,
            alert.Price,
            alert.Timestamp,
            outcome,
            tradeId,
            closedTradeId,
            isStored,
            elsewhere
        );

    private static (string Outcome, string? TradeId, string? ClosedTradeId) Became(
        OpenTrade? open,
        AlertReceived alert,
        AlertId id
    )
    {
        var place = AlertPosition.Of(alert.Timestamp, alert.Action, id);
        var became = PairingRules
            .Apply(open, new StreamAlert(place, alert.Action, alert.Direction, alert.Price))
            .Became;
        return (
            became.Outcome.ToString().ToLowerInvariant(),
            became.TradeId?.ToString(),
            became.ClosedTradeId?.ToString()
        );
    }

    /// <summary>The trade open at the alert's place, which need not be the end of the stream.</summary>
    private static async Task<OpenTrade?> FindOpenAsync(DbConnection connection, AlertReceived alert, AlertId id)
    {
        var place = AlertPosition.Of(alert.Timestamp, alert.Action, id);
        // As pairing has it: the nearest earlier alert that says what was open after it.
        var before = await connection.QuerySingleOrDefaultAsync<(string Outcome, byte[]? TradeId)?>(
            """
            SELECT a.outcome, a.trade_id
              FROM streams s JOIN alerts a ON a.stream_id = s.stream_id
             WHERE s.symbol = @Symbol AND s.timeframe = @Timeframe AND s.strategy = @strategy
               AND a.timestamp <= @Timestamp
               AND (a.timestamp < @Timestamp OR a.precedence < @Precedence OR (a.precedence = @Precedence AND a.alert_id < @id))
               AND a.outcome NOT IN ('voided', 'recorded') AND NOT (a.action = 'manual' AND a.outcome = 'unmatched')
             ORDER BY a.timestamp DESC, a.precedence DESC, a.alert_id DESC LIMIT 1
            """,
            new
            {
                alert.Symbol,
                alert.Timeframe,
                strategy = alert.Strategy ?? "",
                place.Timestamp,
                place.Precedence,
                id = id.ToByteArray(),
            }
        );
        if (before is not ("opened" or "flipped" or "ignored", { } tradeId))
            return null;

        var (side, price, time) = await connection.QuerySingleAsync<(string Side, decimal Price, DateTime Time)>(
            "SELECT direction, price, timestamp FROM alerts WHERE alert_id = @tradeId",
            new { tradeId }
        );
        return new OpenTrade(new AlertId(tradeId), side == "long" ? Direction.Long : Direction.Short, price, time);
    }

    private static string? Text(byte[]? id) => id is null ? null : new AlertId(id).ToString();
}
