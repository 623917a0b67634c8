using System.Globalization;
using System.Text.Json;
using Dapper;
using PnlPipeline.Tests.Integration.Ledgers;
using PnlPipeline.Tests.Integration.Query;

namespace PnlPipeline.Tests.Integration.Database;

/// <summary>
/// What the query API asks for its lists, as it really asks, against a history: a page costs what it shows, wherever in
/// the list it stands and whatever is filtered. The server itself tells what it looked at, and which tables it would
/// read from one end to the other.
/// </summary>
public sealed class ListStatementTests(ListStatementTests.History history) : IClassFixture<ListStatementTests.History>
{
    private const int Streams = 4;
    private const int TradesAStream = 2_000;
    private const int Limit = 10;
    private const string Rare = "RARE";

    // A page, what is looked at to find where it begins, and each of the streams that may have a part in it.
    private const int FewRows = 300;

    private static readonly string[] Large =
    [
        "alerts",
        "trades",
        "ledger_rows",
        "rejected_alerts",
        "audit_trail",
        "import_errors",
    ];

    private readonly StatementLog _statements = new(history.Api.Database, [.. Large, "batches"]);

    /// <summary>
    /// Streams that take turns, always in the market, each trade closed by the entry of the next; everything else there
    /// are lists of; one batch of it all.
    /// </summary>
    public sealed class History : IAsyncLifetime
    {
        public QueryApi Api { get; } = new();

        public string[] Symbols { get; } = [.. Enumerable.Range(0, Streams).Select(i => $"LIST{i}")];

        public long Batch { get; private set; }

        public async ValueTask InitializeAsync()
        {
            await Api.InitializeAsync();
            var world = new LedgerWorld(Api.Database);
            foreach (var symbol in Symbols)
            {
                var stream = await world.AddStreamAsync(symbol, symbol == Symbols[0] ? "240" : "60");
                await world.ExecuteAsync(
                    $"""
                    SET SESSION cte_max_recursion_depth = 10000;
                    CREATE TEMPORARY TABLE numbers AS WITH RECURSIVE n AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM n WHERE n <= {TradesAStream}) SELECT n FROM n;
                    INSERT INTO alerts (stream_id, timestamp, precedence, alert_id, action, direction, price, side, type, closeonflip, payload, received_at, paired_at,
                      outcome, trade_id, closed_trade_id)
                    SELECT @Id, TIMESTAMPADD(MINUTE, n, '2026-01-01'), 1, {Id(
                        "n"
                    )}, 'entry', {Side}, 100 + n % 7, 'entry', {Side}, TRUE, x'7b7d',
                           '2026-11-01', '2026-11-01', IF(n = 1, 'opened', 'flipped'), {Id("n")}, IF(n = 1, NULL, {Id(
                        "n - 1"
                    )})
                      FROM numbers;
                    INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price, exit_time, exit_price, exit_reason, exit_alert_id, change_percentage)
                    SELECT @Id, TIMESTAMPADD(MINUTE, n, '2026-01-01'), {Id(
                        "n"
                    )}, {Side}, 100, TIMESTAMPADD(MINUTE, n + 1, '2026-01-01'), 101, 'flip', {Id("n + 1")}, 1
                      FROM numbers WHERE n <= {TradesAStream};
                    INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price)
                    SELECT @Id, TIMESTAMPADD(MINUTE, n, '2026-01-01'), {Id(
                        "n"
                    )}, {Side}, 100 FROM numbers WHERE n = {TradesAStream + 1};
                    UPDATE streams JOIN trades t USING (stream_id) SET open_trade_id = t.trade_id, open_side = t.side, open_price = t.entry_price, open_time = t.entry_time,
                      last_timestamp = t.entry_time WHERE stream_id = @Id AND t.exit_time IS NULL;
                    INSERT INTO rejected_alerts (rejection_id, received_at, body, errors) SELECT {Id(
                        "n"
                    )}, TIMESTAMPADD(MINUTE, n, '2026-01-01'), 'no', JSON_OBJECT() FROM numbers;
                    DROP TEMPORARY TABLE numbers
                    """,
                    stream
                );
            }

            // And one of few trades, before all others.
            var rare = await world.AddStreamAsync(Rare, "15");
            await world.ExecuteAsync(
                $"""
                INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price, exit_time, exit_price, exit_reason, exit_alert_id, change_percentage)
                WITH RECURSIVE n AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM n WHERE n < {Limit + 2})
                SELECT @Id, TIMESTAMPADD(MINUTE, n, '2025-01-01'), {Id(
                    "n"
                )}, 'long', 100, TIMESTAMPADD(MINUTE, n + 1, '2025-01-01'), 101, 'exit', {Id("n + 1")}, 1 FROM n
                """,
                rare
            );
            Batch = await world.CreateBatchAsync([.. Symbols, Rare]);
            await new Replica(Api.Database).BuildAsync(Batch);
            await world.ExecuteAsync("ANALYZE TABLE alerts, trades, streams, ledger_rows, rejected_alerts");

            static string Id(string of) => $"UNHEX(LEFT(SHA2(CONCAT(@Id, ' ', {of}), 256), 32))";
        }

        public ValueTask DisposeAsync() => Api.DisposeAsync();

        private const string Side = "IF(n % 2 = 0, 'long', 'short')";
    }

    private sealed record Statement(string Text, string Sample, long Executions, long RowsExamined);

