using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// How each cost grows: with the trades in one table, with the streams, and with the batches that count a symbol.
/// History is not sent but loaded, as pairing would have stored it; its ledgers are built by the workers, and every
/// load that is measured is sent and checked as ever. For a system of its own, begun empty.
/// </summary>
internal sealed class GrowthScenario(RunningSystem system, Report report)
{
    private const int StreamsAStep = 50;
    private const int AlertsInLoad = 20_000;
    private const int MeasuredAlerts = 60_000;
    private static readonly DateTime Start = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly Scenarios _scenarios = new(system, report);
    private readonly WorkerScenarios _workers = new(system, report);
    private readonly List<string> _symbols = [];

    /// <summary>
    /// Streams and batches, and then history: by tens from ten thousand trades to <paramref name="trades"/>.
    /// </summary>
    public async Task RunAsync(int trades)
    {
        // What is compiled only then counts for nobody.
        await _workers.SustainedAsync(MeasuredAlerts, StreamsAStep, 16, note: ", to warm up");
        foreach (var streams in new[] { 10, 1_000, 10_000 })
            await _workers.SustainedAsync(Math.Max(MeasuredAlerts, 10 * streams), streams, 16);
        foreach (var ledgers in new[] { 1, 10, 100 })
            await _workers.SustainedAsync(
                ledgers > 10 ? MeasuredAlerts / 3 : MeasuredAlerts,
                StreamsAStep,
                16,
                ledgers
            );

        var held = 0;
        for (var most = 10_000; most <= trades; most *= 10)
        {
            await FillAsync(most - held);
            held = most;
            await MeasureAsync(held);
        }
    }

