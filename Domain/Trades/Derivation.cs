using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades;

/// <summary>An alert as it is stored, with what became of it.</summary>
public sealed record StoredAlert(StreamAlert Alert, AlertOutcome Became);

/// <summary>What has to be written so that the stored rows are what the alerts say.</summary>
public sealed class StreamChanges
{
    /// <summary>Alerts that were not stored, with their outcomes.</summary>
    public List<(StreamAlert Alert, AlertOutcome Became)> Added { get; } = [];

    /// <summary>Stored alerts whose outcome is another now.</summary>
    public List<(AlertId AlertId, AlertOutcome Became, Outcome Was)> Altered { get; } = [];

    /// <summary>Trades that are new or are other than stored, and are open after the last alert.</summary>
    public List<OpenTrade> OpenTrades { get; } = [];

    /// <summary>
    /// Trades that are new or are other than stored, and have their exit; where nothing was stored, in the order of
    /// their exits, but for recorded ones, which stand where they were entered.
    /// </summary>
    public List<ClosedTrade> ClosedTrades { get; } = [];

    /// <summary>Trades that are stored and no longer exist.</summary>
    public List<AlertId> GoneTrades { get; } = [];

    public bool HasTrades => OpenTrades.Count + ClosedTrades.Count + GoneTrades.Count > 0;
}

/// <summary>
/// Puts alerts into their places among a stream's stored ones and finds what changes, going through the stored alerts
/// behind the first place only as far as anything can differ. Pure: the stored alerts are handed to it, in order and in
/// pieces.
/// </summary>
public sealed class Derivation
{
    private readonly IReadOnlyList<StreamAlert> _arrivals;
    private readonly Dictionary<AlertId, TradeHistory> _trades = [];
    private int _next;
    private OpenTrade? _open;
    private AlertId? _storedOpen;

    /// <param name="open">The trade open before the first arrival: nothing before that place changes.</param>
    /// <param name="arrivals">
    /// In order, each once. One that stands at the place of a stored alert takes its place: so is an alert voided or
    /// restored.
    /// </param>
    public Derivation(OpenTrade? open, IReadOnlyList<StreamAlert> arrivals)
    {
        _arrivals = arrivals;
        _open = open;
        _storedOpen = open?.TradeId;
        if (open is not null)
            _trades.Add(open.TradeId, new TradeHistory(open, Closing.Open, Closing.Open));
    }

    public StreamChanges Changes { get; } = new();

    /// <summary>The trade open after everything so far.</summary>
    public OpenTrade? Open => _open;

    /// <summary>
    /// Whether from here on nothing stored can differ: the same trade is open as was open here before.
    /// </summary>
    public bool Converged => _open?.TradeId == _storedOpen;

    /// <summary>How many of the arrivals have been put into their places.</summary>
    public int Placed => _next;

    /// <summary>Whether it went to the end of the stream, so that <see cref="Open"/> is the trade open there.</summary>
    public bool ReachedEnd { get; private set; }

    /// <summary>Goes on through the next stored alerts, which follow the ones before without a gap.</summary>
    /// <returns>
    /// Whether it has to see more. Once it is false, <see cref="Changes"/> is complete for the arrivals placed.
    /// </returns>
    public bool Continue(IReadOnlyList<StoredAlert> stored, bool isEnd)
    {
        foreach (var alert in stored)
        {
            while (_next < _arrivals.Count && _arrivals[_next].Position < alert.Alert.Position)
                Add(_arrivals[_next++]);

            if (_next < _arrivals.Count && _arrivals[_next].Position == alert.Alert.Position)
                Compare(alert, _arrivals[_next++]);
            else if (_next == _arrivals.Count && Converged)
                return Finish();
            else
                Compare(alert, alert.Alert);
        }

        if (isEnd)
        {
            while (_next < _arrivals.Count)
                Add(_arrivals[_next++]);
            ReachedEnd = true;
            return Finish();
        }

        // Converged with arrivals left: they stand further on, and what lies between need not be read.
        return !Converged || _next == 0 || Finish();
    }

    private bool Finish()
    {
        foreach (var trade in _trades.Values)
        {
            if (trade.Was == trade.Is)
                continue;
            if (!trade.Is.Exists)
                Changes.GoneTrades.Add(trade.Entry.TradeId);
            else if (trade.Closed is { } closed)
                Changes.ClosedTrades.Add(closed);
            else
                Changes.OpenTrades.Add(trade.Entry);
        }

        _trades.Clear();
        return false;
    }

    private void Add(StreamAlert alert) => Changes.Added.Add((alert, Apply(alert)));

    // The same place in both histories: what the stored outcome says against what the rules say now.
    private void Compare(StoredAlert stored, StreamAlert now)
    {
        var (outcome, tradeId, closedTradeId) = stored.Became;
        if (outcome is Outcome.Closed or Outcome.Flipped)
            _trades[(outcome is Outcome.Closed ? tradeId : closedTradeId)!.Value].Was = Closing.By(
                stored.Alert.AlertId
            );
        if (outcome is Outcome.Opened or Outcome.Flipped)
            History(PairingRules.Open(stored.Alert)).Was = Closing.Open;
        if (outcome is Outcome.Recorded)
            History(PairingRules.Open(stored.Alert)).Was = Closing.By(stored.Alert.AlertId);
        _storedOpen = outcome switch
        {
            Outcome.Opened or Outcome.Flipped or Outcome.Ignored => tradeId,
            Outcome.Closed => null,
            _ => _storedOpen,
        };

        var became = Apply(now);
        if (became != stored.Became)
            Changes.Altered.Add((now.AlertId, became, outcome));

        // A trade that ends alike in both histories is settled; forgotten, so that a long way through them costs no
        // memory.
        if (outcome is Outcome.Closed or Outcome.Flipped or Outcome.Recorded)
            Forget((outcome is Outcome.Flipped ? closedTradeId : tradeId)!.Value);
    }

    private AlertOutcome Apply(StreamAlert alert)
    {
        var step = PairingRules.Apply(_open, alert);
        if (step.Closed is { } closed)
        {
            var history = History(closed.Entry);
            history.Is = Closing.By(closed.ExitAlertId);
            history.Closed = closed;
        }

        if (step.Became.Outcome is Outcome.Opened or Outcome.Flipped)
            History(step.Open!).Is = Closing.Open;
        _open = step.Open;
        return step.Became;
    }

    private void Forget(AlertId tradeId)
    {
        if (_trades[tradeId] is var trade && trade.Was == trade.Is)
            _trades.Remove(tradeId);
    }

    private TradeHistory History(OpenTrade trade)
    {
        if (!_trades.TryGetValue(trade.TradeId, out var history))
            _trades.Add(trade.TradeId, history = new TradeHistory(trade, default, default));
        return history;
    }

    /// <summary>
    /// How far a trade has come in one of the two histories: not there, open, or closed by an alert. That alert says
    /// all about its end.
    /// </summary>
    private readonly record struct Closing(bool Exists, AlertId? AlertId)
    {
        public static Closing Open => new(true, null);

        public static Closing By(AlertId alertId) => new(true, alertId);
    }

    private sealed class TradeHistory(OpenTrade entry, Closing was, Closing now)
    {
        public OpenTrade Entry { get; } = entry;

        public Closing Was { get; set; } = was;

        public Closing Is { get; set; } = now;

        public ClosedTrade? Closed { get; set; }
    }
}
