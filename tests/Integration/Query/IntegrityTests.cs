using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Integrity;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Tests.Integration.Ledgers;
using PnlPipeline.Tests.Integration.Pairing;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>The books as the workers keep and check them, altered by hand, and what the API says of them.</summary>
public sealed class IntegrityTests(QueryApi api) : IClassFixture<QueryApi>
{
    private const int Alerts = 60;
    private static int _names;

    private readonly string _symbol = $"BOOK{Interlocked.Increment(ref _names)}";
    private readonly List<StreamRevised> _told = [];

    [Fact]
    public async Task Books_that_agree_are_ok_and_nothing_is_touched()
    {
        await StoreAsync();
        var before = await StoredAsync();
        Assert.Empty(await CheckAsync());

        Assert.Equal(before, await StoredAsync());
        Assert.Empty(_told);
        var stream = await StreamAsync();
        Assert.Equal(
            ("ok", Alerts),
            (stream.GetProperty("status").GetString(), stream.GetProperty("alerts").GetInt32())
        );
        Assert.Equal(
            await api.Stage.ScalarAsync<int>(
                "SELECT COUNT(*) FROM trades JOIN streams USING (stream_id) WHERE symbol = @_symbol",
                new { _symbol }
            ),
            stream.GetProperty("trades").GetInt32()
        );
        Assert.Empty(await FindingsAsync());
    }

    public static TheoryData<string, bool> Alterations =>
        new()
        {
            {
                "UPDATE trades JOIN (SELECT trade_id FROM trades WHERE stream_id = @stream ORDER BY entry_time LIMIT "
                    + "1 OFFSET 3) one USING (trade_id) SET exit_price = exit_price + 1",
                true
            },
            {
                "UPDATE trades JOIN (SELECT trade_id FROM trades WHERE stream_id = @stream ORDER BY entry_time LIMIT "
                    + "1 OFFSET 4) one USING (trade_id) SET change_percentage = change_percentage + 0.00000001",
                true
            },
            {
                "UPDATE trades JOIN (SELECT trade_id FROM trades WHERE stream_id = @stream ORDER BY entry_time LIMIT "
                    + "1 OFFSET 5) one USING (trade_id) SET entry_time = entry_time + INTERVAL 1 DAY",
                true
            },
            {
                "UPDATE trades JOIN (SELECT trade_id FROM trades WHERE stream_id = @stream ORDER BY entry_time LIMIT "
                    + "1 OFFSET 6) one USING (trade_id) SET side = IF(side = 'long', 'short', 'long')",
                true
            },
            {
                "UPDATE trades JOIN (SELECT trade_id FROM trades WHERE stream_id = @stream ORDER BY entry_time LIMIT "
                    + "1 OFFSET 7) one USING (trade_id) SET exit_time = NULL, exit_price = NULL, exit_reason = NULL, "
                    + "exit_alert_id = NULL, change_percentage = NULL",
                true
            },
            { "DELETE FROM trades WHERE stream_id = @stream ORDER BY entry_time LIMIT 2", true },
            { "DELETE FROM trades WHERE stream_id = @stream AND exit_time IS NULL", false },
            {
                "INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price, exit_time, exit_price, "
                    + "exit_reason, exit_alert_id, change_percentage) VALUES (@stream, '2026-01-01 00:00:07', "
                    + "UNHEX('0123456789abcdef0123456789abcdef'), 'long', 1, '2026-01-02', 2, 'exit', "
                    + "UNHEX('0123456789abcdef0123456789abcdef'), 100)",
                true
            },
            {
                "UPDATE alerts JOIN (SELECT alert_id FROM alerts WHERE stream_id = @stream ORDER BY timestamp LIMIT 1 "
                    + "OFFSET 10) one USING (alert_id) SET outcome = 'unmatched', trade_id = NULL, closed_trade_id = "
                    + "NULL",
                false
            },
            { "UPDATE alerts SET outcome = 'ignored' WHERE stream_id = @stream", false },
            {
                "UPDATE alerts JOIN (SELECT alert_id FROM alerts WHERE stream_id = @stream ORDER BY timestamp DESC "
                    + "LIMIT 1) one USING (alert_id) SET trade_id = UNHEX('0123456789abcdef0123456789abcdef')",
                false
            },
            {
                "UPDATE streams SET open_trade_id = NULL, open_side = NULL, open_price = NULL, open_time = NULL WHERE "
                    + "stream_id = @stream",
                false
            },
            { "UPDATE streams SET open_price = open_price + 1 WHERE stream_id = @stream", false },
            { "UPDATE streams SET last_timestamp = '2030-01-01' WHERE stream_id = @stream", false },
        };

