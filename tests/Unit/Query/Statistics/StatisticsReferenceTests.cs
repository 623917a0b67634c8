using System.Reflection;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class StatisticsReferenceTests
{
    private const int LedgersAPlace = 120;

    private static readonly decimal[] Allocations = [100m, 50m, 33.33333334m, 0.00000001m, 33.33333333m];

    [Theory]
    [MemberData(nameof(RandomLedgers.Places), MemberType = typeof(RandomLedgers))]
    public void Every_figure_of_any_ledger_filter_and_zone_is_what_its_definition_says(string zone, string start)
    {
        var random = new Random(1);
        for (var i = 0; i < LedgersAPlace; i++)
        {
            var rows = RandomLedgers.Ledger(random, Rows.Time(start));
            var (filter, selects) = RandomLedgers.Filter(random, rows);
            var annualization = random.Next(2) == 0 ? 365 : 252;
            var selected = rows.Where(selects).ToList();
            var allocation = Allocations[i % Allocations.Length];
            var open = OpenTrades(rows, Rows.Time(start), i);
            var expected = Naive.Statistics(selected, TimeZoneInfo.FindSystemTimeZoneById(zone), annualization);
            Naive.AddExposure(
                expected,
                rows,
                selected,
                [.. open.Select(trade => (trade, selects(trade with { Exit = DateTime.MaxValue })))],
                allocation
            );
            expected[nameof(BatchStatistics.OpenTrades)] = open.Count(trade => Selects(filter, trade));
            var actual = SelectionStatistics.Of(
                rows.Selected(filter),
                Rows.Calendar(zone),
                annualization,
                new OpenTrades(
                    FixedPoint.Of(allocation),
                    [.. open.Select(trade => trade.ToOpenTrade()).OrderBy(trade => (trade.EntryTime, trade.TradeId))]
                )
            );
            foreach (var property in typeof(BatchStatistics).GetProperties(BindingFlags.Instance | BindingFlags.Public))
            {
                var value = property.GetValue(actual);
                Assert.True(
                    AreSame(expected.GetValueOrDefault(property.Name), value),
                    $"{zone}, ledger {i}, {selected.Count} of {rows.Count} rows: {property.Name} is {value}, not "
                        + $"{expected.GetValueOrDefault(property.Name)}"
                );
            }
        }
    }

    // Up to three, some of them entered before the first row, between rows, or after the last one.
    private static List<Row> OpenTrades(List<Row> rows, DateTime start, int number)
    {
        var random = new Random(number);
        return
        [
            .. Enumerable
                .Range(0, random.Next(4))
                .Select(i => new Row(
                    i == 0 ? "BTC" : "ETH",
                    random.Next(2) == 0 ? "60" : "240",
                    random.Next(2) == 0 ? "long" : "short",
                    rows.Count > 0 && random.Next(2) == 0
                        ? rows[random.Next(rows.Count)].Exit
                        : start.AddMinutes(random.Next(-5_000, 100_000)),
                    DateTime.MaxValue,
                    i,
                    0,
                    0
                )),
        ];
    }

    // As it selects an open one to be counted: whatever times it asks for.
    private static bool Selects(LedgerFilter filter, Row trade) =>
        filter.Selects(trade.Stream) && filter.SelectsSide(trade.Side == "short");

    [Fact]
    public void The_ledgers_are_of_every_kind()
    {
        var random = new Random(1);
        var kinds = Enumerable
            .Range(0, LedgersAPlace)
            .SelectMany(_ => RandomLedgers.Kinds(RandomLedgers.Ledger(random, Rows.Time("2026-01-01"))))
            .ToHashSet();
        Assert.Equal(
            [
                "a gain past the cap",
                "capped, and lost later",
                "empty",
                "one row",
                "ruined at the end",
                "ruined, and traded on",
            ],
            kinds.Order(StringComparer.Ordinal)
        );
    }

    private static bool AreSame(object? expected, object? actual) =>
        (expected, actual) switch
        {
            (null, null) => true,
            (double e, double a) => Near(e, a),
            (decimal e, FixedPoint a) => FixedPoint.Of(e) == a,
            (Naive.Fall e, Drawdown<FixedPoint> a) => FixedPoint.Of(e.Value) == a.Value
                && (e.Peak, e.Trough, e.Recovery) == (a.PeakTime, a.TroughTime, a.RecoveryTime),
            (Naive.Fall e, Drawdown<double> a) => Near((double)e.Value, a.Value)
                && (e.Peak, e.Trough, e.Recovery) == (a.PeakTime, a.TroughTime, a.RecoveryTime),
            _ => Equals(expected, actual),
        };

    private static bool Near(double expected, double actual) =>
        Math.Abs(expected - actual) <= Math.Max(1e-12, 1e-9 * Math.Abs(expected));
}
