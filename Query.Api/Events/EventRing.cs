namespace PnlPipeline.Query.Api.Events;

/// <summary>An event as every listener is sent it.</summary>
/// <param name="Bytes">Made once, shared by all; empty where there is nothing to send, and only a place to go on
/// from.</param>
/// <param name="Subject">Of what it tells the latest state; a later one of the same subject says all that this one did.
/// <c>null</c>: each counts.</param>
/// <param name="EndedSession">Nothing to send: this session has ended.</param>
public sealed record LiveEvent(
    LiveEventId Id,
    ReadOnlyMemory<byte> Bytes,
    string? Subject = null,
    string? EndedSession = null
);

/// <summary>
/// The last events, bounded: the oldest make room. Each listener keeps its place in it and nothing else, so a hundred
/// of them cost no more memory than one. Not safe for several threads: whoever holds it locks.
/// </summary>
public sealed class EventRing(int capacity)
{
    private readonly Entry[] _entries = new Entry[capacity];
    private readonly Dictionary<string, long> _lastOfSubject = new(StringComparer.Ordinal);
    private long _oldest;
    private long _next;

    private struct Entry
    {
        public LiveEvent Event;
        public bool IsSuperseded;
    }

    /// <summary>The place behind the last event. Places count up from 0, whatever happens.</summary>
    public long Next => _next;

    /// <summary>The last event's id, <c>null</c> where there is none.</summary>
    public LiveEventId? Last => Before(_next);

    /// <summary>The id of the event right before a place, <c>null</c> where there is none (any more).</summary>
    public LiveEventId? Before(long place) => place > _oldest && place <= _next ? At(place - 1).Event.Id : null;

    public void Add(LiveEvent added)
    {
        if (_next - _oldest == capacity)
            DropOldest();
        if (added.Subject is { } subject)
        {
            if (_lastOfSubject.TryGetValue(subject, out var before))
                At(before).IsSuperseded = true;
            _lastOfSubject[subject] = _next;
        }

        _entries[_next % capacity] = new Entry { Event = added };
        _next++;
    }

    /// <summary>Forgets every event: listeners among them have lost their place.</summary>
    public void Clear()
    {
        while (_oldest < _next)
            DropOldest();
        // Also who had heard all: the next event is not the one behind their last.
        _oldest = ++_next;
    }

    /// <summary>The place right behind an event; <c>null</c> where it is not (any more) among these.</summary>
    public long? FindPlaceAfter(LiveEventId id)
    {
        var (low, high) = (_oldest, _next);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (At(middle).Event.Id < id)
                low = middle + 1;
            else
                high = middle;
        }

        return low < _next && At(low).Event.Id == id ? low + 1 : null;
    }

    /// <summary>Takes what is to be sent from a place on, without what a later event makes needless.</summary>
    /// <param name="place">Moves behind what was taken.</param>
    /// <param name="until">Not further than to this place.</param>
    /// <param name="maxBytes">About so much at once.</param>
    /// <returns><c>false</c> where the place is no more: events from there on are lost.</returns>
    public bool Take(ref long place, long until, int maxBytes, List<LiveEvent> taken)
    {
        if (place < _oldest)
            return false;
        for (var bytes = 0; place < until && bytes < maxBytes; place++)
        {
            ref var entry = ref At(place);
            if (entry.IsSuperseded || entry.Event.Bytes.IsEmpty)
                continue;
            taken.Add(entry.Event);
            bytes += entry.Event.Bytes.Length;
        }

        return true;
    }

    private void DropOldest()
    {
        ref var entry = ref At(_oldest);
        if (entry.Event.Subject is { } subject && _lastOfSubject.TryGetValue(subject, out var last) && last == _oldest)
            _lastOfSubject.Remove(subject);
        entry = default;
        _oldest++;
    }

    private ref Entry At(long place) => ref _entries[place % capacity];
}
