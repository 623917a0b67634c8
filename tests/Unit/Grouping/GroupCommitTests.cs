using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using PnlPipeline.Analytics.Worker.Grouping;

namespace PnlPipeline.Tests.Unit.Grouping;

public sealed class GroupCommitTests : IDisposable
{
    private readonly ConcurrentQueue<string> _groups = new();
    private readonly SemaphoreSlim _release = new(0);

    public void Dispose() => _release.Dispose();

    [Fact]
    public async Task What_arrives_while_one_group_is_at_work_is_the_next_group()
    {
        using var commit = Create();
        var first = commit.CommitAsync("a", 0, Token);
        var rest = new[]
        {
            commit.CommitAsync("b", 0, Token),
            commit.CommitAsync("c", 0, Token),
            commit.CommitAsync("d", 0, Token),
        };
        _release.Release(2);
        await Task.WhenAll([first, .. rest]);
        Assert.Equal(["a", "bcd"], _groups);
    }

    [Fact]
    public async Task A_group_takes_no_more_than_its_weight_and_an_item_that_weighs_more_goes_alone()
    {
        using var commit = Create(maxWeight: 3);
        var all = new[] { "a", "bb", "c", "dddd", "e" }.Select(item => commit.CommitAsync(item, 0, Token)).ToArray();
        _release.Release(4);
        await Task.WhenAll(all);
        Assert.Equal(["a", "bbc", "dddd", "e"], _groups);
    }

    [Fact]
    public async Task Only_the_guilty_one_of_a_group_fails()
    {
        using var commit = Create();
        var first = commit.CommitAsync("a", 0, Token);
        var (good, guilty, alsoGood) = (
            commit.CommitAsync("b", 0, Token),
            commit.CommitAsync("!", 0, Token),
            commit.CommitAsync("c", 0, Token)
        );
        _release.Release(5);
        await Task.WhenAll(first, good, alsoGood);
        Assert.Equal("!", (await Assert.ThrowsAsync<FormatException>(() => guilty)).Message);
        Assert.Equal(["a", "b!c", "b", "!", "c"], _groups);
    }

    [Fact]
    public async Task A_fault_that_is_nobodys_fails_the_group_as_it_is()
    {
        using var commit = Create();
        var first = commit.CommitAsync("a", 0, Token);
        var (one, other) = (commit.CommitAsync("?", 0, Token), commit.CommitAsync("b", 0, Token));
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
        var first = commit.CommitAsync("a", 0, Token);
        var impatient = commit.CommitAsync("b", 0, stop.Token);
        var other = commit.CommitAsync("c", 0, Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        _release.Release(2);
        await Task.WhenAll(first, other);
        Assert.Equal(["a", "bc"], _groups);
    }

    [Fact]
    public async Task The_next_group_does_not_wait_for_what_the_one_before_has_left_to_do_but_its_items_do()
    {
        var published = new TaskCompletionSource();
        using var commit = Create(rest: items => items == "a" ? published.Task : Task.CompletedTask);
        var first = commit.CommitAsync("a", 0, Token);
        var second = commit.CommitAsync("b", 0, Token);
        _release.Release(2);
        await second;
        Assert.False(first.IsCompleted);
        published.SetResult();
        await first;
    }

    [Fact]
    public async Task What_fails_after_the_commit_fails_the_whole_group_and_is_not_tried_again()
    {
        using var commit = Create(rest: items => Task.FromException(new FormatException(items)));
        var first = commit.CommitAsync("a", 0, Token);
        var rest = new[] { commit.CommitAsync("b", 0, Token), commit.CommitAsync("c", 0, Token) };
        _release.Release(2);
        foreach (var (task, items) in new[] { (first, "a"), (rest[0], "bc"), (rest[1], "bc") })
            Assert.Equal(items, (await Assert.ThrowsAsync<FormatException>(() => task)).Message);
        Assert.Equal(["a", "bc"], _groups);
    }

    [Fact]
    public async Task Those_that_wait_go_by_their_order_whichever_came_first()
    {
        using var commit = Create(maxWeight: 2);
        var all = new[] { ("x", 9UL), ("d", 4UL), ("b", 2UL), ("a", 1UL), ("c", 3UL), ("e", 4UL) }
            .Select(item => commit.CommitAsync(item.Item1, item.Item2, Token))
            .ToArray();
        _release.Release(4);
        await Task.WhenAll(all);
        Assert.Equal(["x", "ab", "cd", "e"], _groups);
    }

    [Fact]
    public async Task Groups_begin_no_closer_than_the_pace_and_take_all_that_came_meanwhile()
    {
        var clock = new FakeTimeProvider();
        using var commit = Create(minimumInterval: TimeSpan.FromMilliseconds(10), clock: clock);
        _release.Release(10);
        await commit.CommitAsync("a", 0, Token);
        clock.Advance(TimeSpan.FromMilliseconds(4));
        var rest = new[] { commit.CommitAsync("b", 0, Token), commit.CommitAsync("c", 0, Token) };
        clock.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(["a"], _groups);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await Task.WhenAll(rest);
        Assert.Equal(["a", "bc"], _groups);
    }

    [Fact]
    public async Task After_idling_for_a_pace_nothing_is_waited_for()
    {
        var clock = new FakeTimeProvider();
        using var commit = Create(minimumInterval: TimeSpan.FromMilliseconds(10), clock: clock);
        _release.Release(10);
        await commit.CommitAsync("a", 0, Token);
        clock.Advance(TimeSpan.FromMilliseconds(10));
        await commit.CommitAsync("b", 0, Token);
        Assert.Equal(["a", "b"], _groups);
    }

    [Fact]
    public async Task One_who_stops_waiting_for_the_pace_leaves_the_others_served()
    {
        var clock = new FakeTimeProvider();
        using var commit = Create(minimumInterval: TimeSpan.FromMilliseconds(10), clock: clock);
        using var stop = new CancellationTokenSource();
        _release.Release(10);
        await commit.CommitAsync("a", 0, Token);
        var impatient = commit.CommitAsync("b", 0, stop.Token);
        var other = commit.CommitAsync("c", 0, Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        clock.Advance(TimeSpan.FromMilliseconds(10));
        await other;
        Assert.Equal(["a", "bc"], _groups);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private GroupCommit<string> Create(
        int maxWeight = 100,
        Func<string, Task>? rest = null,
        TimeSpan minimumInterval = default,
        TimeProvider? clock = null
    ) =>
        new(
            async (group, cancellationToken) =>
            {
                var items = string.Concat(group);
                _groups.Enqueue(items);
                await _release.WaitAsync(cancellationToken);
                if (items.Contains('!', StringComparison.Ordinal))
                    throw new FormatException(items);
                if (items.Contains('?', StringComparison.Ordinal))
                    throw new TimeoutException(items);
                return rest?.Invoke(items) ?? Task.CompletedTask;
            },
            fault => fault is FormatException,
            item => item.Length,
            () => maxWeight,
            minimumInterval,
            clock ?? TimeProvider.System
        );
}
