using Dapper;
using PnlPipeline.Alerts;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Calendar;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.LedgerView;

namespace PnlPipeline.Query.Api.Statistics;

/// <summary>Reads a ledger and works out its statistics, with the ids of the trades they name, which the columns do not have.</summary>
public sealed class StatisticsReader(LedgerCache ledgers, MySqlDatabase database)
{
    private const int MaxAttempts = 5;

    /// <summary>A selection, which whoever asked disposes, and what there is to say about it.</summary>
    public sealed record Read(Selection Rows, BatchStatistics Statistics);

    /// <param name="ledger">As it was read; it is read again where it has become another.</param>
    /// <returns><c>null</c> where there is no such batch any more.</returns>
    public async Task<Read?> ReadAsync(
        long batchId, LedgerColumns ledger, LedgerFilter filter, ZoneCalendar calendar, int annualization, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var rows = Selection.Of(ledger, filter);
            var statistics = SelectionStatistics.Of(rows, calendar, annualization);
            if (statistics is not { BestSeq: { } best, WorstSeq: { } worst })
                return new Read(rows, statistics);
            // A late trade may have moved the rows since: then from the beginning.
            if (await TradeIdsAsync(batchId, ledger, [best, worst], cancellationToken) is { } ids)
                return new Read(rows, statistics with { BestTrade = ids[best], WorstTrade = ids[worst] });
            rows.Dispose();
            if (await ledgers.ReadAsync(batchId, cancellationToken) is not { } now)
                return null;
            ledger = now;
        }

        throw new InvalidOperationException($"The ledger of batch {batchId} was another each of the {MaxAttempts} times it was read.");
    }

    /// <summary>The ids of the trades of these rows; <c>null</c> where a row is not any more what the columns say.</summary>
    private async Task<Dictionary<long, string>?> TradeIdsAsync(
        long batchId, LedgerColumns ledger, IReadOnlyCollection<long> seqs, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = (await connection.QueryAsync<Row>(
            """
            SELECT seq, trade_id, entry_time, exit_time, change_percentage
              FROM ledger_rows
             WHERE batch_id = @batchId AND generation = @generation AND seq IN @seqs
            """,
            new { batchId, generation = ledger.Generation, seqs })).AsList();
        return rows.Count == seqs.Distinct().Count() && rows.TrueForAll(row => row.IsOf(ledger))
            ? rows.ToDictionary(row => row.Seq, row => new AlertId(row.TradeId).ToString())
            : null;
    }

    private sealed class Row
    {
        public long Seq { get; init; }

        public byte[] TradeId { get; init; } = [];

        public DateTime EntryTime { get; init; }

        public DateTime ExitTime { get; init; }

        public decimal ChangePercentage { get; init; }

        public bool IsOf(LedgerColumns ledger) =>
            ledger.EntryTime[Seq - 1] == EntryTime.ToUnixMilliseconds()
            && ledger.ExitTime[Seq - 1] == ExitTime.ToUnixMilliseconds()
            && ledger.ChangePercentage[(int)(Seq - 1)] == Amount.Of(ChangePercentage);
    }
}
