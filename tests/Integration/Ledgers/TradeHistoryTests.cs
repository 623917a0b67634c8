using Dapper;
using PnlPipeline.Analytics.Worker.Ledgers;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Tests.Integration.Database;
using PnlPipeline.Tests.Integration.Servers;
using static PnlPipeline.Tests.Integration.Ledgers.LedgerWorld;
using Stream = PnlPipeline.Tests.Integration.Ledgers.LedgerWorld.Stream;

namespace PnlPipeline.Tests.Integration.Ledgers;

/// <summary>Histories read window by window against one statement that reads and sorts all.</summary>
public sealed class TradeHistoryTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly LedgerWorld _world = new(database);

    [Theory]
    [InlineData(100_000)]
    // Nearly every window is too wide at first.
    [InlineData(200)]
    public async Task Windows_bring_what_one_statement_does_in_its_order(int tradesMax)
    {
        var streams = new List<Stream>();
        for (var i = 0; i < 5; i++)
            streams.Add(await _world.AddStreamAsync(_world.Symbol($"H{i}X{tradesMax}")));
        await _world.WriteAsync(Trades(streams, new Random(4711)));

        DateTime?[] times =
        [
            null,
            Start.AddMinutes(-1),
            Start,
            Start.AddMinutes(333),
            Start.AddMinutes(5_000.5),
            Start.AddYears(3),
            Start.AddYears(40),
        ];
        foreach (var (start, from) in times.SelectMany(start => times.Select(from => (start, from))))
        {
            var expected = await ReadAsync(streams, start, from);
            var (read, windows) = await ReadWindowsAsync(streams, start, from, tradesMax);
            Assert.Equal(expected, read);
            Assert.True(
                read.Count < 2_000 || windows > (tradesMax > 10_000 ? 2 : 15),
                $"{read.Count} trades came in {windows} windows"
            );
        }
    }

    [Fact]
    public async Task Of_streams_without_a_trade_nothing_comes()
    {
        var stream = await _world.AddStreamAsync(_world.Symbol("EMPTY"));
        Assert.Empty((await ReadWindowsAsync([stream], null, null)).Trades);
        await _world.WriteAsync(NewTrade(stream, 1, 0, change: null));
        Assert.Empty((await ReadWindowsAsync([stream], null, Start)).Trades);
    }

    [Fact]
    public async Task More_trades_at_one_instant_than_a_window_holds_come_all_the_same()
    {
        var stream = await _world.AddStreamAsync(_world.Symbol("BURST"));
        await _world.WriteAsync([
            .. Enumerable.Range(0, 150).Select(_ => NewTrade(stream, 1, 2, 1m)),
            NewTrade(stream, 3, 4, 1m),
        ]);
        Assert.Equal(151, (await ReadWindowsAsync([stream], null, null, tradesMax: 100)).Trades.Count);
    }

    [Fact]
    public async Task A_window_is_read_in_the_order_of_the_table_without_a_sort()
    {
        var stream = await _world.AddStreamAsync(_world.Symbol("PLAN"));
        await _world.WriteAsync(Trades([stream], new Random(1)));
        var log = new StatementLog(database, "trades");
        var before = await log.ReadAsync();
        var (trades, windows) = await ReadWindowsAsync([stream], null, Start.AddMinutes(700));
        var sent = (await log.SinceAsync(before))
            .Where(statement => statement.Text.Contains("`entry_time` <= `t` . `exit_time`", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(trades);
        Assert.Equal(0, sent.Sum(statement => statement.RowsSorted));
        // Each trade once, and the row that it is packed into.
        Assert.InRange(
            sent.Sum(statement => statement.RowsExamined),
            trades.Count / 2,
            trades.Count + (2 * windows) + 50
        );
    }

    // One after the other in each stream, at times at one instant, at times for years; a few, as a hand may leave them,
    // two at once or closed before they were entered. Quiet years, and then many at once.
    private static List<Trade> Trades(IReadOnlyList<Stream> streams, Random random)
    {
        var trades = new List<Trade>();
        foreach (var stream in streams)
        {
            var minute = random.NextDouble() * 10;
            for (var i = 0; i < 400; i++)
            {
                var entry = Math.Round(minute, 2);
                var exit = Math.Round(entry + (random.Next(4) == 0 ? 0 : random.NextDouble() * 40), 2);
                trades.Add(
                    NewTrade(
                        stream,
                        entry,
                        i % 97 == 96 ? exit + 600_000
                            : i % 89 == 88 ? entry - 700
                            : exit,
                        Math.Round((decimal)(random.NextDouble() - 0.5) * 20, 8),
                        100m + i
                    )
                );
                minute =
                    exit
                    + (
                        i == 200 ? 1_500_000
                        : random.Next(3) == 0 ? 0
                        : random.NextDouble() * 20
                    );
            }

            trades.Add(NewTrade(stream, minute, 0, change: null));
        }

        return trades;
    }

    private async Task<List<CountedTrade>> ReadAsync(List<Stream> streams, DateTime? start, DateTime? from)
    {
        await using var connection = await database.OpenAsync();
        var rows = await connection.QueryAsync<Trade>(
            """
            SELECT trade_id AS TradeId, CAST(stream_id AS SIGNED) AS StreamId, CAST(side AS CHAR) AS Side, entry_time AS EntryTime, exit_time AS ExitTime,
                   entry_price AS EntryPrice, exit_price AS ExitPrice, change_percentage AS ChangePercentage
            FROM trades WHERE stream_id IN @ids AND exit_time IS NOT NULL AND entry_time >= @start AND exit_time >= @from
            ORDER BY exit_time, entry_time, trade_id
            """,
            new
            {
                ids = streams.Select(stream => stream.Id),
                start = start ?? DateTime.UnixEpoch,
                from = from ?? DateTime.UnixEpoch,
            }
        );
        return
        [
            .. rows.Select(row => new CountedTrade(
                new PnlPipeline.Domain.Alerts.AlertId(row.TradeId),
                row.StreamId,
                PnlPipeline.Contracts.Direction.Long,
                row.EntryTime,
                row.ExitTime!.Value,
                row.EntryPrice,
                row.ExitPrice!.Value,
                row.ChangePercentage!.Value
            )),
        ];
    }

    private async Task<(List<CountedTrade> Trades, int Windows)> ReadWindowsAsync(
        IEnumerable<Stream> streams,
        DateTime? start,
        DateTime? from,
        int tradesMax = 100_000
    )
    {
        await using var connection = await database.OpenAsync();
        var windows = await new TradeHistory(
            connection,
            [.. streams.Select(stream => stream.Id)],
            start,
            from,
            tradesMax
        )
            .ReadAsync(TestContext.Current.CancellationToken)
            .ToListAsync();
        return ([.. windows.SelectMany(window => window)], windows.Count);
    }
}
