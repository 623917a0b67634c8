using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Tests.Unit.Pairing;

/// <summary>A trade as a row of its table.</summary>
internal sealed record TradeRow(OpenTrade Entry, ClosedTrade? Closed);

/// <summary>
/// One stream's rows in memory: serves <see cref="StreamPairing"/> what it asks for, and writes what it says, insisting
/// that each write changes something.
/// </summary>
internal sealed class StoredStream
{
    private readonly SortedList<AlertPosition, StoredAlert> _alerts = [];
    private readonly Dictionary<AlertId, TradeRow> _trades = [];
    private StreamRow _row = new(1, "BTCUSDT", "60", null, null);

    public IEnumerable<StoredAlert> Alerts => _alerts.Values;

    public IEnumerable<TradeRow> Trades =>
        _trades.Values.OrderBy(trade => trade.Entry.EntryTime).ThenBy(trade => trade.Entry.TradeId);

    public OpenTrade? Open => _row.Open;

    /// <summary>How many stored alerts have been read.</summary>
    public int Read { get; private set; }

    /// <summary>Applies alerts in one transaction.</summary>
    /// <param name="firstChunk">How many stored alerts are read at first.</param>
    public StreamPairing? Apply(IEnumerable<StreamAlert> alerts, int firstChunk = StreamPairing.FirstChunk)
    {
        var arrivals = alerts
            .DistinctBy(alert => alert.AlertId)
            .Where(alert => !_alerts.ContainsKey(alert.Position))
            .OrderBy(alert => alert.Position)
            .ToList();
        return arrivals.Count == 0 ? null : Place(arrivals, firstChunk);
    }

    /// <summary>Voids or restores a stored alert.</summary>
    public void SetVoided(AlertPosition place, bool voided, int firstChunk)
    {
        var alert = _alerts[place].Alert with { Voided = voided };
        Place([alert], firstChunk);
        _alerts[place] = _alerts[place] with { Alert = alert };
    }

    private StreamPairing Place(List<StreamAlert> arrivals, int firstChunk)
    {
        var stream = new StreamPairing(_row, arrivals, firstChunk);
        stream.ContinueFromRow();
        while (!stream.IsDone)
        {
            if (stream.BeginsAt is { } place)
                stream.Begin(OpenBefore(place));
            var next = _alerts
                .Values.Where(alert =>
                    stream.From.Inclusive
                        ? alert.Alert.Position >= stream.From.Position
                        : alert.Alert.Position > stream.From.Position
                )
                .Take(stream.Limit)
                .ToList();
            Read += next.Count;
            stream.Continue(next, isEnd: next.Count < stream.Limit);
        }

        foreach (var changes in stream.Changes)
            Write(changes);
        _row = _row with { Last = stream.Last, Open = stream.Open };
        return stream;
    }

    // As the store's query has it: by the nearest earlier alert that says what was open after it.
    private OpenTrade? OpenBefore(AlertPosition place)
    {
        var before = _alerts.Values.LastOrDefault(alert =>
            alert.Alert.Position < place
            && alert.Became.Outcome is not (Outcome.Voided or Outcome.Recorded)
            && !(alert.Alert.Action == AlertAction.Manual && alert.Became.Outcome == Outcome.Unmatched)
        );
        return before?.Became.Outcome is Outcome.Opened or Outcome.Flipped or Outcome.Ignored
            ? _trades[before.Became.TradeId!.Value].Entry
            : null;
    }

    private void Write(StreamChanges changes)
    {
        foreach (var (alert, became) in changes.Added)
            _alerts.Add(alert.Position, new StoredAlert(alert, became));
        foreach (var (alertId, became, _) in changes.Altered)
        {
            var stored = _alerts.Values.Single(alert => alert.Alert.AlertId == alertId);
            Assert.NotEqual(stored.Became, became);
            _alerts[stored.Alert.Position] = stored with { Became = became };
        }

        foreach (var tradeId in changes.GoneTrades)
            Assert.True(_trades.Remove(tradeId), "A trade that is not stored was deleted.");
        foreach (
            var trade in changes
                .OpenTrades.Select(open => new TradeRow(open, null))
                .Concat(changes.ClosedTrades.Select(closed => new TradeRow(closed.Entry, closed)))
        )
        {
            Assert.NotEqual(_trades.GetValueOrDefault(trade.Entry.TradeId), trade);
            _trades[trade.Entry.TradeId] = trade;
        }
    }
}
