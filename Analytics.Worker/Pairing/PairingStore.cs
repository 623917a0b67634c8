using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Inbox;
using PnlPipeline.Analytics.Worker.Outbox;
using PnlPipeline.Analytics.Worker.Prices;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>
/// Stores alerts and the trades they make. Whatever the order, however often and in however many pieces the same alerts
/// are applied, by however many workers: the rows end up the same.
/// </summary>
public sealed class PairingStore(
    MySqlDatabase database,
    IOptions<InboxOptions>? inbox = null,
    NotificationRules? rules = null
)
{
    // Bounds what the cache may hold; past it, it begins anew.
    private const int MaxCachedStreams = 100_000;

    private static readonly TimeSpan LateSaidEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<StreamKey, long> _streamIds = new();

    // When each was last said to be late.
    private readonly ConcurrentDictionary<long, DateTime> _late = new();
    private readonly TimeSpan _lateAfter = TimeSpan.FromSeconds((inbox?.Value ?? new InboxOptions()).LateAlertSeconds);

    /// <summary>
    /// Applies alerts, which must have passed <see cref="AlertCheck"/>, in one transaction. Their order means nothing.
    /// </summary>
    /// <param name="pairedAt">UTC, whole milliseconds: stands in the rows of the alerts stored now.</param>
    /// <param name="announceStored">
    /// Whether the result holds also what the stored ones among them did: they may have been stored by an attempt that
    /// ended before it could announce it.
    /// </param>
    /// <exception cref="DbException">Nothing was applied; or all of it, where the answer to the commit was
    /// lost.</exception>
    public async Task<PairingResult> ApplyAsync(
        IReadOnlyCollection<AlertReceived> alerts,
        DateTime pairedAt,
        bool announceStored,
        CancellationToken cancellationToken
    )
    {
        // The first payload is kept, also within one call. Prices are of no stream: all there is to do is to store
        // them.
        var received = new Dictionary<AlertId, AlertReceived>(alerts.Count);
        List<AlertReceived>? prices = null;
        foreach (var alert in alerts)
        {
            if (alert.Action == AlertAction.Price)
                (prices ??= []).Add(alert);
            else
                received.TryAdd(AlertId.Parse(alert.AlertId), alert);
        }

        var current = rules is null ? RuleSet.None : await rules.CurrentAsync(cancellationToken);
        var mayLoad = await database.TakesBulkLoadsAsync(cancellationToken);
        await using var connection = await database.OpenAsync(cancellationToken);
        if (prices is not null && received.Count == 0)
        {
            await PriceRows.WriteAsync(connection, prices, cancellationToken);
            return PairingResult.OfPrices(prices);
        }

        var arrivals = await ByStreamAsync(connection, received, cancellationToken);

        await using var transaction = await connection.BeginTransactionAsync(
            IsolationLevel.ReadCommitted,
            cancellationToken
        );
        var reads = new PairingReads(connection, transaction, cancellationToken);
        var rows = await reads.LockStreamsAsync(arrivals.Keys);
        if (rows.Count != arrivals.Count)
        {
            _streamIds.Clear();
            throw new InvalidOperationException(
                "Streams that were known are gone from the database; the next attempt looks them up again."
            );
        }

        var stored = await FindStoredAsync(reads, rows, arrivals);
        var streams = rows.Select(row =>
                (Row: row, New: arrivals[row.StreamId].Where(alert => !stored.ContainsKey(alert.AlertId)).ToList())
            )
            .Where(stream => stream.New.Count > 0)
            .Select(stream => new StreamPairing(stream.Row, stream.New))
            .ToList();
        await PlaceAsync(streams, reads);
        var writes = new PairingWrites(
            connection,
            mayLoad,
            _lateAfter,
            streamId => _late.TryGetValue(streamId, out var said) && pairedAt - said < LateSaidEvery,
            cancellationToken
        );
        await writes.WriteAsync(streams, received, pairedAt);
        if (current.OfTrades.Count > 0)
            await OutboxWrites.WriteTradesAsync(connection, current, streams, received, pairedAt, cancellationToken);
        if (prices is not null)
            await PriceRows.WriteAsync(connection, prices, cancellationToken);
        var again = announceStored ? await AgainAsync(reads, rows, stored.Values) : Announcement.Nothing;
        await transaction.CommitAsync(cancellationToken);
        if (_late.Count > MaxCachedStreams)
            _late.Clear();
        foreach (var streamId in writes.LateStreams)
            _late[streamId] = pairedAt;

        var duplicates = alerts.Count - (prices?.Count ?? 0) - streams.Sum(stream => stream.Added.Count());
        return PairingResult.Of(streams, again, received, duplicates) with { Prices = prices ?? [] };
    }

    /// <summary>
    /// Puts the alerts into their places. All streams read side by side, so that a round costs two statements, however
    /// many there are.
    /// </summary>
    internal static async Task PlaceAsync(IReadOnlyList<StreamPairing> streams, PairingReads reads)
    {
        foreach (var stream in streams)
            stream.ContinueFromRow();

        for (
            var late = streams.Where(stream => !stream.IsDone).ToList();
            late.Count > 0;
            late.RemoveAll(stream => stream.IsDone)
        )
        {
            var beginning = late.Where(stream => stream.BeginsAt is not null).ToList();
            if (beginning.Count > 0)
            {
                var open = await reads.FindOpenBeforeAsync(
                    beginning.Select(stream => (stream.Row.StreamId, stream.BeginsAt!.Value)).ToList()
                );
                foreach (var stream in beginning)
                    stream.Begin(open.GetValueOrDefault(stream.Row.StreamId));
            }

            var alerts = await reads.ReadAlertsAsync(
                late.Select(stream => (stream.Row.StreamId, stream.From, stream.Limit)).ToList()
            );
            foreach (var stream in late)
            {
                var next = alerts[stream.Row.StreamId].ToList();
                stream.Continue(next, isEnd: next.Count < stream.Limit);
            }
        }
    }

    // An alert behind the last one applied cannot be stored, for its id says its place. So in the common case there is
    // nothing to ask.
    private static async Task<Dictionary<AlertId, (long StreamId, StoredAlert Alert)>> FindStoredAsync(
        PairingReads reads,
        IEnumerable<StreamRow> rows,
        Dictionary<long, List<StreamAlert>> arrivals
    )
    {
        var inQuestion = rows.SelectMany(row => arrivals[row.StreamId].Where(alert => row.Reaches(alert.Position)))
            .Select(alert => alert.AlertId)
            .ToList();
        return inQuestion.Count == 0
            ? []
            : (await reads.FindStoredAsync(inQuestion)).ToDictionary(row => row.Stored.Alert.AlertId);
    }

    // What the stored alerts closed; and, since nothing tells whether one of them had been late, that their streams may
    // read otherwise from there on.
    private static async Task<Announcement> AgainAsync(
        PairingReads reads,
        IEnumerable<StreamRow> rows,
        IReadOnlyCollection<(long StreamId, StoredAlert Alert)> stored
    )
    {
        var closed = stored
            .Select(row => row.Alert.Became)
            .Select(became =>
                became.Outcome switch
                {
                    Outcome.Closed or Outcome.Recorded => became.TradeId,
                    Outcome.Flipped => became.ClosedTradeId,
                    _ => null,
                }
            )
            .OfType<AlertId>()
            .ToList();
        var earliest = stored
            .GroupBy(row => row.StreamId, row => row.Alert.Alert.Position)
            .ToDictionary(stream => stream.Key, stream => stream.Min());
        var lastRecorded = stored
            .GroupBy(row => row.StreamId, row => row.Alert.Alert.Exit?.Time)
            .ToDictionary(stream => stream.Key, stream => stream.Max());
        return new Announcement(
            await reads.ReadClosedAsync(closed),
            rows.Where(row => earliest.ContainsKey(row.StreamId))
                .Select(row =>
                    PairingEvents.Revised(
                        row.Key,
                        earliest[row.StreamId],
                        lastRecorded[row.StreamId] is { } exit && exit > row.Last!.Value.Timestamp
                            ? exit
                            : row.Last!.Value.Timestamp
                    )
                )
                .ToList()
        );
    }

    private async Task<Dictionary<long, List<StreamAlert>>> ByStreamAsync(
        DbConnection connection,
        Dictionary<AlertId, AlertReceived> received,
        CancellationToken cancellationToken
    )
    {
        var streams = received
            .GroupBy(
                pair => new StreamKey(pair.Value.Symbol, pair.Value.Timeframe, pair.Value.Strategy),
                pair => new StreamAlert(
                    AlertPosition.Of(pair.Value.Timestamp, pair.Value.Action, pair.Key),
                    pair.Value.Action,
                    pair.Value.Direction,
                    pair.Value.Price,
                    pair.Value.TargetTradeId is { } target ? AlertId.Parse(target) : null,
                    Exit: pair.Value.Exit
                )
            )
            .ToDictionary(stream => stream.Key, stream => stream.OrderBy(alert => alert.Position).ToList());
        var ids = await FindIdsAsync(connection, streams.Keys, cancellationToken);
        return streams.ToDictionary(stream => ids[stream.Key], stream => stream.Value);
    }

    /// <summary>
    /// The streams' ids. Those that there are not yet are made, each by itself: a stream without alerts is no harm, and
    /// nobody waits for a long transaction.
    /// </summary>
    private async Task<Dictionary<StreamKey, long>> FindIdsAsync(
        DbConnection connection,
        IReadOnlyCollection<StreamKey> keys,
        CancellationToken cancellationToken
    )
    {
        var ids = new Dictionary<StreamKey, long>(keys.Count);
        foreach (var key in keys)
        {
            if (_streamIds.TryGetValue(key, out var id))
                ids.Add(key, id);
        }

        if (ids.Count == keys.Count)
            return ids;

        await LookUpAsync();
        // In one order, so that two replicas that make the same streams wait for each other and not in a circle.
        var missing = keys.Where(key => !ids.ContainsKey(key))
            .OrderBy(key => key.Symbol, StringComparer.Ordinal)
            .ThenBy(key => key.Timeframe, StringComparer.Ordinal)
            .ThenBy(key => key.Strategy, StringComparer.Ordinal)
            .ToList();
        if (missing.Count == 0)
            return ids;

        using var insert = new RowWriter(
            "INSERT INTO streams (symbol, timeframe, strategy) VALUES",
            " ON DUPLICATE KEY UPDATE stream_id = stream_id"
        );
        foreach (var key in missing)
            insert.Row().Value(key.Symbol).Value(key.Timeframe).Value(key.Strategy ?? "");
        await insert.SendAsync(connection, cancellationToken);
        await LookUpAsync();
        return ids;

        async Task LookUpAsync()
        {
            var symbols = keys.Where(key => !ids.ContainsKey(key))
                .Select(key => key.Symbol)
                .Distinct(StringComparer.Ordinal);
            var rows = await connection.QueryAsync<(long StreamId, string Symbol, string Timeframe, string? Strategy)>(
                new CommandDefinition(
                    "SELECT stream_id, symbol, timeframe, NULLIF(strategy, '') FROM streams WHERE symbol IN @symbols",
                    new { symbols },
                    cancellationToken: cancellationToken
                )
            );
            if (_streamIds.Count > MaxCachedStreams)
                _streamIds.Clear();
            foreach (var (streamId, symbol, timeframe, strategy) in rows)
            {
                var key = new StreamKey(symbol, timeframe, strategy);
                _streamIds[key] = streamId;
                if (keys.Contains(key))
                    ids[key] = streamId;
            }
        }
    }
}
