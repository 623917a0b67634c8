using System.Data;
using System.Data.Common;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>Reads a batch's ledger into columns: whole, or what changed since it was read before.</summary>
public sealed class LedgerReader(MySqlDatabase database)
{
    /// <summary>What is served of a batch now; <c>null</c> where there is no such batch.</summary>
    public async Task<LedgerVersion?> FindVersionAsync(long batchId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await FindVersionAsync(connection, batchId);
    }

    /// <summary>Reads what is served of a batch now.</summary>
    /// <param name="held">What was read of it before, by nobody else gone on from; <c>null</c> where nothing
    /// was.</param>
    /// <returns><c>null</c> where there is no such batch.</returns>
    public async Task<LedgerColumns?> ReadAsync(long batchId, LedgerColumns? held, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // One snapshot: a build may switch the generation, and an append or a revision change its rows, while they are
        // read.
        await using var snapshot = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancellationToken
        );
        if (await FindVersionAsync(connection, batchId) is not { } version)
            return null;
        if (version.LastSeq == 0)
            return LedgerColumns.Empty(version);
        if (held?.Version.HasRowsOf(version) == true)
            return held with { Version = version };

        var kept = held is null ? 0 : await CountUnchangedAsync(connection, batchId, version, held);
        var columns = new ColumnsBuilder(kept == 0 ? null : held, kept, (int)version.LastSeq);
        await ReadRowsAsync(connection, batchId, version, columns, cancellationToken);
        return columns.Build(version);
    }

    private static async Task<LedgerVersion?> FindVersionAsync(DbConnection connection, long batchId) =>
        await connection.QuerySingleOrDefaultAsync<(
            long Revision,
            long Generation,
            long LastSeq,
            DateTime UpdatedAt,
            DateTime? StartTime
        )?>(
            """
            SELECT b.revision, COALESCE(l.generation, 0), COALESCE(l.last_seq, 0),
                   COALESCE(l.updated_at, b.created_at), b.start_time
              FROM batches b LEFT JOIN ledgers l ON l.batch_id = b.batch_id
             WHERE b.batch_id = @batchId
            """,
            new { batchId }
        )
            is { } row
            ? new LedgerVersion(row.Revision, row.Generation, row.LastSeq, row.UpdatedAt) { StartTime = row.StartTime }
            : null;

    /// <summary>
    /// How many rows from the first on are still as they were read. Whoever writes rows writes all from the first that
    /// changes, and gives them a <c>posted_at</c> later than any before: it ascends with seq, and what is not later
    /// than the columns is in them.
    /// </summary>
    private static async Task<int> CountUnchangedAsync(
        DbConnection connection,
        long batchId,
        LedgerVersion version,
        LedgerColumns held
    )
    {
        // An earlier time than before is that of another database, put in the place of the one read.
        if (held.Generation != version.Generation || held.Version.UpdatedAt > version.UpdatedAt)
            return 0;

        var (low, high) = (0L, Math.Min(held.Count, version.LastSeq));
        // Nearly always all of them are.
        for (var seq = high; low < high; seq = low + ((high - low + 1) / 2))
        {
            var isUnchanged = await connection.ExecuteScalarAsync<bool>(
                "SELECT posted_at <= @UpdatedAt FROM ledger_rows WHERE batch_id = @batchId AND generation = "
                    + "@Generation AND seq = @seq",
                new
                {
                    batchId,
                    version.Generation,
                    seq,
                    held.Version.UpdatedAt,
                }
            );
            if (isUnchanged)
                low = seq;
            else
                high = seq - 1;
        }

        return (int)low;
    }

    private static async Task ReadRowsAsync(
        DbConnection connection,
        long batchId,
        LedgerVersion version,
        ColumnsBuilder columns,
        CancellationToken cancellationToken
    )
    {
        await using (var command = connection.CreateCommand())
        {
            // All of these are numbers of our own.
            command.CommandText = $"""
                SELECT seq, stream_id, side = 'short', entry_time, exit_time, change_percentage, pnl, available_capital,
                       fee, entry_price, exit_price, trade_id
                  FROM ledger_rows
                 WHERE batch_id = {batchId} AND generation = {version.Generation} AND seq BETWEEN {columns.Count
                    + 1} AND {version.LastSeq}
                 ORDER BY seq
                """;
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            var tradeId = new byte[AlertId.Length];
            while (await rows.ReadAsync(cancellationToken) && rows.GetInt64(0) == columns.Count + 1)
            {
                rows.GetBytes(11, 0, tradeId, 0, tradeId.Length);
                columns.Add(
                    new ColumnsRow(
                        rows.GetInt64(1),
                        IsShort: rows.GetInt64(2) != 0,
                        UnixMilliseconds(rows.GetDateTime(3)),
                        UnixMilliseconds(rows.GetDateTime(4)),
                        FixedPoint.Of(rows.GetDecimal(5)),
                        FixedPoint.Of(rows.GetDecimal(6)),
                        FixedPoint.Of(rows.GetDecimal(7)),
                        FixedPoint.Of(rows.GetDecimal(8)),
                        Price(rows, 9),
                        Price(rows, 10),
                        new AlertId(tradeId)
                    )
                );
            }
        }

        if (columns.Count != version.LastSeq)
        {
            throw new InvalidOperationException(
                $"Batch {batchId} lacks ledger row {columns.Count + 1}: its rows were changed by hand. It will be repaired."
            );
        }

        if (columns.Unnamed.Count == 0)
            return;
        foreach (
            var (id, symbol, timeframe, strategy) in await connection.QueryAsync<(
                long Id,
                string Symbol,
                string Timeframe,
                string? Strategy
            )>(
                "SELECT stream_id, symbol, timeframe, NULLIF(strategy, '') FROM streams WHERE stream_id IN @unnamed",
                new { unnamed = columns.Unnamed }
            )
        )
        {
            columns.Name(new LedgerStream(symbol, timeframe, id, strategy));
        }
    }

    // NULL in rows of before version 9 of the schema, until their ledger is built again.
    private static FixedPoint Price(DbDataReader rows, int column) =>
        rows.IsDBNull(column) ? FixedPoint.Zero : new FixedPoint(FixedPoint.PriceUnits(rows.GetDecimal(column)));

    private static long UnixMilliseconds(DateTime utc) =>
        (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
}
