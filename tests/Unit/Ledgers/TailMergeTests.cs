using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Tests.Unit.Ledgers;

/// <summary>
/// Changes of trades put into the last rows of a ledger: what comes of it is what the ledger of all the trades there
/// are would be.
/// </summary>
public sealed class TailMergeTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 300)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Wherever_trades_belong_the_rows_are_those_of_all_of_them_in_order(int seed)
    {
        var random = new Random(seed);
        var (settings, all) = CapitalLedgerProperties.Sequence(random);
        var rows = Run(settings, all.Where(_ => random.Next(4) > 0));
        IsAsOf(
            settings,
            all,
            rows,
            all.Where(trade => !rows.Exists(row => row.TradeId == trade.TradeId) || random.Next(8) == 0).ToList()
        );
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_else_a_revised_stream_held_gives_way_and_other_streams_stay(int seed)
    {
        var random = new Random(seed);
        var (settings, before) = CapitalLedgerProperties.Sequence(random);
        before = before.ConvertAll(trade => trade with { StreamId = random.Next(1, 4) });
        var from = before[random.Next(before.Count)].ExitTime;
        var isRevised = (CountedTrade trade) => trade.StreamId == 1 && trade.ExitTime >= from;
        // Of stream 1 some are gone, some are others, some closed later.
        var after = before
            .Where(trade => !isRevised(trade) || random.Next(3) > 0)
            .Select(trade =>
                !isRevised(trade)
                    ? trade
                    : random.Next(3) switch
                    {
                        0 => trade with { ChangePercentage = -1.5m },
                        1 => trade with { ExitTime = trade.ExitTime.AddMinutes(random.Next(5)).AddSeconds(7) },
                        _ => trade,
                    }
            )
            .OrderBy(trade => LedgerPosition.Of(trade))
            .ToList();
        IsAsOf(
            settings,
            after,
            Run(settings, before),
            [.. after.Where(isRevised)],
            new AffectedRange(1, from, DateTime.MaxValue)
        );
    }

    [Fact]
    public void Trades_all_of_which_are_held_change_nothing()
    {
        var (settings, all) = CapitalLedgerProperties.Sequence(new Random(1));
        var rows = Run(settings, all);
        var merge = IsAsOf(settings, all, rows, all);
        Assert.Equal(rows.Count + 1, merge.FromSeq);
    }

    [Fact]
    public void A_row_that_is_not_what_its_trade_says_is_made_so()
    {
        var (settings, all) = CapitalLedgerProperties.Sequence(new Random(1));
        var rows = Run(settings, all);
        all[^2] = all[^2] with { ChangePercentage = all[^2].ChangePercentage + 1 };
        var merge = IsAsOf(settings, all, rows, [all[^2]]);
        Assert.Equal(rows.Count - 1, merge.FromSeq);
    }

    [Fact]
    public void The_last_rows_reach_a_time_where_they_are_all_there_are_from_then_on()
    {
        var (settings, all) = CapitalLedgerProperties.Sequence(new Random(3));
        var rows = Run(settings, all);
        Assert.True(TailMerge.Reaches(rows, DateTime.MinValue));
        Assert.True(TailMerge.Reaches([], DateTime.MinValue));
        Assert.True(TailMerge.Reaches([rows[^1]], rows[^1].ExitTime.AddTicks(1)));
        Assert.False(TailMerge.Reaches([rows[^1]], rows[^1].ExitTime));
    }

    private static TailMerge IsAsOf(
        LedgerSettings settings,
        List<CountedTrade> all,
        List<LedgerRow> rows,
        List<CountedTrade> changes,
        params IEnumerable<AffectedRange> revised
    )
    {
        var hints = revised.ToDictionary(hint => hint.StreamId);
        var merge = new TailMerge(settings, rows, changes, [.. Enumerable.Range(0, changes.Count)], hints);
        var expected = Run(settings, all);
        Assert.Equal(expected.Skip((int)merge.Before.Seq), merge.Rows());
        Assert.Equal(expected.Count, merge.LastSeq);
        Assert.Equal(rows.Zip(expected).TakeWhile(pair => pair.First.Equals(pair.Second)).Count() + 1, merge.FromSeq);
        return merge;
    }

    private static List<LedgerRow> Run(LedgerSettings settings, IEnumerable<CountedTrade> trades) =>
        CapitalLedgerProperties.Run(settings, LedgerState.Start(settings), trades);
}
