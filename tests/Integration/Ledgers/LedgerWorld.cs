using System.Globalization;
using System.Numerics;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Ledgers;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Tests.Integration.Servers;
using PnlPipeline.Tests.Unit.Ledgers;

namespace PnlPipeline.Tests.Integration.Ledgers;

/// <summary>One replica's ledgers room on a test's database, with the worker's rights.</summary>
internal sealed class Replica
{
    public Replica(TestDatabase database, Action<LedgerOptions>? configure = null)
    {
        var values = new LedgerOptions
        {
            RepairAfterSeconds = 0,
            RetiredGenerationGraceSeconds = 0,
            SweepPauseMs = 0,
        };
        configure?.Invoke(values);
        var options = Options.Create(values);
        var mySql = new MySqlDatabase(database.WorkerUrl);
        var trades = new CountedTrades(mySql);
        var comparison = new LedgerComparison(mySql, trades, options);
        Poster = new LedgerPoster(mySql, comparison, options, NullLogger<LedgerPoster>.Instance);
        Builder = new LedgerBuilder(mySql, trades, options, NullLogger<LedgerBuilder>.Instance);
        Reconciler = new LedgerRepair(mySql, comparison, Builder, options, NullLogger<LedgerRepair>.Instance);
        Sweeper = new LedgerSweeper(mySql, options, NullLogger<LedgerSweeper>.Instance);
    }

    public LedgerPoster Poster { get; }

    public LedgerBuilder Builder { get; }

    public LedgerRepair Reconciler { get; }

    public LedgerSweeper Sweeper { get; }

    public Task<IReadOnlyList<long>> ReconcileAsync(bool readEveryRow = true) =>
        Reconciler.ReconcileAsync(_ => Task.CompletedTask, readEveryRow, TestContext.Current.CancellationToken);

    public async Task<PostingResult> PostAsync(params TradeClosed[] closed)
    {
        var result = await Poster.PostAsync(closed, TestContext.Current.CancellationToken);
        await BuildDueAsync(result);
        return result;
    }

    public async Task<PostingResult> PostAsync(params StreamRevised[] revised)
    {
        var result = await Poster.PostAsync(revised, TestContext.Current.CancellationToken);
        await BuildDueAsync(result);
        return result;
    }

    public Task<LedgerUpdated?> BuildAsync(long batchId) =>
        Builder.BuildAsync(batchId, TestContext.Current.CancellationToken);

    public Task<long> SweepAsync() => Sweeper.SweepAsync(TestContext.Current.CancellationToken);

    private async Task BuildDueAsync(PostingResult result)
    {
        foreach (var due in result.BuildsDue)
            await BuildAsync(due.BatchId);
    }
}

/// <summary>
/// Trades and batches as pairing and the query API write them, and what the ledgers should then hold.
/// </summary>
internal sealed class LedgerWorld(TestDatabase database)
{
    public static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // Tests of a class share the database; names that nobody else has keep them apart.
    private readonly string _own = Guid.NewGuid().ToString("N")[..8].ToUpperInvariant();
    private int _names;

    public sealed record Stream(long Id, string Symbol, string Timeframe);

    public sealed record Trade(
        byte[] TradeId,
        long StreamId,
        string Side,
        DateTime EntryTime,
        DateTime? ExitTime,
        decimal EntryPrice,
        decimal? ExitPrice,
        decimal? ChangePercentage
    );

    public sealed record Ledger(
        long Generation,
        long LastSeq,
        long? RuinedSeq,
        long? CappedSeq,
        DateTime? DirtyFrom,
        DateTime UpdatedAt,
        DateTime? RepairedAt
    );

    public string Symbol(string name) => $"{name}{_own}";

    public async Task<Stream> AddStreamAsync(string symbol, string timeframe = "60")
    {
        var id = await ScalarAsync<long>(
            "INSERT INTO streams (symbol, timeframe) VALUES (@symbol, @timeframe); SELECT LAST_INSERT_ID()",
            new { symbol, timeframe }
        );
        return new Stream(id, symbol, timeframe);
    }

