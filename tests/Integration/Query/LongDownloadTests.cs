using Parquet;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>
/// Downloads that are longer than the process may hold in memory: kept whole anywhere on their way, they would not come
/// to their end.
/// </summary>
public sealed class LongDownloadTests(LongDownloadTests.Ledger ledger) : IClassFixture<LongDownloadTests.Ledger>
{
    private const int Rows = 120_000;

    // Of objects. The service alone has some 15 MB of them, and a row of any of these takes half a kilobyte.
    private const string HeapBytesMax = "0x4000000";

    [Theory]
    [InlineData("/api/v1/batches/{id}/ledger", "tradeId")]
    [InlineData("/api/v1/batches/{id}/trades", "tradeId")]
    [InlineData("/api/v1/trades", "tradeId")]
    [InlineData("/api/v1/alerts", "alertId")]
    public async Task A_download_is_sent_while_it_is_read_and_waits_for_its_reader(string path, string key)
    {
        path = path.Replace("{id}", $"{ledger.BatchId}", StringComparison.Ordinal) + "?format=csv";
        using var slow = await ledger.Api.Viewer.GetAsync(
            path,
            HttpCompletionOption.ResponseHeadersRead,
            QueryApi.Cancellation
        );
        using var reader = new StreamReader(await slow.Content.ReadAsStreamAsync(QueryApi.Cancellation));
        Assert.Contains(key, await reader.ReadLineAsync(QueryApi.Cancellation), StringComparison.Ordinal);

        // While nobody reads that one, others come and go.
        for (var i = 0; i < 2; i++)
        {
            using var whole = await ledger.Api.Viewer.GetAsync(
                path,
                HttpCompletionOption.ResponseHeadersRead,
                QueryApi.Cancellation
            );
            using var lines = new StreamReader(await whole.Content.ReadAsStreamAsync(QueryApi.Cancellation));
            Assert.Equal(Rows + 1, await CountAsync(lines));
        }

        Assert.Equal(Rows, await CountAsync(reader));
    }

    [Fact]
    public async Task A_parquet_file_is_sent_while_it_is_read_and_waits_for_its_reader()
    {
        var path = $"/api/v1/batches/{ledger.BatchId}/ledger?format=parquet";
        using var slow = await ledger.Api.Viewer.GetAsync(
            path,
            HttpCompletionOption.ResponseHeadersRead,
            QueryApi.Cancellation
        );
        for (var i = 0; i < 2; i++)
            Assert.Equal(
                Rows,
                await CountAsync(await ledger.Api.Viewer.GetByteArrayAsync(path, QueryApi.Cancellation))
            );

        Assert.Equal(Rows, await CountAsync(await slow.Content.ReadAsByteArrayAsync(QueryApi.Cancellation)));

        static async Task<long> CountAsync(byte[] file)
        {
            await using var reader = await ParquetReader.CreateAsync(
                new MemoryStream(file),
                cancellationToken: QueryApi.Cancellation
            );
            return Enumerable.Range(0, reader.RowGroupCount).Sum(i => reader.OpenRowGroupReader(i).RowCount);
        }
    }

    [Fact]
    public async Task Who_leaves_in_the_middle_leaves_nothing_behind()
    {
        using (
            var response = await ledger.Api.Viewer.GetAsync(
                $"/api/v1/batches/{ledger.BatchId}/ledger?format=csv",
                HttpCompletionOption.ResponseHeadersRead,
                QueryApi.Cancellation
            )
        )
        {
            await Eventually.BecomesAsync(async () => await DownloadsAsync() == 1);
        }

        await Eventually.BecomesAsync(async () => await DownloadsAsync() == 0);
    }

    // Statements that the database is at work on for downloads.
    private Task<int> DownloadsAsync() =>
        ledger.Api.Stage.ScalarAsync<int>(
            "SELECT COUNT(*) FROM performance_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID() AND "
                + "info LIKE '%FROM ledger_rows r%'"
        );

    private static async Task<int> CountAsync(StreamReader lines)
    {
        var count = 0;
        while (await lines.ReadLineAsync(QueryApi.Cancellation) is not null)
            count++;
        return count;
    }

    /// <summary>A batch of one stream with many trades.</summary>
    public sealed class Ledger : IAsyncLifetime
    {
        private const string Numbers =
            "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < @Rows)";

        public QueryApi Api { get; } = new();

        public long BatchId { get; private set; }

        public async ValueTask InitializeAsync()
        {
            await Api.InitializeAsync();
            var stream = await Api.Stage.StreamAsync("LONG", "60");
            BatchId = (
                await (
                    await Api.Admin.SendAsync("POST", "/api/v1/batches", """{"name":"Long","symbols":["LONG"]}""")
                ).JsonAsync(201)
            )
                .GetProperty("id")
                .GetInt64();
            await Api.Stage.LedgerAsync(
                BatchId,
                100_000m,
                new StagedTrade("LONG", "60", "long", "2019-12-31T00:00:00", 100, "2019-12-31T01:00:00", 100)
            );
            await Api.Stage.ExecuteAsync(
                $"""
                SET SESSION cte_max_recursion_depth = 1000000;
                DELETE FROM ledger_rows WHERE batch_id = @BatchId;
                INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price, exit_time, exit_price, exit_reason, exit_alert_id, change_percentage)
                {Numbers}
                SELECT @stream, TIMESTAMPADD(MINUTE, 2 * i, '2020-01-01'), UNHEX(LPAD(HEX(i), 32, '0')), 'long', 100, TIMESTAMPADD(MINUTE, 2 * i + 1, '2020-01-01'), 101, 'exit',
                       UNHEX(LPAD(HEX(i + 10000000), 32, '0')), 1 FROM n;
                INSERT INTO alerts (stream_id, timestamp, precedence, alert_id, action, direction, price, payload, received_at, paired_at, outcome, trade_id)
                {Numbers}
                SELECT @stream, TIMESTAMPADD(MINUTE, 2 * i, '2020-01-01'), 1, UNHEX(LPAD(HEX(i), 32, '0')), 'entry', 'long', 100, REPEAT('x', 200), NOW(3), NOW(3), 'opened', UNHEX(LPAD(HEX(i), 32, '0')) FROM n;
                INSERT INTO ledger_rows (batch_id, generation, seq, trade_id, stream_id, side, entry_time, exit_time, change_percentage, pnl, available_capital,
                  peak_capital, drawdown, drawdown_percentage, max_drawdown_percentage, wins, posted_at)
                {Numbers}
                SELECT @BatchId, generation, i, UNHEX(LPAD(HEX(i), 32, '0')), @stream, 'long', TIMESTAMPADD(MINUTE, 2 * i, '2020-01-01'), TIMESTAMPADD(MINUTE, 2 * i + 1, '2020-01-01'),
                       1, 1, 100000 + i, 100000 + i, 0, 0, 0, i, NOW(3) FROM n JOIN ledgers ON batch_id = @BatchId;
                UPDATE ledgers SET last_seq = @Rows WHERE batch_id = @BatchId
                """,
                new
                {
                    stream,
                    BatchId,
                    Rows,
                }
            );
            await Api.StartAsync(("DOTNET_GCHeapHardLimit", HeapBytesMax));
        }

        public ValueTask DisposeAsync() => Api.DisposeAsync();
    }
}