    public static TheoryData<string> Pages =>
        new()
        {
            "/api/v1/alerts?",
            "/api/v1/alerts?outcome=flipped",
            "/api/v1/alerts?symbol=LIST1",
            "/api/v1/alerts?symbol=LIST1&symbol=LIST2&outcome=flipped",
            "/api/v1/alerts?timeframe=60",
            "/api/v1/alerts?from=2026-01-01T20:00:00Z&to=2026-01-01T21:00:00Z",
            "/api/v1/alerts?symbol=LIST3&to=2026-01-01T10:00:00Z",
            "/api/v1/alerts/rejected?",
            "/api/v1/trades?",
            "/api/v1/trades?state=open",
            "/api/v1/trades?state=closed",
            "/api/v1/trades?symbol=LIST1",
            "/api/v1/trades?timeframe=60&side=long",
            "/api/v1/trades?symbol=LIST2&from=2026-01-01T20:00:00Z",
            "/api/v1/trades?from=2026-01-01T20:00:00Z&to=2026-01-01T21:00:00Z",
            "/api/v1/batches/{batch}/trades?state=closed",
            "/api/v1/batches/{batch}/trades?state=open",
            "/api/v1/batches/{batch}/trades?symbol=LIST1&side=short",
            "/api/v1/batches/{batch}/ledger?",
            "/api/v1/batches/{batch}/ledger?order=asc",
            "/api/v1/batches/{batch}/ledger?symbol=LIST1&side=long",
            "/api/v1/batches/{batch}/ledger?timeframe=60",
            "/api/v1/batches/{batch}/ledger?symbol=RARE",
            "/api/v1/batches/{batch}/ledger?timeframe=15&to=2026-01-02T00:00:00Z",
            "/api/v1/batches/{batch}/ledger?from=2026-01-01T20:00:00Z&to=2026-01-01T21:00:00Z",
            "/api/v1/batches/{batch}/ledger?order=asc&from=2026-01-02T00:00:00Z&symbol=LIST3",
        };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_costs_what_it_shows(string path)
    {
        path = path.Replace("{batch}", $"{history.Batch}", StringComparison.Ordinal) + $"&limit={Limit}";
        // Once for what is asked only then.
        var first = await PageAsync(path);
        Assert.Equal(
            path.Contains("state=open", StringComparison.Ordinal) ? Streams : Limit,
            first.GetProperty("items").GetArrayLength()
        );
        await IsCheapAsync(path);
        // The page behind it costs no more, though it stands further from the end.
        if (first.GetProperty("cursor").GetString() is { } cursor)
            await IsCheapAsync($"{path}&cursor={Uri.EscapeDataString(cursor)}");
    }

    [Fact]
    public async Task One_alert_one_trade_and_the_list_of_batches_cost_no_more_than_they_show()
    {
        var alert = (await PageAsync("/api/v1/alerts?limit=1")).Items("alertId")[0];
        var trade = (await PageAsync("/api/v1/trades?state=closed&limit=1")).Items("tradeId")[0];
        foreach (
            var path in new[]
            {
                $"/api/v1/alerts/{alert}",
                $"/api/v1/trades/{trade}",
                "/api/v1/batches",
                $"/api/v1/batches/{history.Batch}",
            }
        )
        {
            await PageAsync(path);
            await IsCheapAsync(path);
        }
    }

    /// <summary>
    /// What the server knows of a table is of before it grew: it would sort all alerts of a stream for the newest.
    /// </summary>
    [Theory]
    [InlineData(400)]
    [InlineData(4_000)]
    [InlineData(1_000_000)]
    public async Task A_batch_costs_no_more_than_it_shows_where_statistics_are_older_than_the_table(int streams)
    {
        var world = new LedgerWorld(history.Api.Database);
        const string stale =
            "UPDATE mysql.innodb_index_stats SET stat_value = {0} WHERE database_name = DATABASE() "
            + "AND table_name = 'alerts' AND stat_name LIKE 'n_diff%'; FLUSH TABLES alerts";
        try
        {
            await world.ExecuteAsync("ALTER TABLE alerts STATS_AUTO_RECALC = 0");
            // As if there were so many streams, each with a few alerts.
            await world.ExecuteAsync(string.Format(CultureInfo.InvariantCulture, stale, streams));
            await PageAsync($"/api/v1/batches/{history.Batch}");
            await IsCheapAsync($"/api/v1/batches/{history.Batch}");
        }
        finally
        {
            await world.ExecuteAsync("ALTER TABLE alerts STATS_AUTO_RECALC = 1; ANALYZE TABLE alerts");
        }
    }

    private Task<JsonElement> PageAsync(string path) => history.Api.Viewer.GetJsonAsync(path);

    private async Task IsCheapAsync(string path)
    {
        var before = await _statements.ReadAsync();
        await PageAsync(path);
        var sent = await _statements.SinceAsync(before);
        Assert.NotEmpty(sent);
        Assert.All(
            sent,
            statement =>
                Assert.True(
                    statement.RowsExamined < FewRows * statement.Executions,
                    $"{path}: {statement.RowsExamined} rows looked at by {statement.Text}"
                )
        );
        // An index that is read in its order up to a limit is not read from one end to the other.
        foreach (var select in StatementLog.WholeSelects(sent))
            Assert.DoesNotContain(await _statements.ReadThusAsync(select, "ALL"), table => Large.Contains(table));
    }
}
