using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class WeightsTests
{
    private static readonly double[] One = [0.01, -0.01, 0.01, -0.01];

    // As far apart as One is, and moves when it does not.
    private static readonly double[] Other = [0.01, 0.01, -0.01, -0.01];
    private static readonly double[] Twice = [0.02, 0.02, -0.02, -0.02];

    // One and Other together: correlated with both by the root of a half.
    private static readonly double[] Both = [0.02, 0, 0, -0.02];

    public static TheoryData<WeightSuggestion, double[][], double[]> Suggestions =>
        new()
        {
            { WeightSuggestion.EqualRisk, [One], [1] },
            { WeightSuggestion.EqualRisk, [One, Other], [0.5, 0.5] },
            // Without correlation, as the deviations are the other way about; of two, with any.
            { WeightSuggestion.EqualRisk, [One, Twice], [2.0 / 3, 1.0 / 3] },
            { WeightSuggestion.EqualRisk, [One, Both], [0.585786437626905, 0.414213562373095] },
            // As the variances are.
            { WeightSuggestion.MinimumVariance, [One, Twice], [0.8, 0.2] },
            // One + Other vary twice as much as either, in Both: nothing of it is the least.
            { WeightSuggestion.MinimumVariance, [One, Both], [1, 0] },
            { WeightSuggestion.MinimumVariance, [One, Other, Both], [0.5, 0.5, 0] },
        };

    [Theory]
    [MemberData(nameof(Suggestions))]
    public void Weights_are_suggested(WeightSuggestion how, double[][] returns, double[] expected)
    {
        var weights = Weights.Suggest(how, returns)!;
        Assert.Equal(expected.Length, weights.Length);
        for (var i = 0; i < weights.Length; i++)
            Assert.Equal(expected[i], weights[i], 1e-9);
    }

    [Fact]
    public void Each_adds_the_same_to_the_variance_and_no_other_weights_vary_less()
    {
        var random = new Random(5);
        for (var round = 0; round < 50; round++)
        {
            var n = random.Next(2, 8);
            var returns = Enumerable
                .Range(0, n)
                .Select(_ => Enumerable.Range(0, 40).Select(_ => (random.NextDouble() - 0.45) / 20).ToArray())
                .ToArray();
            double VarianceOf(double[] weights)
            {
                var sum = Sum(returns, weights);
                return sum.Sum(r => (r - sum.Average()) * (r - sum.Average()));
            }

            var equal = Weights.Suggest(WeightSuggestion.EqualRisk, returns)!;
            var total = Sum(returns, equal);
            var added = Enumerable
                .Range(0, n)
                .Select(i => equal[i] * returns[i].Zip(total, (r, t) => r * (t - total.Average())).Sum())
                .ToList();
            Assert.All(added, one => Assert.Equal(1.0 / n, one / added.Sum(), 1e-8));

            var least = VarianceOf(Weights.Suggest(WeightSuggestion.MinimumVariance, returns)!);
            for (var i = 0; i < 200; i++)
            {
                var other = Enumerable.Range(0, n).Select(_ => Math.Pow(random.NextDouble(), 3)).ToArray();
                Assert.True(VarianceOf([.. other.Select(part => part / other.Sum())]) >= least * (1 - 1e-9));
            }
        }
    }

    [Fact]
    public void Of_one_day_or_of_what_does_not_vary_there_are_none()
    {
        Assert.Null(
            Weights.Suggest(
                WeightSuggestion.EqualRisk,
                [
                    [0.01],
                    [0.02],
                ]
            )
        );
        Assert.Null(Weights.Suggest(WeightSuggestion.MinimumVariance, [One, [0, 0, 0, 0]]));
        Assert.Null(Weights.Suggest(WeightSuggestion.MinimumVariance, [One, [0, double.NaN, 0, 0]]));
    }

    [Fact]
    public void A_part_grows_as_its_account_does_and_is_parted_anew_when_asked()
    {
        // 1,000 and 3,000; the first doubles each day, the second stays, then halves.
        double[][] equity =
        [
            [2000, 4000],
            [3000, 1500],
        ];
        var never = WeightedAccount.Of(4000, [0.25, 0.75], equity, [1000, 3000], new HashSet<int>(), 365);
        Assert.Equal([5000, 5500], never.Value);
        Assert.Equal([25, 37.5], never.ChangePercentage);
        Assert.Equal([0, 0], never.DrawdownPercentage);

        // 1,250 double, 3,750 halve.
        var anew = WeightedAccount.Of(4000, [0.25, 0.75], equity, [1000, 3000], new HashSet<int> { 0, 1 }, 365);
        Assert.Equal([5000, 4375], anew.Value);
        Assert.Equal([0, 12.5], anew.DrawdownPercentage);
        Assert.Equal(12.5, anew.MaxDrawdownPercentage);

        // What has lost everything has nothing to grow from.
        var lost = WeightedAccount.Of(
            200,
            [0.5, 0.5],
            [
                [0, 0],
                [100, 200],
            ],
            [100, 100],
            new HashSet<int> { 1 },
            365
        );
        Assert.Equal([100, 150], lost.Value);
    }

    private static double[] Sum(double[][] returns, double[] weights) =>
        [
            .. Enumerable
                .Range(0, returns[0].Length)
                .Select(day => Enumerable.Range(0, weights.Length).Sum(i => weights[i] * returns[i][day])),
        ];
}
