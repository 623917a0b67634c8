using System.Data;
using System.Data.Common;
using Dapper;

namespace PnlPipeline.Analytics.Worker.Integrity;

/// <summary>
/// The sums of a ledger whose rows were just read and found right: by day, week and month, which must agree with the
/// total to the last digit. Stored, so that asking for them costs nothing.
/// </summary>
internal static class LedgerChecks
{
    private const int TimeoutSeconds = 600;

    private sealed record Heading
    {
        public long Generation { get; init; }

        public long LastSeq { get; init; }

        public decimal Before { get; init; }

        public decimal After { get; init; }
    }

    public static async Task DrawAsync(
        DbConnection connection,
        long batchId,
        bool isRepaired,
        CancellationToken cancellationToken
    )
    {
        // One instant for all of it: rows come and go meanwhile.
        await using var transaction = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancellationToken
        );
        var heading = await connection.QuerySingleOrDefaultAsync<Heading>(
            new CommandDefinition(
                """
                SELECT l.generation, l.last_seq, COALESCE(a.available_capital - a.pnl, 0) AS `before`, COALESCE(z.available_capital, 0) AS `after`
                FROM ledgers l
                LEFT JOIN ledger_rows a ON a.batch_id = l.batch_id AND a.generation = l.generation AND a.seq = 1
                LEFT JOIN ledger_rows z ON z.batch_id = l.batch_id AND z.generation = l.generation AND z.seq = l.last_seq
                WHERE l.batch_id = @batchId
                """,
                new { batchId },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (heading is null)
            return;

        var days = (
            await connection.QueryAsync<(DateTime Day, decimal Pnl)>(
                new CommandDefinition(
                    """
                    SELECT DATE(exit_time), SUM(pnl) FROM ledger_rows
                    WHERE batch_id = @batchId AND generation = @Generation AND seq <= @LastSeq GROUP BY DATE(exit_time)
                    """,
                    new
                    {
                        batchId,
                        heading.Generation,
                        heading.LastSeq,
                    },
                    transaction,
                    TimeoutSeconds,
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();
        var total = heading.After - heading.Before;
        var byDay = days.Sum(day => day.Pnl);
        var byWeek = days.GroupBy(day => day.Day.AddDays(-((int)day.Day.DayOfWeek + 6) % 7))
            .Sum(week => week.Sum(day => day.Pnl));
        var byMonth = days.GroupBy(day => (day.Day.Year, day.Day.Month)).Sum(month => month.Sum(day => day.Pnl));
        var status =
            byDay != total || byWeek != total || byMonth != total ? "wrong"
            : isRepaired ? "repaired"
            : "ok";
        await connection.ExecuteAsync(
            new CommandDefinition(
                """
                REPLACE INTO ledger_checks (batch_id, generation, checked_at, checked_rows, total, by_day, by_week, by_month, status)
                VALUES (@batchId, @Generation, UTC_TIMESTAMP(3), @LastSeq, @total, @byDay, @byWeek, @byMonth, @status)
                """,
                new
                {
                    batchId,
                    heading.Generation,
                    heading.LastSeq,
                    total,
                    byDay,
                    byWeek,
                    byMonth,
                    status,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The generation of each batch's ledger that was checked last: another one is unchecked.</summary>
    public static async Task<Dictionary<long, long>> FindCheckedAsync(
        DbConnection connection,
        CancellationToken cancellationToken
    ) =>
        (
            await connection.QueryAsync<(long BatchId, long Generation)>(
                new CommandDefinition(
                    "SELECT batch_id, generation FROM ledger_checks",
                    cancellationToken: cancellationToken
                )
            )
        ).ToDictionary(check => check.BatchId, check => check.Generation);
}