    /// <param name="change">Gross, in percent; <c>null</c> leaves the trade open.</param>
    public static Trade NewTrade(
        Stream stream,
        double entryMinute,
        double exitMinute,
        decimal? change,
        decimal entryPrice = 100m
    )
    {
        var id = Guid.NewGuid().ToByteArray();
        var entry = Start.AddMinutes(entryMinute);
        return change is null
            ? new Trade(id, stream.Id, "long", entry, null, entryPrice, null, null)
            : new Trade(
                id,
                stream.Id,
                "long",
                entry,
                Start.AddMinutes(exitMinute),
                entryPrice,
                Math.Clamp(entryPrice * (1 + (change.Value / 100)), 0.01m, 1_000_000_000m),
                change
            );
    }

    public async Task WriteAsync(params IReadOnlyCollection<Trade> trades)
    {
        await using var connection = await database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            """
            DELETE FROM trades WHERE trade_id = @TradeId;
            INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price, exit_time, exit_price, exit_reason, exit_alert_id, change_percentage)
            VALUES (@StreamId, @EntryTime, @TradeId, @Side, @EntryPrice, @ExitTime, @ExitPrice, IF(@ExitTime IS NULL, NULL, 'exit'), @TradeId, @ChangePercentage)
            """,
            trades,
            transaction
        );
        await transaction.CommitAsync();
    }

    public Task DeleteAsync(Trade trade) => ExecuteAsync("DELETE FROM trades WHERE trade_id = @TradeId", trade);

    public static TradeClosed Closed(Stream stream, Trade trade) =>
        new(
            Guid.NewGuid(),
            new AlertId(trade.TradeId).ToString(),
            stream.Symbol,
            stream.Timeframe,
            Direction.Long,
            trade.EntryPrice,
            trade.EntryTime,
            trade.ExitPrice ?? 0,
            trade.ExitTime ?? Start,
            ExitReason.Exit,
            trade.ChangePercentage ?? 0
        );

    public static StreamRevised Revised(Stream stream, DateTime from) =>
        new(Guid.NewGuid(), stream.Symbol, stream.Timeframe, from);

    public async Task<long> CreateBatchAsync(
        IEnumerable<string> symbols,
        IEnumerable<string>? timeframes = null,
        DateTime? startTime = null,
        decimal capital = 100_000m,
        decimal allocation = 100m,
        decimal fee = 0m
    )
    {
        await using var connection = await database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var name = $"{_own}-{Interlocked.Increment(ref _names)}";
        var id = await connection.ExecuteScalarAsync<long>(
            """
            INSERT INTO batches (name, name_key, start_time, capital, allocation_percentage, fee_percentage, created_at, updated_at)
            VALUES (@name, @name, @startTime, @capital, @allocation, @fee, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3));
            SELECT LAST_INSERT_ID()
            """,
            new
            {
                name,
                startTime,
                capital,
                allocation,
                fee,
            },
            transaction
        );
        await connection.ExecuteAsync(
            "INSERT INTO batch_symbols VALUES (@id, @symbol)",
            symbols.Select(symbol => new { id, symbol }),
            transaction
        );
        await connection.ExecuteAsync(
            "INSERT INTO batch_timeframes VALUES (@id, @timeframe)",
            (timeframes ?? []).Select(timeframe => new { id, timeframe }),
            transaction
        );
        await transaction.CommitAsync();
        return id;
    }

    /// <summary>An edit of what the batch counts, as the query API makes it.</summary>
    /// <param name="assignment">What follows <c>UPDATE batches SET</c>.</param>
    public async Task EditBatchAsync(
        long batchId,
        string assignment,
        string? addSymbol = null,
        string? removeSymbol = null
    )
    {
        await using var connection = await database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            $"UPDATE batches SET {assignment}, revision = revision + 1, settings_revision = settings_revision + 1 "
                + $"WHERE batch_id = @batchId",
            new { batchId },
            transaction
        );
        if (addSymbol is not null)
        {
            await connection.ExecuteAsync(
                "INSERT INTO batch_symbols VALUES (@batchId, @addSymbol) ON DUPLICATE KEY UPDATE symbol = @addSymbol",
                new { batchId, addSymbol },
                transaction
            );
        }

        if (removeSymbol is not null)
            await connection.ExecuteAsync(
                "DELETE FROM batch_symbols WHERE batch_id = @batchId AND symbol = @removeSymbol",
                new { batchId, removeSymbol },
                transaction
            );
        await transaction.CommitAsync();
    }

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await database.OpenAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    public async Task<T?> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await database.OpenAsync();
        return await connection.ExecuteScalarAsync<T>(sql, parameters);
    }

    public async Task<Ledger> LedgerAsync(long batchId)
    {
        await using var connection = await database.OpenAsync();
        return await connection.QuerySingleAsync<Ledger>(
            """
            SELECT CAST(generation AS SIGNED) AS Generation, CAST(last_seq AS SIGNED) AS LastSeq, CAST(ruined_seq AS SIGNED) AS RuinedSeq,
                   CAST(capped_seq AS SIGNED) AS CappedSeq, dirty_from AS DirtyFrom, updated_at AS UpdatedAt, repaired_at AS RepairedAt
            FROM ledgers WHERE batch_id = @batchId
            """,
            new { batchId }
        );
    }

    /// <summary>When each of the rows served was posted.</summary>
    public async Task<List<DateTime>> PostedAsync(long batchId)
    {
        await using var connection = await database.OpenAsync();
        return
        [
            .. await connection.QueryAsync<DateTime>(
                "SELECT posted_at FROM ledgers JOIN ledger_rows USING (batch_id, generation) WHERE batch_id = "
                    + "@batchId ORDER BY seq",
                new { batchId }
            ),
        ];
    }

    /// <summary>What is served, as text: what stands in the ledger's own row, then a line a row.</summary>
    public async Task<List<string>> ServedAsync(long batchId)
    {
        await using var connection = await database.OpenAsync();
        // One statement, so that it is what a reader sees at one instant.
        var rows = await connection.QueryAsync(
            """
            SELECT l.last_seq, l.ruined_seq, l.capped_seq, l.settings_revision = b.settings_revision AS ready, r.*, HEX(r.trade_id) AS trade
            FROM ledgers l JOIN batches b ON b.batch_id = l.batch_id
            LEFT JOIN ledger_rows r ON r.batch_id = l.batch_id AND r.generation = l.generation
            WHERE l.batch_id = @batchId ORDER BY r.seq
            """,
            new { batchId }
        );
        var served = new List<string>();
        foreach (var row in rows)
        {
            if (served.Count == 0)
                served.Add(Heading(Convert.ToBoolean(row.ready), row.last_seq, row.ruined_seq, row.capped_seq));
            if (row.seq is not null)
            {
                served.Add(
                    Line(
                        row.seq,
                        row.trade,
                        row.stream_id,
                        row.side,
                        row.entry_time,
                        row.exit_time,
                        (decimal?)row.entry_price,
                        (decimal?)row.exit_price,
                        new ReferenceLedger.Row(
                            ReferenceLedger.Units(row.change_percentage),
                            ReferenceLedger.Units(row.pnl),
                            ReferenceLedger.Units(row.fee),
                            ReferenceLedger.Units(row.available_capital),
                            ReferenceLedger.Units(row.peak_capital),
                            ReferenceLedger.Units(row.drawdown),
                            ReferenceLedger.Units(row.drawdown_percentage),
                            ReferenceLedger.Units(row.max_drawdown_percentage),
                            (long)row.wins,
                            null,
                            null
                        )
                    )
                );
            }
        }

        return served;
    }

    /// <summary>
    /// What <see cref="ServedAsync"/> should say: counted and computed here, from the trades and the batch, in the
    /// plainest way.
    /// </summary>
    public async Task<List<string>> ExpectedAsync(long batchId)
    {
        await using var connection = await database.OpenAsync();
        var batch = await connection.QuerySingleAsync(
            "SELECT start_time, capital, allocation_percentage, fee_percentage FROM batches WHERE batch_id = @batchId",
            new { batchId }
        );
        var symbols = (
            await connection.QueryAsync<string>(
                "SELECT symbol FROM batch_symbols WHERE batch_id = @batchId",
                new { batchId }
            )
        ).ToHashSet();
        var timeframes = (
            await connection.QueryAsync<string>(
                "SELECT timeframe FROM batch_timeframes WHERE batch_id = @batchId",
                new { batchId }
            )
        ).ToHashSet();
        var streams = (
            await connection.QueryAsync<(long Id, string Symbol, string Timeframe)>(
                "SELECT stream_id, symbol, timeframe FROM streams"
            )
        )
            .Where(stream =>
                symbols.Contains(stream.Symbol) && (timeframes.Count == 0 || timeframes.Contains(stream.Timeframe))
            )
            .Select(stream => stream.Id)
            .ToHashSet();
        var trades = (
            await connection.QueryAsync<Trade>(
                "SELECT trade_id, CAST(stream_id AS SIGNED) AS stream_id, side, entry_time, exit_time, entry_price, "
                    + "exit_price, change_percentage FROM trades"
            )
        )
            .Where(trade =>
                trade.ExitTime is not null
                && streams.Contains(trade.StreamId)
                && (batch.start_time is null || trade.EntryTime >= (DateTime)batch.start_time)
            )
            .OrderBy(trade => trade.ExitTime)
            .ThenBy(trade => trade.EntryTime)
            .ThenBy(trade => Convert.ToHexString(trade.TradeId), StringComparer.Ordinal)
            .ToList();
        var rows = ReferenceLedger.Of(
            new LedgerSettings(
                (decimal)batch.capital,
                (decimal)batch.allocation_percentage,
                (decimal)batch.fee_percentage
            ),
            trades.Select(trade => new CountedTrade(
                default,
                0,
                Direction.Long,
                default,
                default,
                trade.EntryPrice,
                trade.ExitPrice!.Value,
                trade.ChangePercentage!.Value
            ))
        );
        List<string> expected =
        [
            Heading(true, rows.Count, rows.LastOrDefault()?.RuinedSeq, rows.LastOrDefault()?.CappedSeq),
        ];
        foreach (var (trade, row) in trades.Zip(rows))
        {
            expected.Add(
                Line(
                    expected.Count,
                    Convert.ToHexString(trade.TradeId),
                    trade.StreamId,
                    trade.Side,
                    trade.EntryTime,
                    trade.ExitTime!.Value,
                    trade.EntryPrice,
                    trade.ExitPrice!.Value,
                    row with
                    {
                        RuinedSeq = null,
                        CappedSeq = null,
                    }
                )
            );
        }

        return expected;
    }

    public async Task IsRightAsync(long batchId) =>
        Assert.Equal(await ExpectedAsync(batchId), await ServedAsync(batchId));

    /// <summary>
    /// What holds at every instant, built or building, up to date or not: the rows number from 1 to the last without a
    /// gap, in order, and each follows from the one before it.
    /// </summary>
    public async Task IsConsistentAsync(long batchId)
    {
        await using var connection = await database.OpenAsync();
        var rows = (
            await connection.QueryAsync<(
                long LastSeq,
                long? Seq,
                DateTime ExitTime,
                decimal Pnl,
                decimal Available,
                decimal Peak,
                long Wins
            )>(
                """
                SELECT CAST(l.last_seq AS SIGNED), CAST(r.seq AS SIGNED), r.exit_time, r.pnl, r.available_capital, r.peak_capital, CAST(r.wins AS SIGNED)
                FROM ledgers l LEFT JOIN ledger_rows r ON r.batch_id = l.batch_id AND r.generation = l.generation
                WHERE l.batch_id = @batchId ORDER BY r.seq
                """,
                new { batchId }
            )
        ).ToList();
        Assert.Equal(rows.FirstOrDefault().LastSeq, rows.Count(row => row.Seq is not null));
        for (var i = 1; i < rows.Count; i++)
        {
            var (before, row) = (rows[i - 1], rows[i]);
            Assert.Equal(i + 1, row.Seq);
            Assert.True(row.ExitTime >= before.ExitTime, $"Row {row.Seq} is out of order.");
            Assert.Equal(before.Available + row.Pnl, row.Available);
            Assert.Equal(Math.Max(before.Peak, row.Available), row.Peak);
            Assert.Equal(before.Wins + (row.Pnl > 0 ? 1 : 0), row.Wins);
        }
    }

    private static string Heading(bool isReady, object lastSeq, object? ruinedSeq, object? cappedSeq) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"ready {isReady}, rows {lastSeq}, ruined {ruinedSeq}, capped {cappedSeq}"
        );

    private static string Line(
        object seq,
        string trade,
        object stream,
        string side,
        DateTime entry,
        DateTime exit,
        decimal? entryPrice,
        decimal? exitPrice,
        ReferenceLedger.Row row
    ) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{seq} {trade} {stream} {side} {entry:s}.{entry:fff} {exit:s}.{exit:fff} {entryPrice:0.############} "
                + $"{exitPrice:0.############} {row}"
        );
}
