using System.Data;
using Microsoft.EntityFrameworkCore;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Access;

namespace PnlPipeline.Query.Api.Batches;

/// <summary>What became of a change.</summary>
public enum ChangeOutcome
{
    Changed,
    Unchanged,
    NotFound,

    /// <summary>The batch is not the one the caller read.</summary>
    MovedOn,

    /// <summary>Another batch has the name.</summary>
    NameTaken,

    /// <summary>The edit itself did not want it.</summary>
    Refused,
}

/// <param name="BatchId">The batch; where the name is taken, the batch that has it.</param>
/// <param name="Revision">After the change.</param>
public sealed record ChangeResult(ChangeOutcome Outcome, long BatchId = 0, long Revision = 0);

/// <summary>Makes, changes and deletes batches, each in one transaction with its line in the audit trail.</summary>
public sealed class BatchWriter(MySqlDatabase database, TimeProvider clock)
{
    public async Task<ChangeResult> CreateAsync(Author by, BatchSettings settings, CancellationToken cancellationToken)
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(
            IsolationLevel.ReadCommitted,
            cancellationToken
        );
        var now = clock.GetDatabaseTime();
        var batch = new BatchRecord { CreatedAt = now };
        Apply(settings, batch, now);
        db.Add(batch);
        try
        {
            // By itself, for its id stands in all that follows.
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException fault) when (MySqlDatabase.IsDuplicateKey(fault))
        {
            return await NameTakenAsync(db, settings, cancellationToken);
        }

