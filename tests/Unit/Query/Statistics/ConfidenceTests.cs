using System.Globalization;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class ConfidenceTests
{
    // The first words of Vigna's splitmix64.c for the seed 1234567.
    [Fact]
    public void The_generator_is_the_published_one()
    {
        var words = new SplitMix64(1234567);
        ulong[] first = [words.Next(), words.Next(), words.Next(), words.Next(), words.Next()];
        Assert.Equal(
            [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821],
            first
        );
        Assert.Equal(first[3], new SplitMix64(1234567).After(3) is var later ? later.Next() : 0);
    }

    [Fact]
    public void An_index_is_the_high_half_of_word_times_count()
    {
        var (words, same) = (new SplitMix64(5), new SplitMix64(5));
        for (var i = 1; i < 1_000; i++)
            Assert.Equal((int)(((UInt128)same.Next() * (ulong)i) >> 64), words.Below(i));
    }

    // +10 % and −50 % of 1000: 1100 and 550, or 500 and 550. Either order ends the same, and falls by half.
    [Fact]
    public void Two_trades_have_two_orders()
    {
        var result = Of(Trades(10, -50), Resampling.Shuffle, paths: 2_000);
        Assert.Equal([0, 1, 2], result.Fan.Trade);
        Assert.Equal(new Quantiles(550, 550, 550, 550, 550), result.FinalEquity);
        Assert.Equal(new Quantiles(50, 50, 50, 50, 50), result.MaxDrawdownPercentage);
        Assert.Equal((1000, 500, 1100), (result.Fan.P50[0], result.Fan.P5[1], result.Fan.P95[1]));
        Assert.Equal((0, null, null), (result.Ruined, result.PassedDrawdownLimit, result.ReachedGoal));
    }

    [Fact]
    public void Whatever_is_reached_at_any_time_counts()
    {
        // 1100 is reached where the win comes first, in one of two orders; a fall of exactly half does not pass half.
        var result = Of(Trades(10, -50), Resampling.Shuffle, paths: 4_000, goal: 1_100m, drawdownLimit: 50m);
        Assert.Equal(0.5, result.ReachedGoal!.Value, 0.03);
        Assert.Equal(0, result.PassedDrawdownLimit);
        Assert.Equal(
            1,
            Of(Trades(10, -50), Resampling.Shuffle, 50, goal: 1_000m, drawdownLimit: 49.99999999m) is var sure
                ? sure.ReachedGoal!.Value * sure.PassedDrawdownLimit!.Value
                : 0
        );
        Assert.Equal(1, Of(Trades(10, -100), Resampling.Shuffle, 50).Ruined);
    }

    // In doubles 7,000 of 100,000 are 7.000000000000001 %.
    [Theory]
    [InlineData(100_000)]
    [InlineData(1_000)]
    [InlineData(0.3)]
    [InlineData(1_000_000_000_000)]
    public void A_fall_of_exactly_the_limit_does_not_pass_it(double capital)
    {
        for (var percent = 1; percent < 100; percent++)
        {
            var rows = TradesFrom((decimal)capital, -percent);
            var (at, under) = (
                Of(rows, Resampling.Shuffle, 1, drawdownLimit: percent),
                Of(rows, Resampling.Shuffle, 1, drawdownLimit: percent - 0.00000001m)
            );
            Assert.Equal(
                (percent, 0, 1),
                (at.MaxDrawdownPercentage.P50, at.PassedDrawdownLimit, under.PassedDrawdownLimit)
            );
        }
    }

    // In either order: of the most there can be, 10^26 units, or of what comes to it.
    [Theory]
    [InlineData(50, 50, 0)]
    [InlineData(50, 49.99999999, 1)]
    [InlineData(99.99999999, 99.99999999, 0)]
    [InlineData(99.99999999, 99.99999998, 1)]
    [InlineData(100, 100, 0)]
    public void It_is_exact_of_the_most_that_capital_can_be(double fall, double limit, double passed)
    {
        var rows = TradesFrom(1_000_000_000_000m, 200_000_000m, -(decimal)fall);
        Assert.Equal(passed, Of(rows, Resampling.Shuffle, 20, drawdownLimit: (decimal)limit).PassedDrawdownLimit);
    }

    // What they fall by is what the statistics say of rows in that order.
    [Fact]
    public void A_path_falls_by_what_the_statistics_say()
    {
        for (var percent = 1; percent < 100; percent++)
        {
            var rows = TradesFrom(100_000m, [.. Enumerable.Repeat(-percent / 100m, 3)]);
            using var selected = rows.Selected();
            var fall = SelectionStatistics
                .Of(selected, Rows.Calendar("UTC"), 365, OpenTrades.None)
                .MaxDrawdownPercentage!;
            Assert.Equal(fall.Value, Of(rows, Resampling.Shuffle, 3).MaxDrawdownPercentage.P95);
        }
    }

    [Fact]
    public void A_goal_is_reached_and_ruin_come_to_to_the_last_digit()
    {
        for (var percent = 1; percent < 100; percent++)
        {
            var won = TradesFrom(0.3m, percent);
            var goal = 0.3m * (100 + percent) / 100;
            Assert.Equal(1, Of(won, Resampling.Shuffle, 1, goal: goal).ReachedGoal);
            Assert.Equal(0, Of(won, Resampling.Shuffle, 1, goal: goal + 0.00000001m).ReachedGoal);
        }

        Assert.Equal(0, Of(TradesFrom(1_000_000_000_000m, -99.99999999m), Resampling.Shuffle, 1).Ruined);
        Assert.Equal(1, Of(TradesFrom(1_000_000_000_000m, -100m), Resampling.Shuffle, 1).Ruined);
    }

    /// <summary>All 5^5 ways to draw five trades, each as likely as any other.</summary>
    [Fact]
    public void Drawn_often_enough_the_quantiles_are_those_of_every_way_to_draw()
    {
        decimal[] changes = [12, -7, 3, -1.5m, 20];
        var (ends, falls, ruinedOrLow) = (new List<double>(), new List<double>(), 0);
        for (var code = 0; code < 3_125; code++)
        {
            var (equity, peak, fall, rest) = (1000m, 1000m, 0m, code);
            for (var i = 0; i < 5; i++, rest /= 5)
            {
                equity += Math.Round(equity * changes[rest % 5] / 100, 8);
                peak = Math.Max(peak, equity);
                fall = Math.Max(fall, (peak - equity) / peak * 100);
            }

            ends.Add((double)equity);
            falls.Add((double)fall);
            ruinedOrLow += fall > 10 ? 1 : 0;
        }

        var result = Of(Trades(changes), Resampling.Bootstrap, paths: 10_000, drawdownLimit: 10m);
        var (exactEnds, exactFalls) = (Quantiles.Of([.. ends]), Quantiles.Of([.. falls]));
        foreach (
            var (exact, drawn) in new[]
            {
                (exactEnds.P5, result.FinalEquity.P5),
                (exactEnds.P50, result.FinalEquity.P50),
                (exactEnds.P95, result.FinalEquity.P95),
            }
        )
            Assert.Equal(exact, drawn, 25.0);
        Assert.Equal(exactFalls.P50, result.MaxDrawdownPercentage.P50, 0.5);
        Assert.Equal(ruinedOrLow / 3_125.0, result.PassedDrawdownLimit!.Value, 0.02);
    }

    [Theory]
    [InlineData(Resampling.Shuffle)]
    [InlineData(Resampling.Bootstrap)]
    [InlineData(Resampling.Block)]
    public void The_same_seed_gives_the_same_answer_and_another_one_another(Resampling method)
    {
        var rows = RandomTrades(200);
        var first = Text(Of(rows, method, 300));
        Assert.Equal(first, Text(Of(rows, method, 300)));
        Assert.NotEqual(first, Text(Of(rows, method, 300, seed: 2)));
    }

    // Written from the definition: one path after the other from one generator, in doubles.
    [Theory]
    [InlineData(Resampling.Shuffle)]
    [InlineData(Resampling.Bootstrap)]
    [InlineData(Resampling.Block)]
    public void Paths_come_one_after_the_other_from_one_generator(Resampling method)
    {
        var rows = RandomTrades(60);
        var words = new SplitMix64(1);
        var ends = new List<double>();
        for (var path = 0; path < 40; path++)
        {
            var order = Enumerable.Range(0, 60).ToArray();
            for (var i = 59; method == Resampling.Shuffle && i > 0; i--)
            {
                var other = words.Below(i + 1);
                (order[i], order[other]) = (order[other], order[i]);
            }

            for (var i = 0; method == Resampling.Bootstrap && i < 60; i++)
                order[i] = words.Below(60);
            for (var i = 0; method == Resampling.Block && i < 60; i++)
                order[i] =
                    i == 0 || (words.Next() >> 11) / Math.Pow(2, 53) < 1 / Math.Sqrt(60)
                        ? words.Below(60)
                        : (order[i - 1] + 1) % 60;
            ends.Add(order.Aggregate(1000.0, (equity, row) => equity * (1 + ((double)rows[row].Change / 100))));
        }

        var expected = Quantiles.Of([.. ends]);
        var actual = Of(rows, method, 40).FinalEquity;
        Assert.Equal(expected.P5, actual.P5, 1e-4);
        Assert.Equal(expected.P50, actual.P50, 1e-4);
        Assert.Equal(expected.P95, actual.P95, 1e-4);
    }

    [Fact]
    public void A_shuffle_leaves_counts_as_they_are_and_intervals_hold_the_figure()
    {
        var rows = RandomTrades(100);
        using var selected = rows.Selected();
        var statistics = SelectionStatistics.Of(selected, Rows.Calendar("UTC"), 365, OpenTrades.None);
        var shuffled = Of(rows, Resampling.Shuffle, 200).Intervals;
        Assert.Equal(statistics.WinRate!.Value, shuffled.WinRate!.Lower, 1e-12);
        Assert.Equal(statistics.WinRate.Value, shuffled.WinRate.Upper, 1e-12);
        Assert.Equal(statistics.AverageChange!.Value, shuffled.AverageChange!.Lower, 1e-9);
        var drawn = Of(rows, Resampling.Bootstrap, 500).Intervals;
        Assert.InRange(statistics.WinRate.Value, drawn.WinRate!.Lower, drawn.WinRate.Upper);
        Assert.InRange(statistics.Sharpe!.Value, drawn.Sharpe!.Lower, drawn.Sharpe.Upper);
        Assert.InRange(statistics.ProfitFactor!.Value, drawn.ProfitFactor!.Lower, drawn.ProfitFactor.Upper);
    }

    [Fact]
    public void Without_chance_a_path_has_the_sharpe_ratio_of_the_statistics()
    {
        var rows = RandomTrades(50);
        using var selected = rows.Selected();
        var equity = Series
            .CapitalByPeriod(selected, Rows.Calendar("UTC").Divide(Period.Day, selected.ExitTimes), cumulative: true)
            .Value;
        Assert.Equal(
            SelectionStatistics.Of(selected, Rows.Calendar("UTC"), 252, OpenTrades.None).Sharpe!.Value,
            DailyReturns.SharpeOf(selected.InitialEquity, equity, 252)!.Value,
            1e-9
        );
    }

    // In St. John's, on 2010-11-07, the clock went back from 00:01 to 23:01 of the 6th. Equal changes come to the same
    // in any order, so every path is the ledger.
    [Theory]
    // One on the 7th, at 00:00:30, before the last one on the 6th, at 23:02.
    [InlineData("2010-11-07T02:30:30 2010-11-07T02:32:00", 14.3330)]
    // On both dates before and after; the days around them, too.
    [InlineData("2010-11-07T02:29:00 2010-11-07T02:30:00 2010-11-07T02:31:00 2010-11-07T03:29:59", null)]
    [InlineData("2010-11-07T02:30:59 2010-11-07T03:29:00 2010-11-07T03:31:00 2010-11-08T12:00:00", null)]
    public void What_a_date_brought_counts_on_it_where_it_is_passed_twice(string exits, double? sharpe)
    {
        var last = exits.Split(' ').Select(Rows.Time).ToList();
        var first = Enumerable.Range(0, 30 - last.Count).Select(i => Rows.Time("2010-11-06T09:00").AddMinutes(i));
        var rows = Trades([.. Enumerable.Repeat(1m, 30)])
            .Zip([.. first, .. last], (row, exit) => row with { Entry = exit.AddMinutes(-1), Exit = exit })
            .ToList();
        using var selected = rows.Selected();
        var statistics = SelectionStatistics.Of(selected, Rows.Calendar("America/St_Johns"), 365, OpenTrades.None);
        var paths = Of(rows, Resampling.Bootstrap, 20, zone: "America/St_Johns").Intervals.Sharpe!;
        Assert.Equal(sharpe ?? statistics.Sharpe!.Value, statistics.Sharpe!.Value, 0.00005);
        Assert.Equal(statistics.Sharpe.Value, paths.Lower, 1e-9);
        Assert.Equal(statistics.Sharpe.Value, paths.Upper, 1e-9);
    }

    // Bailey and López de Prado (2014): an annualized ratio of 2.5 over 1,250 days, skewness −3, kurtosis 10, a
    // variance of the trials of 1/2 a year.
    [Theory]
    [InlineData(100, 0.1132, 0.9004)]
    [InlineData(46, 0.1, 0.9505)]
    public void The_deflated_ratio_is_the_published_one(int trials, double expectedBest, double deflated)
    {
        var best = DeflatedSharpe.ExpectedBest(0.5 / 250, trials);
        Assert.Equal(expectedBest, best, trials == 100 ? 0.0001 : 0.005);
        Assert.Equal(deflated, DeflatedSharpe.Of(2.5 / Math.Sqrt(250), 1250, -3, 10 - 3, best)!.Value, 0.0002);
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.8413447460685429)]
    [InlineData(-1.959963984540054, 0.025)]
    [InlineData(3.090232306167813, 0.999)]
    [InlineData(-6, 9.865876450376946e-10)]
    public void The_normal_distribution_is_the_tabled_one(double x, double probability)
    {
        Assert.Equal(probability, NormalDistribution.Cumulative(x), 1e-15);
        Assert.Equal(x, NormalDistribution.Quantile(probability), 1e-9);
    }

    private static Confidence Of(
        List<Row> rows,
        Resampling method,
        int paths,
        decimal? goal = null,
        decimal? drawdownLimit = null,
        ulong seed = 1,
        string zone = "UTC"
    )
    {
        using var selected = rows.Selected();
        return Confidence.Of(
            selected,
            Rows.Calendar(zone),
            new ConfidenceRequest(
                method,
                paths,
                seed,
                FixedPoint.Of(100),
                drawdownLimit,
                goal,
                Points: 200,
                Annualization: 365
            ),
            cancellationToken: TestContext.Current.CancellationToken
        );
    }

    private static List<Row> Trades(params decimal[] changes) => TradesFrom(1000m, changes);

    private static List<Row> TradesFrom(decimal capital, params decimal[] changes)
    {
        var (equity, day) = (capital, Rows.Time("2026-01-01"));
        return
        [
            .. changes.Select(
                (change, i) =>
                    new Row(
                        "BTC",
                        "60",
                        "long",
                        day.AddDays(i),
                        day.AddDays(i).AddHours(5),
                        change,
                        Math.Round(equity * change / 100, 8),
                        equity += Math.Round(equity * change / 100, 8)
                    )
            ),
        ];
    }

    private static List<Row> RandomTrades(int count)
    {
        var random = new Random(9);
        return Trades([.. Enumerable.Range(0, count).Select(_ => random.Next(-400, 450) / 100m)]);
    }

    private static string Text(Confidence result) =>
        string.Join(
            ' ',
            result
                .Fan.P5.Concat(result.Fan.P50)
                .Concat(result.Fan.P95)
                .Select(value => value.ToString("R", CultureInfo.InvariantCulture))
                .Append(
                    $"{result.FinalEquity} {result.MaxDrawdownPercentage} {result.Intervals.Sharpe} "
                        + $"{result.Intervals.ProfitFactor}"
                )
        );
}
