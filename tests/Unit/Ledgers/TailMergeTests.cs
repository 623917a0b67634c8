using PnlPipeline.Analytics.Worker.Ledgers;

namespace PnlPipeline.Tests.Unit.Ledgers;

/// <summary>Trades put among the last rows of a ledger: what comes of it is what the ledger of all of them would be.</summary>
public sealed class TailMergeTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 300)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Wherever_trades_belong_the_rows_are_those_of_all_of_them_in_order(int seed)
    {
        var random = new Random(seed);
        var (settings, all) = CapitalLedgerProperties.Sequence(random);
        var held = all.Where(_ => random.Next(4) > 0).ToList();
        var rows = CapitalLedgerProperties.Run(settings, LedgerState.Start(settings), held);
        // News are what is not held, and now and then something that is.
        var news = all.Where(trade => !held.Contains(trade) || random.Next(8) == 0).ToList();

        var merge = Merge(settings, rows, rows.Count, news);

        var expected = CapitalLedgerProperties.Run(settings, LedgerState.Start(settings), all);
        Assert.False(merge.IsBehindTail);
        Assert.True(merge.HoldsWhatItShould());
        Assert.Equal(expected.Skip((int)merge.Before.Seq), merge.Rows());
        Assert.Equal(rows.TakeWhile((row, i) => row.Equals(expected[i])).Count() + 1, merge.FromSeq);
    }

    [Fact]
    public void Trades_all_of_which_are_held_change_nothing()
    {
        var (settings, all) = CapitalLedgerProperties.Sequence(new Random(1));
        var rows = CapitalLedgerProperties.Run(settings, LedgerState.Start(settings), all);
        var merge = Merge(settings, rows, rows.Count, all);
        Assert.True(merge.HoldsWhatItShould());
        Assert.Equal(rows.Count + 1, merge.FromSeq);
        Assert.Equal(rows, merge.Rows());
    }

    [Fact]
    public void A_row_that_is_not_what_its_trade_says_is_seen()
    {
        var (settings, all) = CapitalLedgerProperties.Sequence(new Random(1));
        var rows = CapitalLedgerProperties.Run(settings, LedgerState.Start(settings), all);
        Assert.False(Merge(settings, rows, rows.Count, [all[^1] with { ChangePercentage = all[^1].ChangePercentage + 1 }]).HoldsWhatItShould());
    }

    [Fact]
    public void A_trade_that_may_belong_before_the_rows_in_hand_is_behind_them()
    {
        var (settings, all) = CapitalLedgerProperties.Sequence(new Random(3));
        var rows = CapitalLedgerProperties.Run(settings, LedgerState.Start(settings), all.Skip(1));
        Assert.True(Merge(settings, rows, count: 1, [all[0]]).IsBehindTail);
        Assert.False(Merge(settings, rows, rows.Count, [all[0]]).IsBehindTail);
        Assert.False(Merge(settings, rows, count: 1, []).IsBehindTail);
    }

    private static TailMerge Merge(LedgerSettings settings, List<LedgerRow> rows, int count, List<CountedTrade> news) =>
        new(settings, [.. rows.TakeLast(count)], news, [.. Enumerable.Range(0, news.Count)]);
}
