using System.Diagnostics;
using Microsoft.Extensions.Options;
using PnlPipeline.Hosting;

namespace PnlPipeline.Query.Api.Events;

/// <summary>Where a listener stands.</summary>
/// <param name="InitialEvent">What to send first; empty where the events that follow say it all.</param>
public readonly record struct Joined(long Place, ReadOnlyMemory<byte> InitialEvent);

/// <summary>
/// Between the stream and those who listen: one buffer for all of them, and one signal. A listener costs its place in
/// the buffer; how fast it reads is nobody else's concern.
/// </summary>
public sealed class EventHub : IDisposable
{
    // How far the clocks of those who publish and the broker's may be apart.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly EventRing _ring;
    private readonly TimeSpan _pace;
    private readonly Action<string> _endSession;
    private readonly Timer _showing;
    private readonly Timer _pulse;
    private TaskCompletionSource _signal = NewSignal();
    private long _shown;
    private long _shownAt;
    private bool _isUpToDate;
    private bool _isReadingAgain;
    private bool _isShowingLater;

    /// <param name="endSession">Told of each session that has ended.</param>
    public EventHub(IOptions<LiveOptions> options, Action<string> endSession)
    {
        _endSession = endSession;
        _ring = new EventRing(options.Value.BufferedEvents);
        _pace = TimeSpan.FromMilliseconds(options.Value.MinimumIntervalMs);
        _showing = new Timer(_ => Show());
        var heartbeat = TimeSpan.FromSeconds(options.Value.HeartbeatSeconds);
        _pulse = new Timer(_ => Signal(), null, heartbeat, heartbeat);
    }

    /// <summary>Ends with whatever comes next, an event or a heartbeat.</summary>
    public Task Signalled
    {
        get
        {
            lock (_lock)
                return _signal.Task;
        }
    }

    /// <summary>A reading of the stream begins.</summary>
    /// <returns>
    /// Since when: the last message known comes again, and shows that it is the same stream still; <c>null</c> is from
    /// the first there is.
    /// </returns>
    public DateTimeOffset? Begin()
    {
        lock (_lock)
        {
            _isReadingAgain = _ring.Last is not null;
            return _ring.Last is { } known
                ? DateTimeOffset.FromUnixTimeMilliseconds(known.SentAtMs) - ClockTolerance
                : null;
        }
    }

    /// <summary>Takes the next message of a reading.</summary>
    /// <returns><c>false</c>: this is another stream than before. The reading is to begin anew.</returns>
    public bool Receive(EventMessage message)
    {
        var events = LiveEvents.Read(message.Offset, message.Body);
        if (events is [{ EndedSession: { } session }])
            _endSession(session);
        lock (_lock)
        {
            if (_isReadingAgain)
            {
                var (known, again) = (_ring.Last!.Value, events[0].Id);
                // The reader's mark is the last: where it comes before what is known, that is not there.
                if (again.Offset < known.Offset && !message.IsMark)
                    return true;
                _isReadingAgain = false;
                if ((known.Offset, known.SentAtMs) == (again.Offset, again.SentAtMs))
                    return true;
                // The stream was made anew, or has lost what came in between: no listener can go on from its place.
                _ring.Clear();
                _isUpToDate = false;
                if (again.Offset <= known.Offset)
                    return false;
            }

            foreach (var sent in events)
            {
                _ring.Add(sent);
                if (!sent.Bytes.IsEmpty)
                    LiveMeters.Events.Add(1);
            }

            _isUpToDate |= message.IsMark;
        }

        ShowSoon();
        return true;
    }

    /// <summary>Where a listener begins.</summary>
    /// <param name="lastEventId">The last event it had; <c>null</c>: none, it hears what comes from now on.</param>
    /// <param name="isPatient">Whether to wait for an event that it had from a replica that is further on.</param>
    /// <returns><c>null</c>: to be asked again at the next signal, the events before now are still coming.</returns>
    public Joined? Join(string? lastEventId, bool isPatient)
    {
        lock (_lock)
        {
            if (!_isUpToDate || _ring.Before(_shown) is not { } now)
                return null;
            if (lastEventId is null)
                return new Joined(_shown, LiveEvents.Place(now));
            if (LiveEventId.TryParse(lastEventId, out var last))
            {
                if (_ring.FindPlaceAfter(last) is { } place)
                    return new Joined(place, default);
                if (last > now && isPatient)
                    return null;
            }

            return Reset(now);
        }
    }

    /// <summary>The next events for a listener; none where it has had all.</summary>
    /// <returns>Where it stands then; an initial event where it lost its place.</returns>
    public Joined Take(long place, int maxBytes, List<LiveEvent> taken)
    {
        lock (_lock)
        {
            // It stays where it is while there is nothing to go on from: the stream is being read again.
            return _ring.Take(ref place, _shown, maxBytes, taken) || !_isUpToDate || _ring.Before(_shown) is not { } now
                ? new Joined(place, default)
                : Reset(now);
        }
    }

    /// <summary>Ends when there are events from this place on, and every now and then, as a heartbeat.</summary>
    public Task MoreAsync(long place)
    {
        lock (_lock)
            return place < _shown && _isUpToDate ? Task.CompletedTask : _signal.Task;
    }

    public void Dispose()
    {
        _showing.Dispose();
        _pulse.Dispose();
    }

    // Idle, an event goes out at once; under load, those of the next moment go together: each waking of hundreds of
    // listeners has its price.
    private void ShowSoon()
    {
        lock (_lock)
        {
            if (_isShowingLater)
                return;
            var wait = _pace - Stopwatch.GetElapsedTime(_shownAt);
            if (wait > TimeSpan.Zero)
            {
                _isShowingLater = true;
                _showing.Change(wait, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        Show();
    }

    private void Show()
    {
        lock (_lock)
        {
            _isShowingLater = false;
            _shown = _ring.Next;
            _shownAt = Stopwatch.GetTimestamp();
        }

        Signal();
    }

    private void Signal()
    {
        TaskCompletionSource signalled;
        lock (_lock)
            (signalled, _signal) = (_signal, NewSignal());
        signalled.TrySetResult();
    }

    private Joined Reset(LiveEventId now)
    {
        LiveMeters.Resets.Add(1);
        return new Joined(_shown, LiveEvents.Lost(now));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
