using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using PnlPipeline.Query.Api.Access;

namespace PnlPipeline.Query.Api.Events;

/// <summary>
/// Sends listeners the events, each as fast as it reads, until it goes, is cut off, or may not hear them any more.
/// </summary>
public sealed class Listeners(
    EventHub hub,
    KeyRing keys,
    EndedSessions sessions,
    IHostApplicationLifetime lifetime,
    IOptions<LiveOptions> options
)
{
    // So much is handed to a connection at once: what waits in it is all the memory that a listener takes.
    private const int WriteBytes = 16 * 1024;

    // How long an event that another replica has told already may take to come here too.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _slowAfter = TimeSpan.FromSeconds(options.Value.SlowAfterSeconds);
    private int _count;

    /// <summary>Whether there is room for one more; if so, <see cref="ListenAsync"/> must follow.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= options.Value.ListenersMax)
            return true;
        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>Sends the events after an event, or from now on where there is none.</summary>
    public async Task ListenAsync(HttpContext http, string? lastEventId)
    {
        LiveMeters.Listeners.Add(1);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted,
            lifetime.ApplicationStopping
        );
        try
        {
            await SendAsync(http, lastEventId, end.Token);
        }
        catch (OperationCanceledException)
        {
            // It has gone, or this process stops: the stream ends, and it comes back with the id of its last event.
        }
        catch (TimeoutException)
        {
            LiveMeters.CutOff.Add(1);
            http.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref _count);
            LiveMeters.Listeners.Add(-1);
        }
    }

    private async Task SendAsync(HttpContext http, string? lastEventId, CancellationToken cancellationToken)
    {
        var mayListen = Permission(http);
        var writer = http.Response.BodyWriter;
        writer.Write("retry: 2000\n\n"u8);
        await FlushAsync(writer, cancellationToken);
        var (place, initialEvent) = await JoinAsync(writer, lastEventId, cancellationToken);
        var events = new List<LiveEvent>();
        // Asked at every heartbeat: who signs out, or whose key is taken away, does not listen on.
        while (mayListen())
        {
            if (initialEvent.IsEmpty)
            {
                events.Clear();
                (place, initialEvent) = hub.Take(place, WriteBytes, events);
                foreach (var sent in events)
                    writer.Write(sent.Bytes.Span);
                if (events.Count == 0 && initialEvent.IsEmpty)
                    WriteHeartbeat(writer);
            }

            writer.Write(initialEvent.Span);
            initialEvent = default;
            await FlushAsync(writer, cancellationToken);
            await hub.MoreAsync(place).WaitAsync(cancellationToken);
        }
    }

    private async Task<Joined> JoinAsync(PipeWriter writer, string? lastEventId, CancellationToken cancellationToken)
    {
        for (var started = Stopwatch.GetTimestamp(); ; )
        {
            // Taken before asking: what changes in between ends it.
            var more = hub.Signalled;
            if (hub.Join(lastEventId, isPatient: Stopwatch.GetElapsedTime(started) < Patience) is { } joined)
                return joined;
            WriteHeartbeat(writer);
            await FlushAsync(writer, cancellationToken);
            await Task.WhenAny(more, Task.Delay(Patience, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>
    /// Whether the caller may still listen: his key is valid, and his session, where he came by one, neither has ended
    /// nor run out.
    /// </summary>
    private Func<bool> Permission(HttpContext http)
    {
        var fingerprint = http.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "";
        var session = http.User.FindFirstValue(ClaimTypes.Sid);
        var runsOut = http.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc;
        return () =>
            keys.FindFingerprint(fingerprint) is not null
            && !(session is not null && sessions.Has(session))
            && !(runsOut <= DateTimeOffset.UtcNow);
    }

    private static void WriteHeartbeat(PipeWriter writer) => writer.Write(":\n\n"u8);

    /// <exception cref="TimeoutException">He takes nothing.</exception>
    private async ValueTask FlushAsync(PipeWriter writer, CancellationToken cancellationToken)
    {
        var flushing = writer.FlushAsync(cancellationToken);
        // Mostly the connection takes it at once.
        var flushed = flushing.IsCompleted
            ? await flushing
            : await flushing.AsTask().WaitAsync(_slowAfter, cancellationToken);
        if (flushed.IsCompleted)
            throw new OperationCanceledException("The listener has gone.");
    }
}
