using MassTransit;
using PnlPipeline.Contracts;

namespace PnlPipeline.Query.Api.Access;

/// <summary>
/// Sessions that were signed out of: their cookies say nothing any more, whoever may still have one. The others are
/// told by the events, which a replica that starts reads from the beginning; so it is known everywhere for as long as
/// the events go back.
/// </summary>
public sealed partial class EndedSessions(IBus bus, ILogger<EndedSessions> log)
{
    // Who has a key could sign in and out without end; the oldest are forgotten.
    private const int Max = 10_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);
    private readonly Queue<string> _oldest = new();

    public bool Has(string sessionId)
    {
        lock (_lock)
            return _ended.Contains(sessionId);
    }

    /// <summary>Takes note of a session that has ended, here or elsewhere.</summary>
    public void Add(string sessionId)
    {
        lock (_lock)
        {
            if (!_ended.Add(sessionId))
                return;
            _oldest.Enqueue(sessionId);
            if (_oldest.Count > Max)
                _ended.Remove(_oldest.Dequeue());
        }
    }

    /// <summary>
    /// Ends a session here, and tells the other replicas; where the broker is away they do not hear of it.
    /// </summary>
    public async Task EndAsync(string sessionId)
    {
        Add(sessionId);
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await Task.Run(() => bus.Publish(new SessionEnded(sessionId), deadline.Token), CancellationToken.None)
                .WaitAsync(Deadline);
        }
        catch (Exception fault)
        {
            // The session has ended where the browser is, and here.
            LogUntold(fault.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Other replicas could not be told that a session has ended ({Fault})")]
    private partial void LogUntold(string fault);
}
