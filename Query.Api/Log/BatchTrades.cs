using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Ledgers;

namespace PnlPipeline.Query.Api.Log;

/// <summary>Which trades are wanted, and in which order.</summary>
/// <param name="BatchId">Of this batch; <c>null</c> for all, which are sorted where they are stored.</param>
/// <param name="State"><c>open</c>, <c>closed</c> or <c>null</c> for both, which have only the order of their entries
/// in common.</param>
/// <param name="After">The last one that was shown, of the same order.</param>
public sealed record BatchTradeQuery(
    long? BatchId,
    LedgerFilter Filter,
    string? State,
    TradeSort Sort,
    bool IsAscending,
    TradePosition? After,
    int Limit
);

/// <summary>
/// Trades in any order. Of a batch, each closed one has its pnl in it, and sorted ones are found in the columns of its
/// ledger.
/// </summary>
public sealed class BatchTrades(
    MySqlDatabase database,
    LedgerCache ledgers,
    TradeStore trades,
    TradePrices prices,
    TimeProvider clock
)
{
    private const int MaxAttempts = 3;

    /// <returns><c>null</c> where there is no such batch.</returns>
    public async Task<Page<Trade>?> ListAsync(BatchTradeQuery query, CancellationToken cancellationToken)
    {
        if (query is { State: TradeStore.Open, Sort: not TradeSort.EntryTime })
            return await OpenAsync(query, cancellationToken);
        var page = await (
            query.Sort == TradeSort.EntryTime
                ? ByEntryAsync(query, cancellationToken)
                : ClosedAsync(query, cancellationToken)
        );
        return page is null ? null : page with { Items = await prices.AddAsync(page.Items, cancellationToken) };
    }

    private async Task<Page<Trade>?> ByEntryAsync(BatchTradeQuery query, CancellationToken cancellationToken)
    {
        var wanted = new TradeQuery(
            query.Filter,
            query.State,
            query.BatchId,
            query.IsAscending,
            query.After?.Entry,
            query.Limit + 1
        );
        if (await trades.ListAsync(wanted, cancellationToken) is not { } found)
            return null;
        var page = Page.Of(found, query.Limit, trade => TradePosition.OfEntry(trade, query.IsAscending));
        return query.BatchId is { } batchId
            ? page with
            {
                Items = await WithPnlAsync(batchId, page.Items, cancellationToken),
            }
            : page;
    }

    // As many as there are streams: few enough to be sorted here.
    private async Task<Page<Trade>?> OpenAsync(BatchTradeQuery query, CancellationToken cancellationToken)
    {
        var wanted = new TradeQuery(
            query.Filter,
            TradeStore.Open,
            query.BatchId,
            IsAscending: true,
            After: null,
            int.MaxValue
        );
        if (await trades.ListAsync(wanted, cancellationToken) is not { } found)
            return null;
        found = await prices.AddAsync(found, cancellationToken);
        var ordered = found
            .Select(trade => (Trade: trade, Position: PositionOf(trade)))
            .OrderBy(one => one.Position.Key)
            .ThenBy(one => one.Position.Trade, StringComparer.Ordinal);
        var rest = (query.IsAscending ? ordered : ordered.Reverse()).Where(one =>
            query.After is not { } after || IsAfter(one.Position, after)
        );
        var page = Page.Of(rest.Take(query.Limit + 1).ToList(), query.Limit, one => one.Position);
        return new Page<Trade>([.. page.Items.Select(one => one.Trade)], page.Cursor);

        // None has exited; the longer ago it was entered, the longer it is held.
        TradePosition PositionOf(Trade trade) =>
            new(
                query.Sort,
                query.IsAscending,
                query.Sort switch
                {
                    TradeSort.ChangePercentage => FixedPoint.Of(trade.UnrealisedChangePercentage ?? 0).Units,
                    TradeSort.Holding => -trade.EntryTime.ToUnixMilliseconds(),
                    _ => trade.EntryTime.ToUnixMilliseconds(),
                },
                trade.TradeId
            );

        bool IsAfter(TradePosition one, TradePosition shown)
        {
            var order =
                one.Key == shown.Key ? string.CompareOrdinal(one.Trade, shown.Trade) : one.Key.CompareTo(shown.Key);
            return query.IsAscending ? order > 0 : order < 0;
        }
    }

    private async Task<Page<Trade>?> ClosedAsync(BatchTradeQuery query, CancellationToken cancellationToken)
    {
        if (query.BatchId is not { } batchId)
        {
            var closed = await trades.SortedAsync(query, cancellationToken);
            return Page.Of(closed, query.Limit, last => TradeStore.PositionOf(last, query.Sort, query.IsAscending));
        }

        var after =
            query.After is { } shown && RowPlaceText.TryRead($"{shown.Key}", shown.Trade, out var place)
                ? place
                : (RowPlace?)null;
        for (var attempt = 1; ; attempt++)
        {
            if (await ledgers.ReadAsync(batchId, cancellationToken) is not { } ledger)
                return null;
            using var selected = Selection.Of(ledger, query.Filter);
            var sort = query.Sort switch
            {
                TradeSort.ExitTime => RowSort.Seq,
                TradeSort.Holding => RowSort.Holding,
                _ => RowSort.GrossChange,
            };
            var places = RowSorting.Page(selected, sort, query.IsAscending, after, query.Limit + 1);
            var found = await ReadAsync(batchId, ledger.Version, places, cancellationToken);
            // A trade that changed since is in the ledger as it was, for a moment: the last time it is left out.
            if (found.Count < places.Count && attempt < MaxAttempts)
                continue;
            var page = Page.Of(
                places,
                query.Limit,
                last => new TradePosition(query.Sort, query.IsAscending, last.Key, $"{last.Seq}")
            );
            return new Page<Trade>(
                [.. page.Items.Where(one => found.ContainsKey(one.Seq)).Select(one => found[one.Seq])],
                page.Cursor
            );
        }
    }

    private async Task<Dictionary<long, Trade>> ReadAsync(
        long batchId,
        LedgerVersion version,
        IReadOnlyList<RowPlace> places,
        CancellationToken cancellationToken
    )
    {
        if (places.Count == 0)
            return [];
        await using var connection = await database.OpenAsync(cancellationToken);
        // Numbers of our own. What is written anew is posted later than what the columns were read of.
        var rows = await connection.QueryAsync<LedgerTradeRow>(
            $"""
            SELECT {TradeStore.Columns}, r.seq, r.pnl
              FROM ledger_rows r
              STRAIGHT_JOIN streams s ON s.stream_id = r.stream_id
              JOIN trades t ON t.stream_id = r.stream_id AND t.entry_time = r.entry_time AND t.trade_id = r.trade_id AND t.exit_time = r.exit_time
             WHERE r.batch_id = @batchId AND r.generation = @Generation AND r.seq IN ({string.Join(
                ',',
                places.Select(place => place.Seq)
            )})
               AND r.posted_at <= @UpdatedAt
            """,
            new
            {
                batchId,
                version.Generation,
                version.UpdatedAt,
            }
        );
        var now = clock.GetUtcNow().UtcDateTime;
        return rows.ToDictionary(row => row.Seq, row => row.ToTrade(now) with { Pnl = row.Pnl });
    }

    /// <summary>
    /// The closed ones with their pnl in the batch; without, where the ledger has not come to them yet.
    /// </summary>
    private async Task<IReadOnlyList<Trade>> WithPnlAsync(
        long batchId,
        IReadOnlyList<Trade> page,
        CancellationToken cancellationToken
    )
    {
        if (
            !page.Any(trade => trade.ExitTime is not null)
            || await ledgers.ReadAsync(batchId, cancellationToken) is not { } ledger
        )
            return page;

        // The columns know the times of rows, not the trades: rows of the same times are all asked for.
        var seqs = page.SelectMany(trade => RowSorting.SeqsOf(ledger, trade.ExitTime, trade.EntryTime))
            .Distinct()
            .ToList();
        if (seqs.Count == 0)
            return page;
        await using var connection = await database.OpenAsync(cancellationToken);
        var pnl = (
            await connection.QueryAsync<(AlertId TradeId, decimal Pnl)>(
                $"""
                SELECT trade_id, pnl FROM ledger_rows
                 WHERE batch_id = @batchId AND generation = @Generation AND seq IN ({string.Join(',', seqs)})
                """,
                new { batchId, ledger.Generation }
            )
        ).ToDictionary(row => row.TradeId.ToString(), row => row.Pnl, StringComparer.Ordinal);
        return
        [
            .. page.Select(trade =>
                trade.ExitTime is not null && pnl.TryGetValue(trade.TradeId, out var own)
                    ? trade with
                    {
                        Pnl = own,
                    }
                    : trade
            ),
        ];
    }

    private sealed class LedgerTradeRow : TradeRow
    {
        public long Seq { get; init; }

        public decimal Pnl { get; init; }
    }
}
