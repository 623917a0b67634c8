using System.Collections.Concurrent;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>
/// Group commit: what arrives while one group is at work makes up the next. Idle, an item waits for nothing; under load, groups grow as far as the load
/// asks for. One group at a time, in the order of arrival.
/// </summary>
/// <param name="commit">Handles a group whole, or throws.</param>
/// <param name="isOnesFault">
/// Whether a group may have failed because of one item in it. Then each is tried by itself, and only the guilty ones fail.
/// </param>
/// <param name="weigh">An item's share of <paramref name="maxWeight"/>, the most a group takes; a single item may weigh more.</param>
public sealed class GroupCommit<T>(
    Func<IReadOnlyList<T>, CancellationToken, Task> commit, Predicate<Exception> isOnesFault, Func<T, int> weigh, int maxWeight) : IDisposable
{
    private readonly ConcurrentQueue<Waiting> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1);

    private sealed class Waiting(T item)
    {
        // Continuations run elsewhere: the one that commits must not be held up by those it has served.
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public T Item => item;

        public Task End => _end.Task;

        public void Succeed() => _end.TrySetResult();

        public void Fail(Exception fault) => _end.TrySetException(fault);
    }

    /// <summary>Returns when the item has been committed. Cancelled, it may be committed all the same.</summary>
    public async Task CommitAsync(T item, CancellationToken cancellationToken)
    {
        var mine = new Waiting(item);
        _waiting.Enqueue(mine);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Whoever has the turn serves everyone that waits, the longest waiting first.
            while (!mine.End.IsCompleted)
                await CommitAsync(TakeGroup(), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }

        await mine.End;
    }

    public void Dispose() => _turn.Dispose();

    private List<Waiting> TakeGroup()
    {
        var group = new List<Waiting>();
        for (var weight = 0; _waiting.TryPeek(out var next); group.Add(next))
        {
            weight += weigh(next.Item);
            if (group.Count > 0 && weight > maxWeight)
                break;
            _waiting.TryDequeue(out _);
        }

        return group;
    }

    private async Task CommitAsync(List<Waiting> group, CancellationToken cancellationToken)
    {
        try
        {
            await commit(group.ConvertAll(waiting => waiting.Item), cancellationToken);
            group.ForEach(waiting => waiting.Succeed());
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
}
