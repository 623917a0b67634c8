using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class ReturnsTests
{
    public static TheoryData<string, string, string> Years =>
        new()
        {
            // Exits and pnl on 1000; zone; year: months of the span from its first one, total.
            {
                "2025-11-30=100 2026-01-15=110 2026-03-01=-121",
                "UTC",
                "2025 @11: 0.1 0 = 0.1; 2026 @1: 0.1 0 -0.1 = -0.01"
            },
            { "2024-02-29T12:00=10", "UTC", "2024 @2: 0.01 = 0.01" },
            // A year without a trade between two.
            {
                "2024-12-31=100 2026-01-01=-110",
                "UTC",
                "2024 @12: 0.1 = 0.1; 2025 @1: 0 0 0 0 0 0 0 0 0 0 0 0 = 0; 2026 @1: -0.1 = -0.1"
            },
            // The last hour of a year in UTC is the first of the next in Berlin.
            { "2025-12-31T23:30=100", "UTC", "2025 @12: 0.1 = 0.1" },
            { "2025-12-31T23:30=100", "Europe/Berlin", "2026 @1: 0.1 = 0.1" },
            // What begins with nothing has no return.
            { "2026-01-05=-1000 2026-03-05=0", "UTC", "2026 @1: -1 - - = -1" },
            { "2025-12-05=-1000 2026-01-05=0", "UTC", "2025 @12: -1 = -1; 2026 @1: - = -" },
            { "", "UTC", "" },
        };

    [Theory]
    [MemberData(nameof(Years))]
    public void Months_compound_to_their_year(string trades, string zone, string expected)
    {
        var rows = Rows.Of(
            1000m,
            [
                .. trades
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(trade => trade.Split('='))
                    .Select(trade =>
                        (
                            "2020-01-01",
                            trade[0],
                            0m,
                            decimal.Parse(trade[1], System.Globalization.CultureInfo.InvariantCulture)
                        )
                    ),
            ]
        );
        var years = Returns.ByMonth(rows.Selected(), Rows.Calendar(zone), now: 0);
        Assert.All(years, year => Assert.Equal(12, year.Months.Count));
        Assert.Equal(
            expected,
            string.Join("; ", years.Select((year, i) => Text(year, i == 0, i == years.Count - 1, rows, zone)))
        );
    }

    [Theory]
    [MemberData(nameof(RandomLedgers.Places), MemberType = typeof(RandomLedgers))]
    public void Returns_of_any_ledger_filter_and_zone_are_what_their_definition_says(string zone, string start)
    {
        var random = new Random(3);
        var local = TimeZoneInfo.FindSystemTimeZoneById(zone);
        for (var i = 0; i < 100; i++)
        {
            var rows = RandomLedgers.Ledger(random, Rows.Time(start));
            var (filter, selects) = RandomLedgers.Filter(random, rows);
            var selected = rows.Where(selects).ToList();
            // Wider than the rows by months, on either side.
            if (filter is { From: null, To: null } && rows.Count > 0 && random.Next(2) == 0)
            {
                filter = filter with
                {
                    From = Rows.Milliseconds(rows[0].Exit.AddDays(-random.Next(0, 400))),
                    To = Rows.Milliseconds(rows[^1].Exit.AddDays(random.Next(1, 400))),
                };
            }

            var now = Rows.Time(start).AddDays(random.Next(0, 500));
            var years = Returns.ByMonth(rows.Selected(filter), Rows.Calendar(zone), Rows.Milliseconds(now));
            if (selected.Count == 0)
            {
                Assert.Empty(years);
                continue;
            }

            var (first, last) = (
                selected.Min(row => Naive.Date(row, local)),
                selected.Max(row => Naive.Date(row, local))
            );
            (first, last) = (
                Earlier(first, Date(filter.From, local)),
                Later(last, Date(Math.Min(filter.To - 1 ?? 0, Rows.Milliseconds(now)), local))
            );
            Assert.Equal(Enumerable.Range(first.Year, last.Year - first.Year + 1), years.Select(year => year.Year));
            foreach (var year in years)
            {
                for (var month = 1; month <= 12; month++)
                {
                    var begin = new DateOnly(year.Year, month, 1);
                    var isInSpan = begin.AddMonths(1) > first && begin <= last;
                    Assert.Equal(
                        isInSpan ? Return(selected, local, begin, begin.AddMonths(1)) : null,
                        Round(year.Months[month - 1])
                    );
                }

                Assert.Equal(
                    Return(selected, local, new DateOnly(year.Year, 1, 1), new DateOnly(year.Year + 1, 1, 1)),
                    Round(year.Total)
                );
                // Where no month is undefined, the year is what they compound to.
                if (
                    year.Total is { } total
                    && !years
                        .SelectMany(other => other.Months)
                        .Where((_, m) => m >= first.Month - 1 && m < ((last.Year - first.Year) * 12) + last.Month)
                        .Any(value => value is null)
                )
                {
                    Assert.Equal(
                        total,
                        year.Months.Aggregate(1.0, (product, value) => product * (1 + (value ?? 0))) - 1,
                        1e-12
                    );
                }
            }
        }
    }

    private static DateOnly? Date(long? time, TimeZoneInfo zone) =>
        time is { } instant
            ? DateOnly.FromDateTime(Naive.Local(DateTime.UnixEpoch.AddMilliseconds(instant), zone))
            : null;

    private static DateOnly Earlier(DateOnly date, DateOnly? other) => other < date ? other.Value : date;

    private static DateOnly Later(DateOnly date, DateOnly? other) => other > date ? other.Value : date;

    private static double? Return(List<Row> rows, TimeZoneInfo zone, DateOnly begin, DateOnly end)
    {
        var before = Naive.Before(rows) + rows.Where(row => Naive.Date(row, zone) < begin).Sum(row => row.Pnl);
        var after = Naive.Before(rows) + rows.Where(row => Naive.Date(row, zone) < end).Sum(row => row.Pnl);
        return before > 0 ? Round((double)((after / before) - 1)) : null;
    }

    private static double? Round(double? value) => value is { } number ? Math.Round(number, 12) + 0.0 : null;

    // Months outside the span are null, and left out here.
    private static string Text(YearOfReturns year, bool isFirst, bool isLast, List<Row> rows, string zone)
    {
        var local = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var from = isFirst ? rows.Min(row => Naive.Date(row, local)).Month : 1;
        var to = isLast ? rows.Max(row => Naive.Date(row, local)).Month : 12;
        Assert.All(year.Months.Where((_, i) => i + 1 < from || i + 1 > to), Assert.Null);
        var months = year.Months.Skip(from - 1).Take(to - from + 1).Select(Number);
        return $"{year.Year} @{from}: {string.Join(' ', months)} = {Number(year.Total)}";
    }

    private static string Number(double? value) => Round(value)?.ToString() ?? "-";
}
