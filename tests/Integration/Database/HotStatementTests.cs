using System.Text.Json.Nodes;
using Dapper;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Tests.Integration.Ledgers;
using PnlPipeline.Tests.Integration.Pairing;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Database;

/// <summary>
/// The statements that every alert costs, as the workers really send them, against a history: none may go through all of it. The server itself tells what it
/// was sent, and what it looked at for it.
/// </summary>
public sealed class HotStatementTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int AlertsPerStream = 3_000;
    private const int FewRows = 300;

    private readonly LedgerWorld _world = new(database);
    private readonly Replica _replica = new(database);
    private readonly PairingStore _store = new(new MySqlDatabase(database.WorkerUrl));

    private sealed record Statement(string Text, string Sample, long Executions, long RowsExamined)
    {
        public long RowsAnExecution => RowsExamined / Math.Max(1, Executions);
    }

    [Fact]
    public async Task What_an_alert_costs_does_not_grow_with_the_history()
    {
        var symbols = Enumerable.Range(0, 4).Select(i => _world.Symbol($"HOT{i}")).ToArray();
        var history = symbols.SelectMany(symbol => Enumerable.Range(0, AlertsPerStream).Select(i => Alert(symbol, i))).ToArray();
        foreach (var call in history.Chunk(2_000))
            await PairAsync(call);
        foreach (var batch in new[] { await _world.CreateBatchAsync(symbols), await _world.CreateBatchAsync(symbols[..2], fee: 0.1m) })
            await _replica.BuildAsync(batch);
        await _world.ExecuteAsync("ANALYZE TABLE alerts, trades, streams, ledger_rows");

        var before = await StatementsAsync();
        // At the end; the last alert once more, as a crash has it; near the end, late.
        await PostAsync(await PairAsync([Alert(symbols[0], AlertsPerStream), Alert(symbols[1], AlertsPerStream)]));
        await PostAsync(await PairAsync([Alert(symbols[0], AlertsPerStream)], announceStored: true));
        await PostAsync(await PairAsync(
            [Rows.Alert(symbols[2], AlertAction.Exit, null, 100, AlertsPerStream - 3.5), Rows.Alert(symbols[3], AlertAction.Exit, null, 100, AlertsPerStream - 5.5)]));
        var sent = (await StatementsAsync())
            .Select(statement => before.Find(earlier => earlier.Text == statement.Text) is { } earlier
                ? statement with { Executions = statement.Executions - earlier.Executions, RowsExamined = statement.RowsExamined - earlier.RowsExamined }
                : statement)
            .Where(statement => statement.Executions > 0)
            .ToList();

        // Of each table, so that a test that looks at nothing would be noticed.
        Assert.All(["alerts", "trades", "ledger_rows"], table => Assert.Contains(sent, statement => statement.Text.Contains($"`{table}`", StringComparison.Ordinal)));
        Assert.All(sent, statement => Assert.True(statement.RowsAnExecution < FewRows, $"{statement.RowsAnExecution} rows looked at by {statement.Text}"));
        // The server keeps the beginning of each, and a statement with an id in it is no text: these are the others.
        var whole = sent.Where(statement => statement.Sample.StartsWith("SELECT", StringComparison.Ordinal)
            && !statement.Sample.EndsWith("...", StringComparison.Ordinal) && !statement.Sample.Contains("_binary", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(whole);
        foreach (var statement in whole)
            Assert.DoesNotContain(await ScannedAsync(statement.Sample), table => table is "alerts" or "opening" or "trades" or "t" or "ledger_rows");
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
            """);
        var batch = await _world.CreateBatchAsync(symbols);

        var before = await StatementsAsync();
        await _replica.BuildAsync(batch);
        var ends = (await StatementsAsync()).Where(statement => statement.Text.Contains("`ends`", StringComparison.Ordinal)).ToList();
        var asked = ends.Sum(statement => statement.Executions - (before.Find(earlier => earlier.Text == statement.Text)?.Executions ?? 0));
        var examined = ends.Sum(statement => statement.RowsExamined - (before.Find(earlier => earlier.Text == statement.Text)?.RowsExamined ?? 0));
        Assert.InRange(asked, 1, 10);
        Assert.InRange(examined / asked, 0, FewRows);
    }

    private static AlertReceived Alert(string symbol, int second) => Rows.Alert(
        symbol, AlertAction.Entry, second % 2 == 0 ? Direction.Long : Direction.Short, 100 + (second % 7), second);

    private Task<PairingResult> PairAsync(AlertReceived[] alerts, bool announceStored = false) =>
        _store.ApplyAsync(alerts, Rows.Start, announceStored, TestContext.Current.CancellationToken);

    private async Task PostAsync(PairingResult result)
    {
        await _replica.PostAsync([.. result.Announcement.Closed]);
        await _replica.PostAsync([.. result.Announcement.Revised]);
    }

    private async Task<List<Statement>> StatementsAsync()
    {
        await using var connection = await database.OpenAsync();
        return (await connection.QueryAsync<Statement>(
            """
            SELECT DIGEST_TEXT AS Text, CAST(QUERY_SAMPLE_TEXT AS CHAR) AS Sample, CAST(COUNT_STAR AS SIGNED) AS Executions, CAST(SUM_ROWS_EXAMINED AS SIGNED) AS RowsExamined
            FROM performance_schema.events_statements_summary_by_digest
            WHERE SCHEMA_NAME = DATABASE() AND (DIGEST_TEXT LIKE '%`alerts`%' OR DIGEST_TEXT LIKE '%`trades`%' OR DIGEST_TEXT LIKE '%`ledger_rows`%')
            """)).AsList();
    }

    /// <summary>The tables that the server would read from one end to the other for a statement.</summary>
    private async Task<List<string>> ScannedAsync(string select)
    {
        await using var connection = await database.OpenAsync();
        var plan = JsonNode.Parse(await connection.ExecuteScalarAsync<string>("SET @@explain_json_format_version = 1; EXPLAIN FORMAT=JSON " + select) ?? "{}");
        return [.. Tables(plan).Where(table => (string?)table["access_type"] is "ALL" or "index").Select(table => (string?)table["table_name"] ?? "")];

        static IEnumerable<JsonObject> Tables(JsonNode? node) => node switch
        {
            JsonObject part => part.SelectMany(member => member.Key == "table" && member.Value is JsonObject table ? [table, .. Tables(table)] : Tables(member.Value)),
            JsonArray parts => parts.SelectMany(Tables),
            _ => [],
        };
    }
}