    [Theory]
    [MemberData(nameof(Alterations))]
    public async Task What_is_altered_by_hand_is_reported_and_mended(string alteration, bool concernsLedgers)
    {
        await StoreAsync();
        await CheckAsync();
        var before = await StoredAsync();
        var stream = await api.Stage.ScalarAsync<long>(
            "SELECT stream_id FROM streams WHERE symbol = @_symbol",
            new { _symbol }
        );
        await api.Stage.ExecuteAsync(alteration, new { stream });
        Assert.NotEqual(before, await StoredAsync());

        Assert.Contains(stream, await CheckAsync());
        Assert.Equal(before, await StoredAsync());
        Assert.Equal(concernsLedgers, _told.Count > 0);
        Assert.All(_told, told => Assert.Equal((_symbol, "60"), (told.Symbol, told.Timeframe)));
        Assert.Equal("repaired", (await StreamAsync()).GetProperty("status").GetString());
        var findings = await FindingsAsync();
        Assert.NotEmpty(findings);
        Assert.All(
            findings,
            finding => Assert.NotEqual(JsonValueKind.Null, finding.GetProperty("repairedAt").ValueKind)
        );

        Assert.DoesNotContain(stream, await CheckAsync());
        Assert.Equal("ok", (await StreamAsync()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_alert_that_is_not_what_its_id_says_is_wrong_until_it_is_put_right()
    {
        await StoreAsync();
        const string alter =
            "UPDATE alerts JOIN streams USING (stream_id) SET price = price + @by WHERE symbol = @_symbol AND "
            + "timestamp = '2026-01-01 00:00:30'";
        await api.Stage.ExecuteAsync(alter, new { by = 1, _symbol });
        await CheckAsync();
        await CheckAsync();
        Assert.Equal("wrong", (await StreamAsync()).GetProperty("status").GetString());
        Assert.Equal("wrong", (await IntegrityAsync()).GetProperty("status").GetString());
        Assert.Single(
            await FindingsAsync(),
            finding => finding.GetProperty("repairedAt").ValueKind == JsonValueKind.Null
        );

        await api.Stage.ExecuteAsync(alter, new { by = -1, _symbol });
        await CheckAsync();
        await CheckAsync();
        Assert.Equal("ok", (await StreamAsync()).GetProperty("status").GetString());
        Assert.DoesNotContain(
            await FindingsAsync(),
            finding => finding.GetProperty("repairedAt").ValueKind == JsonValueKind.Null
        );
    }

    [Fact]
    public async Task A_round_goes_on_where_the_look_before_came_to_and_sees_what_comes_late()
    {
        await StoreAsync();
        await new PairingStore(new MySqlDatabase(api.Database.WorkerUrl)).ApplyAsync(
            [Rows.Alert(_symbol, AlertAction.Entry, Direction.Short, 3, 0.5)],
            Rows.Start,
            announceStored: false,
            QueryApi.Cancellation
        );
        var before = await StoredAsync();
        for (var look = 0; (await StreamAsync()).GetProperty("checkedAt").ValueKind == JsonValueKind.Null; look++)
        {
            Assert.True(look < 20, "The round does not come to its end.");
            Assert.Empty(await CheckAsync(alertsPerLookMax: 150));
        }

        Assert.Equal(Alerts + 1, (await StreamAsync()).GetProperty("alerts").GetInt32());
        Assert.Equal(before, await StoredAsync());
    }

    [Fact]
    public async Task A_ledger_says_when_it_was_checked_what_its_sums_are_and_what_was_mended()
    {
        await StoreAsync();
        var world = new LedgerWorld(api.Database);
        var batch = await world.CreateBatchAsync([_symbol]);
        var replica = new Replica(api.Database);
        await replica.BuildAsync(batch);
        Assert.Equal("unchecked", (await LedgerAsync(batch)).GetProperty("status").GetString());

        await replica.ReconcileAsync();
        var ledger = await LedgerAsync(batch);
        Assert.Equal("ok", ledger.GetProperty("status").GetString());
        Assert.Equal((await world.LedgerAsync(batch)).LastSeq, ledger.GetProperty("rows").GetInt64());
        var total = await api.Stage.ScalarAsync<decimal>(
            "SELECT SUM(pnl) FROM ledger_rows JOIN ledgers USING (batch_id, generation) WHERE batch_id = @batch",
            new { batch }
        );
        Assert.NotEqual(0, total);
        foreach (var sum in new[] { "total", "byDay", "byWeek", "byMonth" })
            Assert.Equal(total, ledger.GetProperty(sum).GetDecimal());

        await api.Stage.ExecuteAsync(
            "UPDATE ledger_rows SET pnl = pnl + 1 WHERE batch_id = @batch AND seq = 5",
            new { batch }
        );
        Assert.Equal([batch], await replica.ReconcileAsync());
        await world.IsRightAsync(batch);
        ledger = await LedgerAsync(batch);
        Assert.Equal("repaired", ledger.GetProperty("status").GetString());
        Assert.Equal(total, ledger.GetProperty("byWeek").GetDecimal());
        var finding = Assert.Single(
            (await IntegrityAsync()).GetProperty("findings").EnumerateArray(),
            one => one.GetProperty("batchId").ToString() == $"{batch}"
        );
        Assert.StartsWith("Row 5 of trade ", finding.GetProperty("what").GetString(), StringComparison.Ordinal);
        Assert.NotEqual(JsonValueKind.Null, finding.GetProperty("repairedAt").ValueKind);

        await replica.ReconcileAsync();
        Assert.Equal("ok", (await LedgerAsync(batch)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_limit_that_is_none_is_refused() =>
        Assert.Equal(
            "limit",
            await (await api.Viewer.SendAsync("GET", "/api/v1/health/books?limit=0")).ProblemAsync(400)
        );

    /// <summary>Entries, repeated entries, flips and exits; the last trade stays open.</summary>
    private async Task StoreAsync()
    {
        var alerts = Enumerable
            .Range(1, Alerts)
            .Select(i =>
                (i % 5) switch
                {
                    1 => Rows.Alert(_symbol, AlertAction.Entry, Direction.Long, 100 + i, i),
                    2 => Rows.Alert(_symbol, AlertAction.Entry, Direction.Long, 101 + i, i),
                    3 => Rows.Alert(_symbol, AlertAction.Entry, Direction.Short, 90 + (i * 7 % 13), i),
                    4 => Rows.Alert(_symbol, AlertAction.Exit, null, 95 + (i * 5 % 11), i),
                    _ => i == Alerts
                        ? Rows.Alert(_symbol, AlertAction.Entry, Direction.Short, 100, i)
                        : Rows.Alert(_symbol, AlertAction.Exit, null, 100, i),
                }
            )
            .ToList();
        await new PairingStore(new MySqlDatabase(api.Database.WorkerUrl)).ApplyAsync(
            alerts,
            Rows.Start,
            announceStored: false,
            QueryApi.Cancellation
        );
    }

    private async Task<IReadOnlyList<long>> CheckAsync(int alertsPerLookMax = 1_000_000)
    {
        var options = new IntegrityOptions
        {
            RangeAlerts = 7,
            RoundEverySeconds = 0,
            AlertsPerRangeMax = alertsPerLookMax,
        };
        var books = new StreamChecks(
            new MySqlDatabase(api.Database.WorkerUrl),
            Options.Create(options),
            NullLogger<StreamChecks>.Instance
        );
        return await books.CheckAsync(
            revised =>
            {
                _told.AddRange(revised.Streams);
                return Task.CompletedTask;
            },
            QueryApi.Cancellation
        );
    }

    /// <summary>Everything stored of the stream: alerts, trades, its own row.</summary>
    private async Task<List<string>> StoredAsync()
    {
        var (alerts, trades) = await Rows.StoredAsync(api.Database, [_symbol]);
        var row = await api.Stage.ScalarAsync<string>(
            "SELECT CONCAT_WS(' ', last_timestamp, last_precedence, HEX(last_alert_id), HEX(open_trade_id), "
                + "open_side, open_price, open_time) FROM streams WHERE symbol = @_symbol",
            new { _symbol }
        );
        return [.. alerts, .. trades, row ?? ""];
    }

    private Task<JsonElement> IntegrityAsync() => api.Viewer.GetJsonAsync("/api/v1/health/books?limit=1000");

    private async Task<JsonElement> StreamAsync() =>
        Assert.Single(
            (await IntegrityAsync()).GetProperty("streams").GetProperty("items").EnumerateArray(),
            stream => stream.GetProperty("symbol").GetString() == _symbol
        );

    private async Task<JsonElement> LedgerAsync(long batch) =>
        Assert.Single(
            (await IntegrityAsync()).GetProperty("ledgers").EnumerateArray(),
            ledger => ledger.GetProperty("batchId").GetInt64() == batch
        );

    private async Task<List<JsonElement>> FindingsAsync() =>
        [
            .. (await IntegrityAsync())
                .GetProperty("findings")
                .EnumerateArray()
                .Where(finding => finding.GetProperty("symbol").GetString() == _symbol),
        ];
}
