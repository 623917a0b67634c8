using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>Reads what is open in a batch.</summary>
public sealed class OpenTradeStore(MySqlDatabase database)
{
    /// <summary>Nothing is open in a batch that does not exist.</summary>
    public async Task<OpenTrades> ReadAsync(long batchId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // A stream holds at most one open trade. What counts is said as for closed ones. In one round trip: every
        // statistic asks for it.
        var rows = (
            await connection.QueryAsync<Row>(
                new CommandDefinition(
                    """
                    SELECT b.allocation_percentage, s.stream_id, s.symbol, s.timeframe, NULLIF(s.strategy, '') AS strategy, s.open_trade_id, s.open_side, s.open_time
                      FROM batches b
                      LEFT JOIN (batch_symbols y STRAIGHT_JOIN streams s ON s.symbol = y.symbol)
                        ON y.batch_id = b.batch_id AND s.open_time IS NOT NULL AND s.open_time >= COALESCE(b.start_time, s.open_time)
                       AND (NOT EXISTS (SELECT * FROM batch_timeframes f WHERE f.batch_id = b.batch_id)
                            OR EXISTS (SELECT * FROM batch_timeframes f WHERE f.batch_id = b.batch_id AND f.timeframe = s.timeframe))
                       AND (NOT EXISTS (SELECT * FROM batch_strategies g WHERE g.batch_id = b.batch_id)
                            OR EXISTS (SELECT * FROM batch_strategies g WHERE g.batch_id = b.batch_id AND g.strategy = s.strategy))
                     WHERE b.batch_id = @batchId
                    """,
                    new { batchId },
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();
        return rows is []
            ? OpenTrades.None
            : new OpenTrades(
                FixedPoint.Of(rows[0].AllocationPercentage),
                [
                    .. rows.Where(row => row.OpenTradeId is not null)
                        .Select(row => row.ToOpenTrade())
                        .OrderBy(trade => (trade.EntryTime, trade.TradeId)),
                ]
            );
    }

    private sealed class Row
    {
        public decimal AllocationPercentage { get; init; }

        public long? StreamId { get; init; }

        public string Symbol { get; init; } = "";

        public string Timeframe { get; init; } = "";

        public string? Strategy { get; init; }

        public byte[]? OpenTradeId { get; init; }

        public string OpenSide { get; init; } = "";

        public DateTime OpenTime { get; init; }

        public OpenTrade ToOpenTrade() =>
            new(
                new AlertId(OpenTradeId),
                new LedgerStream(Symbol, Timeframe, StreamId ?? 0, Strategy),
                OpenSide == LedgerFilter.Short,
                OpenTime.ToUnixMilliseconds()
            );
    }
}
