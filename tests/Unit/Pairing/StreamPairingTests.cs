using PnlPipeline.Contracts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Tests.Unit.Pairing;

public sealed class StreamPairingTests
{
    [Fact]
    public void Exit_before_its_entry_pairs_once_the_entry_arrives()
    {
        var stream = new StoredStream();
        stream.Apply([Alert.Row("2: exit - 110 @ 2")]);
        Assert.Equal(["unmatched"], Outcomes(stream));
        stream.Apply([Alert.Row("1: entry long 100 @ 1")]);
        Assert.Equal(["opened 1", "closed 1"], Outcomes(stream));
        Assert.Equal(10, stream.Trades.Single().Closed!.ChangePercentage);
    }

    [Fact]
    public void A_late_exit_lets_an_ignored_entry_open_a_trade_of_its_own()
    {
        var stream = new StoredStream();
        stream.Apply([
            Alert.Row("1: entry long 100 @ 1"),
            Alert.Row("3: entry long 120 @ 3"),
            Alert.Row("4: exit - 130 @ 4"),
        ]);
        stream.Apply([Alert.Row("2: exit - 110 @ 2")]);
        Assert.Equal(["opened 1", "closed 1", "opened 3", "closed 3"], Outcomes(stream));
    }

    [Fact]
    public void A_late_entry_takes_the_place_of_the_trade_that_a_later_one_had_opened()
    {
        var stream = new StoredStream();
        stream.Apply([Alert.Row("2: entry long 110 @ 2"), Alert.Row("3: exit - 120 @ 3")]);
        var late = stream.Apply([Alert.Row("1: entry long 100 @ 1")]);
        Assert.Equal(["opened 1", "ignored 1", "closed 1"], Outcomes(stream));
        Assert.Equal([Alert.Id(2)], late!.Changes.Single().GoneTrades);
        Assert.Equal(Alert.Id(1), stream.Trades.Single().Entry.TradeId);
    }

    [Fact]
    public void A_late_alert_that_changes_nothing_reads_no_further_than_its_place()
    {
        var stream = new StoredStream();
        stream.Apply(Enumerable.Range(1, 1_000).Select(i => Alert.Row($"{i}: entry long 100 @ {i}")));
        var late = stream.Apply([Alert.Row("2000: entry long 100 @ 500")], firstChunk: 4);
        Assert.True(late!.IsLate);
        Assert.Equal(4, stream.Read);
        Assert.False(late.Changes.Single().HasTrades);
        Assert.Empty(late.Changes.Single().Altered);
    }

    [Fact]
    public void Derivation_ends_where_both_histories_have_the_same_trade_open()
    {
        var stream = new StoredStream();
        stream.Apply(
            Enumerable.Range(1, 1_000).Select(i => Alert.Row($"{i}: entry {(i % 2 == 0 ? "long" : "short")} 100 @ {i}"))
        );
        var late = stream.Apply([Alert.Row("2000: exit - 100 @ 500")], firstChunk: 4);
        // The exit closes what the entry at 499 had opened; the one at 500 opens instead of flipping, and all is as it
        // was.
        Assert.Equal(4, stream.Read);
        Assert.Equal([Alert.Id(500)], late!.Changes.Single().Altered.Select(altered => altered.AlertId));
        Assert.Equal([Alert.Id(499)], late.Changes.Single().ClosedTrades.Select(trade => trade.Entry.TradeId));
    }

    [Fact]
    public void An_alert_a_year_late_and_one_a_moment_late_do_not_read_what_lies_between()
    {
        var stream = new StoredStream();
        stream.Apply(
            Enumerable.Range(1, 1_000).Select(i => Alert.Row($"{i}: entry {(i % 2 == 0 ? "long" : "short")} 100 @ {i}"))
        );
        var late = stream.Apply(
            [
                Alert.Row("2001: exit - 100 @ 3"),
                Alert.Row("2002: exit - 100 @ 998"),
                Alert.Row("2003: exit - 100 @ 1001"),
            ],
            firstChunk: 4
        );
        Assert.InRange(stream.Read, 1, 20);
        Assert.Equal(3, late!.Added.Count());
        Assert.Null(stream.Open);
    }

