using System.Data.Common;
using System.Net;
using System.Text;
using PnlPipeline.Database;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;
using RabbitMQ.Client;

namespace PnlPipeline.Tests.Faults;

/// <summary>
/// The database goes away in every way there is, while alerts flow, and refuses what somebody else holds.
/// </summary>
public sealed class Databases(PipelineSystem system, ITestOutputHelper output)
{
    private static readonly DateTime Start = new(2025, 3, 3, 9, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly UnderLoad _load = new(system, output);

    [Theory]
    [InlineData("stopped")]
    [InlineData("killed")]
    [InlineData("paused")]
    public async Task While_the_database_is_away_alerts_are_accepted_and_wait_in_the_queue_and_the_api_says_so(
        string how
    )
    {
        var database = Server.MySql(system);
        await using var bus = await Bus.ConnectAsync(system);
        await _load.DoAsync(flow =>
            database.AwayAsync(
                how,
                async () =>
                {
                    await UnderLoad.FlowsOnAsync(flow);
                    await SomeWaitAsync(bus);
                    await ApiSaysSoAsync();
                }
            )
        );
        _load.AnswersAreInTime();
    }

    [Fact]
    public async Task Killed_in_the_middle_of_a_transaction_it_comes_back_without_it_and_the_alerts_are_paired_all_the_same()
    {
        var database = Server.MySql(system);
        await using var bus = await Bus.ConnectAsync(system);
        var symbol = Trader.NewSymbol("MIDDLE");
        var body = Trader.Body(symbol, "entry", "bullish", 100m, Start);
        // So that there is the stream.
        await _load.Trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 100m, Start.AddHours(-1)));
        await _load.Trader.AlertsAndTradesAreRightAsync();
        await _load.DoAsync(async flow =>
        {
            var connection = await OpenAsync();
            try
            {
                // Somebody is about to write the trade that this alert opens: pairing has stored the alert, and waits
                // for him.
                await connection.RunAsync(
                    $"""
                    START TRANSACTION;
                    INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price)
                    SELECT stream_id, '2020-01-01', UNHEX('{ReferenceAlert.Read(
                        body
                    ).Id}'), 'long', 1 FROM streams WHERE symbol = '{symbol}'
                    """
                );
                await _load.Trader.InsistAsync(body);
                await Eventually.TrueAsync(
                    async () =>
                        await system.ScalarAsync(
                            "SELECT COUNT(*) FROM performance_schema.data_locks WHERE object_name = 'trades' AND "
                                + "lock_status = 'WAITING'"
                        ) > 0,
                    Patience,
                    () => "pairing does not come to wait\n" + system.Pairing.Output
                );
                await database.KillAsync();
                await UnderLoad.FlowsOnAsync(flow);
                await SomeWaitAsync(bus);
                await ApiSaysSoAsync();
            }
            finally
            {
                await database.StartAsync();
                await connection.DisposeAsync().AsTask().ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        });
        _load.AnswersAreInTime();
    }

    [Fact]
    public async Task A_transaction_that_is_the_victim_of_a_deadlock_is_done_again()
    {
        string[] symbols = [Trader.NewSymbol("DEADA"), Trader.NewSymbol("DEADB")];
        var trader = _load.Trader;
        var batch = await trader.CreateBatchAsync(new { name = symbols[0], symbols });
        foreach (var symbol in symbols)
            await trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await trader.AlertsAndTradesAreRightAsync();
        var told = system.Pairing.Output.Length;
        // Streams are locked in the order of their ids.
        var inOrder = await system.ListAsync(
            $"SELECT symbol FROM streams WHERE symbol IN ('{string.Join("','", symbols)}') ORDER BY stream_id"
        );
        string[] bodies =
        [
            .. symbols.Select(symbol => Trader.Body(symbol, "exit", "bullish", 110m, Start.AddHours(1))),
        ];

        await using (var connection = await OpenAsync())
        {
            // The server lets the one live that has done more: not pairing.
            await connection.RunAsync(
                """
                DROP TABLE IF EXISTS ballast;
                CREATE TABLE ballast (n INT NOT NULL PRIMARY KEY);
                START TRANSACTION;
                INSERT INTO ballast WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 900) SELECT n FROM numbers
                """
            );
            try
            {
                await connection.RunAsync($"SELECT stream_id FROM streams WHERE symbol = '{inOrder[1]}' FOR UPDATE");
                // In one message, for one transaction: it has the first stream and waits for the second.
                await using var bus = await Bus.ConnectAsync(system);
                await bus.PutAsync(
                    "pairing",
                    Message(bodies),
                    new BasicProperties { ContentType = "application/vnd.masstransit+json" }
                );
                await Eventually.TrueAsync(
                    async () => await system.ScalarAsync("SELECT COUNT(*) FROM performance_schema.data_lock_waits") > 0,
                    Patience,
                    () => "pairing does not come to wait\n" + system.Pairing.Output
                );
                await connection.RunAsync($"SELECT stream_id FROM streams WHERE symbol = '{inOrder[0]}' FOR UPDATE");
                await SaysAsync(system.Pairing, told, "Deadlock found");
            }
            finally
            {
                await connection.RunAsync("ROLLBACK; DROP TABLE ballast");
            }
        }

        // Through the door as well, so that the account knows of them: they are stored already, or will be once.
        await trader.InsistAsync(bodies);
        await trader.AlertsAndTradesAreRightAsync();
        await trader.LedgerIsRightAsync(batch, new ReferenceBatch(symbols));
        Assert.Equal(
            0,
            await system.ScalarAsync($"SELECT COUNT(*) FROM parked_messages WHERE INSTR(body, '{symbols[0]}')")
        );
    }

