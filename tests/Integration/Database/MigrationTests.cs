using System.Security.Cryptography;
using System.Text;
using Dapper;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Tests.Integration.Pairing;
using PnlPipeline.Tests.Integration.Servers;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.Integration.Database;

/// <summary>A database of an earlier version, with data in it, is brought to this one.</summary>
public sealed class MigrationTests : IAsyncLifetime
{
    private const int Before = 5;

    private readonly MySqlUrl _url = MySqlUrl.Parse(TestServers.Running.MySqlUrl) with
    {
        Database = "pnl_m_" + RandomNumberGenerator.GetHexString(12, lowercase: true),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await using var connection = await new MySqlDatabase(_url with { Database = "mysql" }).OpenAsync(
            CancellationToken.None
        );
        await connection.ExecuteAsync($"DROP DATABASE IF EXISTS `{_url.Database}`");
    }

    [Fact]
    public async Task Streams_alerts_trades_and_batches_of_before_stay_what_they_were()
    {
        await CreateBeforeAsync();
        var entry = Rows.Alert("OLD:btc!~", AlertAction.Entry, Direction.Long, 100, 1) with { Symbol = "OLD:BTC!~" };
        var id = AlertId.Of(entry).ToByteArray();
        await using (var connection = await new MySqlDatabase(_url).OpenAsync(Cancellation))
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO streams (symbol, timeframe, last_timestamp, last_precedence, last_alert_id, open_trade_id, open_side, open_price, open_time)
                VALUES ('OLD:BTC!~', '60', @Timestamp, 1, @id, @id, 'long', 100, @Timestamp), ('..', '1D', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
                INSERT INTO alerts (stream_id, timestamp, precedence, alert_id, action, direction, price, payload, received_at, paired_at, outcome, trade_id)
                SELECT stream_id, @Timestamp, 1, @id, 'entry', 'long', 100, '{}', @Timestamp, @Timestamp, 'opened', @id FROM streams WHERE symbol = 'OLD:BTC!~';
                INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price) SELECT stream_id, @Timestamp, @id, 'long', 100 FROM streams WHERE symbol = 'OLD:BTC!~';
                INSERT INTO batches (name, name_key, capital, allocation_percentage, fee_percentage, created_at, updated_at) VALUES ('B', 'B', 1, 100, 0, @Timestamp, @Timestamp);
                INSERT INTO batch_symbols VALUES (LAST_INSERT_ID(), 'OLD:BTC!~'), (LAST_INSERT_ID(), '..');
                INSERT INTO batch_timeframes VALUES (LAST_INSERT_ID(), '60');
                INSERT INTO ledgers (batch_id, generation, settings_revision, last_seq, progress, updated_at) SELECT batch_id, 7, settings_revision, 1, 1, '2099-01-01' FROM batches;
                INSERT INTO ledger_rows SELECT batch_id, 7, 1, @id, 1, 'long', @Timestamp, @Timestamp, 1, 2, 3, 3, 0, 0, 0, 1, @Timestamp FROM batches;
                INSERT INTO imports (state, format, symbol, timeframe, created_at) VALUES ('done', 'trades', 'OLD:BTC!~', '60', @Timestamp)
                """,
                new { entry.Timestamp, id }
            );
        }

        Assert.Contains(
            "0007_signals",
            string.Join(' ', await SchemaMigrator.MigrateAsync(_url, Cancellation)),
            StringComparison.Ordinal
        );
        Assert.Empty(await SchemaMigrator.MigrateAsync(_url, Cancellation));

        // The stream goes on where it was, and its alert is the one that was stored.
        var exit = Rows.Alert("OLD:BTC!~", AlertAction.Exit, null, 110, 2);
        var result = await new PairingStore(new MySqlDatabase(_url)).ApplyAsync(
            [entry with { AlertId = AlertId.Of(entry).ToString() }, exit],
            Rows.Start,
            announceStored: false,
            Cancellation
        );
        Assert.Equal(1, result.Duplicates);
        var closed = Assert.Single(result.Announcement.Closed);
        Assert.Equal(
            (AlertId.Of(entry).ToString(), 10m, null),
            (closed.TradeId, closed.ChangePercentage, closed.Strategy)
        );

        await using var after = await new MySqlDatabase(_url).OpenAsync(Cancellation);
        // The ledger of before is served, and owed a build.
        Assert.Equal(
            "7 0 1 2099-01-01 00:00:00.001 2.00000000 0.00000000 -",
            await after.ExecuteScalarAsync<string>(
                """
                SELECT CONCAT_WS(' ', l.generation, l.settings_revision, l.last_seq, l.updated_at, r.pnl, r.fee, COALESCE(r.entry_price, r.exit_price, '-'))
                FROM ledgers l JOIN ledger_rows r USING (batch_id, generation) JOIN batches b ON b.batch_id = l.batch_id AND b.settings_revision > 0
                """
            )
        );
        Assert.Equal(
            ["'..' '1D' ''", "'OLD:BTC!~' '60' ''"],
            await after.QueryAsync<string>(
                "SELECT CONCAT_WS(' ', QUOTE(symbol), QUOTE(timeframe), QUOTE(strategy)) FROM streams ORDER BY symbol"
            )
        );
        Assert.Equal(
            ["..", "OLD:BTC!~"],
            await after.QueryAsync<string>("SELECT symbol FROM batch_symbols ORDER BY symbol")
        );
        Assert.Equal(
            1,
            await after.ExecuteScalarAsync<int>(
                "SELECT COUNT(*) FROM batch_symbols b JOIN streams s ON s.symbol = b.symbol WHERE s.open_trade_id IS "
                    + "NULL AND s.timeframe = '60'"
            )
        );
    }

    /// <summary>The files of the version before, recorded as that version recorded them.</summary>
    private async Task CreateBeforeAsync()
    {
        await using (var server = await new MySqlDatabase(_url with { Database = "mysql" }).OpenAsync(Cancellation))
            await server.ExecuteAsync(
                $"CREATE DATABASE `{_url.Database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci"
            );
        await using var connection = await new MySqlDatabase(_url).OpenAsync(Cancellation);
        await connection.ExecuteAsync(
            "CREATE TABLE schema_migrations (version INT NOT NULL PRIMARY KEY, name VARCHAR(200) NOT NULL, checksum "
                + "CHAR(64) NOT NULL, applied_at DATETIME(3) NOT NULL)"
        );
        var assembly = typeof(SchemaMigrator).Assembly;
        foreach (
            var resource in assembly
                .GetManifestResourceNames()
                .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
        {
            var name = resource[(resource.IndexOf(".Schema.", StringComparison.Ordinal) + 8)..^4];
            var version = int.Parse(name[..4]);
            if (version > Before)
                continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var sql = await reader.ReadToEndAsync(Cancellation);
            await connection.ExecuteAsync(sql);
            await connection.ExecuteAsync(
                "INSERT INTO schema_migrations VALUES (@version, @name, @checksum, UTC_TIMESTAMP(3))",
                new
                {
                    version,
                    name,
                    checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))),
                }
            );
        }
    }
}
