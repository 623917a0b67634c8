using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Integrity;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// Finds what events missed: builds that nobody began, ledgers that do not hold what they should. Every look counts;
/// now and then every row is computed again and compared. What is wrong, and still is after a while in which an event
/// on its way would have come, is reported and repaired.
/// </summary>
public sealed partial class LedgerRepair(
    MySqlDatabase database,
    LedgerComparison comparison,
    LedgerBuilder builder,
    IOptions<LedgerOptions> options,
    ILogger<LedgerRepair> log
)
{
    // However fast a ledger grows: some day it is looked at.
    private const int MaxPostponed = 60;

    private static readonly DateTime Ever = DateTime.UnixEpoch;

    private readonly LedgerOptions _options = options.Value;

    // What each batch's ledger should have held at the look before: it is behind only if it does not hold even that.
    private readonly Dictionary<long, (long Count, DateTime? LastExitTime)> _due = [];

    // How far each ledger had come at the look before, and how often it has been left alone since the last time it was
    // not.
    private readonly Dictionary<long, (long LastSeq, int Postponed)> _looks = [];

    // How often reading was put off because some ledger was busy.
    private int _readingPostponed;

    /// <summary>
    /// Whether, at the last look, some ledger held less than was due when it was counted. The event may be on its way;
    /// where it is not, only another look can tell.
    /// </summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>Looks at every batch's ledger once; nothing where another replica is at it.</summary>
    /// <param name="tell">Told of each ledger that was repaired or built, as soon as it is.</param>
    /// <param name="readEveryRow">Whether every row is read, however long ago it last was.</param>
    /// <returns>The batches whose ledgers were repaired.</returns>
    public async Task<IReadOnlyList<long>> ReconcileAsync(
        Func<PostingResult, Task> tell,
        bool readEveryRow,
        CancellationToken cancellationToken
    )
    {
        IsInDoubt = false;
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var only = await AdvisoryLock.TryTakeAsync(connection, "ledgers.reconcile", cancellationToken);
        if (only is null)
            return [];

        var read = await LedgerChecks.FindCheckedAsync(connection, cancellationToken);
        var suspects = new List<(long BatchId, Difference Difference)>();
        var quiet = new List<long>();
        var isAnyBusy = false;
        foreach (
            var batchId in (
                await connection.QueryAsync<long>("SELECT batch_id FROM batches ORDER BY batch_id")
            ).ToList()
        )
        {
            await TryAsync(
                connection,
                batchId,
                async () =>
                {
                    if (await BuildIfNeededAsync(connection, batchId, tell, cancellationToken) is not { } ledger)
                        return;
                    if (!IsBusy(ledger) || readEveryRow)
                        quiet.Add(batchId);
                    else
                        isAnyBusy = true;
                },
                cancellationToken
            );
        }

        // Reading a million rows takes as much as posting them: not while others are being posted.
        var mustRead = readEveryRow || _readingPostponed >= MaxPostponed;
        var mayRead = mustRead || !isAnyBusy;
        var rowsBefore = await CountRowsAsync(connection, cancellationToken);
        foreach (var batchId in quiet)
            await TryAsync(connection, batchId, () => LookAsync(batchId), cancellationToken);

        _readingPostponed = mayRead ? 0 : _readingPostponed + 1;
        if (suspects.Count == 0)
            return [];
        await WaitAsync(connection, cancellationToken);
        var repaired = new List<long>();
        foreach (var (batchId, difference) in suspects)
        {
            await TryAsync(
                connection,
                batchId,
                async () =>
                {
                    if (await RepairIfStillThereAsync(connection, batchId, difference, tell, cancellationToken))
                        repaired.Add(batchId);
                },
                cancellationToken
            );
        }

        return repaired;

        async Task LookAsync(long batchId)
        {
            // As it is by now: reading those before it may have taken long.
            if (await LedgerStore.FindAsync(connection, batchId, cancellationToken) is not { NeedsBuild: false } ledger)
                return;
            var isReading =
                readEveryRow
                || (
                    mayRead
                    && (
                        ledger.CheckedAt is null
                        || read.GetValueOrDefault(batchId) != ledger.Generation
                        || ledger.CheckedAt <= ledger.Now.AddSeconds(-_options.DeepCheckEverySeconds)
                    )
                );
            // Alerts may have begun to come while those before it were read: the others are read at a later look.
            if (
                isReading
                && !mustRead
                && Math.Abs(await CountRowsAsync(connection, cancellationToken) - rowsBefore) > _options.BusyRows
            )
                isReading = mayRead = false;
            if (!await IsBehindAsync(connection, ledger, cancellationToken) && !isReading)
                return;
            var compared = comparison.FindDifferenceAsync(batchId, Ever, cancellationToken);
            if (await LongWait.WhileAsync(compared, connection.SayAsync) is { } difference)
                suspects.Add((batchId, difference));
            else
                await SetCheckedAsync(connection, batchId, isRepaired: false, cancellationToken);
        }
    }

    // What fails for one batch keeps no other from its turn: the next look finds it as it then is. Without its
    // connection the look has lost its lock, and ends.
    private async Task TryAsync(
        DbConnection connection,
        long batchId,
        Func<Task> look,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await look();
        }
        catch (Exception fault)
            when (!cancellationToken.IsCancellationRequested && connection.State == ConnectionState.Open)
        {
            LogFailed(fault, batchId);
        }
    }

    private Task WaitAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        return LongWait.WhileAsync(PauseAsync(), connection.SayAsync);

        async Task<bool> PauseAsync()
        {
            await Task.Delay(TimeSpan.FromSeconds(_options.RepairAfterSeconds), cancellationToken);
            return true;
        }
    }

    // Of all ledgers served, as they count themselves: from a row each.
    private static Task<long> CountRowsAsync(DbConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<long>(
            new CommandDefinition("SELECT SUM(last_seq) FROM ledgers", cancellationToken: cancellationToken)
        );

    /// <returns>
    /// The ledger where it needs no build; <c>null</c> where it was built now, another replica builds it, or the batch
    /// is gone.
    /// </returns>
    private async Task<LockedLedger?> BuildIfNeededAsync(
        DbConnection connection,
        long batchId,
        Func<PostingResult, Task> tell,
        CancellationToken cancellationToken
    )
    {
        var ledger = await LedgerStore.FindAsync(connection, batchId, cancellationToken);
        if (ledger?.NeedsBuild != true)
            return ledger;
        // With other settings other trades are due.
        _due.Remove(batchId);
        await tell(await BuildAsync(connection, new BatchChanged(batchId, ledger.BatchRevision), cancellationToken));
        return null;
    }

    /// <summary>
    /// Others wait for their turn meanwhile: what takes too long, or is tried again and again, is left to who builds as
    /// batches change.
    /// </summary>
    private async Task<PostingResult> BuildAsync(
        DbConnection connection,
        BatchChanged due,
        CancellationToken cancellationToken
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(_options.BuildWithinSeconds));
        try
        {
            var built = builder.BuildAsync(due.BatchId, deadline.Token);
            return await LongWait.WhileAsync(built, connection.SayAsync) is { } served
                ? new PostingResult([served], [])
                : PostingResult.Nothing;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogLeft(due.BatchId, _options.BuildWithinSeconds);
            return new PostingResult([], [due]);
        }
    }

    /// <summary>
    /// Whether a ledger has grown by so much since the last look that every row counted or read would be missed by the
    /// alerts that come. It is looked at when it grows no longer.
    /// </summary>
    private bool IsBusy(LockedLedger ledger)
    {
        // One that was not looked at before may have come to what it holds in no time.
        var (lastSeq, postponed) = _looks.GetValueOrDefault(ledger.BatchId);
        var isBusy = ledger.LastSeq - lastSeq > _options.BusyRows && postponed < MaxPostponed;
        _looks[ledger.BatchId] = (ledger.LastSeq, isBusy ? postponed + 1 : 0);
        return isBusy;
    }

    /// <summary>
    /// Whether the ledger holds neither what it should hold now nor what it should have held at the last look, nor
    /// anything between: trades whose events are on their way are no fault. At the first look it may hold less: how
    /// much was due before is not known.
    /// </summary>
    private async Task<bool> IsBehindAsync(
        DbConnection connection,
        LockedLedger ledger,
        CancellationToken cancellationToken
    )
    {
        var last =
            ledger.LastSeq == 0 ? null : await ledger.Rows.FindAsync(connection, ledger.LastSeq, cancellationToken);
        var due = await CountedTrades.CountAsync(connection, ledger, cancellationToken);
        var before = _due.GetValueOrDefault(ledger.BatchId);
        _due[ledger.BatchId] = due;
        // As it is after counting, which may take longer than the event does.
        if (ledger.LastSeq < due.Count)
        {
            var now = await LedgerStore.FindAsync(connection, ledger.BatchId, cancellationToken);
            IsInDoubt |= now?.LastSeq < due.Count;
        }

        return !IsBetween(ledger.LastSeq, before.Count, due.Count)
            || !IsBetween(last?.ExitTime.Ticks ?? 0, before.LastExitTime?.Ticks ?? 0, due.LastExitTime?.Ticks ?? 0);

        static bool IsBetween(long value, long one, long other) =>
            value >= Math.Min(one, other) && value <= Math.Max(one, other);
    }

    private async Task<bool> RepairIfStillThereAsync(
        DbConnection connection,
        long batchId,
        Difference difference,
        Func<PostingResult, Task> tell,
        CancellationToken cancellationToken
    )
    {
        var still = await LongWait.WhileAsync(
            comparison.FindDifferenceAsync(batchId, difference.From, cancellationToken),
            connection.SayAsync
        );
        if (still?.IsSameAs(difference) != true)
            return false;

        await IntegrityFindings.FoundInLedgerAsync(connection, batchId, Text(still), cancellationToken);
        LogDifference(
            batchId,
            still.Seq,
            still.ExpectedTradeId?.ToString(),
            still.HeldTradeId?.ToString(),
            still.Expected,
            still.Held
        );
        var result = await LongWait.WhileAsync(
            comparison.RepairAsync(batchId, still.From, cancellationToken),
            connection.SayAsync
        );
        // The build that is due is begun here, whether or not the bus can be told of it.
        if (result.BuildsDue is [var due])
            result = await BuildAsync(connection, due, cancellationToken);

        LedgerMeters.Repairs.Add(1);
        await SetCheckedAsync(connection, batchId, isRepaired: true, cancellationToken);
        await IntegrityFindings.RepairedLedgerAsync(connection, batchId, cancellationToken);
        await tell(result);
        return true;
    }

    private static async Task SetCheckedAsync(
        DbConnection connection,
        long batchId,
        bool isRepaired,
        CancellationToken cancellationToken
    )
    {
        await connection.ExecuteAsync(
            new CommandDefinition(
                "UPDATE ledgers SET checked_at = UTC_TIMESTAMP(3), repaired_at = IF(@isRepaired, UTC_TIMESTAMP(3), "
                    + "repaired_at) WHERE batch_id = @batchId",
                new { batchId, isRepaired },
                cancellationToken: cancellationToken
            )
        );
        await LedgerChecks.DrawAsync(connection, batchId, isRepaired, cancellationToken);
    }

    private static string Text(Difference found)
    {
        var what = (found.ExpectedTradeId, found.HeldTradeId) switch
        {
            ({ } expected, { } held) when expected != held => $"should be of trade {expected} and is of {held}",
            ({ } expected, { }) => $"of trade {expected} is not what follows from the row before it",
            ({ } expected, null) => $"of trade {expected} is missing",
            (null, { } held) => $"of trade {held} should not be there",
            _ => "is missing, or counted and not there",
        };
        return found is { Expected: { } due, Held: { } there }
            ? $"Row {found.Seq} {what}: pnl {due.Pnl} expected and {there.Pnl} held, fee {due.Fee} and {there.Fee}, "
                + $"available capital {due.State.AvailableCapital} and {there.State.AvailableCapital}."
            : $"Row {found.Seq} {what}.";
    }

    [LoggerMessage(
        LogLevel.Error,
        "Batch {BatchId}: row {Seq} of its ledger should be of trade {ExpectedTradeId} and is of {HeldTradeId}; "
            + "repairing from there. Expected {Expected}, held {Held}"
    )]
    private partial void LogDifference(
        long batchId,
        long seq,
        string? expectedTradeId,
        string? heldTradeId,
        LedgerRow? expected,
        LedgerRow? held
    );

    [LoggerMessage(LogLevel.Warning, "Batch {BatchId}: the look at its ledger failed; it goes on with the others")]
    private partial void LogFailed(Exception fault, long batchId);

    [LoggerMessage(LogLevel.Warning, "Batch {BatchId}: its ledger was not built within {Seconds} s; it is left")]
    private partial void LogLeft(long batchId, int seconds);
}
