using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades;

/// <summary>One stream as its row has it, while this transaction holds its lock.</summary>
/// <param name="Last">The place of the last alert applied, <c>null</c> before the first.</param>
/// <param name="Open">The trade open after it.</param>
/// <param name="HasRecorded">Recorded trades came once: its trades may overlap.</param>
public sealed record StreamRow(
    long StreamId,
    string Symbol,
    string Timeframe,
    AlertPosition? Last,
    OpenTrade? Open,
    string? Strategy = null,
    bool HasRecorded = false
)
{
    public StreamKey Key => new(Symbol, Timeframe, Strategy);

    /// <summary>Whether an alert stored or applied may stand at or behind this place.</summary>
    public bool Reaches(AlertPosition position) => Last is { } last && position <= last;
}

/// <summary>
/// One stream's share of a transaction: says what it has to read, is handed it, and ends with what has to be written.
/// Alerts behind the last one applied go on from the stream's row; those that are late begin at their places among the
/// stored alerts, one range after the other.
/// </summary>
/// <param name="arrivals">Not stored yet, or stored and corrected; in order, each once, at least one.</param>
/// <param name="firstChunk">How many stored alerts a range reads first; then four times as many each time, up to
/// <see cref="LargestChunk"/>.</param>
public sealed class StreamPairing(
    StreamRow row,
    IReadOnlyList<StreamAlert> arrivals,
    int firstChunk = StreamPairing.FirstChunk
)
{
    public const int FirstChunk = 32;
    public const int LargestChunk = 2_048;

    private readonly List<StreamChanges> _changes = [];
    private Derivation? _stretch;
    private int _placed;
    private int _chunk;

    public StreamRow Row => row;

    public StreamAlert Earliest => arrivals[0];

    /// <summary>Whether an alert belonged before others already applied.</summary>
    public bool IsLate => row.Reaches(Earliest.Position);

    /// <summary>Whether everything has its place.</summary>
    public bool IsDone => _placed == arrivals.Count && _stretch is null;

    /// <summary>What has to be written, range by range.</summary>
    public IReadOnlyList<StreamChanges> Changes => _changes;

    /// <summary>The arrivals, with what became of them.</summary>
    public IEnumerable<(StreamAlert Alert, AlertOutcome Became)> Added => _changes.SelectMany(changes => changes.Added);

    /// <summary>The stored alerts of which something else became.</summary>
    public IEnumerable<AlertId> Altered =>
        _changes.SelectMany(changes => changes.Altered.Select(altered => altered.AlertId));

    /// <summary>The trade open at the end of the stream.</summary>
    public OpenTrade? Open { get; private set; } = row.Open;

    /// <summary>The place of the stream's last alert.</summary>
    public AlertPosition Last => row.Last is { } last && last > arrivals[^1].Position ? last : arrivals[^1].Position;

    public bool HasRecorded => row.HasRecorded || arrivals.Any(alert => alert.Exit is not null);

    /// <summary>
    /// Nothing that changed has its exit after this: an exit is an alert's time, but for that of a recorded trade.
    /// </summary>
    public DateTime LastExit =>
        _changes
            .SelectMany(changes => changes.ClosedTrades)
            .Select(trade => trade.ExitTime)
            .Append(Last.Timestamp)
            .Max();

    /// <summary>A range is to begin at this place: <see cref="Begin"/> wants the trade open just before it.</summary>
    public AlertPosition? BeginsAt => IsDone || _stretch is not null ? null : arrivals[_placed].Position;

    /// <summary>
    /// The range goes on with the stored alerts from here: <see cref="Continue"/> wants the first <see cref="Limit"/>
    /// of them.
    /// </summary>
    public Place From { get; private set; }

    public int Limit => _chunk;

    /// <summary>A place to read from, with or without the alert that stands at it.</summary>
    public readonly record struct Place(AlertPosition Position, bool Inclusive);

    /// <summary>
    /// Puts the alerts behind the last one applied into their places, where those are all that are left.
    /// </summary>
    public void ContinueFromRow()
    {
        if (IsDone || row.Reaches(arrivals[_placed].Position))
            return;
        _stretch = new Derivation(row.Open, Rest());
        Continue([], isEnd: true);
    }

    public void Begin(OpenTrade? openBefore)
    {
        From = new Place(arrivals[_placed].Position, Inclusive: true);
        _chunk = firstChunk;
        _stretch = new Derivation(openBefore, Rest());
    }

    public void Continue(IReadOnlyList<StoredAlert> stored, bool isEnd)
    {
        var range = _stretch ?? throw new InvalidOperationException("No range has begun.");
        if (range.Continue(stored, isEnd))
        {
            From = new Place(stored[^1].Alert.Position, Inclusive: false);
            _chunk = Math.Min(_chunk * 4, LargestChunk);
            return;
        }

        _changes.Add(range.Changes);
        _placed += range.Placed;
        if (range.ReachedEnd)
            Open = range.Open;
        _stretch = null;
        ContinueFromRow();
    }

    private List<StreamAlert> Rest() => arrivals.Skip(_placed).ToList();
}
