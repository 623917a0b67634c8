using System.Collections.Concurrent;
using PnlPipeline.Analytics.Worker.Pairing;

namespace PnlPipeline.Tests.Unit.Pairing;

public sealed class GroupCommitTests : IDisposable
{
    private readonly ConcurrentQueue<string> _groups = new();
    private readonly SemaphoreSlim _release = new(0);

    public void Dispose() => _release.Dispose();

    [Fact]
    public async Task What_arrives_while_one_group_is_at_work_is_the_next_group()
    {
        using var commit = Create();
        var first = commit.CommitAsync("a", Token);
        var rest = new[] { commit.CommitAsync("b", Token), commit.CommitAsync("c", Token), commit.CommitAsync("d", Token) };
        _release.Release(2);
        await Task.WhenAll([first, .. rest]);
        Assert.Equal(["a", "bcd"], _groups);
    }

    [Fact]
    public async Task A_group_takes_no_more_than_its_weight_and_an_item_that_weighs_more_goes_alone()
    {
        using var commit = Create(maxWeight: 3);
        var all = new[] { "a", "bb", "c", "dddd", "e" }.Select(item => commit.CommitAsync(item, Token)).ToArray();
        _release.Release(4);
        await Task.WhenAll(all);
        Assert.Equal(["a", "bbc", "dddd", "e"], _groups);
    }

    [Fact]
    public async Task Only_the_guilty_one_of_a_group_fails()
    {
        using var commit = Create();
        var first = commit.CommitAsync("a", Token);
        var (good, guilty, alsoGood) = (commit.CommitAsync("b", Token), commit.CommitAsync("!", Token), commit.CommitAsync("c", Token));
        _release.Release(5);
        await Task.WhenAll(first, good, alsoGood);
        Assert.Equal("!", (await Assert.ThrowsAsync<FormatException>(() => guilty)).Message);
        Assert.Equal(["a", "b!c", "b", "!", "c"], _groups);
    }

    [Fact]
    public async Task A_fault_that_is_nobodys_fails_the_group_as_it_is()
    {
        using var commit = Create();
        var first = commit.CommitAsync("a", Token);
        var (one, other) = (commit.CommitAsync("?", Token), commit.CommitAsync("b", Token));
        _release.Release(2);
        await first;
        await Assert.ThrowsAsync<TimeoutException>(() => one);
        await Assert.ThrowsAsync<TimeoutException>(() => other);
        Assert.Equal(["a", "?b"], _groups);
    }

    [Fact]
    public async Task One_who_stops_waiting_leaves_the_others_served()
    {
        using var commit = Create();
        using var stop = new CancellationTokenSource();
        var first = commit.CommitAsync("a", Token);
        var impatient = commit.CommitAsync("b", stop.Token);
        var other = commit.CommitAsync("c", Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        _release.Release(2);
        await Task.WhenAll(first, other);
        Assert.Equal(["a", "bc"], _groups);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private GroupCommit<string> Create(int maxWeight = 100) => new(
        async (group, cancellationToken) =>
        {
            var items = string.Concat(group);
            _groups.Enqueue(items);
            await _release.WaitAsync(cancellationToken);
            if (items.Contains('!', StringComparison.Ordinal))
                throw new FormatException(items);
            if (items.Contains('?', StringComparison.Ordinal))
                throw new TimeoutException(items);
        },
        fault => fault is FormatException,
        item => item.Length,
        maxWeight);
}
