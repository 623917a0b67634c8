using PnlPipeline.Contracts;
using PnlPipeline.Domain.Prices;
using PnlPipeline.Tests.Unit.Pairing;

namespace PnlPipeline.Tests.Unit.Prices;

public sealed class PriceHistoryTests
{
    // Time, id, price. Of the two at 20 the lower id counts.
    private static readonly PriceHistory Prices = Of(
        (10, 5, 100m),
        (30, 1, 90m),
        (20, 3, 120m),
        (20, 2, 110m),
        (40, 1, 105m)
    );

    [Theory]
    [InlineData(10, 40, "4 90 110")]
    [InlineData(11, 29, "1 110 110")]
    [InlineData(20, 20, "1 110 110")]
    [InlineData(30, 100, "2 90 105")]
    [InlineData(0, 9, null)]
    [InlineData(21, 29, null)]
    public void Within_a_span_the_lowest_and_the_highest_are_found(long from, long to, string? expected) =>
        Assert.Equal(
            expected,
            Prices.Between(from, to) is { } found ? $"{found.Count} {found.Low} {found.High}" : null
        );

    [Theory]
    // Side, entry, exit; worst, best.
    [InlineData("long", 100, 10, 105, 40, "-10 10 4")]
    [InlineData("short", 100, 10, 105, 40, "-10 10 4")]
    [InlineData("long", 110, 20, 90, 30, "-18.18181818 0 2")]
    [InlineData("short", 110, 20, 90, 30, "0 18.18181818 2")]
    // What it was sold at itself, where another alert of that instant counts as the price.
    [InlineData("long", 100, 10, 120, 20, "0 20 2")]
    public void A_trade_went_as_far_as_prices_came(
        string side,
        int entryPrice,
        long entry,
        int exitPrice,
        long exit,
        string expected
    )
    {
        var gone = Excursions.Of(
            Prices,
            side == "long" ? Direction.Long : Direction.Short,
            entryPrice,
            entry,
            exitPrice,
            exit
        )!;
        Assert.Equal(
            expected,
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{gone.Mae:0.########} {gone.Mfe:0.########} {gone.Prices}"
            )
        );
    }

    [Fact]
    public void Without_a_price_there_is_nothing_to_say() =>
        Assert.Null(Excursions.Of(Of(), Direction.Long, 100m, 10, 110m, 20));

    [Fact]
    public void Any_span_of_many_is_what_looking_at_each_says()
    {
        var random = new Random(12);
        var points = Enumerable
            .Range(0, 3_000)
            .Select(_ =>
                (Time: (long)random.Next(0, 2_000), Id: random.Next(0, 50), Price: (decimal)random.Next(1, 100_000))
            )
            .DistinctBy(point => (point.Time, point.Id))
            .ToArray();
        var history = Of(points);
        var each = points.GroupBy(point => point.Time).Select(instant => instant.MinBy(point => point.Id)).ToList();
        for (var i = 0; i < 500; i++)
        {
            var from = random.Next(-10, 2_000);
            var to = from + random.Next(0, 2_000);
            var within = each.Where(point => point.Time >= from && point.Time <= to).ToList();
            Assert.Equal(
                within.Count == 0
                    ? null
                    : (within.Count, within.Min(point => point.Price), within.Max(point => point.Price)),
                history.Between(from, to)
            );
        }
    }

    private static PriceHistory Of(params (long Time, int Id, decimal Price)[] points) =>
        new(points.Select(point => new PricePoint(point.Time, Alert.Id(point.Id), point.Price)));
}
