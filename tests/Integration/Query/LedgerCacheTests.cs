using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using PnlPipeline.Database;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Ledgers;
using PnlPipeline.Tests.Integration.Ledgers;
using PnlPipeline.Tests.Integration.Servers;
using static PnlPipeline.Tests.Integration.Ledgers.LedgerWorld;
using Stream = PnlPipeline.Tests.Integration.Ledgers.LedgerWorld.Stream;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>What is kept in memory of ledgers that the worker writes: always what a fresh read of them gives.</summary>
public sealed class LedgerCacheTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly LedgerWorld _world = new(database);

    private readonly LedgerReader _reader = new(new MySqlDatabase(database.QueryUrl));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task However_a_ledger_is_written_the_columns_are_what_a_fresh_read_gives(int seed)
    {
        var random = new Random(seed);
        var replica = new Replica(database, options => (options.BuildChunkRows, options.MaxRewrittenRows) = (7, 60));
        List<Stream> streams =
        [
            await _world.AddStreamAsync(_world.Symbol($"A{seed}-")),
            await _world.AddStreamAsync(_world.Symbol($"B{seed}-")),
        ];
        var batch = await _world.CreateBatchAsync(streams.Select(stream => stream.Symbol));
        await replica.BuildAsync(batch);
        using var cache = Cache(megabytes: 100);
        var (trades, earlier, end) = (
            new List<(Stream Stream, Trade Trade)>(),
            new List<(LedgerColumns Columns, string Text)>(),
            100.0
        );
        var (appended, rewritten, shortened) = (0, 0, 0);
        for (var step = 0; step < 120; step++)
        {
            var before = await cache.ReadAsync(batch, Cancellation);
            await HappenAsync();
            // Now and then several things happen between two reads.
            if (random.Next(3) == 0)
                continue;

            var columns = await cache.ReadAsync(batch, Cancellation);
            var text = Text(columns);
            Assert.Equal(Text(await _reader.ReadAsync(batch, null, Cancellation)), text);
            earlier.Add((columns!, text));
            appended += columns!.Generation == before!.Generation && columns.Count > before.Count ? 1 : 0;
            shortened += columns.Generation == before.Generation && columns.Count < before.Count ? 1 : 0;
            rewritten +=
                columns.Generation == before.Generation && !text.StartsWith(Text(before), StringComparison.Ordinal)
                    ? 1
                    : 0;
        }

        // Whoever holds columns read earlier still sees what they were.
        Assert.All(earlier, read => Assert.Equal(read.Text, Text(read.Columns)));
        Assert.True(appended > 10 && rewritten > 3 && shortened > 0, $"{appended} {rewritten} {shortened}");

        async Task HappenAsync()
        {
            var stream = streams[random.Next(streams.Count)];
            switch (random.Next(10))
            {
                case 0 when trades.Count > 0:
                    var (where, gone) = trades[random.Next(trades.Count / 2, trades.Count)];
                    trades.Remove((where, gone));
                    await _world.DeleteAsync(gone);
                    await replica.PostAsync(Revised(where, gone.ExitTime!.Value));
                    break;
                case 1 when trades.Count > 0:
                    var last = trades.MaxBy(trade => trade.Trade.ExitTime);
                    trades.Remove(last);
                    await _world.DeleteAsync(last.Trade);
                    await replica.PostAsync(Revised(last.Stream, last.Trade.ExitTime!.Value));
                    break;
                case 2 when trades.Count > 0:
                    var late = NewTrade(stream, 1, 100 + (random.NextDouble() * (end - 100)), random.Next(-40, 40));
                    trades.Add((stream, late));
                    await _world.WriteAsync(late);
                    await replica.PostAsync(Closed(stream, late));
                    break;
                case 3:
                    await _world.EditBatchAsync(batch, "capital = capital + 1");
                    await replica.BuildAsync(batch);
                    await replica.SweepAsync();
                    break;
                case 4:
                    var added = await _world.AddStreamAsync(_world.Symbol($"C{seed}-{streams.Count}-"));
                    streams.Add(added);
                    await _world.EditBatchAsync(batch, "capital = capital + 1", addSymbol: added.Symbol);
                    await replica.BuildAsync(batch);
                    break;
                default:
                    var fresh = Enumerable
                        .Range(0, random.Next(1, 4))
                        .Select(_ => NewTrade(stream, end, end += 1 + random.Next(5), random.Next(-40, 40)))
                        .ToList();
                    trades.AddRange(fresh.Select(trade => (stream, trade)));
                    await _world.WriteAsync(fresh);
                    await replica.PostAsync([.. fresh.Select(trade => Closed(stream, trade))]);
                    break;
            }
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Pages_skip_and_repeat_no_trade_whatever_comes_late_and_goes_between_them(
        bool ascending,
        bool isFiltered
    )
    {
        var random = new Random(5);
        var replica = new Replica(database);
        var stream = await _world.AddStreamAsync(_world.Symbol("PAGES"));
        var batch = await _world.CreateBatchAsync([stream.Symbol]);
        // Unfiltered, some share their times: the rows know which trade they are of.
        var trades = Enumerable
            .Range(0, 60)
            .Select(i => NewTrade(stream, isFiltered ? i : i / 3, 1 + (isFiltered ? i : i / 3), 1))
            .ToList();
        await _world.WriteAsync(trades);
        await replica.BuildAsync(batch);
        using var cache = Cache(megabytes: 100);
        var store = new LedgerStore(new MySqlDatabase(database.QueryUrl), cache);
        var filter = isFiltered ? LedgerFilter.None with { Symbols = [stream.Symbol] } : LedgerFilter.None;
        var (seen, gone) = (new List<string>(), new HashSet<string>());
        LedgerStore.Shown? last = null;
        while (await store.ReadAsync(batch, filter, ascending, last, 7, Cancellation) is [_, ..] page)
        {
            seen.AddRange(page.Select(row => row.TradeId));
            // As it goes through the reader's hands.
            var place = new LedgerStore.Position(RowSort.Seq, ascending, default, LedgerStore.Shown.Of(page[^1]));
            last = LedgerStore.Position.Read(place.ToCursor())!.Last;
            var late = NewTrade(stream, 0.1, random.NextDouble() * 60, 2);
            await _world.WriteAsync(late);
            await replica.PostAsync(Closed(stream, late));
            if (random.Next(2) == 0)
            {
                // One of them was perhaps shown, and may be the last that was.
                var lost = random.Next(2) == 0 ? trades.Find(one => Id(one) == page[^1].TradeId) : null;
                lost ??= trades[random.Next(trades.Count)];
                trades.Remove(lost);
                gone.Add(Id(lost));
                await _world.DeleteAsync(lost);
                await replica.PostAsync(Revised(stream, lost.ExitTime!.Value));
            }
        }

        var stayed = trades.Select(Id).ToHashSet();
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Empty(stayed.Except(seen));
        Assert.NotEmpty(gone);

        static string Id(Trade trade) => Convert.ToHexStringLower(trade.TradeId);
    }

    [Fact]
    public async Task Requests_at_once_share_what_one_of_them_reads_and_see_every_write_before_them()
    {
        var replica = new Replica(database);
        var stream = await _world.AddStreamAsync(_world.Symbol("MANY"));
        var batch = await _world.CreateBatchAsync([stream.Symbol]);
        await replica.BuildAsync(batch);
        using var cache = Cache(megabytes: 100);
        for (var i = 0; i < 20; i++)
        {
            var trade = NewTrade(stream, i, i + 1, i % 2 == 0 ? 3 : -2);
            await _world.WriteAsync(trade);
            await replica.PostAsync(Closed(stream, trade));
            var read = await Task.WhenAll(
                Enumerable.Range(0, 8).Select(_ => Task.Run(() => cache.ReadAsync(batch, Cancellation)))
            );
            Assert.All(read, columns => Assert.Equal(i + 1, columns!.Count));
            Assert.Single(read.Select(columns => columns!.ExitTime).Distinct(ReferenceEqualityComparer.Instance));
        }
    }

    [Fact]
    public async Task While_rows_are_appended_rewritten_and_generations_switched_every_reader_sees_one_of_the_states_there_were()
    {
        const int steps = 60;
        var random = new Random(4);
        var replica = new Replica(database, options => (options.BuildChunkRows, options.MaxRewrittenRows) = (5, 40));
        var stream = await _world.AddStreamAsync(_world.Symbol("BUSY"));
        var batch = await _world.CreateBatchAsync([stream.Symbol]);
        await replica.BuildAsync(batch);
        using var cache = Cache(megabytes: 100);
        var states = new HashSet<string>(StringComparer.Ordinal)
        {
            Text(await _reader.ReadAsync(batch, null, Cancellation)),
        };
        var seen = new ConcurrentDictionary<string, LedgerColumns>(StringComparer.Ordinal);
        using var reads = new SemaphoreSlim(0);
        using var done = new CancellationTokenSource();
        // Two by the cache, which reads what has changed; two that always read all, so that something changes while
        // they do.
        var readers = Enumerable.Range(0, 4).Select(i => Task.Run(() => ReadAsync(isCached: i % 2 == 0))).ToArray();

        var (trades, end) = (new List<Trade>(), 0.0);
        for (var step = 0; step < steps; step++)
        {
            await WriteAsync(step % 6);
            states.Add(Text(await _reader.ReadAsync(batch, null, Cancellation)));
            // Somebody has read since, so that readers and the writer really take turns.
            while (reads.CurrentCount > 0)
                await reads.WaitAsync(Cancellation);
            Assert.True(await reads.WaitAsync(TimeSpan.FromSeconds(60), Cancellation), "Nobody reads any more.");
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        Assert.All(seen.Keys, text => Assert.Contains(text, states));
        // Columns that were handed out are what they were, whatever was built on them since.
        Assert.All(seen, read => Assert.Equal(read.Key, Text(read.Value)));
        Assert.True(
            seen.Count > 10 && seen.Values.Select(columns => columns.Generation).Distinct().Count() > 3,
            $"{seen.Count} of {states.Count} states were seen."
        );

        async Task ReadAsync(bool isCached)
        {
            while (!done.IsCancellationRequested)
            {
                var columns = (
                    isCached
                        ? await cache.ReadAsync(batch, Cancellation)
                        : await _reader.ReadAsync(batch, null, Cancellation)
                )!;
                seen.TryAdd(Text(columns), columns);
                Assert.Equal(
                    (columns.Version.Generation, columns.Version.LastSeq),
                    (columns.Generation, columns.Count)
                );
                reads.Release();
            }
        }

        async Task WriteAsync(int what)
        {
            switch (what)
            {
                case 0 when trades.Count > 0:
                    await _world.EditBatchAsync(batch, "capital = capital + 1");
                    await replica.BuildAsync(batch);
                    await replica.SweepAsync();
                    break;
                case 1 when trades.Count > 0:
                    // In the midst of the others, or among the first: then all is built anew.
                    var late = NewTrade(stream, 0.5, random.NextDouble() * end, random.Next(-40, 40));
                    trades.Add(late);
                    await _world.WriteAsync(late);
                    await replica.PostAsync(Closed(stream, late));
                    break;
                case 2 when trades.Count > 0:
                    var gone = trades[random.Next(trades.Count)];
                    trades.Remove(gone);
                    await _world.DeleteAsync(gone);
                    await replica.PostAsync(Revised(stream, gone.ExitTime!.Value));
                    break;
                default:
                    var fresh = Enumerable
                        .Range(0, random.Next(1, 8))
                        .Select(_ => NewTrade(stream, end, end += 1 + random.Next(5), random.Next(-40, 40)))
                        .ToArray();
                    trades.AddRange(fresh);
                    await _world.WriteAsync(fresh);
                    await replica.PostAsync([.. fresh.Select(trade => Closed(stream, trade))]);
                    break;
            }
        }
    }

    [Fact]
    public async Task Past_the_limit_the_least_recently_used_goes_and_is_read_again_when_it_is_asked_for()
    {
        var replica = new Replica(database);
        var batches = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            var stream = await _world.AddStreamAsync(_world.Symbol($"LRU{i}"));
            await _world.ExecuteAsync(
                """
                SET SESSION cte_max_recursion_depth = 20000;
                INSERT INTO trades (stream_id, entry_time, trade_id, side, entry_price, exit_time, exit_price, exit_reason, exit_alert_id, change_percentage)
                WITH RECURSIVE n AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM n WHERE n < 7000)
                SELECT @Id, TIMESTAMPADD(MINUTE, n, '2026-01-01'), UNHEX(LEFT(SHA2(CONCAT(@Id, ' ', n), 256), 32)), 'long', 100,
                       TIMESTAMPADD(MINUTE, n + 1, '2026-01-01'), 101, 'exit', UNHEX(LEFT(SHA2(CONCAT(@Id, ' ', n), 256), 32)), 1
                  FROM n
                """,
                stream
            );
            batches.Add(await _world.CreateBatchAsync([stream.Symbol]));
            await replica.BuildAsync(batches[^1]);
        }

        // A ledger of 7,000 rows with its room takes 0.6 MiB.
        using var cache = Cache(megabytes: 1);
        var first = await ColumnsAsync(0);
        Assert.Same(first, await ColumnsAsync(0));
        var second = await ColumnsAsync(1);
        Assert.Same(second, await ColumnsAsync(1));
        Assert.InRange(cache.Bytes, 1, 1024 * 1024);
        Assert.NotSame(first, await ColumnsAsync(0));
        Assert.Equal(7_000, (await cache.ReadAsync(batches[2], Cancellation))!.Count);

        async Task<long[]> ColumnsAsync(int batch) => (await cache.ReadAsync(batches[batch], Cancellation))!.ExitTime;
    }

    [Fact]
    public async Task A_batch_that_is_deleted_is_gone_and_one_without_rows_is_empty()
    {
        var stream = await _world.AddStreamAsync(_world.Symbol("GONE"));
        var batch = await _world.CreateBatchAsync([stream.Symbol]);
        using var cache = Cache(megabytes: 1);
        Assert.Equal(0, (await cache.ReadAsync(batch, Cancellation))!.Count);
        await _world.ExecuteAsync("DELETE FROM batches WHERE batch_id = @batch", new { batch });
        Assert.Null(await cache.ReadAsync(batch, Cancellation));
    }

    [Fact]
    public async Task A_gap_in_a_ledger_is_said_and_not_read_over()
    {
        var replica = new Replica(database);
        var stream = await _world.AddStreamAsync(_world.Symbol("GAP"));
        await _world.WriteAsync([.. Enumerable.Range(0, 5).Select(minute => NewTrade(stream, minute, minute + 1, 1))]);
        var batch = await _world.CreateBatchAsync([stream.Symbol]);
        await replica.BuildAsync(batch);
        await _world.ExecuteAsync("DELETE FROM ledger_rows WHERE batch_id = @batch AND seq = 3", new { batch });
        using var cache = Cache(megabytes: 1);
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => cache.ReadAsync(batch, Cancellation));
        Assert.Contains("lacks ledger row 3", fault.Message, StringComparison.Ordinal);
    }

    private LedgerCache Cache(int megabytes) =>
        new(_reader, Options.Create(new LedgerCacheOptions { MaxMebibytes = megabytes }));

    private static string Text(LedgerColumns? columns) =>
        string.Join(
            '\n',
            Enumerable
                .Range(0, columns!.Count)
                .Select(row =>
                    string.Join(
                        ' ',
                        columns.ExitTime[row],
                        columns.EntryTime[row],
                        columns.Streams[columns.Stream[row]].Symbol,
                        columns.IsShort[row],
                        columns.ChangePercentage[row],
                        columns.Pnl[row],
                        columns.AvailableCapital[row]
                    )
                )
        );
}
