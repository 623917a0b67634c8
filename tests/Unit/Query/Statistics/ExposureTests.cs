using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class ExposureTests
{
    // Two overlap, a third enters in the instant in which the first exits, one leaves in the instant of its entry, a
    // last one stands alone.
    private static readonly List<Row> Ledger =
    [
        At("BTC", "10:00", "12:00"),
        At("SOL", "12:30", "12:30"),
        At("ETH", "11:00", "13:00"),
        At("BTC", "12:00", "14:00"),
        At("ETH", "15:00", "16:00"),
    ];

    private static readonly OpenTrades Nothing = new(FixedPoint.Of(60), []);

    public static TheoryData<string, string, string> Curves =>
        new()
        {
            { "", "", "10:00=60 11:00=120 12:00=120 13:00=60 14:00=0 15:00=60 16:00=0 max 120" },
            { "", "13:30", "10:00=60 11:00=120 12:00=120 13:00=60 13:30=120 14:00=60 15:00=120 16:00=60 max 120" },
            {
                "",
                "11:30 15:30",
                "10:00=60 11:00=120 11:30=180 12:00=180 13:00=120 14:00=60 15:00=120 15:30=180 16:00=120 max 180"
            },
            // From the earliest entry of what is selected to its last exit; what else is open counts.
            { "ETH", "", "11:00=120 12:00=120 13:00=60 14:00=0 15:00=60 16:00=0 max 120" },
            { "SOL", "", "max none" },
            { "XRP", "15:30", "15:30=120 16:00=60 max 120" },
        };

    [Theory]
    [MemberData(nameof(Curves))]
    public void It_is_the_allocation_of_what_is_open_after_each_entry_and_exit(
        string symbol,
        string open,
        string expected
    )
    {
        using var rows = Ledger.Selected(symbol.Length == 0 ? null : LedgerFilter.None with { Symbols = [symbol] });
        var trades = open.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(time => At("XRP", time, "").ToOpenTrade());
        var (series, maxOpen) = Exposure.Of(rows, Nothing with { Trades = [.. trades] });
        var points = series.Time.Zip(
            series.Value,
            (time, value) => $"{UnixTime.FromUnixMilliseconds(time):HH:mm}={value} "
        );
        Assert.Equal(expected, $"{string.Concat(points)}max {(series.Count == 0 ? "none" : $"{maxOpen * 60}")}");
    }

    [Fact]
    public void The_share_of_the_time_over_100_is_told()
    {
        using var rows = Ledger.Selected();
        // From 11:00 to 13:00, of 10:00 to 16:00.
        Assert.Equal(new ExposureFigures(120, 1 / 3.0), Exposure.Figures(rows, Nothing));
        // Exactly 100 is not over.
        Assert.Equal(
            new ExposureFigures(100, 0),
            Exposure.Figures(rows, Nothing with { AllocationPercentage = FixedPoint.Of(50) })
        );
        Assert.Equal(
            new ExposureFigures(100.00000002, 1 / 3.0),
            Exposure.Figures(rows, Nothing with { AllocationPercentage = FixedPoint.Of(50.00000001m) })
        );
    }

    // BTC alone has closed rows: what narrows a batch to it lets every row through, and yet shuts out open trades.
    [Theory]
    [InlineData("symbol")]
    [InlineData("timeframe")]
    [InlineData("strategy")]
    [InlineData("side")]
    [InlineData("tag")]
    [InlineData("to")]
    public void A_filter_that_lets_every_row_through_may_shut_out_open_trades(string by)
    {
        List<Row> closed = [At("BTC", "10:00", "11:00")];
        var trades = new OpenTrades(
            FixedPoint.Of(100),
            [
                .. new[] { "12:00", "12:05" }.Select(time =>
                    (At("ETH", time, "") with { Side = "short", Strategy = "other", Timeframe = "15" }).ToOpenTrade()
                ),
            ]
        );
        var filter = by switch
        {
            "symbol" => LedgerFilter.None with { Symbols = ["BTC"] },
            "timeframe" => LedgerFilter.None with { Timeframes = ["60"] },
            "strategy" => LedgerFilter.None with { Strategies = [""] },
            "side" => LedgerFilter.None with { Sides = [LedgerFilter.Long] },
            "tag" => LedgerFilter.None with
            {
                Tags = ["good"],
                Tagged = new HashSet<AlertId> { closed[0].Id },
            },
            _ => LedgerFilter.None with { To = Rows.Milliseconds(Rows.Time("2026-01-02")) },
        };
        // In whatever order they are asked over one ledger.
        var (narrowedFirst, allFirst) = (closed.Columns(), closed.Columns());
        Assert.Equal(
            (100, 200, 100),
            (MaxOf(narrowedFirst, filter), MaxOf(narrowedFirst, LedgerFilter.None), MaxOf(narrowedFirst, filter))
        );
        Assert.Equal(
            (200, 100, 200),
            (MaxOf(allFirst, LedgerFilter.None), MaxOf(allFirst, filter), MaxOf(allFirst, LedgerFilter.None))
        );

        double? MaxOf(LedgerColumns ledger, LedgerFilter of)
        {
            using var rows = Selection.Of(ledger, of);
            return Exposure.Figures(rows, trades).Max;
        }
    }

    [Fact]
    public void Thinned_it_keeps_its_ends_and_what_is_highest()
    {
        List<Row> many =
        [
            .. Enumerable
                .Range(0, 500)
                .Select(i =>
                    At("BTC", "00:00", "00:01") is var row
                        ? row with
                        {
                            Entry = row.Entry.AddMinutes(i * 2),
                            Exit = row.Exit.AddMinutes((i * 2) + (i == 217 ? 3 : 0)),
                        }
                        : row
                ),
        ];
        using var rows = many.OrderBy(row => row.Exit).ToList().Selected();
        var whole = Exposure.Of(rows, Nothing).Series;
        var thin = Exposure.Of(rows, Nothing, points: 20).Series;
        Assert.InRange(thin.Count, 10, 24);
        Assert.Equal(
            (whole.Count, whole.Time[0], whole.Time[^1], FixedPoint.Of(120)),
            (thin.Total, thin.Time[0], thin.Time[^1], thin.Value.Max())
        );
        var known = whole.Time.Zip(whole.Value).ToHashSet();
        Assert.All(thin.Time.Zip(thin.Value), point => Assert.Contains(point, known));
    }

    [Fact]
    public void The_order_of_entries_goes_on_from_the_earlier_one()
    {
        var random = new Random(5);
        for (var round = 0; round < 50; round++)
        {
            var rows = RandomLedgers.Ledger(random, Rows.Time("2026-01-01"));
            var all = rows.Columns();
            var earlier = rows.Take(random.Next(rows.Count + 1)).ToList().Columns();
            var later = rows.Columns() with { EarlierEntryOrder = earlier.EntryOrder() };
            int[] expected =
            [
                .. Enumerable.Range(0, rows.Count).OrderBy(row => rows[row].Entry).ThenBy(row => rows[row].Id),
            ];
            Assert.Equal(
                expected.Select(row => (rows[row].Entry, rows[row].Id)),
                all.EntryOrder().Select(row => (rows[row].Entry, rows[row].Id))
            );
            Assert.Equal(
                expected.Select(row => (rows[row].Entry, rows[row].Id)),
                later.EntryOrder().Select(row => (rows[row].Entry, rows[row].Id))
            );
        }
    }

    private static Row At(string symbol, string entry, string exit) =>
        new(
            symbol,
            "60",
            "long",
            Rows.Time($"2026-01-01T{entry}"),
            exit.Length == 0 ? DateTime.MaxValue : Rows.Time($"2026-01-01T{exit}"),
            1,
            1,
            1001
        );
}
