using System.Reflection;
using PnlPipeline.Query.Api.LedgerView;
using PnlPipeline.Query.Api.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class StatisticsReferenceTests
{
    private const int LedgersAPlace = 120;

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
            var expected = Naive.Statistics(selected, TimeZoneInfo.FindSystemTimeZoneById(zone), annualization);
            var actual = SelectionStatistics.Of(rows.Selected(filter), Rows.Calendar(zone), annualization);
            foreach (var property in typeof(BatchStatistics).GetProperties(BindingFlags.Instance | BindingFlags.Public))
            {
                // The ids are looked up by the rows.
                if (property.Name is nameof(BatchStatistics.BestTrade) or nameof(BatchStatistics.WorstTrade))
                    continue;
                var value = property.GetValue(actual);
                if (property.Name is nameof(BatchStatistics.BestSeq) or nameof(BatchStatistics.WorstSeq))
                    value = value is long seq ? rows[(int)seq - 1] : null;
                Assert.True(
                    AreSame(expected.GetValueOrDefault(property.Name), value),
                    $"{zone}, ledger {i}, {selected.Count} of {rows.Count} rows: {property.Name} is {value}, not {expected.GetValueOrDefault(property.Name)}");
            }
        }
    }

    [Fact]
    public void The_ledgers_are_of_every_kind()
    {
        var random = new Random(1);
        var kinds = Enumerable.Range(0, LedgersAPlace).SelectMany(_ => RandomLedgers.Kinds(RandomLedgers.Ledger(random, Rows.Time("2026-01-01")))).ToHashSet();
        Assert.Equal(
            ["a gain past the cap", "capped, and lost later", "empty", "one row", "ruined at the end", "ruined, and traded on"],
            kinds.Order(StringComparer.Ordinal));
    }

    private static bool AreSame(object? expected, object? actual) => (expected, actual) switch
    {
        (null, null) => true,
        (double e, double a) => Near(e, a),
        (decimal e, Amount a) => Amount.Of(e) == a,
        (Naive.Fall e, Drawdown<Amount> a) =>
            Amount.Of(e.Value) == a.Value && (e.Peak, e.Trough, e.Recovery) == (a.PeakTime, a.TroughTime, a.RecoveryTime),
        (Naive.Fall e, Drawdown<double> a) =>
            Near((double)e.Value, a.Value) && (e.Peak, e.Trough, e.Recovery) == (a.PeakTime, a.TroughTime, a.RecoveryTime),
        _ => Equals(expected, actual),
    };

    private static bool Near(double expected, double actual) => Math.Abs(expected - actual) <= Math.Max(1e-12, 1e-9 * Math.Abs(expected));
}
