using System.Diagnostics;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Grouping;
using PnlPipeline.Analytics.Worker.Prices;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>The messages that wait, a transaction's worth at a time: stored, committed, announced.</summary>
public sealed partial class PairingGroups : IDisposable
{
    // Log lines name the alerts concerned, but not a thousand of them.
    private const int MaxIdsInLine = 20;

    private readonly PairingStore _store;
    private readonly PairingAnnouncer _announcer;
    private readonly PairingUpdates _updates;
    private readonly PriceUpdates _prices;
    private readonly TimeProvider _clock;
    private readonly ILogger<PairingGroups> _log;
    private readonly int _alertsPerTransactionMax;
    private readonly GroupCommit<Delivery> _groups;

    public PairingGroups(
        PairingStore store,
        PairingAnnouncer announcer,
        PairingUpdates updates,
        PriceUpdates prices,
        IOptions<PairingOptions> options,
        TimeProvider clock,
        ILogger<PairingGroups> log
    )
    {
        _store = store;
        _announcer = announcer;
        _updates = updates;
        _prices = prices;
        _clock = clock;
        _log = log;
        _alertsPerTransactionMax = options.Value.AlertsPerTransactionMax;
        _groups = new GroupCommit<Delivery>(
            StoreAndAnnounceAsync,
            fault => !BrokerFaults.IsOne(fault),
            delivery => delivery.Alerts.Count,
            () => _alertsPerTransactionMax,
            TimeSpan.FromMilliseconds(options.Value.MinimumIntervalMs),
            clock
        );
    }

    private sealed record Delivery(IReadOnlyList<AlertReceived> Alerts, bool Redelivered);

    /// <summary>Returns when the alerts are stored, and what they did is published and confirmed.</summary>
    /// <param name="redelivered">
    /// Whether the broker has sent this message before. Only then may its alerts be stored and not announced: a crash
    /// between commit and publish leaves the message unacknowledged, and it is that very message that comes again. An
    /// alert that is sent twice comes in a message of its own, and costs nothing.
    /// </param>
    /// <param name="order">The order in which the broker sent the messages: those read at once overtake each other, and
    /// make alerts late that were not.</param>
    public Task PairAsync(
        IReadOnlyList<AlertReceived> alerts,
        bool redelivered,
        ulong order,
        CancellationToken cancellationToken
    ) => _groups.CommitAsync(new Delivery(alerts, redelivered), order, cancellationToken);

    public void Dispose() => _groups.Dispose();

    private async Task<Task> StoreAndAnnounceAsync(
        IReadOnlyList<Delivery> deliveries,
        CancellationToken cancellationToken
    )
    {
        // The next transaction does not wait until the broker has confirmed what this one did: events may overtake each
        // other.
        var announcing = new List<Task>();
        try
        {
            // Redelivered or not: apart, so that the many that come once do not cost what the few that come again do.
            foreach (var alike in deliveries.GroupBy(delivery => delivery.Redelivered))
            {
                foreach (var alerts in alike.SelectMany(delivery => delivery.Alerts).Chunk(_alertsPerTransactionMax))
                {
                    var result = await StoreAsync(alerts, alike.Key, cancellationToken);
                    _updates.Tell(result.Paired);
                    _prices.Publish(result.Prices);
                    announcing.Add(_announcer.AnnounceAsync(result.Announcement, cancellationToken));
                }
            }
        }
        catch
        {
            // What was stored before is not announced when it is tried again: if that cannot be published, it is this
            // that must be told.
            await Task.WhenAll(announcing);
            throw;
        }

        return Task.WhenAll(announcing);
    }

    private async Task<PairingResult> StoreAsync(
        AlertReceived[] alerts,
        bool announceStored,
        CancellationToken cancellationToken
    )
    {
        var started = Stopwatch.GetTimestamp();
        var now = _clock.GetUtcNow().UtcDateTime;
        var pairedAt = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
        try
        {
            var result = await MySqlDatabase.RetryWhileTransientAsync(
                attempt => _store.ApplyAsync(alerts, pairedAt, announceStored, attempt),
                (fault, pause) =>
                {
                    // The commit may have been done and only its answer lost: the next attempt finds the alerts stored
                    // and must announce them.
                    announceStored = true;
                    LogRetry(fault, alerts.Length, Ids(alerts), pause);
                },
                cancellationToken
            );
            PairingMeters.Record(result, pairedAt, Stopwatch.GetElapsedTime(started));
            if (_log.IsEnabled(LogLevel.Debug))
            {
                foreach (var paired in result.Paired)
                    LogPaired(paired.Alert.AlertId, paired.Became.Outcome, paired.Became.TradeId);
            }

            return result;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogFailure(fault, alerts.Length, Ids(alerts));
            throw;
        }
    }

    private static string Ids(AlertReceived[] alerts) =>
        string.Join(' ', alerts.Take(MaxIdsInLine).Select(alert => alert.AlertId))
        + (alerts.Length > MaxIdsInLine ? " …" : "");

    [LoggerMessage(LogLevel.Warning, "Storing {Count} alerts waits {Pause} and is tried again: {AlertIds}")]
    private partial void LogRetry(Exception fault, int count, string alertIds, TimeSpan pause);

    [LoggerMessage(LogLevel.Error, "Storing {Count} alerts failed: {AlertIds}")]
    private partial void LogFailure(Exception fault, int count, string alertIds);

    [LoggerMessage(LogLevel.Debug, "Alert {AlertId}: {Outcome}, trade {TradeId}")]
    private partial void LogPaired(string alertId, Outcome outcome, PnlPipeline.Domain.Alerts.AlertId? tradeId);
}
