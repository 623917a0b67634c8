using System.Collections.Concurrent;
using System.Threading.Channels;

namespace PnlPipeline.Ingest.Api.Delivery;

/// <summary>The bounds of a <see cref="AlertGroupCommit{T}"/>.</summary>
/// <param name="Committers">Commits in flight at a time, of all lanes together; of each lane at least one.</param>
/// <param name="GroupMax">Items in one commit.</param>
/// <param name="BytesMax">Bytes in one commit; the item that goes past it still goes along.</param>
/// <param name="WaitingMax">Items that may wait for a committer of their lane.</param>
/// <param name="WaitingBytesMax">Bytes of items that are not answered yet.</param>
/// <param name="Deadline">How long an item waits for its answer, from its arrival on.</param>
internal sealed record GroupCommitLimits(
    int Committers,
    int GroupMax,
    int BytesMax,
    int WaitingMax,
    int WaitingBytesMax,
    TimeSpan Deadline
);

/// <summary>
/// Commits in one what arrived while the commits before it were in flight: many items a round trip under load, and no
/// added wait when idle. Everything is bounded: items waiting, their bytes, commits in flight, and how long an answer
/// takes. What must not go in one commit with others goes by a lane of its own.
/// </summary>
/// <param name="lanes">How many lanes there are.</param>
/// <param name="laneOf">Which an item goes by, from 0.</param>
/// <param name="commit">
/// Makes a group durable, or throws. Its token is cancelled when nobody waits for it any more; the committer waits even
/// so until it returns, so that commits that were given up never pile up.
/// </param>
internal sealed class AlertGroupCommit<T>(
    GroupCommitLimits limits,
    Func<T, int> bytesOf,
    int lanes,
    Func<T, int> laneOf,
    Func<IReadOnlyList<T>, CancellationToken, Task> commit,
    TimeProvider clock
)
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(20);

    private readonly Channel<Waiting>[] _waiting =
    [
        .. Enumerable.Range(0, lanes).Select(_ => Channel.CreateBounded<Waiting>(limits.WaitingMax)),
    ];

    // In order of arrival, which is the order of the deadlines too: one sweeper instead of a timer an item.
    private readonly ConcurrentQueue<Waiting> _unanswered = new();

    private long _bytesHeld;

    /// <summary>Of what goes by one lane.</summary>
    public AlertGroupCommit(
        GroupCommitLimits limits,
        Func<T, int> bytesOf,
        Func<IReadOnlyList<T>, CancellationToken, Task> commit,
        TimeProvider clock
    )
        : this(limits, bytesOf, lanes: 1, _ => 0, commit, clock) { }

    /// <summary>
    /// True once the item is durable. False where there is no room, at once, or at the deadline; it may become durable
    /// later even so.
    /// </summary>
    public Task<bool> CommitAsync(T item)
    {
        var bytes = bytesOf(item);
        var waiting = new Waiting(item, clock.GetTimestamp());
        if (
            Interlocked.Add(ref _bytesHeld, bytes) > limits.WaitingBytesMax
            || !_waiting[laneOf(item)].Writer.TryWrite(waiting)
        )
        {
            Interlocked.Add(ref _bytesHeld, -bytes);
            return Task.FromResult(false);
        }

        _unanswered.Enqueue(waiting);
        return waiting.Task;
    }

    /// <summary>
    /// Commits until <paramref name="stopping"/>, and then what is waiting still, for as long as the deadline.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var stopped = new CancellationTokenSource();
        var committers = Task.WhenAll(
            Enumerable
                .Range(0, Math.Max(lanes, limits.Committers))
                .Select(number =>
                    Task.Run(() => CommitGroupsAsync(_waiting[number % lanes].Reader), CancellationToken.None)
                )
        );
        var sweeper = Task.Run(() => SweepAsync(stopped.Token), CancellationToken.None);

        await Task.WhenAny(Task.Delay(Timeout.Infinite, stopping));
        foreach (var lane in _waiting)
            lane.Writer.Complete();
        await Task.WhenAny(committers, Task.Delay(limits.Deadline, clock, CancellationToken.None));
        await stopped.CancelAsync();
        await sweeper;
        while (_unanswered.TryDequeue(out var late))
            late.TrySetResult(false);
    }

    private async Task CommitGroupsAsync(ChannelReader<Waiting> lane)
    {
        var group = new List<Waiting>(limits.GroupMax);
        while (await lane.WaitToReadAsync(CancellationToken.None))
        {
            Gather(lane, group);
            if (group.Count > 0)
                await CommitAsync(group);
            group.Clear();
        }
    }

    private void Gather(ChannelReader<Waiting> lane, List<Waiting> group)
    {
        for (var bytes = 0; group.Count < limits.GroupMax && bytes < limits.BytesMax && lane.TryRead(out var waiting); )
        {
            // Past its deadline it has been answered; it will be sent again.
            if (waiting.Task.IsCompleted)
            {
                LetGo(waiting);
                continue;
            }

            group.Add(waiting);
            bytes += bytesOf(waiting.Item);
        }
    }

    private async Task CommitAsync(List<Waiting> group)
    {
        bool isDurable;
        try
        {
            var timeLeft = limits.Deadline - clock.GetElapsedTime(group[^1].Since);
            using var deadline = new CancellationTokenSource(
                timeLeft > TimeSpan.Zero ? timeLeft : TimeSpan.Zero,
                clock
            );
            await commit(group.ConvertAll(waiting => waiting.Item), deadline.Token);
            isDurable = true;
        }
        catch (Exception)
        {
            // Whatever went wrong, these are not durable and the next may be. The reason is the commit's own to tell.
            isDurable = false;
        }

        foreach (var waiting in group)
        {
            LetGo(waiting);
            waiting.TrySetResult(isDurable);
        }
    }

    private void LetGo(Waiting waiting) => Interlocked.Add(ref _bytesHeld, -bytesOf(waiting.Item));

    private async Task SweepAsync(CancellationToken stopped)
    {
        using var timer = new PeriodicTimer(SweepInterval, clock);
        while (!stopped.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stopped);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            while (
                _unanswered.TryPeek(out var oldest)
                && (oldest.Task.IsCompleted || clock.GetElapsedTime(oldest.Since) >= limits.Deadline)
                && _unanswered.TryDequeue(out var done)
            )
            {
                done.TrySetResult(false);
            }
        }
    }

    /// <summary>
    /// An item whose sender waits for an answer. Continuations run elsewhere: a group's are many, and the committer has
    /// more to do.
    /// </summary>
    private sealed class Waiting(T item, long since)
        : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public T Item => item;

        /// <summary>The clock's timestamp of its arrival.</summary>
        public long Since => since;
    }
}
