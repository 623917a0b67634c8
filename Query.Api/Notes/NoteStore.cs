using System.Data;
using Microsoft.EntityFrameworkCore;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Access;

namespace PnlPipeline.Query.Api.Notes;

/// <summary>A tag and how many trades have it.</summary>
public sealed record TagCount(string Tag, int Trades);

/// <summary>What is written down of a day.</summary>
/// <param name="Day">A date, in whatever time zone it was looked at.</param>
/// <param name="Note">Plain text.</param>
public sealed record DayNote(DateOnly Day, string Note, DateTime UpdatedAt);

/// <summary>Writes notes and tags. Each change stands in the audit trail, with what it was changed to.</summary>
public sealed class NoteStore(MySqlDatabase database, TimeProvider clock)
{
    public async Task<IReadOnlyList<TagCount>> TagsAsync(CancellationToken cancellationToken)
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        var tags = await db
            .TradeTags.GroupBy(row => row.Tag)
            .Select(group => new { group.Key, Trades = group.Count() })
            .ToListAsync(cancellationToken);
        return
        [
            .. tags.Select(tag => new TagCount(tag.Key, tag.Trades)).OrderBy(tag => tag.Tag, StringComparer.Ordinal),
        ];
    }

    public async Task WriteAsync(Author by, AlertId trade, TradeNoteBody body, CancellationToken cancellationToken)
    {
        var now = clock.GetDatabaseTime();
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(
            IsolationLevel.ReadCommitted,
            cancellationToken
        );
        // Lock before reading: two who write of one trade at once do so one after the other.
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO trade_notes (trade_id, note, revision, updated_at) VALUES ({trade.ToByteArray()}, '', 0, {now})
                ON DUPLICATE KEY UPDATE trade_id = trade_id
            """,
            cancellationToken
        );
        var row = await db.TradeNotes.AsTracking().SingleAsync(note => note.TradeId == trade, cancellationToken);
        var tags = await db.TradeTags.Where(tag => tag.TradeId == trade).ToListAsync(cancellationToken);
        var had = tags.Select(tag => tag.Tag).Order(StringComparer.Ordinal).ToList();
        var (note, wanted) = (body.Note ?? row.Note, body.Tags ?? had);
        if (note == row.Note && wanted.SequenceEqual(had, StringComparer.Ordinal))
            return;

        (row.Note, row.Revision, row.UpdatedAt) = (note, row.Revision + 1, now);
        db.RemoveRange(tags.Where(tag => !wanted.Contains(tag.Tag)));
        db.AddRange(wanted.Except(had, StringComparer.Ordinal).Select(tag => new TradeTagRecord(trade, tag)));
        db.Add(AuditTrail.Entry(by, now, AuditActions.TradeNote, $"trades/{trade}", new TradeNoteBody(wanted, note)));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<DayNote>> DaysAsync(long batchId, CancellationToken cancellationToken)
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        var rows = await db
            .DayNotes.Where(row => row.BatchId == batchId)
            .OrderBy(row => row.Day)
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(row => new DayNote(row.Day, row.Note, row.UpdatedAt));
    }

    /// <param name="note">Empty: what is written down is removed.</param>
    /// <returns><c>null</c> where nothing is written down any more.</returns>
    public async Task<DayNote?> WriteAsync(
        Author by,
        long batchId,
        DateOnly day,
        string note,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetDatabaseTime();
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(
            IsolationLevel.ReadCommitted,
            cancellationToken
        );
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO day_notes (batch_id, day, note, updated_at) VALUES ({batchId}, {day}, '', {now})
                ON DUPLICATE KEY UPDATE day = VALUES(day)
            """,
            cancellationToken
        );
        var row = await db
            .DayNotes.AsTracking()
            .SingleAsync(one => one.BatchId == batchId && one.Day == day, cancellationToken);
        if (row.Note != note)
        {
            (row.Note, row.UpdatedAt) = (note, now);
            db.Add(
                AuditTrail.Entry(
                    by,
                    now,
                    AuditActions.DayNote,
                    $"batches/{batchId}/day-notes/{day:yyyy-MM-dd}",
                    new DayNoteBody(note)
                )
            );
        }

        if (note.Length == 0)
            db.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return note.Length == 0 ? null : new DayNote(row.Day, row.Note, row.UpdatedAt);
    }
}
