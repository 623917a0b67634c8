using System.Data.Common;
using System.Text;
using System.Text.Json;
using Dapper;
using PnlPipeline.Alerts;
using PnlPipeline.Database;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>This room's SQL for whoever runs an import: the lease, the position, and what is stored of the alerts.</summary>
internal sealed class ProgressStore(MySqlDatabase database)
{
    /// <summary>Another process has the import now.</summary>
    internal sealed class LeaseLostException() : Exception("The lease of the import was lost.");

    private const string Mine = "import_id = @importId AND lease_owner = @owner AND state = 'running'";

    /// <summary>Takes the oldest import that nobody runs.</summary>
    public async Task<ImportRow?> ClaimAsync(byte[] owner, int leaseSeconds, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var free = await connection.ExecuteScalarAsync<long?>(
            """
            SELECT import_id FROM imports
             WHERE state = 'running' AND (lease_until IS NULL OR lease_until < UTC_TIMESTAMP(3)) ORDER BY import_id LIMIT 1
            """);
        if (free is null)
            return null;

        // Two replicas may have found the same one: the row's lock lets one of them have it.
        var claimed = await connection.ExecuteAsync(
            """
            UPDATE imports SET lease_owner = @owner, lease_until = UTC_TIMESTAMP(3) + INTERVAL @leaseSeconds SECOND
             WHERE import_id = @free AND state = 'running' AND (lease_until IS NULL OR lease_until < UTC_TIMESTAMP(3))
            """,
            new { owner, leaseSeconds, free });
        return claimed == 0 ? null : await ReadAsync(connection, free.Value);
    }

    public async Task<ImportRow> ReadAsync(long importId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await ReadAsync(connection, importId);
    }

    /// <exception cref="LeaseLostException" />
    public Task RenewAsync(long importId, byte[] owner, int leaseSeconds, CancellationToken cancellationToken) => ChangeAsync(
        $"UPDATE imports SET lease_until = UTC_TIMESTAMP(3) + INTERVAL @leaseSeconds SECOND WHERE {Mine}",
        new { importId, owner, leaseSeconds },
        cancellationToken);

    /// <summary>Lets another process go on at once.</summary>
    /// <exception cref="LeaseLostException" />
    public Task ReleaseAsync(long importId, byte[] owner, CancellationToken cancellationToken) => ChangeAsync(
        $"UPDATE imports SET lease_until = NULL, lease_owner = NULL WHERE {Mine}", new { importId, owner }, cancellationToken);

    /// <exception cref="LeaseLostException" />
    public Task FinishAsync(long importId, byte[] owner, CancellationToken cancellationToken) => ChangeAsync(
        $"UPDATE imports SET state = 'done', finished_at = UTC_TIMESTAMP(3), lease_until = NULL, lease_owner = NULL WHERE {Mine}",
        new { importId, owner },
        cancellationToken);

    /// <exception cref="LeaseLostException" />
    public Task FailAsync(long importId, byte[] owner, string failure, CancellationToken cancellationToken) => ChangeAsync(
        $"UPDATE imports SET state = 'failed', failure = @failure, finished_at = UTC_TIMESTAMP(3), lease_until = NULL, lease_owner = NULL WHERE {Mine}",
        new { importId, owner, failure },
        cancellationToken);

    /// <summary>Everything of these slices is stored: position, counts and errors move on in one transaction.</summary>
    /// <exception cref="LeaseLostException" />
    public async Task AdvanceAsync(
        long importId, byte[] owner, IReadOnlyList<Slice> slices, int leaseSeconds, int errorsKeptMax, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rejectedBefore = await connection.ExecuteScalarAsync<long?>(
            $"SELECT rejected FROM imports WHERE {Mine} FOR UPDATE", new { importId, owner }, transaction) ?? throw new LeaseLostException();
        await connection.ExecuteAsync(
            """
            UPDATE imports SET position = @position, lines_read = @lines, accepted = accepted + @accepted, duplicates = duplicates + @duplicates,
                   rejected = rejected + @rejected, skipped = skipped + @skipped, lease_until = UTC_TIMESTAMP(3) + INTERVAL @leaseSeconds SECOND
             WHERE import_id = @importId
            """,
            new
            {
                importId,
                leaseSeconds,
                position = slices[^1].Position,
                lines = slices[^1].Lines,
                accepted = slices.Sum(slice => slice.Accepted),
                duplicates = slices.Sum(slice => slice.Duplicates ?? 0),
                rejected = slices.Sum(slice => slice.Rejected.Count),
                skipped = slices.Sum(slice => slice.Skipped),
            },
            transaction);

        var errors = new BulkInsert("INSERT INTO import_errors (import_id, line, text, errors) VALUES ");
        foreach (var line in slices.SelectMany(slice => slice.Rejected).Take((int)Math.Max(0, errorsKeptMax - rejectedBefore)))
            errors.Row().Value(importId).Value(line.Line).Value(line.Text).Value(JsonSerializer.Serialize(line.Errors));
        await errors.ExecuteAsync(connection, transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Whether every alert of a slice is stored; then the slice knows how many had been stored before this import.</summary>
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
        slice.Duplicates = before;
        return true;
    }

    // The ids are hex digits of our own making. By the index of ids, whatever the optimizer thinks of a long list.
    private static Task<(long Stored, long Before)> CountAsync(DbConnection connection, IEnumerable<string> alertIds, DateTime createdAt)
    {
        var list = new StringBuilder();
        foreach (var id in alertIds)
            list.Append(list.Length == 0 ? "0x" : ",0x").Append(AlertId.Parse(id));
        return connection.QuerySingleAsync<(long, long)>(
            $"""
            SELECT COUNT(*), CAST(COALESCE(SUM(received_at <> @createdAt), 0) AS SIGNED) FROM alerts FORCE INDEX (alerts_alert_id) WHERE alert_id IN ({list})
            """,
            new { createdAt });
    }

    private static Task<ImportRow> ReadAsync(DbConnection connection, long importId) => connection.QuerySingleAsync<ImportRow>(
        """
        SELECT import_id, state, format, file_name, symbol, timeframe, time_zone, created_at, finished_at, failure, bytes, position, lines_read, accepted,
               duplicates, rejected, skipped
          FROM imports WHERE import_id = @importId
        """,
        new { importId });

    private async Task ChangeAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (await connection.ExecuteAsync(sql, parameters) == 0)
            throw new LeaseLostException();
    }
}
