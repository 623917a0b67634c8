using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Tests.Integration.Ledgers;
using PnlPipeline.Tests.Integration.Pairing;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Database;

/// <summary>
/// The statements that every alert costs, as the workers really send them, against a history: none may go through all
/// of it. The server itself tells what it was sent, and what it looked at for it.
/// </summary>
public sealed class HotStatementTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int AlertsPerStream = 3_000;
    private const int FewRows = 300;

    private readonly LedgerWorld _world = new(database);
    private readonly Replica _replica = new(database);
    private readonly PairingStore _store = new(new MySqlDatabase(database.WorkerUrl));
    private readonly StatementLog _statements = new(database, "alerts", "trades", "ledger_rows");

    [Fact]
    public async Task What_an_alert_costs_does_not_grow_with_the_history()
    {
        var symbols = Enumerable.Range(0, 4).Select(i => _world.Symbol($"HOT{i}")).ToArray();
        var history = symbols
            .SelectMany(symbol => Enumerable.Range(0, AlertsPerStream).Select(i => Alert(symbol, i)))
            .ToArray();
        foreach (var call in history.Chunk(2_000))
            await PairAsync(call);
        foreach (
            var batch in new[]
            {
                await _world.CreateBatchAsync(symbols),
                await _world.CreateBatchAsync(symbols[..2], fee: 0.1m),
            }
        )
            await _replica.BuildAsync(batch);
        await _world.ExecuteAsync("ANALYZE TABLE alerts, trades, streams, ledger_rows");

        var before = await _statements.ReadAsync();
        // At the end; the last alert once more, as a crash has it; near the end, late.
        await PostAsync(await PairAsync([Alert(symbols[0], AlertsPerStream), Alert(symbols[1], AlertsPerStream)]));
        await PostAsync(await PairAsync([Alert(symbols[0], AlertsPerStream)], announceStored: true));
        await PostAsync(
            await PairAsync([
                Rows.Alert(symbols[2], AlertAction.Exit, null, 100, AlertsPerStream - 3.5),
                Rows.Alert(symbols[3], AlertAction.Exit, null, 100, AlertsPerStream - 5.5),
            ])
        );
        var sent = await _statements.SinceAsync(before);

        // Of each table, so that a test that looks at nothing would be noticed.
        Assert.All(
            ["alerts", "trades", "ledger_rows"],
            table => Assert.Contains(sent, statement => statement.Text.Contains($"`{table}`", StringComparison.Ordinal))
        );
        Assert.All(
            sent,
            statement =>
                Assert.True(
                    statement.RowsAnExecution < FewRows,
                    $"{statement.RowsAnExecution} rows looked at by {statement.Text}"
                )
        );
        var whole = StatementLog.WholeSelects(sent).ToList();
        Assert.NotEmpty(whole);
        foreach (var select in whole)
        {
            Assert.DoesNotContain(
                await _statements.ReadThusAsync(select, "ALL", "index"),
                table => table is "alerts" or "opening" or "trades" or "t" or "ledger_rows"
            );
        }
    }

    [Fact]
    public async Task Where_a_long_stream_begins_and_ends_is_looked_up_also_among_many_short_ones()
    {
        string[] symbols = [_world.Symbol("LONGA"), _world.Symbol("LONGB")];
        foreach (var symbol in symbols)
        {
            foreach (var call in Enumerable.Range(0, AlertsPerStream).Select(i => Alert(symbol, i)).Chunk(2_000))
                await PairAsync(call);
        }

        // Streams of a single trade, as many as there are trades in the long ones: on the average all are short.
        await _world.ExecuteAsync(
            """
            INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price, exit_time, exit_price, exit_reason, exit_alert_id, change_percentage)
            SELECT 1000000 + ROW_NUMBER() OVER (), timestamp, REVERSE(alert_id), 'long', 1, timestamp, 1, 'flip', alert_id, 0 FROM alerts;
            ANALYZE TABLE trades
            """
        );
        var batch = await _world.CreateBatchAsync(symbols);

        var before = await _statements.ReadAsync();
        await _replica.BuildAsync(batch);
        var ends = (await _statements.SinceAsync(before))
            .Where(statement => statement.Text.Contains("`ends`", StringComparison.Ordinal))
            .ToList();
        var asked = ends.Sum(statement => statement.Executions);
        var examined = ends.Sum(statement => statement.RowsExamined);
        Assert.InRange(asked, 1, 10);
        Assert.InRange(examined / asked, 0, FewRows);
    }

    private static AlertReceived Alert(string symbol, int second) =>
        Rows.Alert(
            symbol,
            AlertAction.Entry,
            second % 2 == 0 ? Direction.Long : Direction.Short,
            100 + (second % 7),
            second
        );

    private Task<PairingResult> PairAsync(AlertReceived[] alerts, bool announceStored = false) =>
        _store.ApplyAsync(alerts, Rows.Start, announceStored, TestContext.Current.CancellationToken);

    private async Task PostAsync(PairingResult result)
    {
        await _replica.PostAsync([.. result.Announcement.Closed]);
        await _replica.PostAsync([.. result.Announcement.Revised]);
    }
}