    [Fact]
    public void A_stretch_reads_in_growing_pieces_until_its_histories_meet()
    {
        var stream = new StoredStream();
        // Every entry is ignored from the second on, so a late exit makes each history differ to the end: then none of
        // them is.
        stream.Apply(Enumerable.Range(1, 300).Select(i => Alert.Row($"{i}: entry long 100 @ {i}")));
        var late = stream.Apply([Alert.Row("2000: exit - 100 @ 2")], firstChunk: 4);
        Assert.Equal(299, stream.Read);
        Assert.Equal(299, late!.Changes.Single().Altered.Count);
        Assert.Equal(Alert.Id(2), stream.Open!.TradeId);
    }

    [Fact]
    public void A_close_by_hand_that_met_nothing_does_not_hide_the_open_trade_from_a_late_alert()
    {
        var stream = new StoredStream();
        stream.Apply([
            Alert.Row("1: entry long 100 @ 1"),
            Alert.Row("2: manual 7 110 @ 2"),
            Alert.Row("9: entry long 120 @ 9"),
        ]);
        stream.Apply([Alert.Row("3: exit - 130 @ 3")]);
        Assert.Equal(["opened 1", "unmatched", "closed 1", "opened 9"], Outcomes(stream));
    }

    [Fact]
    public void A_recorded_trade_does_not_hide_the_open_trade_from_a_late_alert()
    {
        var stream = new StoredStream();
        stream.Apply([
            Alert.Row("1: entry long 100 @ 1"),
            Alert.Row("2: recorded short 110 @ 2 90 @ 50"),
            Alert.Row("9: entry long 120 @ 9"),
        ]);
        stream.Apply([Alert.Row("3: exit - 130 @ 3")]);
        Assert.Equal(["opened 1", "recorded 2", "closed 1", "opened 9"], Outcomes(stream));
        Assert.Equal(3, stream.Trades.Count());
    }

    [Fact]
    public void A_recorded_trade_is_voided_and_restored_and_nothing_else_changes()
    {
        var stream = new StoredStream();
        var recorded = Alert.Row("2: recorded short 110 @ 2 90 @ 50");
        stream.Apply([Alert.Row("1: entry long 100 @ 1"), recorded, Alert.Row("3: exit - 120 @ 3")]);
        stream.SetVoided(recorded.Position, voided: true, StreamPairing.FirstChunk);
        Assert.Equal(["opened 1", "voided", "closed 1"], Outcomes(stream));
        Assert.Equal(Alert.Id(1), stream.Trades.Single().Entry.TradeId);
        stream.SetVoided(recorded.Position, voided: false, StreamPairing.FirstChunk);
        Assert.Equal(["opened 1", "recorded 2", "closed 1"], Outcomes(stream));
        Assert.Equal(2, stream.Trades.Count());
    }

    [Theory]
    [InlineData(false, 50)] // behind the end of the stream
    [InlineData(true, 50)]
    public void What_the_ledgers_are_told_reaches_to_the_last_exit_of_a_recorded_trade(bool isLate, int exit)
    {
        var stream = new StoredStream();
        stream.Apply([Alert.Row(isLate ? "1: entry long 100 @ 5" : "1: entry long 100 @ 1")]);
        var recorded = stream.Apply([
            Alert.Row($"2: recorded short 110 @ 2 90 @ {exit}"),
            Alert.Row("3: recorded short 110 @ 3 90 @ 20"),
        ]);
        Assert.Equal(isLate, recorded!.IsLate);
        Assert.Equal(Alert.Start.AddSeconds(exit), recorded.LastExit);
    }

    [Fact]
    public void A_voided_alert_is_left_out_and_restored_it_counts_again()
    {
        var stream = new StoredStream();
        var exit = Alert.Row("2: exit - 110 @ 2");
        stream.Apply([Alert.Row("1: entry long 100 @ 1"), exit, Alert.Row("3: entry short 120 @ 3")]);
        stream.SetVoided(exit.Position, voided: true, StreamPairing.FirstChunk);
        Assert.Equal(["opened 1", "voided", "flipped 3 1"], Outcomes(stream));
        stream.Apply([exit]);
        Assert.Equal(["opened 1", "voided", "flipped 3 1"], Outcomes(stream));
        stream.SetVoided(exit.Position, voided: false, StreamPairing.FirstChunk);
        Assert.Equal(["opened 1", "closed 1", "opened 3"], Outcomes(stream));
    }

