using System.Data;
using Dapper;
using PnlPipeline.Database;

namespace PnlPipeline.Query.Api.Integrity;

/// <summary>This room's SQL: what the workers that check have stored.</summary>
public sealed class IntegrityReportStore(MySqlDatabase database)
{
    private const int MaxFindings = 100;

    // Whatever was built after it was checked is unchecked, whatever was found and stands is wrong.
    private const string Ledgers = """
        SELECT b.batch_id AS batch_id, b.name,
               CASE WHEN EXISTS (SELECT * FROM book_findings f WHERE f.batch_id = b.batch_id AND f.repaired_at IS NULL) THEN 'wrong'
                    WHEN c.generation IS NULL OR c.generation <> l.generation THEN 'unchecked'
                    ELSE CONCAT(c.status) END AS status,
               c.checked_at, COALESCE(c.checked_rows, 0) AS `rows`,
               COALESCE(c.total, 0) AS total, COALESCE(c.by_day, 0) AS by_day, COALESCE(c.by_week, 0) AS by_week, COALESCE(c.by_month, 0) AS by_month
          FROM batches b LEFT JOIN ledgers l ON l.batch_id = b.batch_id LEFT JOIN ledger_checks c ON c.batch_id = b.batch_id
         ORDER BY b.batch_id
        """;

    private const string Status =
        "IF(c.checked_at IS NULL AND COALESCE(c.status, 'ok') = 'ok', 'unchecked', CONCAT(c.status))";

    private const string Streams = $"""
        SELECT COUNT(*) AS total,
               COALESCE(SUM({Status} = 'ok'), 0) AS ok,
               COALESCE(SUM({Status} = 'repaired'), 0) AS repaired,
               COALESCE(SUM({Status} = 'wrong'), 0) AS wrong,
               COALESCE(SUM({Status} = 'unchecked'), 0) AS unchecked,
               COALESCE(SUM(c.alerts), 0) AS alerts, COALESCE(SUM(c.trades), 0) AS trades,
               IF(SUM(c.checked_at IS NULL) > 0, NULL, MIN(c.checked_at)) AS checked_at
          FROM streams s LEFT JOIN stream_checks c ON c.stream_id = s.stream_id
        """;

    private const string Items = $"""
        SELECT s.symbol, s.timeframe, {Status} AS status, c.checked_at,
               COALESCE(c.alerts, 0) AS alerts, COALESCE(c.trades, 0) AS trades
          FROM streams s LEFT JOIN stream_checks c ON c.stream_id = s.stream_id
         ORDER BY FIELD({Status}, 'wrong', 'repaired', 'unchecked', 'ok'), c.checked_at, s.symbol, s.timeframe
         LIMIT @limit
        """;

    private const string Findings = """
        SELECT f.found_at, f.repaired_at, f.batch_id AS batch_id, s.symbol, s.timeframe, f.what
          FROM book_findings f LEFT JOIN streams s ON s.stream_id = f.stream_id
         ORDER BY f.finding_id DESC LIMIT @maxFindings
        """;

    /// <param name="limit">Streams listed at most.</param>
    public async Task<IntegrityReport> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // At one instant, so that the parts agree.
        await using var transaction = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancellationToken
        );
        var ledgers = (
            await connection.QueryAsync<LedgerColumns>(
                new CommandDefinition(Ledgers, null, transaction, cancellationToken: cancellationToken)
            )
        )
            .Select(row => new LedgerBook(
                row.BatchId,
                row.Name,
                row.Status,
                row.CheckedAt,
                row.Rows,
                row.Total,
                row.ByDay,
                row.ByWeek,
                row.ByMonth
            ))
            .ToList();
        var streams = await connection.QuerySingleAsync<StreamsColumns>(
            new CommandDefinition(Streams, null, transaction, cancellationToken: cancellationToken)
        );
        var items = (
            await connection.QueryAsync<StreamColumns>(
                new CommandDefinition(Items, new { limit }, transaction, cancellationToken: cancellationToken)
            )
        )
            .Select(row => new StreamBook(row.Symbol, row.Timeframe, row.Status, row.CheckedAt, row.Alerts, row.Trades))
            .ToList();
        var findings = (
            await connection.QueryAsync<FindingColumns>(
                new CommandDefinition(
                    Findings,
                    new { maxFindings = MaxFindings },
                    transaction,
                    cancellationToken: cancellationToken
                )
            )
        )
            .Select(row => new Finding(row.FoundAt, row.RepairedAt, row.BatchId, row.Symbol, row.Timeframe, row.What))
            .ToList();

        var statuses = ledgers.Select(ledger => ledger.Status).ToHashSet();
        string worst =
            streams.Wrong > 0 || statuses.Contains("wrong") ? "wrong"
            : streams.Repaired > 0 || statuses.Contains("repaired") ? "repaired"
            : streams.Unchecked > 0 || statuses.Contains("unchecked") ? "unchecked"
            : "ok";
        var checks = ledgers.Select(ledger => ledger.CheckedAt).ToList();
        if (streams.Total > 0)
            checks.Add(streams.CheckedAt);
        return new IntegrityReport(
            worst,
            checks.Contains(null) ? null : checks.Min(),
            ledgers,
            new StreamIntegrity(
                streams.Total,
                streams.Ok,
                streams.Repaired,
                streams.Wrong,
                streams.Unchecked,
                streams.Alerts,
                streams.Trades,
                items
            ),
            findings
        );
    }

    private sealed record LedgerColumns
    {
        public long BatchId { get; init; }

        public string Name { get; init; } = "";

        public string Status { get; init; } = "";

        public DateTime? CheckedAt { get; init; }

        public long Rows { get; init; }

        public decimal Total { get; init; }

        public decimal ByDay { get; init; }

        public decimal ByWeek { get; init; }

        public decimal ByMonth { get; init; }
    }

    private sealed record StreamsColumns
    {
        public long Total { get; init; }

        public long Ok { get; init; }

        public long Repaired { get; init; }

        public long Wrong { get; init; }

        public long Unchecked { get; init; }

        public long Alerts { get; init; }

        public long Trades { get; init; }

        public DateTime? CheckedAt { get; init; }
    }

    private sealed record StreamColumns
    {
        public string Symbol { get; init; } = "";

        public string Timeframe { get; init; } = "";

        public string Status { get; init; } = "";

        public DateTime? CheckedAt { get; init; }

        public long Alerts { get; init; }

        public long Trades { get; init; }
    }

    private sealed record FindingColumns
    {
        public DateTime FoundAt { get; init; }

        public DateTime? RepairedAt { get; init; }

        public long? BatchId { get; init; }

        public string? Symbol { get; init; }

        public string? Timeframe { get; init; }

        public string What { get; init; } = "";
    }
}
