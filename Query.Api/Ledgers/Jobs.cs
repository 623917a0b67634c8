using System.Collections.Concurrent;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>How far a job is.</summary>
/// <param name="State"><c>running</c>, <c>done</c>, <c>cancelled</c> or <c>failed</c>.</param>
/// <param name="Done">How many of its parts.</param>
/// <param name="Result">Only once it is done.</param>
/// <param name="Failure">Why it failed; where it did.</param>
public sealed record JobState<TResult>(string State, int Done, TResult? Result, string? Failure);

/// <summary>A calculation that takes longer than an answer may.</summary>
/// <param name="key">What makes two of them the same: whoever asks for it again gets the one that is kept.</param>
/// <param name="total">Of how many parts it is.</param>
public sealed class Job<TPlan, TResult>(
    long batchId,
    string ledgerVersion,
    string key,
    TPlan plan,
    int total,
    CancellationTokenSource cancelling
)
    where TResult : class
{
    private readonly Lock _gate = new();
    private int _done;
    private (string State, TResult? Result, string? Failure) _end = ("running", null, null);

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public long BatchId => batchId;

    public string LedgerVersion => ledgerVersion;

    public string Key => key;

    public TPlan Plan => plan;

    public int Total => total;

    public JobState<TResult> State
    {
        get
        {
            lock (_gate)
                return new JobState<TResult>(_end.State, Volatile.Read(ref _done), _end.Result, _end.Failure);
        }
    }

    internal CancellationTokenSource Cancelling => cancelling;

    /// <summary>One part more is done.</summary>
    public void Count() => Interlocked.Increment(ref _done);

    internal void End(string state, TResult? result = null, string? failure = null)
    {
        lock (_gate)
            _end = (state, result, failure);
    }
}

/// <summary>
/// The jobs of one kind in this process: they run one after the other, the last sixteen are kept, and all are lost with
/// it. They are quick to begin again.
/// </summary>
public sealed partial class Jobs<TPlan, TResult>(IHostApplicationLifetime lifetime, ILogger<Jobs<TPlan, TResult>> log)
    : IDisposable
    where TResult : class
{
    private const int MostKept = 16;

    private readonly ConcurrentDictionary<string, (long Number, Job<TPlan, TResult> Job)> _jobs = new(
        StringComparer.Ordinal
    );
    private readonly SemaphoreSlim _one = new(1);
    private long _begun;

    /// <summary>Begins one. Past sixteen of them the oldest one goes, done or not.</summary>
    /// <param name="run">Counts the parts it has done, and heeds the token.</param>
    public Job<TPlan, TResult> Begin(
        long batchId,
        string ledgerVersion,
        string key,
        TPlan plan,
        int total,
        Func<Job<TPlan, TResult>, CancellationToken, TResult> run
    )
    {
        var job = new Job<TPlan, TResult>(
            batchId,
            ledgerVersion,
            key,
            plan,
            total,
            CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping)
        );
        _jobs[job.Id] = (Interlocked.Increment(ref _begun), job);
        foreach (var (_, oldest) in _jobs.Values.OrderByDescending(one => one.Number).Skip(MostKept))
        {
            oldest.Cancelling.Cancel();
            _jobs.TryRemove(oldest.Id, out _);
        }

        _ = Task.Run(() => RunAsync(job, run));
        return job;
    }

    public Job<TPlan, TResult>? Find(long batchId, string id) =>
        _jobs.TryGetValue(id, out var one) && one.Job.BatchId == batchId ? one.Job : null;

    /// <returns>The newest of the same that runs or is done.</returns>
    public Job<TPlan, TResult>? Same(string key) =>
        _jobs
            .Values.Where(one => one.Job.Key == key && one.Job.State.State is "running" or "done")
            .OrderByDescending(one => one.Number)
            .Select(one => one.Job)
            .FirstOrDefault();

    /// <summary>Ends it where it is not done.</summary>
    /// <returns><c>false</c>: there is none.</returns>
    public bool Cancel(long batchId, string id)
    {
        if (Find(batchId, id) is not { } job)
            return false;
        job.Cancelling.Cancel();
        return true;
    }

    public void Dispose() => _one.Dispose();

    private async Task RunAsync(Job<TPlan, TResult> job, Func<Job<TPlan, TResult>, CancellationToken, TResult> run)
    {
        var cancellation = job.Cancelling.Token;
        try
        {
            await _one.WaitAsync(cancellation);
            try
            {
                job.End("done", run(job, cancellation));
            }
            finally
            {
                _one.Release();
            }
        }
        catch (OperationCanceledException)
        {
            job.End("cancelled");
        }
        catch (Exception fault)
        {
            LogFailure(fault, job.Id);
            job.End("failed", failure: "A fault here: look in the log of the query API, and begin it again.");
        }
    }

    [LoggerMessage(LogLevel.Error, "Job {Id} failed")]
    private partial void LogFailure(Exception fault, string id);
}