    [Fact]
    public void Any_order_duplication_splitting_and_voiding_ends_as_one_fold_in_order()
    {
        const int cases = 20_000;
        for (var seed = 0; seed < cases; seed++)
            PlayAndCompare(new Random(seed), seed);
    }

    private static void PlayAndCompare(Random random, int seed)
    {
        var alerts = RandomAlerts(random, count: random.Next(1, 40));
        var deliveries = alerts.Concat(alerts.Where(_ => random.Next(4) == 0)).ToArray();
        // In order now and then, and nearly so: that is how alerts mostly come.
        switch (random.Next(3))
        {
            case 0:
                random.Shuffle(deliveries);
                break;
            case 1:
                deliveries = [.. deliveries.OrderBy(alert => alert.Position.Timestamp.AddSeconds(random.Next(4)))];
                break;
        }

        var stream = new StoredStream();
        var voided = new HashSet<AlertPosition>();
        var firstChunk = random.Next(1, 6);
        for (var at = 0; at < deliveries.Length; )
        {
            var call = deliveries.AsSpan(at, Math.Min(random.Next(1, 12), deliveries.Length - at)).ToArray();
            at += call.Length;
            stream.Apply(call, firstChunk);
            if (random.Next(3) == 0)
            {
                var place = call[random.Next(call.Length)].Position;
                if (!voided.Remove(place))
                    voided.Add(place);
                stream.SetVoided(place, voided.Contains(place), firstChunk);
            }
        }

        var inOrder = alerts
            .Select(alert => alert with { Voided = voided.Contains(alert.Position) })
            .OrderBy(alert => alert.Position)
            .ToList();
        var steps = PairingRules.Fold(null, inOrder).ToList();
        var closed = steps
            .Where(step => step.Closed is not null)
            .Select(step => step.Closed!)
            .ToDictionary(trade => trade.Entry.TradeId);
        var trades = steps
            .Select(step =>
                step.Became.Outcome switch
                {
                    Outcome.Opened or Outcome.Flipped => step.Open,
                    Outcome.Recorded => step.Closed!.Entry,
                    _ => null,
                }
            )
            .OfType<OpenTrade>()
            .Select(entry => new TradeRow(entry, closed.GetValueOrDefault(entry.TradeId)))
            .OrderBy(trade => trade.Entry.EntryTime)
            .ThenBy(trade => trade.Entry.TradeId);

        Assert.True(
            inOrder.Zip(steps, (alert, step) => new StoredAlert(alert, step.Became)).SequenceEqual(stream.Alerts),
            $"alerts of seed {seed}"
        );
        Assert.True(trades.SequenceEqual(stream.Trades), $"trades of seed {seed}");
        Assert.Equal(steps[^1].Open, stream.Open);
    }

    // Few instants, so that there are ties; entries most of all, and closes by hand that aim at some of them.
    private static List<StreamAlert> RandomAlerts(Random random, int count)
    {
        var ids = Enumerable.Range(1, count).ToArray();
        random.Shuffle(ids);
        return
        [
            .. ids.Select(id =>
            {
                var action = random.Next(10) switch
                {
                    < 4 => AlertAction.Entry,
                    < 7 => AlertAction.Exit,
                    7 => AlertAction.Manual,
                    _ => AlertAction.Recorded,
                };
                var time = Alert.Start.AddSeconds(random.Next(Math.Max(2, count / 2)));
                return new StreamAlert(
                    AlertPosition.Of(time, action, Alert.Id(id)),
                    action,
                    action is AlertAction.Entry or AlertAction.Recorded ? (Direction)random.Next(2) : null,
                    random.Next(1, 50),
                    action == AlertAction.Manual ? Alert.Id(random.Next(1, count + 1)) : null,
                    Exit: action == AlertAction.Recorded
                        ? new RecordedExit(random.Next(1, 50), time.AddSeconds(random.Next(count)), 1)
                        : null
                );
            }),
        ];
    }

    private static List<string> Outcomes(StoredStream stream) =>
        stream.Alerts.Select(alert => Alert.Describe(alert.Became)).ToList();
}
