using System.Data;
using System.Data.Common;
using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Prices;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Query.Api.Prices;

namespace PnlPipeline.Query.Api.Batches;

/// <summary>This room's SQL: reading batches with their headline figures.</summary>
public sealed class BatchStore(MySqlDatabase database)
{
    // The headline is the ledger's first, last and ruinous row: three look-ups by key, however long it is.
    private const string SelectBatches = """
        SELECT b.batch_id, b.name, b.start_time, b.capital, b.allocation_percentage, b.fee_percentage, b.revision, b.created_at, b.updated_at,
               COALESCE(l.settings_revision = b.settings_revision, FALSE) AS is_ready,
               COALESCE(l.progress, 0) AS progress,
               COALESCE(l.last_seq, 0) AS trades,
               l.capped_seq IS NOT NULL AS is_capped,
               first.available_capital - first.pnl AS initial_capital,
               last.available_capital, last.drawdown_percentage, last.max_drawdown_percentage, last.wins,
               last.exit_time AS last_exit_time,
               ruin.trade_id AS ruined
          FROM batches b
          LEFT JOIN ledgers l ON l.batch_id = b.batch_id
          LEFT JOIN ledger_rows first ON first.batch_id = l.batch_id AND first.generation = l.generation AND first.seq = 1
          LEFT JOIN ledger_rows last ON last.batch_id = l.batch_id AND last.generation = l.generation AND last.seq = l.last_seq
          LEFT JOIN ledger_rows ruin ON ruin.batch_id = l.batch_id AND ruin.generation = l.generation AND ruin.seq = l.ruined_seq

        """;

    public async Task<bool> ExistsAsync(long batchId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(
            "SELECT EXISTS (SELECT 1 FROM batches WHERE batch_id = @batchId)",
            new { batchId }
        );
    }

    /// <summary>Every batch by id, and the streams seen so far.</summary>
    public async Task<(IReadOnlyList<Batch> Batches, IReadOnlyList<SeenStream> Streams)> ListAsync(
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // One snapshot: a batch's revision, its symbols and its ledger are of the same moment.
        await using var snapshot = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancellationToken
        );
        // In one message: whatever is shown of batches begins here, and waits for each answer of the server.
        await using var results = await connection.QueryMultipleAsync(
            SelectBatches
                + """
                ORDER BY b.batch_id;
                SELECT batch_id, symbol FROM batch_symbols;
                SELECT batch_id, timeframe FROM batch_timeframes;
                SELECT batch_id, strategy FROM batch_strategies;
                SELECT symbol, timeframe, strategy, open_time, open_side, open_price FROM streams
                """
        );
        var rows = (await results.ReadAsync<BatchRow>()).AsList();
        var symbols = await OwnAsync();
        var timeframes = await OwnAsync();
        var strategies = await OwnAsync();
        var streams = (await results.ReadAsync<SeenStream>()).AsList();
        var open = streams
            .Where(stream => stream.OpenTime is not null)
            .ToLookup(stream => stream.Symbol, StringComparer.Ordinal);
        var prices = await PriceReader.NewestAsync(
            connection,
            [.. symbols.SelectMany(own => own).Distinct(StringComparer.Ordinal).Where(open.Contains)]
        );
        return (
            [
                .. rows.Select(row =>
                    row.ToBatch(symbols[row.BatchId], timeframes[row.BatchId], strategies[row.BatchId], open, prices)
                ),
            ],
            streams
        );

