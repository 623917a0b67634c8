using System.Collections.Concurrent;
using System.Diagnostics;
using PnlPipeline.Ingest.Api.Delivery;

namespace PnlPipeline.Tests.Unit.Ingest;

public sealed class AlertGroupCommitTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<Commit> _commits = new();
    private readonly SemaphoreSlim _began = new(0);
    private Task _running = Task.CompletedTask;

    [Fact]
    public async Task What_arrives_while_a_commit_is_in_flight_goes_together_in_the_next()
    {
        var commits = Start(committers: 1);

        var first = commits.CommitAsync(1);
        var inFlight = await NextAsync();
        Task<bool>[] rest = [commits.CommitAsync(2), commits.CommitAsync(3), commits.CommitAsync(4)];
        inFlight.Confirm();
        var together = await NextAsync();

        Assert.Equal([1], inFlight.Items);
        Assert.Equal([2, 3, 4], together.Items);
        Assert.True(await first);
        Assert.All(rest, answer => Assert.False(answer.IsCompleted));
        together.Confirm();
        Assert.All(await Task.WhenAll(rest), Assert.True);
    }

    [Fact]
    public async Task A_few_commits_are_in_flight_at_a_time_and_no_more()
    {
        var commits = Start(committers: 3);

        var answers = new List<Task<bool>>();
        for (var item = 0; item < 3; item++)
        {
            answers.Add(commits.CommitAsync(item));
            await NextAsync();
        }

        answers.Add(commits.CommitAsync(3));
        answers.Add(commits.CommitAsync(4));
        Assert.Equal(3, _commits.Count);
        _commits.First().Confirm();
        Assert.Equal([3, 4], (await NextAsync()).Items);
        foreach (var commit in _commits)
            commit.Confirm();
        Assert.All(await Task.WhenAll(answers), Assert.True);
    }

    [Theory]
    [InlineData(3, 1000, "1 2 3, 4 5")] // by number
    [InlineData(10, 5, "1 2 3, 4 5")] // by bytes: 1 + 2 + 3 goes past 5, and 3 still goes along
    [InlineData(10, 1, "1, 2, 3, 4, 5")]
    public async Task A_group_is_bounded(int groupMax, int bytesMax, string expected)
    {
        var commits = Start(committers: 1, groupMax, bytesMax);

        var first = commits.CommitAsync(0);
        var inFlight = await NextAsync();
        var rest = Enumerable.Range(1, 5).Select(commits.CommitAsync).ToArray();
        inFlight.Confirm();
        var groups = new List<string>();
        for (var seen = 0; seen < rest.Length; )
        {
            var group = await NextAsync();
            groups.Add(string.Join(' ', group.Items));
            seen += group.Items.Count;
            group.Confirm();
        }

        Assert.Equal(expected, string.Join(", ", groups));
        Assert.True(await first);
        Assert.All(await Task.WhenAll(rest), Assert.True);
    }

    [Fact]
    public async Task At_the_deadline_the_answer_is_no_also_where_the_commit_does_not_give_up()
    {
        var commits = Start(committers: 1);

        var watch = Stopwatch.StartNew();
        var inFlight = commits.CommitAsync(1);
        var commit = await NextAsync();
        var waiting = commits.CommitAsync(2);

        Assert.False(await inFlight.WaitAsync(Patience));
        Assert.False(await waiting.WaitAsync(Patience));
        Assert.InRange(watch.Elapsed, Deadline, Deadline * 10);
        await UntilAsync(() => commit.Deadline.IsCancellationRequested);

        // It never gave up, so nothing was begun beside it; once it ends, what was answered is not sent and what is new
        // is.
        Assert.Single(_commits);
        commit.Confirm();
        var next = commits.CommitAsync(3);
        Assert.Equal([3], (await NextAsync()).Items);
        _commits.Last().Confirm();
        Assert.True(await next);
    }

    [Fact]
    public async Task A_commit_that_fails_is_answered_no_and_the_next_goes_on()
    {
        var commits = Start(committers: 1);

        var failing = commits.CommitAsync(1);
        (await NextAsync()).Fail();
        Assert.False(await failing.WaitAsync(Patience));

        var next = commits.CommitAsync(2);
        (await NextAsync()).Confirm();
        Assert.True(await next.WaitAsync(Patience));
    }

    [Fact]
    public async Task Where_there_is_no_room_the_answer_is_no_at_once()
    {
        var commits = Start(committers: 1, waitingMax: 2);

        var first = commits.CommitAsync(1);
        var inFlight = await NextAsync();
        Task<bool>[] waiting = [commits.CommitAsync(2), commits.CommitAsync(3)];
        var beyond = commits.CommitAsync(4);

        Assert.True(beyond.IsCompleted);
        Assert.False(await beyond);
        inFlight.Confirm();
        (await NextAsync()).Confirm();
        Assert.All(await Task.WhenAll([first, .. waiting]), Assert.True);
    }

    [Fact]
    public async Task Where_what_is_held_is_too_much_the_answer_is_no_at_once_until_it_has_been_committed()
    {
        var commits = Start(committers: 1, waitingBytesMax: 10);

        var first = commits.CommitAsync(4);
        var inFlight = await NextAsync();
        var second = commits.CommitAsync(6);
        Assert.False(await commits.CommitAsync(1));
        inFlight.Confirm();
        Assert.True(await first);
        (await NextAsync()).Confirm();
        Assert.True(await second);
        var third = commits.CommitAsync(10);
        (await NextAsync()).Confirm();
        Assert.True(await third);
    }

    [Fact]
    public async Task What_is_waiting_when_the_host_stops_is_still_committed()
    {
        var commits = Start(committers: 1);

        var first = commits.CommitAsync(1);
        var inFlight = await NextAsync();
        var waiting = commits.CommitAsync(2);
        await _stopping.CancelAsync();
        inFlight.Confirm();
        (await NextAsync()).Confirm();
        await _running.WaitAsync(Patience);

        Assert.True(await first);
        Assert.True(await waiting);
        Assert.False(await commits.CommitAsync(3).WaitAsync(Patience));
    }

    [Fact]
    public async Task The_host_stops_also_where_a_commit_hangs()
    {
        var commits = Start(committers: 1);

        var inFlight = commits.CommitAsync(1);
        var hanging = await NextAsync();
        var waiting = commits.CommitAsync(2);
        await _stopping.CancelAsync();
        await _running.WaitAsync(Patience);

        Assert.False(await inFlight.WaitAsync(Patience));
        Assert.False(await waiting.WaitAsync(Patience));
        hanging.Confirm();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var commit in _commits)
            commit.Confirm();
        await _running;
        _stopping.Dispose();
        _began.Dispose();
    }

    private AlertGroupCommit<int> Start(
        int committers,
        int groupMax = 100,
        int bytesMax = 1000,
        int waitingMax = 100,
        int waitingBytesMax = 1000
    )
    {
        var limits = new GroupCommitLimits(committers, groupMax, bytesMax, waitingMax, waitingBytesMax, Deadline);
        var commits = new AlertGroupCommit<int>(limits, item => item, BeginAsync, TimeProvider.System);
        _running = commits.RunAsync(_stopping.Token);
        return commits;
    }

    private Task BeginAsync(IReadOnlyList<int> items, CancellationToken deadline)
    {
        var commit = new Commit([.. items], deadline);
        _commits.Enqueue(commit);
        _began.Release();
        return commit.Completion;
    }

    /// <summary>The next commit that begins.</summary>
    private async Task<Commit> NextAsync()
    {
        Assert.True(await _began.WaitAsync(Patience), "No commit began.");
        return _commits.ElementAt(_commits.Count - 1 - _began.CurrentCount);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var watch = Stopwatch.StartNew(); !condition(); await Task.Yield())
            Assert.True(watch.Elapsed < Patience);
    }

    /// <summary>
    /// A commit in flight; it does not heed its deadline, as the bus does not while the broker is away.
    /// </summary>
    private sealed class Commit(IReadOnlyList<int> items, CancellationToken deadline)
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<int> Items => items;

        public CancellationToken Deadline => deadline;

        public Task Completion => _end.Task;

        public void Confirm() => _end.TrySetResult();

        public void Fail() => _end.TrySetException(new InvalidOperationException("The broker says no."));
    }
}