    private async Task MeasureAsync(int held)
    {
        var note = string.Create(CultureInfo.InvariantCulture, $", {held:N0} trades held");
        var probe = string.Create(CultureInfo.InvariantCulture, $"GROWPROBE{held}");
        var clock = Stopwatch.StartNew();
        var batch = await system.CreateBatchAsync($"Grown to {held}", [.. _symbols, probe]);
        while (await system.LedgerAsync(batch) is not (true, var rows) || rows != held)
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(20))
                throw new TimeoutException(
                    $"The ledger of {held} trades is not built after twenty minutes: no result."
                );
            await Task.Delay(20);
        }

        var built = clock.Elapsed;
        report.Add(
            "a ledger built" + note,
            string.Create(CultureInfo.InvariantCulture, $"{built.TotalSeconds:F2} s"),
            "≤ 8 s for 1,000,000",
            "bytes on disk, by rows: " + await BytesAsync()
        );

        var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/batches/{batch}/charts/capital?by=day");
        var reads = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await system.Api.GetStringAsync(path);
            reads.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        report.Add(
            "its capital by day" + note,
            string.Create(
                CultureInfo.InvariantCulture,
                $"cold {reads[0]:N0} ms, then {reads.Skip(1).Order().ElementAt(2):N0} ms"
            ),
            "cold ≤ 2.5 s, warm p99 ≤ 40 ms for 1,000,000",
            "median of five after the first"
        );
        await _scenarios.VisibleAsync(batch, probe, perSecond: 50, note);
        await _workers.SustainedAsync(MeasuredAlerts, StreamsAStep, 16, note: note);
    }

    /// <summary>
    /// Streams of their own, always in the market: one trade more than are wanted is open in each. The keys that are
    /// not the tables' order are left out while they are loaded and made after it, with as much room in their pages as
    /// they would have had, had they grown: ten millions one by one would take an hour.
    /// </summary>
    private async Task FillAsync(int trades)
    {
        await using var connection = await system.OpenDatabaseAsync();
        var firstId = await connection.ExecuteScalarAsync<long>("SELECT COALESCE(MAX(stream_id), 0) + 1 FROM streams");
        await connection.ExecuteAsync("SET GLOBAL innodb_fill_factor = 70");
        var keys = (
            await connection.QueryAsync<(string Table, string Name, bool IsUnique, string Columns)>(
                """
                SELECT table_name, index_name, MAX(non_unique) = 0, GROUP_CONCAT(column_name ORDER BY seq_in_index)
                FROM information_schema.statistics
                WHERE table_schema = DATABASE() AND table_name IN ('alerts', 'trades') AND index_name <> 'PRIMARY'
                GROUP BY table_name, index_name
                """
            )
        ).ToLookup(key => key.Table);
        foreach (var table in keys)
            await AlterAsync(connection, table.Key, table.Select(key => $"DROP INDEX {key.Name}"));

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < StreamsAStep; i++)
        {
            var symbol = string.Create(CultureInfo.InvariantCulture, $"GROW{_symbols.Count:D3}");
            _symbols.Add(symbol);
            await FillStreamAsync(connection, firstId + i, symbol, trades / StreamsAStep);
        }

        foreach (var table in keys)
            await AlterAsync(
                connection,
                table.Key,
                table.Select(key => $"ADD {(key.IsUnique ? "UNIQUE " : "")}INDEX {key.Name} ({key.Columns})")
            );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{trades:N0} trades loaded in {clock.Elapsed.TotalSeconds:F0} s"
            )
        );
    }

    private static Task AlterAsync(DbConnection connection, string table, IEnumerable<string> changes) =>
        connection.ExecuteAsync(
            new CommandDefinition($"ALTER TABLE {table} {string.Join(", ", changes)}", commandTimeout: 3_600)
        );

    private async Task FillStreamAsync(DbConnection connection, long streamId, string symbol, int trades)
    {
        await using var beside = await system.OpenDatabaseAsync();
        using var alerts = new RowWriter(
            "alerts",
            [
                "stream_id",
                "timestamp",
                "precedence",
                "alert_id",
                "action",
                "direction",
                "price",
                "side",
                "type",
                "closeonflip",
                "payload",
                "received_at",
                "paired_at",
                "outcome",
                "trade_id",
                "closed_trade_id",
            ],
            loads: true
        );
        using var closed = new RowWriter(
            "trades",
            [
                "stream_id",
                "entry_time",
                "trade_id",
                "side",
                "entry_price",
                "exit_time",
                "exit_price",
                "exit_reason",
                "exit_alert_id",
                "change_percentage",
            ],
            loads: true
        );
        (AlertId Id, DateTime Time, string Side, decimal Price)? open = null;
        for (var turn = 0; turn <= trades; turn++)
        {
            var direction = turn % 2 == 0 ? Direction.Long : Direction.Short;
            var (side, type) = (AlertId.ToDbValue(direction), turn % 2 == 0 ? "bullish" : "bearish");
            var price = 100 + (turn * 7 % 13) + (streamId % 100 / 100m);
            var time = Start.AddMinutes(turn).AddSeconds(streamId % 60);
            var id = AlertId.Of(symbol, "60", AlertAction.Entry, direction, price, time);
            alerts
                .Row()
                .Value(streamId)
                .Value(time)
                .Value(1)
                .Value(id.ToByteArray())
                .Value("entry")
                .Value(side)
                .Value(price)
                .Value("entry")
                .Value(type)
                .Value(true)
                .Value(
                    Encoding.UTF8.GetBytes(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $$"""{"symbol":"{{symbol}}","side":"entry","timeframe":"60","type":"{{type}}","price":{{price}},"closeonflip":true,"timestamp":"{{time:yyyy-MM-ddTHH:mm:ss}}+0000"}"""
                        )
                    )
                )
                .Value(time.AddSeconds(1))
                .Value(time.AddSeconds(1))
                .Value(open is null ? "opened" : "flipped")
                .Value(id.ToByteArray())
                .Value(open?.Id.ToByteArray());
            if (open is { } entry)
            {
                var gain = entry.Side == "long" ? price - entry.Price : entry.Price - price;
                closed
                    .Row()
                    .Value(streamId)
                    .Value(entry.Time)
                    .Value(entry.Id.ToByteArray())
                    .Value(entry.Side)
                    .Value(entry.Price)
                    .Value(time)
                    .Value(price)
                    .Value("flip")
                    .Value(id.ToByteArray())
                    .Value(Math.Round(gain * 100 / entry.Price, 8, MidpointRounding.ToEven));
            }

            open = (id, time, side, price);
            if (turn % AlertsInLoad == AlertsInLoad - 1)
                await LoadAsync();
        }

        await LoadAsync();
        var last = open!.Value;
        // Last: nobody looks for a stream's alerts before there is the stream.
        await connection.ExecuteAsync(
            """
            INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price) VALUES (@streamId, @time, @id, @side, @price);
            INSERT INTO streams (stream_id, symbol, timeframe, last_timestamp, last_precedence, last_alert_id, open_trade_id, open_side, open_price, open_time)
            VALUES (@streamId, @symbol, '60', @time, 1, @id, @id, @side, @price, @time)
            """,
            new
            {
                streamId,
                symbol,
                time = last.Time,
                id = last.Id.ToByteArray(),
                side = last.Side,
                price = last.Price,
            }
        );

        Task LoadAsync() =>
            Task.WhenAll(
                alerts.SendAsync(connection, CancellationToken.None),
                closed.SendAsync(beside, CancellationToken.None)
            );
    }

    // Of the whole tables, with all that lies in them.
    private async Task<string> BytesAsync()
    {
        await using var connection = await system.OpenDatabaseAsync();
        var tables = new List<string>();
        foreach (var table in new[] { "alerts", "trades", "ledger_rows" })
        {
            var bytes = await connection.ExecuteScalarAsync<long>(
                "SELECT file_size FROM information_schema.innodb_tablespaces WHERE name = CONCAT(DATABASE(), '/', "
                    + "@table)",
                new { table }
            );
            var rows = await connection.ExecuteScalarAsync<long>(
                new CommandDefinition($"SELECT COUNT(*) FROM {table}", commandTimeout: 3_600)
            );
            tables.Add(
                string.Create(CultureInfo.InvariantCulture, $"{table} {(double)bytes / rows:F0} ({rows:N0} rows)")
            );
        }

        return string.Join(", ", tables);
    }
}
