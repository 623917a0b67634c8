using System.Collections.Concurrent;
using System.Globalization;
using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>A trade to be staged; open where it has no exit.</summary>
public sealed record StagedTrade(
    string Symbol,
    string Timeframe,
    string Side,
    string Entry,
    decimal EntryPrice,
    string? Exit = null,
    decimal? ExitPrice = null,
    string Reason = "exit",
    string? Strategy = null
)
{
    public DateTime EntryTime => Stage.Time(Entry);

    public DateTime? ExitTime => Exit is null ? null : Stage.Time(Exit);

    public AlertId Id => AlertId.Of(Symbol, Timeframe, AlertAction.Entry, Direction, EntryPrice, EntryTime, Strategy);

    public AlertId? ExitId =>
        ExitTime is { } time
            ? AlertId.Of(Symbol, Timeframe, AlertAction.Exit, Direction, ExitPrice!.Value, time, Strategy)
            : null;

    public decimal? Change =>
        ExitPrice is { } exit
            ? Math.Round(
                (Side == "long" ? exit - EntryPrice : EntryPrice - exit) / EntryPrice * 100,
                8,
                MidpointRounding.ToEven
            )
            : null;

    private Direction Direction => Side == "long" ? Direction.Long : Direction.Short;
}

/// <summary>Puts rows where the workers would have put them.</summary>
public sealed class Stage(TestDatabase database)
{
    public static readonly DateTime ReceivedAt = Time("2026-11-01T00:00:01.500");
    public static readonly DateTime PairedAt = Time("2026-11-01T00:00:02");
    public static readonly DateTime PostedAt = Time("2026-11-01T00:00:03.250");

    private readonly ConcurrentDictionary<(string Symbol, string Timeframe, string Strategy), long> _streams = [];

