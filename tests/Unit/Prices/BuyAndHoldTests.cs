using PnlPipeline.Domain.Prices;
using PnlPipeline.Tests.Unit.Pairing;

namespace PnlPipeline.Tests.Unit.Prices;

public sealed class BuyAndHoldTests
{
    // Part, time, id, price. Days begin at 0, 100 and 200; nothing is bought before −50.
    private static readonly (int Part, long Time, int Id, decimal Price)[] Prices =
    [
        // Bought at 100, as the lower id of that instant says; 110 at the end of the first day, 120 from the second on.
        (0, -60, 1, 1m),
        (0, -40, 2, 99m),
        (0, -40, 1, 100m),
        (0, 20, 5, 110m),
        (0, 20, 6, 500m),
        (0, 10, 1, 300m),
        (0, 150, 1, 120m),
        // Bought on the second day at 50, and worth half as much again on the third.
        (1, -60, 1, 1m),
        (1, 130, 1, 50m),
        (1, 250, 1, 75m),
    ];

    [Fact]
    public void Parts_are_bought_at_their_first_price_and_held()
    {
        var random = new Random(13);
        for (var i = 0; i < 20; i++)
        {
            var hold = new BuyAndHold(2, -50, [0, 100, 200]);
            foreach (var (part, time, id, price) in Prices.OrderBy(_ => random.Next()))
                hold.Add(part, new PricePoint(time, Alert.Id(id), price));
            // (1.1 + 1) / 2, (1.2 + 1) / 2, (1.2 + 1.5) / 2.
            Assert.Equal([5, 10, 35], hold.ChangePercentage(), (one, other) => Math.Abs(one - other) < 1e-9);
        }

        Assert.Equal([0, 0], new BuyAndHold(3, 0, [0, 100]).ChangePercentage());
    }

    public static TheoryData<double[], double[], double?, double?> Accounts =>
        new()
        {
            // Daily returns of the benchmark: 0.1, −0.1, 0.2. Of the account twice that and 0.01 a day: beta 2, alpha
            // 0.01 × 365.
            { [21, -1.99, 38.1941], [10, -1, 18.8], 3.65, 2 },
            // The benchmark itself; one that goes the other way about.
            { [10, -1, 18.8], [10, -1, 18.8], 0, 1 },
            { [-10, -1, -20.8], [10, -1, 18.8], 0, -1 },
            // It does not vary; there is but one day; a day begins with nothing.
            { [10, -1], [0, 0], null, null },
            { [10], [10], null, null },
            { [], [], null, null },
            { [-100, -100, -100], [10, -1, 18.8], null, null },
        };

    [Theory]
    [MemberData(nameof(Accounts))]
    public void Beta_and_alpha_are_of_daily_returns(double[] account, double[] benchmark, double? alpha, double? beta)
    {
        var known = AlphaAndBeta.Of(account, benchmark, 365);
        Assert.Equal((Round(alpha), Round(beta)), (Round(known.Alpha), Round(known.Beta)));

        static double? Round(double? value) => value is { } number ? Math.Round(number, 9) + 0.0 : null;
    }
}
