using System.Data;
using System.Data.Common;
using System.Linq.Expressions;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Storage;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>
/// What the process that runs an import reads and writes: the lease, the position, and what is stored of the alerts.
/// </summary>
internal sealed class ProgressStore(MySqlDatabase database)
{
    /// <summary>Another process has the import now.</summary>
    internal sealed class LeaseLostException() : Exception("The lease of the import was lost.");

    /// <summary>Takes the oldest import that nobody runs.</summary>
    public async Task<ImportRecord?> ClaimAsync(byte[] owner, int leaseSeconds, CancellationToken cancellationToken)
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        var unclaimed = db.Imports.Where(row =>
            row.State == ImportStates.Running && (row.LeaseUntil == null || row.LeaseUntil < PnlDb.UtcTimestamp(3))
        );
        var oldest = await unclaimed
            .OrderBy(row => row.ImportId)
            .Select(row => (long?)row.ImportId)
            .FirstOrDefaultAsync(cancellationToken);
        if (oldest is null)
            return null;

        // Two replicas may have found the same one: the row's lock lets one of them have it.
        var claimed = await unclaimed
            .Where(row => row.ImportId == oldest)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(row => row.LeaseOwner, owner)
                        .SetProperty(row => row.LeaseUntil, row => PnlDb.UtcTimestamp(3).AddSeconds(leaseSeconds)),
                cancellationToken
            );
        return claimed == 0 ? null : await db.Imports.SingleAsync(row => row.ImportId == oldest, cancellationToken);
    }

    public async Task<ImportRecord> ReadAsync(long importId, CancellationToken cancellationToken)
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        return await db.Imports.SingleAsync(row => row.ImportId == importId, cancellationToken);
    }

    /// <exception cref="LeaseLostException" />
    public Task RenewAsync(long importId, byte[] owner, int leaseSeconds, CancellationToken cancellationToken) =>
        ChangeAsync(
            importId,
            owner,
            set => set.SetProperty(row => row.LeaseUntil, row => PnlDb.UtcTimestamp(3).AddSeconds(leaseSeconds)),
            cancellationToken
        );

    /// <summary>Lets another process go on at once.</summary>
    /// <exception cref="LeaseLostException" />
    public Task ReleaseAsync(long importId, byte[] owner, CancellationToken cancellationToken) =>
        ChangeAsync(
            importId,
            owner,
            set =>
                set.SetProperty(row => row.LeaseUntil, (DateTime?)null)
                    .SetProperty(row => row.LeaseOwner, (byte[]?)null),
            cancellationToken
        );

    /// <exception cref="LeaseLostException" />
    public Task FinishAsync(long importId, byte[] owner, CancellationToken cancellationToken) =>
        EndAsync(importId, owner, ImportStates.Done, null, cancellationToken);

    /// <exception cref="LeaseLostException" />
    public Task FailAsync(long importId, byte[] owner, string failure, CancellationToken cancellationToken) =>
        EndAsync(importId, owner, ImportStates.Failed, failure, cancellationToken);

    /// <summary>Everything of these slices is stored: position, counts and errors move on in one transaction.</summary>
    /// <exception cref="LeaseLostException" />
    public async Task AdvanceAsync(
        long importId,
        byte[] owner,
        IReadOnlyList<Slice> slices,
        int leaseSeconds,
        int errorsKeptMax,
        CancellationToken cancellationToken
    )
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(
            IsolationLevel.ReadCommitted,
            cancellationToken
        );
        var (last, accepted, duplicates) = (
            slices[^1],
            slices.Sum(slice => slice.Accepted),
            slices.Sum(slice => slice.Duplicates ?? 0)
        );
        var (rejected, skipped) = (slices.Sum(slice => slice.Rejected.Count), slices.Sum(slice => slice.Skipped));
        var merged = slices.Sum(slice => slice.Merged);
        var moved = await Mine(db, importId, owner)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(row => row.Position, last.Position)
                        .SetProperty(row => row.LinesRead, last.Lines)
                        .SetProperty(row => row.Accepted, row => row.Accepted + accepted)
                        .SetProperty(row => row.Duplicates, row => row.Duplicates + duplicates)
                        .SetProperty(row => row.Merged, row => row.Merged + merged)
                        .SetProperty(row => row.Rejected, row => row.Rejected + rejected)
                        .SetProperty(row => row.Skipped, row => row.Skipped + skipped)
                        .SetProperty(row => row.LeaseUntil, row => PnlDb.UtcTimestamp(3).AddSeconds(leaseSeconds)),
                cancellationToken
            );
        if (moved == 0)
            throw new LeaseLostException();

        // The row is locked now: nobody else counts.
        var rejectedBefore =
            await db
                .Imports.Where(row => row.ImportId == importId)
                .Select(row => row.Rejected)
                .SingleAsync(cancellationToken) - rejected;
        using var errors = new RowWriter("INSERT INTO import_errors (import_id, line, text, errors) VALUES ");
        foreach (
            var line in slices
                .SelectMany(slice => slice.Rejected)
                .Take((int)Math.Max(0, errorsKeptMax - rejectedBefore))
        )
            errors.Row().Value(importId).Value(line.Line).Value(line.Text).Value(JsonSerializer.Serialize(line.Errors));
        await errors.SendAsync(db.Database.GetDbConnection(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Whether every alert of a slice is stored; then the slice knows how many of its rows are of alerts that had been
    /// stored before this import.
    /// </summary>
    public async Task<bool> IsStoredAsync(Slice slice, DateTime createdAt, CancellationToken cancellationToken)
    {
        if (slice.Duplicates is null && slice.Alerts.Count == 0)
            slice.Duplicates = 0;
        if (slice.Duplicates is not null)
            return true;

        await using var connection = await database.OpenAsync(cancellationToken);
        // Ask for two first: mostly it is too early, and they say so for less.
        var ends = await CountAsync(connection, [slice.Alerts[0].AlertId, slice.Alerts[^1].AlertId], createdAt);
        if (ends.Stored < (slice.Alerts.Count == 1 ? 1 : 2))
            return false;
        var (stored, before) = await CountAsync(connection, slice.Alerts.Select(alert => alert.AlertId), createdAt);
        if (stored < slice.Alerts.Count)
            return false;
        slice.Duplicates = before == 0 ? 0 : await RowsBeforeAsync(connection, slice, createdAt);
        return true;
    }

    private static async Task<long> RowsBeforeAsync(DbConnection connection, Slice slice, DateTime createdAt)
    {
        var before = await connection.QueryAsync<byte[]>(
            $"""
            SELECT alert_id FROM alerts FORCE INDEX (alerts_alert_id)
             WHERE alert_id IN ({Ids(slice.Alerts.Select(alert => alert.AlertId))}) AND received_at <> @createdAt
            """,
            new { createdAt }
        );
        return before.Sum(id => (long)slice.RowsOf[new AlertId(id).ToString()]);
    }

    // By the index of ids, whatever the optimizer thinks of a long list.
    private static Task<(long Stored, long Before)> CountAsync(
        DbConnection connection,
        IEnumerable<string> alertIds,
        DateTime createdAt
    ) =>
        connection.QuerySingleAsync<(long, long)>(
            $"""
            SELECT COUNT(*), COALESCE(SUM(received_at <> @createdAt), 0)
              FROM alerts FORCE INDEX (alerts_alert_id) WHERE alert_id IN ({Ids(alertIds)})
            """,
            new { createdAt }
        );

    // Hex digits of our own making.
    private static string Ids(IEnumerable<string> alertIds)
    {
        var list = new StringBuilder();
        foreach (var id in alertIds)
            list.Append(list.Length == 0 ? "0x" : ",0x").Append(AlertId.Parse(id));
        return list.ToString();
    }

    private static IQueryable<ImportRecord> Mine(PnlDb db, long importId, byte[] owner) =>
        db.Imports.Where(row =>
            row.ImportId == importId && row.LeaseOwner == owner && row.State == ImportStates.Running
        );

    private Task EndAsync(
        long importId,
        byte[] owner,
        string state,
        string? failure,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            importId,
            owner,
            set =>
                set.SetProperty(row => row.State, state)
                    .SetProperty(row => row.Failure, failure)
                    .SetProperty(row => row.FinishedAt, row => PnlDb.UtcTimestamp(3))
                    .SetProperty(row => row.LeaseUntil, (DateTime?)null)
                    .SetProperty(row => row.LeaseOwner, (byte[]?)null),
            cancellationToken
        );

    private async Task ChangeAsync(
        long importId,
        byte[] owner,
        Expression<Func<SetPropertyCalls<ImportRecord>, SetPropertyCalls<ImportRecord>>> change,
        CancellationToken cancellationToken
    )
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        if (await Mine(db, importId, owner).ExecuteUpdateAsync(change, cancellationToken) == 0)
            throw new LeaseLostException();
    }
}