        async Task<ILookup<long, string>> OwnAsync() =>
            (await results.ReadAsync<(long BatchId, string Name)>()).ToLookup(own => own.BatchId, own => own.Name);
    }

    public async Task<Batch?> FindAsync(long batchId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancellationToken
        );
        // In one message, as above.
        await using var results = await connection.QueryMultipleAsync(
            SelectBatches
                + """
                WHERE b.batch_id = @batchId;
                SELECT symbol FROM batch_symbols WHERE batch_id = @batchId;
                SELECT timeframe FROM batch_timeframes WHERE batch_id = @batchId;
                SELECT strategy FROM batch_strategies WHERE batch_id = @batchId;
                SELECT s.symbol, s.timeframe, s.strategy, s.open_time, s.open_side, s.open_price
                  FROM batch_symbols b JOIN streams s ON s.symbol = b.symbol
                 WHERE b.batch_id = @batchId AND s.open_time IS NOT NULL
                """,
            new { batchId }
        );
        if (await results.ReadSingleOrDefaultAsync<BatchRow>() is not { } row)
            return null;

        var symbols = await results.ReadAsync<string>();
        var timeframes = await results.ReadAsync<string>();
        var strategies = await results.ReadAsync<string>();
        var open = (await results.ReadAsync<SeenStream>()).ToLookup(stream => stream.Symbol, StringComparer.Ordinal);
        var prices = await PriceReader.NewestAsync(connection, [.. open.Select(symbol => symbol.Key)]);
        return row.ToBatch(symbols, timeframes, strategies, open, prices);
    }

    /// <summary>A symbol on a timeframe that an alert came for.</summary>
    /// <param name="Strategy">For which one; empty for none.</param>
    /// <param name="OpenTime">When its open trade was entered; <c>null</c> where none is open.</param>
    public sealed record SeenStream(
        string Symbol,
        string Timeframe,
        string Strategy,
        DateTime? OpenTime,
        string? OpenSide,
        decimal? OpenPrice
    );

    private sealed class BatchRow
    {
        public long BatchId { get; init; }

        public string Name { get; init; } = "";

        public DateTime? StartTime { get; init; }

        public decimal Capital { get; init; }

        public decimal AllocationPercentage { get; init; }

        public decimal FeePercentage { get; init; }

        public long Revision { get; init; }

        public DateTime CreatedAt { get; init; }

        public DateTime UpdatedAt { get; init; }

        public bool IsReady { get; init; }

        public double Progress { get; init; }

        public long Trades { get; init; }

        public bool IsCapped { get; init; }

        public decimal? InitialCapital { get; init; }

        public decimal? AvailableCapital { get; init; }

        public decimal? DrawdownPercentage { get; init; }

        public decimal? MaxDrawdownPercentage { get; init; }

        public long? Wins { get; init; }

        public DateTime? LastExitTime { get; init; }

        public byte[]? Ruined { get; init; }

        public Batch ToBatch(
            IEnumerable<string> symbols,
            IEnumerable<string> timeframes,
            IEnumerable<string> strategies,
            ILookup<string, SeenStream> open,
            IReadOnlyDictionary<string, PricePoint> prices
        )
        {
            List<string> symbolList = [.. symbols.Order(StringComparer.Ordinal)];
            List<string> timeframeList = [.. timeframes.Order(StringComparer.Ordinal)];
            List<string> strategyList = [.. strategies.Order(StringComparer.Ordinal)];
            // While a ledger of other settings is served, its own capital is what its figures are of.
            var initial = InitialCapital ?? Capital;
            var available = AvailableCapital ?? Capital;
            var counted = symbolList
                .SelectMany(symbol => open[symbol])
                .Where(stream => Counts(stream, timeframeList, strategyList))
                .ToList();
            return new Batch(
                BatchId,
                Name,
                symbolList,
                timeframeList,
                strategyList,
                StartTime,
                Capital,
                AllocationPercentage,
                FeePercentage,
                CreatedAt,
                UpdatedAt,
                new BatchLedger(
                    IsReady ? "ready" : "building",
                        // What an earlier build left at its end is not the progress of the one that is to come.
                        IsReady ? 1
                        : Progress < 1 ? Progress
                        : 0,
                    Trades,
                    LastExitTime,
                    Ruined is { } trade ? new AlertId(trade).ToString() : null,
                    IsCapped
                ),
                new BatchSummary(
                    available,
                    available - initial,
                    (available - initial) * 100 / initial,
                    DrawdownPercentage ?? 0,
                    MaxDrawdownPercentage ?? 0,
                    Wins is { } wins && Trades > 0 ? (decimal)wins / Trades : null,
                    counted.Count,
                    counted.Aggregate(
                        FixedPoint.Zero,
                        (sum, stream) => sum + FixedPoint.Of(OpenPnl(stream, available, prices))
                    )
                ),
                Revision
            );
        }

        private decimal OpenPnl(SeenStream stream, decimal available, IReadOnlyDictionary<string, PricePoint> prices) =>
            stream.OpenPrice is { } entry && prices.TryGetValue(stream.Symbol, out var last)
                ? CapitalLedger.Pnl(
                    available,
                    AllocationPercentage,
                    PairingRules.ChangePercentage(
                        stream.OpenSide == "long" ? Direction.Long : Direction.Short,
                        entry,
                        last.Price
                    )
                )
                : 0;

        private bool Counts(SeenStream stream, List<string> timeframes, List<string> strategies) =>
            (timeframes.Count == 0 || timeframes.Contains(stream.Timeframe))
            && (strategies.Count == 0 || strategies.Contains(stream.Strategy))
            && !(stream.OpenTime < StartTime);
    }
}
