using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;
using PnlPipeline.Analytics.Worker.Outbox;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Corrections;

/// <summary>What came of a correction, and what there is to tell of it.</summary>
/// <param name="Corrected">For those who look on: what was corrected, also where no trade is another for it.</param>
public sealed record Settlement(CorrectionOutcome Outcome, Announcement Announcement, StreamCorrected? Corrected = null)
{
    public static Settlement Nothing(CorrectionOutcome outcome) => new(outcome, Announcement.Nothing);
}

/// <summary>
/// Settles corrections, each in one transaction under its stream's row lock, as pairing stores alerts: the stream
/// derived again, the line in the audit trail, and the outcome under the correction's id, all or nothing. One that was
/// settled is not settled again.
/// </summary>
public sealed class CorrectionStore(MySqlDatabase database, TimeProvider clock, NotificationRules? rules = null)
{
    /// <exception cref="DbException">Nothing was done; or all of it, where the answer to the commit was
    /// lost.</exception>
    public async Task<Settlement> SettleAsync(CorrectAlert correction, CancellationToken cancellationToken)
    {
        var alertId = AlertId.Parse(correction.AlertId);
        await using var held = await HoldAsync(correction.CorrectionId, alertId, cancellationToken);
        if (held.Settled is { } before)
            return held.Again(before, held.Stored?.Alert.Position);

        var outcome = CorrectionRules.Correct(held.Stored, correction.Voided);
        // First of all, for whoever waits for it may withdraw it at this moment; and from now on he waits for the end.
        if (!await held.TrySettleAsync(outcome))
            return Settlement.Nothing(CorrectionOutcome.Withdrawn);
        if (outcome != CorrectionOutcome.Applied)
            return await held.CommitAsync(Settlement.Nothing(outcome));

        var stored = held.Stored!;
        var stream = await held.DeriveAsync(stored.Alert with { Voided = correction.Voided }, received: null);
        await held.MarkAsync(alertId, correction.Voided);
        await held.RecordAsync(
            correction.By,
            correction.Voided ? "alert.void" : "alert.restore",
            $"alerts/{alertId}",
            $$"""{"was":"{{ToDbValue(stored.Became.Outcome)}}","is":"{{ToDbValue(stream.Changes.SelectMany(changes => changes.Altered).First(altered => altered.AlertId == alertId).Became.Outcome)}}"}"""
        );
        return await held.CommitAsync(held.Tell(stream));
    }

    /// <inheritdoc cref="SettleAsync(CorrectAlert, CancellationToken)"/>
    public async Task<Settlement> SettleAsync(CloseTrade close, CancellationToken cancellationToken)
    {
        // A trade has the id of the alert that opened it.
        var tradeId = AlertId.Parse(close.TradeId);
        var current = rules is null ? RuleSet.None : await rules.CurrentAsync(cancellationToken);
        await using var held = await HoldAsync(close.CorrectionId, tradeId, cancellationToken);
        var received =
            held.Stored is { Alert.Direction: { } side } && held.Row is { } row ? ToAlert(close, row, side) : null;
        var alert = received is null
            ? null
            : new StreamAlert(
                AlertPosition.Of(close.Time, AlertAction.Manual, AlertId.Parse(received.AlertId)),
                AlertAction.Manual,
                received.Direction,
                close.Price,
                tradeId
            );
        if (held.Settled is { } before)
            return held.Again(before, alert?.Position);

        var outcome = CorrectionRules.Close(
            held.Row?.Open,
            tradeId,
            close.Time,
            exists: await held.HasTradeAsync(tradeId),
            isTaken: alert is not null && await held.HasAlertAsync(alert.AlertId)
        );
        if (!await held.TrySettleAsync(outcome))
            return Settlement.Nothing(CorrectionOutcome.Withdrawn);
        if (outcome != CorrectionOutcome.Applied)
            return await held.CommitAsync(Settlement.Nothing(outcome));

        var stream = await held.DeriveAsync(alert!, received);
        await held.NotifyClosedAsync(current, stream, alert!.AlertId);
        await held.RecordAsync(
            close.By,
            "trade.close",
            $"trades/{tradeId}",
            $$"""{"alertId":"{{alert.AlertId}}","price":{{Plain(close.Price)}},"time":"{{Iso(close.Time)}}"}"""
        );
        return await held.CommitAsync(held.Tell(stream));
    }

    private async Task<LockedStream> HoldAsync(Guid correctionId, AlertId alertId, CancellationToken cancellationToken)
    {
        var connection = await database.OpenAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow().UtcDateTime;
            return await LockedStream.HoldAsync(
                connection,
                correctionId,
                alertId,
                now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)),
                cancellationToken
            );
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static AlertReceived ToAlert(CloseTrade close, StreamRow row, Direction side) =>
        new(
            AlertId
                .Of(row.Symbol, row.Timeframe, AlertAction.Manual, side, close.Price, close.Time, row.Strategy)
                .ToString(),
            row.Symbol,
            row.Timeframe,
            AlertAction.Manual,
            side,
            Side: null,
            Type: null,
            close.Price,
            CloseOnFlip: null,
            close.Time,
            close.RequestedAt,
            // No body came; this is what was asked for.
            Encoding.UTF8.GetBytes(
                $$"""{"tradeId":"{{close.TradeId}}","price":{{Plain(close.Price)}},"time":"{{Iso(close.Time)}}"}"""
            ),
            close.TradeId,
            row.Strategy
        );

    private static string ToDbValue(Outcome outcome) => outcome.ToString().ToLowerInvariant();

    private static string Plain(decimal price) => price.ToString("0.############", CultureInfo.InvariantCulture);

    private static string Iso(DateTime utc) =>
        utc.ToString(
            utc.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
            CultureInfo.InvariantCulture
        );
}
