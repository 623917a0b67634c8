using System.Data.Common;
using Dapper;
using PnlPipeline.Analytics.Worker.Ledgers;
using PnlPipeline.Domain.Partitions;
using PnlPipeline.Tests.Integration.Servers;
using static PnlPipeline.Tests.Integration.Ledgers.LedgerWorld;

namespace PnlPipeline.Tests.Integration.Ledgers;

/// <summary>
/// Each rule by itself, on the real database; what the rows should be is computed apart, with fractions.
/// </summary>
public sealed class LedgerTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly LedgerWorld _world = new(database);
    private readonly Replica _replica = new(database);

    [Fact]
    public async Task A_new_batch_is_built_from_all_history()
    {
        var (_, batch, _) = await GivenAsync(5);
        await _world.IsRightAsync(batch);
    }

    [Fact]
    public async Task A_batch_without_trades_is_ready_too()
    {
        var batch = await _world.CreateBatchAsync([_world.Symbol("NONE")]);
        var served = await _replica.BuildAsync(batch);
        Assert.Equal(0, served?.LastSeq);
        await _world.IsRightAsync(batch);
    }

    [Fact]
    public async Task Only_closed_trades_of_its_symbols_and_timeframes_entered_since_its_start_count()
    {
        var (btc, eth) = (_world.Symbol("BTC"), _world.Symbol("ETH"));
        var (btc60, btc15, eth60) = (
            await _world.AddStreamAsync(btc),
            await _world.AddStreamAsync(btc, "15"),
            await _world.AddStreamAsync(eth)
        );
        await _world.WriteAsync(
            NewTrade(btc60, 0, 20, 1m),
            NewTrade(btc60, 10, 30, 2m),
            NewTrade(btc60, 31, 32, null),
            NewTrade(btc15, 10, 30, 4m),
            NewTrade(eth60, 10, 30, 8m)
        );
        (long Batch, long Rows)[] expected =
        [
            (await _world.CreateBatchAsync([btc]), 3),
            (await _world.CreateBatchAsync([btc, eth]), 4),
            (await _world.CreateBatchAsync([btc], ["60"]), 2),
            (await _world.CreateBatchAsync([btc], ["60", "15"], Start.AddMinutes(10)), 2),
            (await _world.CreateBatchAsync([btc], ["60"], Start.AddMinutes(10)), 1),
            (await _world.CreateBatchAsync([btc], ["5"]), 0),
        ];
        foreach (var (batch, rows) in expected)
        {
            await _replica.BuildAsync(batch);
            Assert.Equal(rows, (await _world.LedgerAsync(batch)).LastSeq);
            await _world.IsRightAsync(batch);
        }

        var (late, end) = (NewTrade(btc15, 5, 25, 3m), NewTrade(btc60, 40, 50, 5m));
        await _world.WriteAsync(late, end);
        await _replica.PostAsync(Closed(btc15, late), Closed(btc60, end));
        foreach (var (batch, _) in expected)
            await _world.IsRightAsync(batch);
    }

    [Fact]
    public async Task A_trade_that_closes_last_is_appended_and_told_of()
    {
        var (stream, batch, _) = await GivenAsync(3);
        var before = await _world.LedgerAsync(batch);
        var trade = NewTrade(stream, 100, 101, 7m);
        await _world.WriteAsync(trade);

        var result = await _replica.PostAsync(Closed(stream, trade));

        Assert.Equal(
            [(batch, before.Generation, 4L)],
            result.Updated.Select(updated => (updated.BatchId, updated.Generation, updated.LastSeq))
        );
        await _world.IsRightAsync(batch);
    }

    [Fact]
    public async Task An_event_that_comes_again_writes_nothing()
    {
        var (stream, batch, trades) = await GivenAsync(250);
        var before = await _world.LedgerAsync(batch);

        var closed = await _replica.PostAsync([.. trades.Select(trade => Closed(stream, trade))]);
        var revised = await _replica.PostAsync(Revised(stream, Start));

        Assert.Empty(closed.Updated);
        Assert.Empty(revised.Updated);
        Assert.Equal(before, await _world.LedgerAsync(batch));
    }

    [Fact]
    public async Task An_event_of_a_trade_that_is_open_again_changes_nothing()
    {
        var (stream, batch, _) = await GivenAsync(3);
        var trade = NewTrade(stream, 100, 101, 7m);
        await _world.WriteAsync(trade with { ExitTime = null, ExitPrice = null, ChangePercentage = null });
        Assert.Empty((await _replica.PostAsync(Closed(stream, trade))).Updated);
        await _world.IsRightAsync(batch);
    }

    [Fact]
    public async Task A_late_trade_takes_its_place_and_only_the_rows_from_there_on_are_written()
    {
        var (stream, batch, _) = await GivenAsync(500);
        var trade = NewTrade(stream, 0, 490.5, -3m);
        await _world.WriteAsync(trade);
        var posted = await _world.PostedAsync(batch);

        await _replica.PostAsync(Closed(stream, trade));

        await _world.IsRightAsync(batch);
        var after = await _world.PostedAsync(batch);
        Assert.Equal(posted.Take(490), after.Take(490));
        Assert.All(
            after.Skip(490),
            time => Assert.True(time > posted[^1], "A row in place of another is posted later than that.")
        );
    }

    [Fact]
    public async Task A_revised_history_is_taken_over_whatever_changed_in_it()
    {
        var (stream, batch, trades) = await GivenAsync(300);
        await _world.DeleteAsync(trades[10]);
        await _world.WriteAsync(
            trades[20] with
            {
                ChangePercentage = -1.5m,
            },
            trades[30] with
            {
                ExitTime = Start.AddMinutes(250.5),
            }
        );
        await _replica.PostAsync(Revised(stream, trades[10].ExitTime!.Value));
        await _world.IsRightAsync(batch);

        // The end of the history: gone, or open again.
        await _world.DeleteAsync(trades[299]);
        await _replica.PostAsync(Revised(stream, trades[299].ExitTime!.Value));
        await _world.IsRightAsync(batch);
        await _world.WriteAsync(trades[298] with { ExitTime = null, ExitPrice = null, ChangePercentage = null });
        await _replica.PostAsync(Revised(stream, trades[298].ExitTime!.Value));
        await _world.IsRightAsync(batch);
        await _world.DeleteAsync(trades[0]);
        await _replica.PostAsync(Revised(stream, Start));
        await _world.IsRightAsync(batch);
    }

    [Fact]
    public async Task Ruin_and_cap_move_with_the_rows_that_made_them()
    {
        var stream = await _world.AddStreamAsync(_world.Symbol("EDGE"));
        var (lucky, ruin, win) = (
            NewTrade(stream, 1, 2, 1_000_000_000_000_000m),
            NewTrade(stream, 3, 4, -100m),
            NewTrade(stream, 5, 6, 10m)
        );
        await _world.WriteAsync(lucky, ruin, win);
        var batch = await _world.CreateBatchAsync([stream.Symbol], capital: 1_000_000_000_000m);
        await _replica.BuildAsync(batch);
        await ExpectAsync(ruinedSeq: 2, cappedSeq: 1);

        var first = NewTrade(stream, 0, 1, 1m);
        await _world.WriteAsync(first);
        await _replica.PostAsync(Closed(stream, first));
        await ExpectAsync(ruinedSeq: 3, cappedSeq: 2);

        await _world.DeleteAsync(ruin);
        await _replica.PostAsync(Revised(stream, ruin.ExitTime!.Value));
        await ExpectAsync(ruinedSeq: null, cappedSeq: 2);

        await _world.DeleteAsync(lucky);
        await _replica.PostAsync(Revised(stream, lucky.ExitTime!.Value));
        await ExpectAsync(ruinedSeq: null, cappedSeq: null);

        async Task ExpectAsync(long? ruinedSeq, long? cappedSeq)
        {
            var ledger = await _world.LedgerAsync(batch);
            Assert.Equal((ruinedSeq, cappedSeq), (ledger.RuinedSeq, ledger.CappedSeq));
            await _world.IsRightAsync(batch);
        }
    }

    [Fact]
    public async Task While_a_build_is_due_events_leave_word_and_the_old_rows_stay()
    {
        var (stream, batch, _) = await GivenAsync(3);
        var served = await _world.ServedAsync(batch);
        await _world.EditBatchAsync(batch, "fee_percentage = 0.1");
        var (trade, earlier) = (NewTrade(stream, 50, 60, 1m), NewTrade(stream, 1, 1.5, 1m));
        await _world.WriteAsync(trade, earlier);

        await _replica.PostAsync(Closed(stream, trade));
        await _replica.PostAsync(Revised(stream, earlier.ExitTime!.Value));
        await _replica.PostAsync(Closed(stream, trade));

        Assert.Equal(earlier.ExitTime, (await _world.LedgerAsync(batch)).DirtyFrom);
        Assert.Equal(served.Skip(1), (await _world.ServedAsync(batch)).Skip(1));
        await _replica.BuildAsync(batch);
        Assert.Null((await _world.LedgerAsync(batch)).DirtyFrom);
        await _world.IsRightAsync(batch);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task A_ledger_too_long_to_rewrite_is_compared_first_and_then_built_anew(int maxRewrittenRows)
    {
        var replica = new Replica(database, options => options.MaxRewrittenRows = maxRewrittenRows);
        var (stream, batch, trades) = await GivenAsync(100);
        var generation = (await _world.LedgerAsync(batch)).Generation;

        Assert.Empty((await replica.PostAsync(Revised(stream, Start))).BuildsDue);
        Assert.Empty((await replica.PostAsync(Closed(stream, trades[3]))).BuildsDue);
        Assert.Equal(generation, (await _world.LedgerAsync(batch)).Generation);

        var late = NewTrade(stream, 0, 20.5, 2m);
        await _world.WriteAsync(late);
        var result = await replica.PostAsync(Closed(stream, late));
        Assert.Equal([batch], result.BuildsDue.Select(due => due.BatchId));
        Assert.NotEqual(generation, (await _world.LedgerAsync(batch)).Generation);
        await _world.IsRightAsync(batch);
    }

    [Fact]
    public async Task A_short_change_behind_a_long_comparison_is_written_in_place()
    {
        var replica = new Replica(database, options => options.MaxRewrittenRows = 10);
        var (stream, batch, trades) = await GivenAsync(100);
        var generation = (await _world.LedgerAsync(batch)).Generation;
        await _world.WriteAsync(trades[95] with { ChangePercentage = 9m });

        var result = await replica.PostAsync(Revised(stream, Start));

        Assert.Single(result.Updated);
        Assert.Equal(generation, (await _world.LedgerAsync(batch)).Generation);
        await _world.IsRightAsync(batch);
    }

    [Theory]
    [InlineData("UPDATE ledger_rows SET pnl = pnl + 0.00000001 WHERE batch_id = @batch AND seq = 40")]
    [InlineData("UPDATE ledger_rows SET wins = wins + 1 WHERE batch_id = @batch AND seq = 1")]
    [InlineData("UPDATE ledger_rows SET fee = fee + 0.00000001 WHERE batch_id = @batch AND seq = 40")]
    [InlineData("UPDATE ledger_rows SET entry_price = 7 WHERE batch_id = @batch AND seq = 2")]
    [InlineData("UPDATE ledger_rows SET exit_price = NULL WHERE batch_id = @batch AND seq = 60")]
    [InlineData("UPDATE ledger_rows SET side = 'short' WHERE batch_id = @batch AND seq = 60")]
    [InlineData("DELETE FROM ledger_rows WHERE batch_id = @batch AND seq = 30")]
    [InlineData("DELETE FROM ledger_rows WHERE batch_id = @batch AND seq = 1")]
    [InlineData("DELETE FROM ledger_rows WHERE batch_id = @batch AND seq = 60")]
    [InlineData("DELETE FROM ledger_rows WHERE batch_id = @batch")]
    [InlineData("UPDATE ledger_rows SET seq = 61 WHERE batch_id = @batch AND seq = 60")]
    [InlineData("UPDATE ledgers SET last_seq = 59 WHERE batch_id = @batch")]
    [InlineData("UPDATE ledgers SET last_seq = 61 WHERE batch_id = @batch")]
    [InlineData("UPDATE ledgers SET ruined_seq = 7 WHERE batch_id = @batch")]
    [InlineData("UPDATE ledgers SET capped_seq = 60 WHERE batch_id = @batch")]
    [InlineData("UPDATE ledgers SET generation = generation + 1000 WHERE batch_id = @batch")]
    [InlineData("DELETE FROM ledgers WHERE batch_id = @batch")]
    [InlineData(
        "UPDATE trades SET change_percentage = 12 WHERE stream_id = @stream AND exit_time = '2026-01-01 00:10:00'"
    )]
    [InlineData("DELETE FROM trades WHERE stream_id = @stream AND exit_time > '2026-01-01 00:50:00'")]
    [InlineData("UPDATE trades SET exit_time = exit_time - INTERVAL 30 SECOND WHERE stream_id = @stream")]
    public async Task What_was_altered_by_hand_is_found_and_mended(string alteration)
    {
        var (stream, batch, _) = await GivenAsync(60);
        await _world.ExecuteAsync(alteration, new { batch, stream = stream.Id });
        Assert.NotEqual(await _world.ExpectedAsync(batch), await _world.ServedAsync(batch));

        await _replica.ReconcileAsync();

        await _world.IsRightAsync(batch);
        Assert.DoesNotContain(batch, await _replica.ReconcileAsync());
    }

    [Theory]
    [InlineData("UPDATE ledgers SET last_seq = 59 WHERE batch_id = @batch")]
    [InlineData("UPDATE ledgers SET last_seq = 0 WHERE batch_id = @batch")]
    [InlineData("DELETE FROM ledger_rows WHERE batch_id = @batch AND seq = 60")]
    public async Task A_ledger_whose_end_was_altered_by_hand_is_built_anew_at_the_next_trade(string alteration)
    {
        var (stream, batch, _) = await GivenAsync(60);
        await _world.ExecuteAsync(alteration, new { batch });
        var trade = NewTrade(stream, 100, 101, 7m);
        await _world.WriteAsync(trade);

        var result = await _replica.PostAsync(Closed(stream, trade));

        Assert.Single(result.BuildsDue);
        await _world.IsRightAsync(batch);
    }

    // What the migration to fees leaves behind.
    [Fact]
    public async Task A_ledger_without_prices_and_fees_is_served_until_it_is_built_anew()
    {
        var (stream, batch, _) = await GivenAsync(10);
        var before = await _world.LedgerAsync(batch);
        await _world.ExecuteAsync(
            """
            UPDATE ledger_rows SET entry_price = NULL, exit_price = NULL, fee = 0 WHERE batch_id = @batch;
            UPDATE ledgers SET settings_revision = 0, progress = 0 WHERE batch_id = @batch
            """,
            new { batch }
        );
        var trade = NewTrade(stream, 100, 101, 7m);
        await _world.WriteAsync(trade);
        await _replica.PostAsync(Closed(stream, trade));
        Assert.Equal(
            (before.Generation, 10),
            ((await _world.LedgerAsync(batch)).Generation, (await _world.LedgerAsync(batch)).LastSeq)
        );

        await _replica.ReconcileAsync(readEveryRow: false);

        await _world.IsRightAsync(batch);
        Assert.NotEqual(before.Generation, (await _world.LedgerAsync(batch)).Generation);
        Assert.True(
            await _world.ScalarAsync<decimal>(
                "SELECT SUM(fee) FROM ledger_rows JOIN ledgers USING (batch_id, generation) WHERE batch_id = @batch",
                new { batch }
            ) > 0
        );
    }

    [Fact]
    public async Task A_lost_event_is_found_by_counting()
    {
        var (stream, batch, trades) = await GivenAsync(10);
        await _replica.ReconcileAsync();
        await _world.WriteAsync(NewTrade(stream, 5, 5.5, 1m));
        await _world.DeleteAsync(trades[9]);
        await _world.DeleteAsync(trades[8]);

        // Until the next look an event may be on its way.
        Assert.DoesNotContain(batch, await _replica.ReconcileAsync(readEveryRow: false));
        Assert.Contains(batch, await _replica.ReconcileAsync(readEveryRow: false));

        await _world.IsRightAsync(batch);
        Assert.NotNull((await _world.LedgerAsync(batch)).RepairedAt);
    }

    [Fact]
    public async Task A_ledger_that_holds_less_than_is_due_is_looked_at_again_soon()
    {
        var (stream, batch, _) = await GivenAsync(10);
        await _replica.ReconcileAsync();
        Assert.False(_replica.Reconciler.IsInDoubt);
        await _world.WriteAsync(NewTrade(stream, 100, 101, 1m));

        await _replica.ReconcileAsync(readEveryRow: false);
        Assert.True(_replica.Reconciler.IsInDoubt);

        Assert.Contains(batch, await _replica.ReconcileAsync(readEveryRow: false));
        await _replica.ReconcileAsync(readEveryRow: false);
        Assert.False(_replica.Reconciler.IsInDoubt);
    }

    [Fact]
    public async Task At_the_first_look_what_is_missing_may_be_on_its_way()
    {
        var (stream, batch, _) = await GivenAsync(10);
        await _replica.ReconcileAsync();
        await _world.WriteAsync(NewTrade(stream, 100, 101, 1m));
        var restarted = new Replica(database);

        Assert.DoesNotContain(batch, await restarted.ReconcileAsync(readEveryRow: false));
        Assert.Contains(batch, await restarted.ReconcileAsync(readEveryRow: false));
        await _world.IsRightAsync(batch);
    }

    [Fact]
    public async Task A_ledger_that_grows_fast_is_checked_when_it_grows_no_longer()
    {
        var (stream, batch, _) = await GivenAsync(10);
        var replica = new Replica(database, options => options.BusyRows = 3);
        await replica.ReconcileAsync(readEveryRow: false);
        var more = Enumerable.Range(100, 5).Select(i => NewTrade(stream, i, i + 0.5, 1m)).ToList();
        await _world.WriteAsync(more);
        await replica.PostAsync([.. more.Select(trade => Closed(stream, trade))]);
        await _world.ExecuteAsync(
            "UPDATE ledger_rows SET pnl = pnl + 1 WHERE batch_id = @batch AND seq = 4; UPDATE ledgers SET checked_at "
                + "= '2026-01-01' WHERE batch_id = @batch",
            new { batch }
        );

        Assert.DoesNotContain(batch, await replica.ReconcileAsync(readEveryRow: false));
        Assert.Contains(batch, await replica.ReconcileAsync(readEveryRow: false));
        await _world.IsRightAsync(batch);
    }

    [Fact]
    public async Task Alerts_that_begin_to_come_while_ledgers_are_read_put_off_reading_the_others()
    {
        var (stream, growing, _) = await GivenAsync(3);
        var (first, second) = (
            await _world.CreateBatchAsync([_world.Symbol("QUIET")]),
            await _world.CreateBatchAsync([_world.Symbol("STILL")])
        );
        await _replica.BuildAsync(first);
        await _replica.BuildAsync(second);
        var replica = new Replica(database, options => options.BusyRows = 3);
        await replica.ReconcileAsync(readEveryRow: false);
        await _world.ExecuteAsync(
            "UPDATE ledgers SET checked_at = '2026-01-01' WHERE batch_id IN @batches",
            new { batches = new[] { first, second } }
        );
        await using var holder = await database.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await holder.ExecuteAsync(
            "SELECT * FROM ledgers WHERE batch_id = @first FOR UPDATE",
            new { first },
            transaction
        );

        // It has read the first, and waits to say so.
        var look = replica.ReconcileAsync(readEveryRow: false);
        await SomebodyWaitsAsync(holder, transaction);
        var more = Enumerable.Range(100, 5).Select(i => NewTrade(stream, i, i + 0.5, 1m)).ToList();
        await _world.WriteAsync(more);
        await replica.PostAsync([.. more.Select(trade => Closed(stream, trade))]);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        await look;

        Assert.True(await IsCheckedAsync(first));
        Assert.False(await IsCheckedAsync(second));
        // One look that finds it grown, and one that does not.
        await replica.ReconcileAsync(readEveryRow: false);
        await replica.ReconcileAsync(readEveryRow: false);
        Assert.True(await IsCheckedAsync(second));
        await _world.IsRightAsync(growing);

        async Task<bool> IsCheckedAsync(long batch) =>
            await holder.ExecuteScalarAsync<long>(
                "SELECT checked_at > '2026-01-01' FROM ledgers WHERE batch_id = @batch",
                new { batch }
            ) == 1;
    }

    [Fact]
    public async Task Trades_at_the_end_are_appended_to_all_ledgers_at_once_and_to_each_only_its_own()
    {
        var (one, other) = (
            await _world.AddStreamAsync(_world.Symbol("ONE")),
            await _world.AddStreamAsync(_world.Symbol("OTHER"))
        );
        var first = new[] { NewTrade(one, 1, 2, 10m), NewTrade(other, 1, 3, -5m) };
        await _world.WriteAsync(first);
        var both = await _world.CreateBatchAsync([one.Symbol, other.Symbol]);
        var single = await _world.CreateBatchAsync([other.Symbol]);
        var later = await _world.CreateBatchAsync(
            [one.Symbol, other.Symbol],
            startTime: LedgerWorld.Start.AddMinutes(5.5)
        );
        var edited = await _world.CreateBatchAsync([one.Symbol]);
        var ahead = await _world.CreateBatchAsync([one.Symbol, other.Symbol]);
        foreach (var batch in new[] { both, single, later, edited })
            await _replica.BuildAsync(batch);
        var trades = new[]
        {
            NewTrade(one, 5, 6, 1m),
            NewTrade(other, 5, 6.5, 2m),
            NewTrade(one, 6, 7, 3m),
            NewTrade(other, 7, 8, -4m),
        };
        await _world.WriteAsync(trades);
        // One holds the first two already, one has to be built again: the shared transaction leaves these two to
        // themselves.
        await _replica.BuildAsync(ahead);
        await _world.EditBatchAsync(edited, "capital = 7");

        var result = await _replica.Poster.PostAsync(
            [.. trades.Select(trade => Closed(trade.StreamId == one.Id ? one : other, trade))],
            TestContext.Current.CancellationToken
        );

        Assert.Equal([both, single, later], result.Updated.Select(updated => updated.BatchId));
        Assert.Equal([6L, 3L, 2L], result.Updated.Select(updated => updated.LastSeq));
        await _replica.BuildAsync(edited);
        foreach (var batch in new[] { both, single, later, edited, ahead })
            await _world.IsRightAsync(batch);
    }

    [Theory]
    [InlineData(100, 101)]
    [InlineData(101, 100)]
    [InlineData(100, 140)]
    [InlineData(2, 100)]
    public async Task What_partitions_are_told_of_together_each_ledger_takes_its_own_of(int first, int second)
    {
        var (stream, even, _) = await GivenAsync(5);
        var odd = even;
        while (odd % 2 == even % 2)
            odd = await _world.CreateBatchAsync([stream.Symbol]);
        await _replica.BuildAsync(odd);
        var before = await ExitsAsync(even);
        var trades = new[] { NewTrade(stream, first - 1, first, 3m), NewTrade(stream, second - 1, second, -2m) };
        await _world.WriteAsync(trades);

        await PostAsync((even, trades[0]), (odd, trades[1]));
        Assert.Equal(before.Append(Start.AddMinutes(first)).Order(), await ExitsAsync(even));
        Assert.Equal(before.Append(Start.AddMinutes(second)).Order(), await ExitsAsync(odd));

        await PostAsync((even, trades[1]), (odd, trades[0]));
        await _world.IsRightAsync(even);
        await _world.IsRightAsync(odd);

        async Task<IEnumerable<DateTime>> ExitsAsync(long batch)
        {
            await using var connection = await database.OpenAsync();
            return await connection.QueryAsync<DateTime>(
                "SELECT exit_time FROM ledgers JOIN ledger_rows USING (batch_id, generation) WHERE batch_id = @batch "
                    + "ORDER BY seq",
                new { batch }
            );
        }

        Task PostAsync(params (long Batch, Trade Trade)[] told) =>
            _replica.Poster.PostAsync(
                [
                    .. told.Select(one => new PartitionNews(
                        new Partition((int)(one.Batch % 2), 2),
                        [Closed(stream, one.Trade)],
                        []
                    )),
                ],
                TestContext.Current.CancellationToken
            );
    }

    [Fact]
    public async Task A_ledger_that_was_held_takes_late_trades_it_is_told_of_and_does_not_run_ahead_of_the_events()
    {
        var (stream, batch, _) = await GivenAsync(60);
        var (late, next) = (NewTrade(stream, 20.25, 20.75, 3m), NewTrade(stream, 100, 101, 7m));
        await _world.WriteAsync(late, next);
        await using var holder = await database.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await holder.ExecuteAsync(
            "SELECT * FROM ledgers WHERE batch_id = @batch FOR UPDATE",
            new { batch },
            transaction
        );

        var posting = _replica.PostAsync(Closed(stream, late));
        await SomebodyWaitsAsync(holder, transaction);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        await posting;

        Assert.Equal(61, (await _world.LedgerAsync(batch)).LastSeq);
        Assert.Equal(
            1,
            await holder.ExecuteScalarAsync<long>(
                "SELECT COUNT(*) FROM ledger_rows WHERE batch_id = @batch AND trade_id = @id",
                new { batch, id = late.TradeId }
            )
        );
        await _replica.PostAsync(Closed(stream, next));
        await _world.IsRightAsync(batch);
    }

    [Fact]
    public async Task A_ledger_that_somebody_holds_does_not_hold_up_the_others()
    {
        var (stream, held, _) = await GivenAsync(3);
        var free = await _world.CreateBatchAsync([stream.Symbol]);
        await _replica.BuildAsync(free);
        var trade = NewTrade(stream, 50, 51, 2m);
        await _world.WriteAsync(trade);
        await using var holder = await database.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await holder.ExecuteAsync("SELECT * FROM ledgers WHERE batch_id = @held FOR UPDATE", new { held }, transaction);

        var posting = _replica.PostAsync(Closed(stream, trade));
        await Eventually.BecomesAsync(async () => (await _world.LedgerAsync(free)).LastSeq == 4);
        Assert.False(posting.IsCompleted);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        await posting;
        await _world.IsRightAsync(held);
        await _world.IsRightAsync(free);
    }

    [Fact]
    public async Task A_build_that_nobody_began_is_begun()
    {
        var (_, batch, _) = await GivenAsync(10);
        await _world.EditBatchAsync(batch, "capital = 5");
        await _replica.ReconcileAsync(readEveryRow: false);
        await _world.IsRightAsync(batch);
    }

    [Fact]
    public async Task A_build_that_comes_to_no_end_is_left_to_its_event_and_the_other_ledgers_are_looked_at()
    {
        var replica = new Replica(database, options => options.BuildWithinSeconds = 1);
        var (_, held, _) = await GivenAsync(3);
        var (_, free, _) = await GivenAsync(3);
        await _world.EditBatchAsync(held, "capital = 5");
        await _world.EditBatchAsync(free, "capital = 5");
        var due = new List<long>();
        await using var holder = await database.OpenAsync();
        await using (var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await holder.ExecuteAsync(
                "SELECT 1 FROM ledgers WHERE batch_id = @held FOR UPDATE",
                new { held },
                transaction
            );
            await replica
                .Reconciler.ReconcileAsync(
                    result =>
                    {
                        due.AddRange(result.BuildsDue.Select(build => build.BatchId));
                        return Task.CompletedTask;
                    },
                    readEveryRow: false,
                    TestContext.Current.CancellationToken
                )
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            await _world.IsRightAsync(free);
        }

        Assert.Equal([held], due);
        await _replica.ReconcileAsync(readEveryRow: false);
        await _world.IsRightAsync(held);
    }

    [Fact]
    public async Task What_fails_for_one_ledger_keeps_no_other_from_being_built_and_repaired()
    {
        var (_, failing, _) = await GivenAsync(3);
        var (_, other, _) = await GivenAsync(3);
        foreach (
            var harm in new[]
            {
                "UPDATE batches SET settings_revision = settings_revision + 1 WHERE batch_id = @batch",
                "UPDATE ledgers JOIN ledger_rows USING (batch_id, generation) SET pnl = pnl + 1 WHERE batch_id = @batch",
            }
        )
        {
            foreach (var batch in new[] { failing, other })
                await _world.ExecuteAsync(harm, new { batch });
            await _replica.Reconciler.ReconcileAsync(
                result =>
                    result.Updated.Any(updated => updated.BatchId == failing)
                        ? throw new InvalidOperationException("Nobody may be told of it.")
                        : Task.CompletedTask,
                readEveryRow: true,
                TestContext.Current.CancellationToken
            );
            await _world.IsRightAsync(other);
        }
    }

    [Fact]
    public async Task What_a_build_that_was_killed_left_behind_heals()
    {
        var (_, batch, _) = await GivenAsync(10);
        await _world.EditBatchAsync(batch, "capital = 5");
        await _world.ExecuteAsync(
            """
            UPDATE ledgers SET dirty_from = '2026-01-01', progress = 0.5 WHERE batch_id = @batch;
            INSERT INTO ledger_generations (batch_id, created_at) VALUES (@batch, UTC_TIMESTAMP(3));
            INSERT INTO ledger_rows SELECT batch_id, LAST_INSERT_ID(), seq, trade_id, stream_id, side, entry_time, exit_time, change_percentage, pnl,
              available_capital, peak_capital, drawdown, drawdown_percentage, max_drawdown_percentage, wins, posted_at,
              entry_price, exit_price, fee
            FROM ledger_rows WHERE batch_id = @batch AND seq < 7
            """,
            new { batch }
        );

        await _replica.ReconcileAsync(readEveryRow: false);
        await _replica.SweepAsync();

        await _world.IsRightAsync(batch);
        Assert.Null((await _world.LedgerAsync(batch)).DirtyFrom);
        Assert.Equal((10, 1), await LeftAsync(batch));
    }

    [Fact]
    public async Task Old_generations_are_swept_in_slices_after_their_grace()
    {
        var (_, batch, _) = await GivenAsync(60);
        await _world.EditBatchAsync(batch, "capital = 5");
        await _replica.BuildAsync(batch);

        await new Replica(database, options => options.RetiredGenerationGraceSeconds = 600).SweepAsync();
        Assert.Equal((120, 2), await LeftAsync(batch));
        await new Replica(database, options => options.SweepSliceRows = 7).SweepAsync();
        Assert.Equal((60, 1), await LeftAsync(batch));
        await _world.IsRightAsync(batch);
    }

    [Fact]
    public async Task Of_a_deleted_batch_nothing_stays_and_events_pass_it_by()
    {
        var (stream, batch, trades) = await GivenAsync(60);
        await _world.ExecuteAsync("DELETE FROM batches WHERE batch_id = @batch", new { batch });

        await _replica.PostAsync(Closed(stream, trades[0]));
        Assert.Null(await _replica.BuildAsync(batch));
        await _replica.ReconcileAsync();
        await _replica.SweepAsync();

        Assert.Equal((0, 0), await LeftAsync(batch));
        Assert.Equal(
            0,
            await _world.ScalarAsync<long>("SELECT COUNT(*) FROM ledgers WHERE batch_id = @batch", new { batch })
        );
    }

    private async Task<(LedgerWorld.Stream Stream, long Batch, List<Trade> Trades)> GivenAsync(int count)
    {
        var stream = await _world.AddStreamAsync(_world.Symbol(Guid.NewGuid().ToString("N")[..8]));
        var trades = Enumerable
            .Range(1, count)
            .Select(i => NewTrade(stream, i - 0.5, i, (i * 7 % 11) - 4.87654321m))
            .ToList();
        await _world.WriteAsync(trades);
        var batch = await _world.CreateBatchAsync([stream.Symbol], fee: 0.05m);
        await _replica.BuildAsync(batch);
        return (stream, batch, trades);
    }

    private static Task SomebodyWaitsAsync(DbConnection holder, DbTransaction transaction) =>
        Eventually.BecomesAsync(async () =>
            await holder.ExecuteScalarAsync<long>(
                "SELECT COUNT(*) FROM performance_schema.data_locks WHERE object_schema = DATABASE() AND lock_status "
                    + "= 'WAITING'",
                transaction: transaction
            ) > 0
        );

    private async Task<(long Rows, long Generations)> LeftAsync(long batch) =>
        (
            await _world.ScalarAsync<long>("SELECT COUNT(*) FROM ledger_rows WHERE batch_id = @batch", new { batch }),
            await _world.ScalarAsync<long>(
                "SELECT COUNT(*) FROM ledger_generations WHERE batch_id = @batch",
                new { batch }
            )
        );
}