        db.AddRange(settings.Symbols.Select(symbol => new BatchSymbolRecord(batch.BatchId, symbol)));
        db.AddRange(settings.Timeframes.Select(timeframe => new BatchTimeframeRecord(batch.BatchId, timeframe)));
        db.AddRange(settings.Strategies.Select(strategy => new BatchStrategyRecord(batch.BatchId, strategy)));
        db.Add(AuditTrail.Entry(by, now, AuditActions.BatchCreate, SubjectOf(batch.BatchId), settings.ToDetail()));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ChangeResult(ChangeOutcome.Changed, batch.BatchId, batch.Revision);
    }

    /// <summary>
    /// Changes a batch to what <paramref name="edit"/> makes of it; where that is the same, nothing moves.
    /// </summary>
    /// <param name="edit">May refuse, by <c>null</c>. It is asked again where another change came between.</param>
    public async Task<ChangeResult> ChangeAsync(
        Author by,
        long batchId,
        IfMatch ifMatch,
        Func<BatchSettings, BatchSettings?> edit,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            try
            {
                return await TryChangeAsync(by, batchId, ifMatch, edit, cancellationToken);
            }
            catch (DbUpdateConcurrencyException)
            {
                // Another change was quicker. Read what it made: If-Match decides whether that will do.
            }
        }
    }

    /// <summary>Deletes a batch. Its ledger goes when the ledgers' role hears of it, or looks by itself.</summary>
    public async Task<ChangeResult> DeleteAsync(
        Author by,
        long batchId,
        IfMatch ifMatch,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            try
            {
                return await TryDeleteAsync(by, batchId, ifMatch, cancellationToken);
            }
            catch (DbUpdateConcurrencyException)
            {
                // As above.
            }
        }
    }

    private async Task<ChangeResult> TryChangeAsync(
        Author by,
        long batchId,
        IfMatch ifMatch,
        Func<BatchSettings, BatchSettings?> edit,
        CancellationToken cancellationToken
    )
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        // One snapshot of the batch with its symbols; the write then asks whether it is still that one.
        await using var transaction = await db.Database.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancellationToken
        );
        if (await FindAsync(db, batchId, cancellationToken) is not var (batch, before))
            return new ChangeResult(ChangeOutcome.NotFound);
        if (!ifMatch.Matches(batch.Revision))
            return new ChangeResult(ChangeOutcome.MovedOn);

        var after = edit(before);
        if (after is null)
            return new ChangeResult(ChangeOutcome.Refused);
        var countsAlike = after.CountsLike(before);
        if (countsAlike && after.Name == before.Name)
            return new ChangeResult(ChangeOutcome.Unchanged, batchId, batch.Revision);

        var now = clock.GetDatabaseTime();
        db.Attach(batch);
        Apply(after, batch, now);
        batch.Revision++;
        if (!countsAlike)
            batch.SettingsRevision++;
        try
        {
            // The batch first, by itself: with its row locked no two changes wait for each other. A symbol that is
            // added locks that row too, to see that it is there, and two changes that did so first would deadlock.
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException fault) when (MySqlDatabase.IsDuplicateKey(fault))
        {
            // Out of the snapshot, in which the other one may not be.
            await transaction.RollbackAsync(cancellationToken);
            return await NameTakenAsync(db, after, cancellationToken);
        }

        Replace(db, before.Symbols, after.Symbols, symbol => new BatchSymbolRecord(batchId, symbol));
        Replace(db, before.Timeframes, after.Timeframes, timeframe => new BatchTimeframeRecord(batchId, timeframe));
        Replace(db, before.Strategies, after.Strategies, strategy => new BatchStrategyRecord(batchId, strategy));
        db.Add(AuditTrail.Entry(by, now, AuditActions.BatchChange, SubjectOf(batchId), after.ToDetail(before)));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ChangeResult(ChangeOutcome.Changed, batchId, batch.Revision);
    }

    private async Task<ChangeResult> TryDeleteAsync(
        Author by,
        long batchId,
        IfMatch ifMatch,
        CancellationToken cancellationToken
    )
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancellationToken
        );
        if (await FindAsync(db, batchId, cancellationToken) is not var (batch, settings))
            return new ChangeResult(ChangeOutcome.NotFound);
        if (!ifMatch.Matches(batch.Revision))
            return new ChangeResult(ChangeOutcome.MovedOn);

        // Symbols and timeframes go with it, by their foreign keys.
        db.Remove(batch);
        db.Add(
            AuditTrail.Entry(
                by,
                clock.GetDatabaseTime(),
                AuditActions.BatchDelete,
                SubjectOf(batchId),
                settings.ToDetail()
            )
        );
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ChangeResult(ChangeOutcome.Changed, batchId, batch.Revision + 1);
    }

    private static string SubjectOf(long batchId) => $"batches/{batchId}";

    private static async Task<(BatchRecord Batch, BatchSettings Settings)?> FindAsync(
        PnlDb db,
        long batchId,
        CancellationToken cancellationToken
    )
    {
        if (
            await db.Batches.SingleOrDefaultAsync(batch => batch.BatchId == batchId, cancellationToken) is not { } batch
        )
            return null;

        var symbols = await db
            .BatchSymbols.Where(row => row.BatchId == batchId)
            .Select(row => row.Symbol)
            .ToListAsync(cancellationToken);
        var timeframes = await db
            .BatchTimeframes.Where(row => row.BatchId == batchId)
            .Select(row => row.Timeframe)
            .ToListAsync(cancellationToken);
        var strategies = await db
            .BatchStrategies.Where(row => row.BatchId == batchId)
            .Select(row => row.Strategy)
            .ToListAsync(cancellationToken);
        var settings = new BatchSettings(
            batch.Name,
            [.. symbols.Order(StringComparer.Ordinal)],
            [.. timeframes.Order(StringComparer.Ordinal)],
            [.. strategies.Order(StringComparer.Ordinal)],
            batch.StartTime,
            batch.Capital,
            batch.AllocationPercentage,
            batch.FeePercentage
        );
        return (batch, settings);
    }

    private static void Apply(BatchSettings settings, BatchRecord batch, DateTime now)
    {
        batch.Name = settings.Name;
        batch.NameKey = settings.NameKey;
        batch.StartTime = settings.StartTime;
        batch.Capital = settings.Capital;
        batch.AllocationPercentage = settings.AllocationPercentage;
        batch.FeePercentage = settings.FeePercentage;
        batch.UpdatedAt = now;
    }

    private static void Replace<T>(
        PnlDb db,
        IReadOnlyList<string> before,
        IReadOnlyList<string> after,
        Func<string, T> row
    )
        where T : class
    {
        db.RemoveRange(before.Except(after, StringComparer.Ordinal).Select(row));
        db.AddRange(after.Except(before, StringComparer.Ordinal).Select(row));
    }

    private static async Task<ChangeResult> NameTakenAsync(
        PnlDb db,
        BatchSettings settings,
        CancellationToken cancellationToken
    )
    {
        // 0 where it was renamed or deleted since: the caller is told all the same, and may try again.
        var other = await db
            .Batches.Where(batch => batch.NameKey == settings.NameKey)
            .Select(batch => batch.BatchId)
            .FirstOrDefaultAsync(cancellationToken);
        return new ChangeResult(ChangeOutcome.NameTaken, other);
    }
}
