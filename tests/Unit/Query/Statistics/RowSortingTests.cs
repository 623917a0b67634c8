using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Ledgers;
using PnlPipeline.Query.Api.Log;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

public sealed class RowSortingTests
{
    [Theory]
    [MemberData(nameof(RandomLedgers.Places), MemberType = typeof(RandomLedgers))]
    public void Page_by_page_every_selected_row_comes_once_and_in_order(string zone, string start)
    {
        Assert.NotEmpty(zone);
        var random = new Random(11);
        for (var i = 0; i < 60; i++)
        {
            var rows = RandomLedgers.Ledger(random, Rows.Time(start));
            var (filter, selects) = RandomLedgers.Filter(random, rows);
            using var selection = rows.Selected(filter);
            foreach (
                var (sort, key) in new (RowSort, Func<Row, decimal>)[]
                {
                    (RowSort.Seq, row => rows.IndexOf(row)),
                    (RowSort.Pnl, row => row.Pnl),
                    (RowSort.ChangePercentage, row => row.Change),
                    (RowSort.Holding, row => (row.Exit - row.Entry).Ticks),
                    (RowSort.GrossChange, row => row.Gross),
                }
            )
            {
                var expected = rows.Index()
                    .Where(entry => selects(entry.Item))
                    .OrderBy(entry => key(entry.Item))
                    .ThenBy(entry => entry.Index)
                    .Select(entry => entry.Index + 1L)
                    .ToList();
                var size = random.Next(1, 20);
                foreach (var ascending in new[] { true, false })
                {
                    var seen = new List<long>();
                    RowPlace? after = null;
                    do
                    {
                        var page = RowSorting.Page(selection, sort, ascending, after, size);
                        seen.AddRange(page.Select(place => place.Seq));
                        after = page.Count == size ? page[^1] : null;
                    } while (after is not null);

                    Assert.Equal(ascending ? expected : expected.AsEnumerable().Reverse(), seen);
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    [InlineData(100_000_000_000_000)]
    public void Keys_a_hundred_millionth_apart_are_told_apart(long around)
    {
        var random = new Random(3);
        var entry = Rows.Time("2026-01-01");
        var pnl = Enumerable.Range(-200, 400).Select(i => around + (i * 0.00000001m)).ToArray();
        random.Shuffle(pnl);
        var rows = pnl.Select(own => new Row("BTC", "60", "long", entry, entry.AddHours(1), 0m, own, 1000m)).ToList();
        using var selection = rows.Selected();
        foreach (var ascending in new[] { true, false })
        {
            var seen = new List<decimal>();
            for (RowPlace? after = null; seen.Count < pnl.Length; )
            {
                var page = RowSorting.Page(selection, RowSort.Pnl, ascending, after, 7);
                seen.AddRange(page.Select(place => pnl[place.Seq - 1]));
                after = page[^1];
            }

            Assert.Equal(ascending ? pnl.Order() : pnl.OrderDescending(), seen);
        }
    }

    [Fact]
    public void Gross_changes_are_those_of_the_trades_whatever_the_fee()
    {
        // Bought at 100, or sold short; what each came to, and net of 5 % a fill of both notionals.
        (string Side, decimal Gross)[] trades =
        [
            ("long", 10m),
            ("short", 10.5m),
            ("long", 9.5m),
            ("short", -50m),
            ("long", -49m),
            ("long", 900m),
            ("short", 99m),
        ];
        var rows = trades
            .Select(
                (trade, i) =>
                    new Row(
                        "BTC",
                        "60",
                        trade.Side,
                        Rows.Time("2026-01-01"),
                        Rows.Time("2026-01-02").AddHours(i),
                        trade.Gross - (5m * (100 + 100 + (trade.Side == "long" ? trade.Gross : -trade.Gross)) / 100),
                        0m,
                        1000m
                    )
                    {
                        ExitPrice = 100 + (trade.Side == "long" ? trade.Gross : -trade.Gross),
                    }
            )
            .ToList();
        var places = RowSorting.Page(rows.Selected(), RowSort.GrossChange, ascending: true, null, 10);
        Assert.Equal([-50m, -49m, 9.5m, 10m, 10.5m, 99m, 900m], places.Select(place => trades[place.Seq - 1].Gross));
    }

    [Fact]
    public void Rows_are_found_by_the_times_of_their_trade()
    {
        var rows = Rows.Of(
                100m,
                ("2026-01-01T00:00", "2026-01-02T00:00", 1m, 1m),
                ("2026-01-01T12:00", "2026-01-02T00:00", 1m, 1m),
                ("2026-01-01T12:00", "2026-01-02T00:00", 1m, 1m),
                ("2026-01-01T13:00", "2026-01-02T00:00", 1m, 1m),
                ("2026-01-01T12:00", "2026-01-03T00:00", 1m, 1m)
            )
            .Columns();
        Assert.Equal([2, 3], RowSorting.SeqsOf(rows, Rows.Time("2026-01-02"), Rows.Time("2026-01-01T12:00")));
        Assert.Equal([5], RowSorting.SeqsOf(rows, Rows.Time("2026-01-03"), Rows.Time("2026-01-01T12:00")));
        Assert.Empty(RowSorting.SeqsOf(rows, Rows.Time("2026-01-02"), Rows.Time("2026-01-01T14:00")));
        Assert.Empty(RowSorting.SeqsOf(rows, Rows.Time("2026-01-04"), Rows.Time("2026-01-01T12:00")));
        Assert.Empty(RowSorting.SeqsOf(rows, null, Rows.Time("2026-01-01T12:00")));
    }

    public static TheoryData<string, string?> Places =>
        new()
        {
            {
                new LedgerStore.Position(
                    RowSort.Seq,
                    true,
                    new RowPlace(0, 7),
                    new LedgerStore.Shown(7, Rows.Time("2026-01-02"), Rows.Time("2026-01-01"), default)
                ).ToCursor(),
                "Seq True 0 7"
            },
            { PnlPipeline.Query.Api.Http.Cursor.Write('l', 7), null },
            { PnlPipeline.Query.Api.Http.Cursor.Write('l', 7, 1, 1, "x"), null },
            { PnlPipeline.Query.Api.Http.Cursor.Write('L', 7, long.MaxValue, 1, default(AlertId)), null },
            {
                new LedgerStore.Position(RowSort.Pnl, false, new RowPlace(-Int128.MaxValue, long.MaxValue)).ToCursor(),
                $"Pnl False {-Int128.MaxValue} {long.MaxValue}"
            },
            { PnlPipeline.Query.Api.Http.Cursor.Write('o', "Pnl", "1", "-1"), null },
            { PnlPipeline.Query.Api.Http.Cursor.Write('o', "Pnl", Int128.MinValue, "1"), null },
            { PnlPipeline.Query.Api.Http.Cursor.Write('o', "99", "1", "1"), null },
            { PnlPipeline.Query.Api.Http.Cursor.Write('o', "Pnl", "1"), null },
            { PnlPipeline.Query.Api.Http.Cursor.Write('t', "EntryTime", "1", "1"), null },
        };

    [Theory]
    [MemberData(nameof(Places))]
    public void A_cursor_is_a_place_in_one_order(string cursor, string? expected)
    {
        var position = LedgerStore.Position.Read(cursor);
        Assert.Equal(expected, position is null ? null : $"{position.Sort} {position.IsAscending} {position.Place}");
    }

    [Theory]
    [InlineData("EntryTime", "1763792880000", "0f343b0931126a20f133d67c2b018a3b", true)]
    [InlineData("EntryTime", "-1", "0f343b0931126a20f133d67c2b018a3b", false)]
    [InlineData("EntryTime", "1763792880000", "7", false)]
    [InlineData("Holding", "-5", "7", true)]
    [InlineData("Holding", "-5", "0f343b0931126a20f133d67c2b018a3b", true)]
    [InlineData("Holding", "-5", "x", false)]
    [InlineData("Nothing", "5", "7", false)]
    public void A_trade_s_cursor_is_a_place_in_one_order(string sort, string key, string trade, bool isKnown)
    {
        var cursor = PnlPipeline.Query.Api.Http.Cursor.Write('T', sort, key, trade);
        Assert.Equal(isKnown ? cursor : null, TradePosition.Read(cursor)?.ToCursor());
    }
}
