using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Prices;
using PnlPipeline.Domain.Statistics;
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
            Assert.Equal([5, 10, 35], hold.Value().ChangePercentage(), (one, other) => Math.Abs(one - other) < 1e-9);
        }

        Assert.Equal([0, 0], new BuyAndHold(3, 0, [0, 100]).Value().ChangePercentage());
        Assert.Equal([1, 1], Held.Money(2).Value);
    }

    // The account began with 100, what is held with 1.
    public static TheoryData<double[], double[], double?, double?> Accounts =>
        new()
        {
            // Daily returns of the benchmark: 0.1, −0.1, 0.2. Of the account twice that and 0.01 a day: beta 2, alpha
            // 0.01 × 365.
            { [121, 98.01, 138.1941], [1.1, 0.99, 1.188], 3.65, 2 },
            // The benchmark itself; one that goes the other way about.
            { [110, 99, 118.8], [1.1, 0.99, 1.188], 0, 1 },
            { [90, 99, 79.2], [1.1, 0.99, 1.188], 0, -1 },
            // It does not vary; there is but one day; a day begins with nothing.
            { [110, 99], [1, 1], null, null },
            { [110], [1.1], null, null },
            { [], [], null, null },
            { [0, 0, 0], [1.1, 0.99, 1.188], null, null },
        };

    [Theory]
    [MemberData(nameof(Accounts))]
    public void Beta_and_alpha_are_of_daily_returns(
        double[] account,
        double[] benchmark,
        double? alpha,
        double? beta
    ) => AssertKnown(100m, Array.ConvertAll(account, value => (decimal)value), new Held(benchmark), alpha, beta);

    // Eight times −99 % on the first day, of which a hundred-millionth is left; then +100 %, and +50 %.
    [Fact]
    public void Where_next_to_nothing_is_left_returns_are_what_they_are()
    {
        decimal[] equity = [0.00000001m, 0.00000002m, 0.00000003m];
        var account = DailyReturns.Of(
            FixedPoint.Of(100_000_000m),
            Array.ConvertAll(equity, value => FixedPoint.Of(value))
        );
        Assert.Equal([-1, 1, 0.5], account, (one, other) => Math.Abs(one - other) < 1e-15);
        // −50 %, +50 % and +25 %: the account moves by twice that.
        AssertKnown(100_000_000m, equity, new Held([0.5, 0.75, 0.9375]), 0, 2);

        // A price that falls and rises likewise, past the decimals there are for a quotient.
        var hold = new BuyAndHold(1, 0, [0, 100, 200]);
        hold.Add(0, new PricePoint(0, Alert.Id(1), 900_000_000_000_000m));
        foreach (var (time, price) in new[] { (50, 0.000000000003m), (150, 0.000000000006m), (250, 0.000000000009m) })
            hold.Add(0, new PricePoint(time, Alert.Id(1), price));
        var held = hold.Value();
        Assert.Equal([-1, 1, 0.5], held.Returns(), (one, other) => Math.Abs(one - other) < 1e-15);
        AssertKnown(100m, [50, 75, 93.75m], held, 0, 0.5);
        AssertKnown(100_000_000m, equity, held, 0, 1);
    }

    private static void AssertKnown(decimal initial, decimal[] equity, Held benchmark, double? alpha, double? beta)
    {
        var known = AlphaAndBeta.Of(
            FixedPoint.Of(initial),
            Array.ConvertAll(equity, value => FixedPoint.Of(value)),
            benchmark,
            365
        );
        Assert.Equal((Round(alpha), Round(beta)), (Round(known.Alpha), Round(known.Beta)));

        static double? Round(double? value) => value is { } number ? Math.Round(number, 9) + 0.0 : null;
    }
}
