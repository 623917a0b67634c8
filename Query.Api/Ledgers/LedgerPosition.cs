using System.Data.Common;
using Dapper;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>
/// Finds rows of ledgers by their place in the order: (exit time, entry time, trade id) ascends with seq, and no index
/// is needed beside the primary key. For all ledgers at once, in as many queries as the longest has binary digits.
/// </summary>
public static class LedgerPosition
{
    /// <summary>A generation of a ledger, with the seq of its last row.</summary>
    public sealed record Ledger(long BatchId, long Generation, long LastSeq);

    /// <summary>A place in the order.</summary>
    /// <param name="EntryTime">With <paramref name="TradeId"/>: absent, before every row of that exit time.</param>
    public sealed record Place(DateTime ExitTime, DateTime? EntryTime = null, byte[]? TradeId = null);

    /// <summary>
    /// The seq of the first row at or after the place, one past the last where there is none; by batch. Within the
    /// caller's snapshot.
    /// </summary>
    public static async Task<IReadOnlyDictionary<long, long>> FirstAtOrAfterAsync(
        DbConnection connection,
        IReadOnlyCollection<Ledger> ledgers,
        Place place
    )
    {
        var low = ledgers.ToDictionary(ledger => ledger.BatchId, _ => 1L);
        var high = ledgers.ToDictionary(ledger => ledger.BatchId, ledger => ledger.LastSeq + 1);
        while (true)
        {
            var open = ledgers.Where(ledger => low[ledger.BatchId] < high[ledger.BatchId]).ToList();
            if (open.Count == 0)
                return low;

            var probes = open.ConvertAll(ledger =>
                $"({ledger.BatchId},{ledger.Generation},{(low[ledger.BatchId] + high[ledger.BatchId]) / 2})"
            );
            var rows = await connection.QueryAsync<(long BatchId, long Seq, bool IsBefore)>(
                $"""
                SELECT batch_id, seq,
                       exit_time < @ExitTime
                       OR (exit_time = @ExitTime AND @EntryTime IS NOT NULL
                           AND (entry_time < @EntryTime OR (entry_time = @EntryTime AND trade_id < @TradeId)))
                  FROM ledger_rows
                 WHERE (batch_id, generation, seq) IN ({string.Join(',', probes)})
                """,
                place
            );
            var found = 0;
            foreach (var row in rows)
            {
                found++;
                if (row.IsBefore)
                    low[row.BatchId] = row.Seq + 1;
                else
                    high[row.BatchId] = row.Seq;
            }

            if (found != open.Count)
                throw new InvalidOperationException(
                    "A ledger has a gap in its seq: its rows were changed by hand. It will be repaired."
                );
        }
    }
}
