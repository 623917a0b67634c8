using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Outbox;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// Builds a ledger from all history beside the one served, and has it served in its place. One replica builds a batch
/// at a time; it starts over where the batch is edited meanwhile, and looks again before it goes.
/// </summary>
public sealed partial class LedgerBuilder(
    MySqlDatabase database,
    CountedTrades trades,
    IOptions<LedgerOptions> options,
    ILogger<LedgerBuilder> log,
    NotificationRules? rules = null
)
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromMilliseconds(300);

    // So often it catches up with a ledger that nobody waits for; then it holds what is left up until it is done.
    private const int PassesBeforeHolding = 3;

    private readonly LedgerOptions _options = options.Value;

    /// <summary>Told now and then how far a build has come. Must return at once.</summary>
    public Action<LedgerBuilding>? Progressed { get; set; }

    /// <summary>
    /// Builds until the ledger served is of the batch's settings. Nothing to do where it is, or where another replica
    /// is at it.
    /// </summary>
    /// <returns>The ledger served last, <c>null</c> where none was built.</returns>
    public Task<LedgerUpdated?> BuildAsync(long batchId, CancellationToken cancellationToken) =>
        MySqlDatabase.RetryWhileTransientAsync(
            attempt => BuildWhileNeededAsync(batchId, attempt),
            (fault, pause) => LogRetry(fault, batchId, pause),
            cancellationToken
        );

    private async Task<LedgerUpdated?> BuildWhileNeededAsync(long batchId, CancellationToken cancellationToken)
    {
        LedgerUpdated? served = null;
        // This connection holds the lock, and writes: should it break, the lock is gone and so is the writer.
        await using var connection = await database.OpenAsync(cancellationToken);
        // Asked again when the lock is given back: who came for it in between has gone, trusting in this.
        while (await LedgerStore.FindAsync(connection, batchId, cancellationToken) is { NeedsBuild: true })
        {
            await using var only = await AdvisoryLock.TryTakeAsync(connection, LockOf(batchId), cancellationToken);
            if (only is null)
                return served;
            while (await LedgerStore.FindAsync(connection, batchId, cancellationToken) is { NeedsBuild: true } ledger)
                served = await BuildOnceAsync(connection, ledger, cancellationToken) ?? served;
        }

        return served;
    }

    internal static string LockOf(long batchId) => $"ledger.{batchId}";

    private async Task<LedgerUpdated?> BuildOnceAsync(
        DbConnection connection,
        LockedLedger ledger,
        CancellationToken cancellationToken
    )
    {
        var started = Stopwatch.GetTimestamp();
        var rows = new LedgerRows(ledger.BatchId, await BeginAsync(connection, ledger, cancellationToken), null, null);
        LogStarted(ledger.BatchId, rows.Generation);

        var served = await WriteAsync(connection, ledger, rows, cancellationToken) is { } state
            ? await CatchUpAndServeAsync(connection, ledger, rows, state, cancellationToken)
            : null;
        if (served is null)
        {
            await GenerationStore.RetireAsync(connection, rows.Generation, cancellationToken);
            LogAbandoned(ledger.BatchId, rows.Generation);
            return null;
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        LedgerMeters.Builds.Add(1);
        LedgerMeters.BuildDuration.Record(elapsed.TotalSeconds);
        LogServed(ledger.BatchId, rows.Generation, served.LastSeq, elapsed);
        return served;
    }

    /// <summary>
    /// Word left before this is of trades that the build will see; what a build that ended badly left behind is
    /// retired.
    /// </summary>
    private static async Task<long> BeginAsync(
        DbConnection connection,
        LockedLedger ledger,
        CancellationToken cancellationToken
    )
    {
        await connection.ExecuteAsync(
            new CommandDefinition(
                "UPDATE ledgers SET dirty_from = NULL, progress = 0 WHERE batch_id = @BatchId",
                new { ledger.BatchId },
                cancellationToken: cancellationToken
            )
        );
        await GenerationStore.RetireOthersAsync(connection, ledger.BatchId, cancellationToken);
        return await GenerationStore.CreateAsync(connection, ledger.BatchId, cancellationToken);
    }

    /// <summary>
    /// Writes the rows of all trades there are now, two chunks going to the server while the next one is computed and
    /// the one after that read: storing a row is most of the work, and one connection keeps but one of the server's
    /// cores busy.
    /// </summary>
    /// <returns><c>null</c> where the batch was edited or deleted meanwhile.</returns>
    private async Task<LedgerState?> WriteAsync(
        DbConnection connection,
        LockedLedger ledger,
        LedgerRows rows,
        CancellationToken cancellationToken
    )
    {
        var mayLoad = await database.TakesBulkLoadsAsync(cancellationToken);
        var settings = ledger.Settings;
        var state = LedgerState.Start(settings);
        var total = 0L;
        var reported = Stopwatch.GetTimestamp();
        await using var second = await database.OpenAsync(cancellationToken);
        DbConnection[] connections = [connection, second];
        List<LedgerRow>[] chunks = [new(_options.BuildChunkRows), new(_options.BuildChunkRows)];
        var next = new List<LedgerRow>(_options.BuildChunkRows);
        var sent = 0;
        // A connection does one thing at a time. While the server sorts, the first one counts.
        Task[] writing = [CountAsync(), Task.CompletedTask];
        try
        {
            // Much is sorted before the first one comes.
            await foreach (
                var slice in LongWait.Through(trades.StreamAsync(ledger, from: null, cancellationToken), SayAsync)
            )
            {
                for (var i = 0; i < slice.Count; i++)
                {
                    var row = CapitalLedger.Next(settings, state, slice[i]);
                    state = row.State;
                    next.Add(row);
                    if (next.Count < _options.BuildChunkRows)
                        continue;
                    if (!await SendAsync())
                        return null;
                }
            }

            await SendAsync();
        }
        finally
        {
            await Task.WhenAll(writing);
        }

        return state;

        async Task SayAsync()
        {
            await Task.WhenAll(writing);
            foreach (var silent in connections)
                await silent.SayAsync();
        }

        async Task CountAsync() =>
            total = (await CountedTrades.CountAsync(connection, ledger, cancellationToken)).Count;

        // False: the batch was edited or deleted meanwhile.
        async Task<bool> SendAsync()
        {
            var at = ++sent % connections.Length;
            await writing[at];
            if (at == 0 && !await ReportAsync())
                return false;
            (chunks[at], next) = (next, chunks[at]);
            next.Clear();
            var (to, sending) = (connections[at], chunks[at]);
            writing[at] = Task.Run(
                () => rows.AddAsync(to, sending, ledger.Now, mayLoad, cancellationToken),
                cancellationToken
            );
            return true;
        }

        async Task<bool> ReportAsync()
        {
            if (Stopwatch.GetElapsedTime(reported) < BetweenReports)
                return true;
            reported = Stopwatch.GetTimestamp();
            var progress = total == 0 ? 0 : Math.Min(1, (double)state.Seq / total);
            await connection.ExecuteAsync(
                new CommandDefinition(
                    "UPDATE ledgers SET progress = @progress WHERE batch_id = @BatchId",
                    new { ledger.BatchId, progress },
                    cancellationToken: cancellationToken
                )
            );
            Progressed?.Invoke(new LedgerBuilding(ledger.BatchId, progress));
            return await LedgerStore.FindAsync(connection, ledger.BatchId, cancellationToken) is { } now
                && now.BatchSettingsRevision == ledger.BatchSettingsRevision;
        }
    }

    /// <summary>
    /// Adds what word was left of while the rows were written, and serves them: under the lock, in one statement.
    /// </summary>
    /// <returns><c>null</c> where the batch was edited or deleted meanwhile.</returns>
    private async Task<LedgerUpdated?> CatchUpAndServeAsync(
        DbConnection connection,
        LockedLedger ledger,
        LedgerRows rows,
        LedgerState state,
        CancellationToken cancellationToken
    )
    {
        for (var pass = 1; ; pass++)
        {
            var held = await LedgerStore.LockAsync(connection, ledger.BatchId, cancellationToken);
            if (
                held?.BatchSettingsRevision != ledger.BatchSettingsRevision
                || !await GenerationStore.IsUnretiredAsync(connection, rows.Generation, cancellationToken)
            )
            {
                await LedgerStore.RollBackAsync(connection, cancellationToken);
                return null;
            }

            rows = rows with { RuinedSeq = state.RuinedSeq, CappedSeq = state.CappedSeq };
            if (held.DirtyFrom is { } from)
            {
                var first = await rows.FindFirstAsync(connection, from, state.Seq, cancellationToken);
                if (state.Seq - first >= _options.MaxRewrittenRows && pass <= PassesBeforeHolding)
                {
                    await GenerationStore.TakeWordAndCommitAsync(connection, ledger.BatchId, cancellationToken);
                    state = await CatchUpAsync(connection, held, rows, first, from, cancellationToken);
                    continue;
                }

                state = await CatchUpAsync(connection, held, rows, first, from, cancellationToken);
            }

            await NotifyAsync(connection, held, rows, state, cancellationToken);
            await GenerationStore.ServeAndCommitAsync(connection, held, rows.Generation, state, cancellationToken);
            return new LedgerUpdated(ledger.BatchId, rows.Generation, state.Seq);
        }
    }

    // Trades that closed while it was built were posted by nobody.
    private async Task NotifyAsync(
        DbConnection connection,
        LockedLedger held,
        LedgerRows rows,
        LedgerState state,
        CancellationToken cancellationToken
    )
    {
        if (rules is null || await rules.CurrentAsync(cancellationToken) is not { } current)
            return;
        if (!current.OfLedgers.Contains(held.BatchId))
            return;
        var before = await ServedBefore.OfBuildAsync(connection, held, cancellationToken);
        rows = rows with { RuinedSeq = state.RuinedSeq, CappedSeq = state.CappedSeq };
        await before.NotifyAsync(connection, current, rows, state, cancellationToken);
    }

    private async Task<LedgerState> CatchUpAsync(
        DbConnection connection,
        LockedLedger held,
        LedgerRows rows,
        long first,
        DateTime from,
        CancellationToken cancellationToken
    )
    {
        var before =
            await rows.StateBeforeAsync(connection, first, held.Settings, cancellationToken)
            ?? throw new InvalidOperationException(
                $"Row {first - 1} of generation {rows.Generation}, just written, is gone."
            );
        var result = await LedgerSync.RewriteAsync(
            connection,
            rows,
            held.Settings,
            before,
            LongWait.Through(trades.StreamAsync(held, from, cancellationToken), connection.SayAsync),
            held.Now,
            await database.TakesBulkLoadsAsync(cancellationToken),
            cancellationToken
        );
        return result.State;
    }

    [LoggerMessage(LogLevel.Information, "Batch {BatchId}: building its ledger, generation {Generation}")]
    private partial void LogStarted(long batchId, long generation);

    [LoggerMessage(
        LogLevel.Information,
        "Batch {BatchId}: generation {Generation} with {Rows} rows is served, built in {Elapsed}"
    )]
    private partial void LogServed(long batchId, long generation, long rows, TimeSpan elapsed);

    [LoggerMessage(
        LogLevel.Information,
        "Batch {BatchId}: generation {Generation} is given up, the batch was edited or deleted meanwhile"
    )]
    private partial void LogAbandoned(long batchId, long generation);

    [LoggerMessage(LogLevel.Warning, "Batch {BatchId}: building waits for the database, {Pause}")]
    private partial void LogRetry(Exception fault, long batchId, TimeSpan pause);
}