    public static DateTime Time(string text) =>
        DateTime.Parse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
        );

    public async Task<T?> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await database.OpenAsync();
        return await connection.ExecuteScalarAsync<T>(sql, parameters);
    }

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await database.OpenAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    /// <summary>Streams, alerts and trades.</summary>
    public async Task TradesAsync(params StagedTrade[] trades)
    {
        foreach (var trade in trades)
        {
            var stream = await StreamAsync(trade.Symbol, trade.Timeframe, trade.Strategy ?? "");
            await AlertAsync(
                stream,
                trade.EntryTime,
                1,
                trade.Id,
                "entry",
                trade.Side,
                trade.EntryPrice,
                "opened",
                trade.Id,
                null
            );
            if (trade.ExitId is { } exit)
                await AlertAsync(
                    stream,
                    trade.ExitTime!.Value,
                    0,
                    exit,
                    "exit",
                    trade.Side,
                    trade.ExitPrice!.Value,
                    "closed",
                    trade.Id,
                    null
                );
            await ExecuteAsync(
                """
                INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price, exit_time, exit_price, exit_reason, exit_alert_id, change_percentage)
                VALUES (@stream, @EntryTime, @id, @Side, @EntryPrice, @ExitTime, @ExitPrice, @reason, @exitId, @Change);
                UPDATE streams SET last_timestamp = GREATEST(COALESCE(last_timestamp, @EntryTime), COALESCE(@ExitTime, @EntryTime)) WHERE stream_id = @stream
                """,
                new
                {
                    stream,
                    trade.EntryTime,
                    id = trade.Id.ToByteArray(),
                    trade.Side,
                    trade.EntryPrice,
                    trade.ExitTime,
                    trade.ExitPrice,
                    reason = trade.Exit is null ? null : trade.Reason,
                    exitId = trade.ExitId?.ToByteArray(),
                    trade.Change,
                }
            );
            if (trade.Exit is null)
            {
                await ExecuteAsync(
                    "UPDATE streams SET open_trade_id = @id, open_side = @Side, open_price = @EntryPrice, open_time = "
                        + "@EntryTime WHERE stream_id = @stream",
                    new
                    {
                        stream,
                        id = trade.Id.ToByteArray(),
                        trade.Side,
                        trade.EntryPrice,
                        trade.EntryTime,
                    }
                );
            }
        }
    }

    /// <summary>
    /// A generation with a row for each closed trade, served as built from the batch's settings of today.
    /// </summary>
    public async Task LedgerAsync(long batchId, decimal capital, params StagedTrade[] trades)
    {
        var generation = await ScalarAsync<long>(
            "INSERT INTO ledger_generations (batch_id, created_at) VALUES (@batchId, UTC_TIMESTAMP(3)); SELECT "
                + "LAST_INSERT_ID()",
            new { batchId }
        );
        using var insert = new RowWriter(
            """
            INSERT INTO ledger_rows (batch_id, generation, seq, trade_id, stream_id, side, entry_time, exit_time, change_percentage, pnl,
              available_capital, peak_capital, drawdown, drawdown_percentage, max_drawdown_percentage, wins, posted_at,
              entry_price, exit_price, fee) VALUES
            """
        );
        var (seq, wins) = (0, 0);
        var (available, peak, max) = (capital, capital, 0m);
        foreach (
            var trade in trades
                .Where(trade => trade.Exit is not null)
                .OrderBy(trade => (trade.ExitTime, trade.EntryTime, trade.Id))
        )
        {
            var pnl = Math.Round(available * trade.Change!.Value / 100, 8, MidpointRounding.ToEven);
            available += pnl;
            peak = Math.Max(peak, available);
            var drawdown = Math.Round((peak - available) / peak * 100, 8, MidpointRounding.ToEven);
            max = Math.Max(max, drawdown);
            wins += pnl > 0 ? 1 : 0;
            insert
                .Row()
                .Value(batchId)
                .Value(generation)
                .Value(++seq)
                .Value(trade.Id.ToByteArray())
                .Value(await StreamAsync(trade.Symbol, trade.Timeframe, trade.Strategy ?? ""))
                .Word(trade.Side)
                .Value(trade.EntryTime)
                .Value(trade.ExitTime)
                .Value(trade.Change)
                .Value(pnl)
                .Value(available)
                .Value(peak)
                .Value(peak - available)
                .Value(drawdown)
                .Value(max)
                .Value(wins)
                .Value(PostedAt.AddSeconds(seq - 1))
                .Value(trade.EntryPrice)
                .Value(trade.ExitPrice)
                .Value(0m);
        }

        await using (var connection = await database.OpenAsync())
            await insert.SendAsync(connection, TestContext.Current.CancellationToken);
        await ExecuteAsync(
            """
            REPLACE INTO ledgers (batch_id, generation, settings_revision, last_seq, progress, updated_at)
            SELECT batch_id, @generation, settings_revision, @seq, 1, UTC_TIMESTAMP(3) FROM batches WHERE batch_id = @batchId
            """,
            new
            {
                batchId,
                generation,
                seq,
            }
        );
    }

    public async Task<long> StreamAsync(string symbol, string timeframe, string strategy = "")
    {
        if (_streams.TryGetValue((symbol, timeframe, strategy), out var known))
            return known;
        await ExecuteAsync(
            "INSERT INTO streams (symbol, timeframe, strategy) VALUES (@symbol, @timeframe, @strategy) ON DUPLICATE "
                + "KEY UPDATE stream_id = stream_id",
            new
            {
                symbol,
                timeframe,
                strategy,
            }
        );
        return _streams[(symbol, timeframe, strategy)] = await ScalarAsync<long>(
            "SELECT stream_id FROM streams WHERE symbol = @symbol AND timeframe = @timeframe AND strategy = @strategy",
            new
            {
                symbol,
                timeframe,
                strategy,
            }
        );
    }

    public Task AlertAsync(
        long stream,
        DateTime timestamp,
        int precedence,
        AlertId id,
        string action,
        string? direction,
        decimal price,
        string outcome,
        AlertId? trade,
        AlertId? closed,
        string payload = "{}"
    ) =>
        ExecuteAsync(
            """
            INSERT INTO alerts (stream_id, timestamp, precedence, alert_id, action, direction, price, side, type, closeonflip, payload, received_at, paired_at,
              outcome, trade_id, closed_trade_id)
            VALUES (@stream, @timestamp, @precedence, @id, @action, @direction, @price, @action, @direction, TRUE, @payload, @ReceivedAt, @PairedAt,
              @outcome, @trade, @closed)
            """,
            new
            {
                stream,
                timestamp,
                precedence,
                id = id.ToByteArray(),
                action,
                direction,
                price,
                outcome,
                trade = trade?.ToByteArray(),
                closed = closed?.ToByteArray(),
                payload = System.Text.Encoding.UTF8.GetBytes(payload),
                ReceivedAt,
                PairedAt,
            }
        );
}