    [Theory]
    [InlineData("pairing", "SELECT stream_id FROM streams WHERE symbol = '{0}' FOR UPDATE")]
    [InlineData(
        "ledgers",
        "SELECT batch_id FROM ledgers JOIN batch_symbols USING (batch_id) WHERE symbol = '{0}' FOR UPDATE OF ledgers"
    )]
    public async Task A_lock_that_is_not_had_in_time_is_waited_for_again(string role, string locking)
    {
        var symbol = Trader.NewSymbol("LOCKED");
        var trader = _load.Trader;
        var batch = await trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        await trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await trader.AlertsAndTradesAreRightAsync();
        await trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
        var usual = await system.ScalarAsync("SELECT @@GLOBAL.innodb_lock_wait_timeout");

        var service = role == "pairing" ? system.Pairing : system.Ledgers;
        service.Kill();
        await using var connection = await OpenAsync();
        // Of sessions that begin from now on.
        await connection.RunAsync("SET GLOBAL innodb_lock_wait_timeout = 1");
        using var impatient = system.NewWorker(role);
        try
        {
            impatient.Start();
            await impatient.WaitUntilReadyAsync();
            await connection.RunAsync(
                "START TRANSACTION; "
                    + string.Format(System.Globalization.CultureInfo.InvariantCulture, locking, symbol)
            );
            await trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 110m, Start.AddHours(1)));
            await SaysAsync(impatient, 0, "Lock wait timeout exceeded");
            await connection.RunAsync("ROLLBACK");
            await trader.AlertsAndTradesAreRightAsync();
            await trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
        }
        finally
        {
            await connection.RunAsync($"SET GLOBAL innodb_lock_wait_timeout = {usual}");
            service.Start();
        }

        await service.WaitUntilReadyAsync();
        Assert.Equal(
            0,
            await system.ScalarAsync($"SELECT COUNT(*) FROM parked_messages WHERE INSTR(body, '{symbol}')")
        );
    }

    private static byte[] Message(IEnumerable<string> bodies)
    {
        var alerts = bodies
            .Select(body => (Body: body, Alert: ReferenceAlert.Read(body)))
            .Select(sent =>
                $$"""
                    {"alertId":"{{sent.Alert.Id}}","symbol":"{{sent.Alert.Symbol}}","timeframe":"{{sent.Alert.Timeframe}}","action":"Exit","direction":"Long",
                    "price":"{{sent.Alert.Price.Plain()}}","timestamp":"{{sent.Alert.Time:yyyy-MM-ddTHH:mm:ss.fff}}Z","receivedAt":"{{sent.Alert.Time:yyyy-MM-ddTHH:mm:ss.fff}}Z",
                    "payload":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(sent.Body))}}"}
                    """
            );
        return Encoding.UTF8.GetBytes(
            $$$"""{"messageId":"{{{Guid.NewGuid()}}}","messageType":["urn:message:PnlPipeline.Contracts:AlertsReceived"],"message":{"alerts":[{{{string.Join(',', alerts)}}}]}}"""
        );
    }

    private static Task SaysAsync(ServiceProcess service, int from, string words) =>
        Eventually.TrueAsync(
            () => Task.FromResult(service.Output[from..].Contains(words, StringComparison.Ordinal)),
            Patience,
            () => $"nothing of '{words}':\n{service.Output[from..]}"
        );

    private static Task SomeWaitAsync(Bus bus) =>
        Eventually.TrueAsync(
            async () => await bus.FindAsync("pairing") is { Messages: > 0 },
            Patience,
            () => "nothing waits in the queue"
        );

    private async Task ApiSaysSoAsync()
    {
        using var response = await system.Viewer.GetAsync(new Uri("/api/v1/batches", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var ready = await system.Viewer.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        using var live = await system.Viewer.GetAsync(new Uri("/health/live", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    private Task<DbConnection> OpenAsync() => new MySqlDatabase(system.Database).OpenAsync(CancellationToken.None);
}
