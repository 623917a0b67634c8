using System.Data.Common;
using System.Net;
using PnlPipeline.Database;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.EndToEnd;

/// <summary>Processes that die at the worst moment, and more of them than one.</summary>
public sealed class Faults(PipelineSystem system)
{
    private static readonly DateTime Start = new(2026, 4, 6, 9, 0, 0, DateTimeKind.Utc);

    private readonly Trader _trader = new(system);

    [Fact]
    public async Task A_worker_killed_between_its_commit_and_its_publish_loses_no_trade()
    {
        var symbol = Trader.NewSymbol("KILLED");
        var batch = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await _trader.AlertsAndTradesAreRightAsync();

        // The only pairing worker now is one whose line to the broker the test can hold.
        system.Pairing.Kill();
        await using var proxy = new TcpProxy(system.Broker.Host, system.Broker.Port);
        using var held = system.NewWorker(
            "pairing",
            new UriBuilder(system.Broker) { Port = proxy.Port }
                .Uri
                .AbsoluteUri
        );
        held.Start();
        await held.WaitUntilReadyAsync();

        // Keep it from committing until its line is held: then the commit goes through and the publish does not.
        var database = new MySqlDatabase(system.Database);
        await using (var connection = await database.OpenAsync(CancellationToken.None))
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await ScalarAsync(
                connection,
                transaction,
                $"SELECT stream_id FROM streams WHERE symbol = '{symbol}' FOR UPDATE"
            );
            await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 110m, Start.AddHours(1)));
            await Eventually.TrueAsync(
                async () =>
                    await ScalarAsync(
                        connection,
                        transaction,
                        "SELECT COUNT(*) FROM performance_schema.data_lock_waits"
                    ) > 0,
                TimeSpan.FromSeconds(20),
                () => "the worker never came to wait for the stream's row\n" + held.Output
            );
            proxy.HoldRequests();
            await transaction.RollbackAsync();
        }

        await using (var connection = await database.OpenAsync(CancellationToken.None))
        {
            await Eventually.TrueAsync(
                async () =>
                    await ScalarAsync(
                        connection,
                        null,
                        $"SELECT COUNT(*) FROM trades JOIN streams USING (stream_id) WHERE symbol = '{symbol}' AND "
                            + $"exit_time IS NOT NULL"
                    ) == 1,
                TimeSpan.FromSeconds(20),
                () => "the worker never committed\n" + held.Output
            );
        }

        held.Kill();
        Assert.Equal(
            0,
            (await _trader.GetAsync($"/api/v1/batches/{batch}")).GetProperty("ledger").GetProperty("trades").GetInt32()
        );

        system.Pairing.Start();
        await system.Pairing.WaitUntilReadyAsync();
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
    }

    [Fact]
    public async Task Services_killed_again_and_again_under_load_lose_nothing_and_double_nothing()
    {
        string[] symbols = [Trader.NewSymbol("LOOPA"), Trader.NewSymbol("LOOPB"), Trader.NewSymbol("LOOPC")];
        var batch = await _trader.CreateBatchAsync(new { name = symbols[0], symbols });
        var flow = _trader.InsistAsync(
            symbols.SelectMany((symbol, index) => Trader.Flips(symbol, 1_500, seed: 40 + index)),
            inFlight: 16
        );

        ServiceProcess[] victims = [system.Pairing, system.Ledgers, system.Ingest];
        for (var round = 0; round < 6; round++)
        {
            var victim = victims[round % victims.Length];
            victim.Kill();
            victim.Start();
            await victim.WaitUntilReadyAsync();
        }

        await flow;
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch(symbols));
    }

    [Fact]
    public async Task Two_replicas_of_each_worker_come_to_the_same_tables()
    {
        using var pairing = system.NewWorker("pairing");
        using var ledgers = system.NewWorker("ledgers");
        foreach (var replica in (ServiceProcess[])[pairing, ledgers])
        {
            replica.Start();
            await replica.WaitUntilReadyAsync();
        }

        string[] symbols = [Trader.NewSymbol("TWOA"), Trader.NewSymbol("TWOB")];
        var whole = await _trader.CreateBatchAsync(new { name = symbols[0], symbols });
        var half = await _trader.CreateBatchAsync(
            new
            {
                name = symbols[1],
                symbols = (string[])[symbols[1]],
                timeframes = (string[])["15m"],
            }
        );
        await _trader.InsistAsync(
            symbols.SelectMany(
                (symbol, index) =>
                    Trader
                        .Flips(symbol, 400, seed: 50 + index)
                        .Concat(Trader.Flips(symbol, 400, seed: 60 + index, timeframe: "15"))
            ),
            inFlight: 32
        );

        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(whole, new ReferenceBatch(symbols));
        await _trader.LedgerIsRightAsync(half, new ReferenceBatch([symbols[1]], Timeframes: ["15"]));
    }

    [Fact]
    public async Task A_wrong_token_learns_nothing_and_no_secret_is_ever_printed_or_stored()
    {
        using var wrong = await system.Webhook.PostAsync(
            new Uri(
                $"/webhooks/tradingview/{system.Token[..^1]}{(system.Token[^1] == '0' ? '1' : '0')}",
                UriKind.Relative
            ),
            content: null
        );
        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);

        await _trader.InsistAsync(Trader.Flips(Trader.NewSymbol("QUIET"), 3, seed: 70));
        await _trader.AlertsAndTradesAreRightAsync();
        foreach (var service in system.Started)
            Assert.All(
                system.Secrets,
                secret => Assert.DoesNotContain(secret, service.Output, StringComparison.Ordinal)
            );

        // Nor is one kept: every column of every table.
        await using var connection = await new MySqlDatabase(system.Database).OpenAsync(CancellationToken.None);
        var columns = new List<(string Table, string Column)>();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText =
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE()";
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                columns.Add((reader.GetString(0), reader.GetString(1)));
        }

        Assert.NotEmpty(columns);
        foreach (var (table, column) in columns)
        {
            var holds = string.Join(
                " OR ",
                system.Secrets.Select(secret => $"INSTR(CAST(`{column}` AS BINARY), '{secret}')")
            );
            Assert.True(
                await ScalarAsync(connection, null, $"SELECT COUNT(*) FROM `{table}` WHERE {holds}") == 0,
                $"{table}.{column} holds a secret."
            );
        }
    }

    private static async Task<long> ScalarAsync(DbConnection connection, DbTransaction? transaction, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        return Convert.ToInt64(await command.ExecuteScalarAsync());
    }
}
