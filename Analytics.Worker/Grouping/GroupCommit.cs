namespace PnlPipeline.Analytics.Worker.Grouping;

/// <summary>
/// Group commit: what arrives while one group is at work makes up the next. Idle, an item waits for nothing; under
/// load, groups grow as far as the load asks for. One group at a time, in the order that the items have; what is left
/// to do once a group is committed goes on beside the next. Groups begin no closer to each other than the minimum
/// interval: a steady trickle would else be committed one by one, each at the price of a group.
/// </summary>
/// <param name="commit">Commits a group whole, or throws. Returns what is left to do then: the group's items have come
/// to their end when that has.</param>
/// <param name="isOnesFault">
/// Whether a commit may have failed because of one item in it. Then each is tried by itself, and only the guilty ones
/// fail.
/// </param>
/// <param name="weigh">An item's share of <paramref name="maxWeight"/>, the most that the next group takes; a single item
/// may weigh more.</param>
/// <param name="minimumInterval">Between the beginnings of two groups, at least; zero for no pause.</param>
/// <param name="clock">Measures the interval.</param>
public sealed class GroupCommit<T>(
    Func<IReadOnlyList<T>, CancellationToken, Task<Task>> commit,
    Predicate<Exception> isOnesFault,
    Func<T, int> weigh,
    Func<int> maxWeight,
    TimeSpan minimumInterval,
    TimeProvider clock
) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Waiting, (ulong Order, long Arrival)> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1);
    private long _arrivals;

    // When the last group began. Whoever has the turn reads and writes it.
    private long? _begun;

    private sealed class Waiting(T item)
    {
        // Continuations run elsewhere: the one that commits must not be held up by those it has served.
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public T Item => item;

        /// <summary>Whether a group has it. Written and read by whoever has the turn.</summary>
        public bool IsTaken { get; set; }

        public Task End => _end.Task;

        public void Succeed() => _end.TrySetResult();

        public void Fail(Exception fault) => _end.TrySetException(fault);
    }

    /// <summary>Returns when the item has been committed. Cancelled, it may be committed all the same.</summary>
    /// <param name="order">The place among those that wait; alike, they go in the order of arrival.</param>
    public async Task CommitAsync(T item, ulong order, CancellationToken cancellationToken)
    {
        var mine = new Waiting(item);
        lock (_lock)
            _waiting.Enqueue(mine, (order, _arrivals++));
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Whoever has the turn serves everyone that waits, the longest waiting first.
            while (!mine.IsTaken)
            {
                await KeepIntervalAsync(cancellationToken);
                await CommitAsync(TakeGroup(), cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }

        await mine.End;
    }

    public void Dispose() => _turn.Dispose();

    private async Task KeepIntervalAsync(CancellationToken cancellationToken)
    {
        if (_begun is { } begun && minimumInterval - clock.GetElapsedTime(begun) is { Ticks: > 0 } early)
            await Task.Delay(early, clock, cancellationToken);
        _begun = clock.GetTimestamp();
    }

    private List<Waiting> TakeGroup()
    {
        var group = new List<Waiting>();
        var most = maxWeight();
        lock (_lock)
        {
            for (var weight = 0; _waiting.TryPeek(out var next, out _); group.Add(next))
            {
                weight += weigh(next.Item);
                if (group.Count > 0 && weight > most)
                    break;
                _waiting.Dequeue();
                next.IsTaken = true;
            }
        }

        return group;
    }

    private async Task CommitAsync(List<Waiting> group, CancellationToken cancellationToken)
    {
        try
        {
            _ = EndAsync(group, await commit(group.ConvertAll(waiting => waiting.Item), cancellationToken));
        }
        catch (Exception fault) when (group.Count > 1 && fault is not OperationCanceledException && isOnesFault(fault))
        {
            foreach (var waiting in group)
                await CommitAsync([waiting], cancellationToken);
        }
        catch (Exception fault)
        {
            // Each is told by its own task; its consumer decides what comes of it.
            group.ForEach(waiting => waiting.Fail(fault));
        }
    }

    private static async Task EndAsync(List<Waiting> group, Task rest)
    {
        try
        {
            await rest;
            group.ForEach(waiting => waiting.Succeed());
        }
        catch (Exception fault)
        {
            group.ForEach(waiting => waiting.Fail(fault));
        }
    }
}
