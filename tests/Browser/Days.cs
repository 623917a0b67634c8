using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>The calendar of a batch, its statistics by side, and the page of a symbol.</summary>
public sealed class Days(PipelineSystem system, Chromium chromium, Days.Batch batch) : IClassFixture<Days.Batch>
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private readonly Trader _trader = new(system);

    public sealed class Batch(PipelineSystem system) : IAsyncLifetime
    {
        public long Id { get; private set; }

        public string[] Symbols { get; private set; } = [];

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public async ValueTask InitializeAsync() =>
            (Id, Symbols) = await History.MakeAsync(system, "DAYS", flips: 80, allocationPercentage: 10);
    }

    private string Api => $"/api/v1/batches/{batch.Id}";

    [Fact]
    public async Task A_day_of_the_calendar_shows_what_it_earned_and_opens_its_trades()
    {
        var profits = await ByDayAsync("capital");
        var counts = await ByDayAsync("trades");
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}?view=calendar&month=2026-01"
        );
        await Eventually.TrueAsync(
            async () =>
                (await visit.DrawnAsync("calendar")).TryGetValue("Days", out var days) && days.GetArrayLength() > 0,
            Within,
            () => "no calendar"
        );
        var drawn = (await visit.DrawnAsync("calendar"))["Days"]
            .EnumerateArray()
            .ToDictionary(
                day => day[0].GetString()!,
                day => (day[1].GetDecimal(), day[2].GetDecimal()),
                StringComparer.Ordinal
            );
        Assert.Equal(
            profits
                .Keys.Where(day => day.StartsWith("2026-01", StringComparison.Ordinal))
                .ToDictionary(day => day, day => (profits[day], counts[day]), StringComparer.Ordinal),
            drawn
        );

        var (busiest, (_, trades)) = drawn.MaxBy(day => day.Value.Item2);
        await visit.Page.Locator($"[data-key='day-{busiest}']").ClickAsync();
        var date = DateTime.ParseExact(busiest, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        var table = visit.Page.GetByRole(
            AriaRole.Table,
            new()
            {
                Name = $"Trades of {date.ToString("dddd, MMMM d, yyyy", CultureInfo.InvariantCulture)}",
                Exact = true,
            }
        );
        await Assertions.Expect(table.GetByRole(AriaRole.Row)).ToHaveCountAsync((int)trades + 1);
        await table.GetByRole(AriaRole.Row).Nth(1).ClickAsync();
        await Assertions.Expect(visit.Dialog).ToBeVisibleAsync();
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task Statistics_stand_side_by_side_for_all_long_and_short()
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}?view=statistics"
        );
        foreach (
            var (side, suffix) in ((string, string)[])[("", ""), ("&side=long", "-long"), ("&side=short", "-short")]
        )
        {
            var statistics = await _trader.GetAsync($"{Api}/statistics?tz=UTC{side}");
            await Assertions
                .Expect(visit.Page.Locator($"[data-statistic='trades{suffix}']"))
                .ToContainTextAsync($"{statistics.GetProperty("trades").GetInt32()}");
            await Assertions
                .Expect(visit.Page.Locator($"[data-statistic='netProfit{suffix}']"))
                .ToContainTextAsync(
                    statistics.GetProperty("netProfit").GetDecimal().ToString("#,0.00", CultureInfo.InvariantCulture)
                );
        }

        // Of one side there is nothing beside it.
        await visit.GoAsync($"/batches/{batch.Id}?view=statistics&side=long");
        await Assertions.Expect(visit.Page.Locator("[data-statistic=trades]")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.Locator("[data-statistic='trades-long']")).ToHaveCountAsync(0);
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_symbol_has_its_prices_with_entries_and_exits_its_profit_by_batch_and_its_trades()
    {
        var symbol = batch.Symbols[0];
        var trades = await _trader.ListAsync($"/api/v1/trades?symbol={symbol}");
        var profit = (await _trader.GetAsync($"{Api}/breakdown?by=symbol&symbol={symbol}"))
            .GetProperty("groups")[0]
            .GetProperty("pnl")
            .GetDecimal();
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, "/symbols");
        await visit.Link(symbol).ClickAsync();
        await Assertions.Expect(visit.Heading(symbol)).ToBeVisibleAsync();
        await Eventually.TrueAsync(
            async () => (await visit.DrawnAsync("symbol-prices")).ContainsKey("Price"),
            Within,
            () => "no chart"
        );
        var drawn = await visit.DrawnAsync("symbol-prices");
        Assert.Equal(trades.Count, drawn["Enter long"].GetArrayLength() + drawn["Enter short"].GetArrayLength());
        Assert.Equal(
            trades.Count(trade => trade.GetProperty("exitTime").ValueKind != JsonValueKind.Null),
            drawn["Exit with a profit"].GetArrayLength() + drawn["Exit with a loss"].GetArrayLength()
        );
        await Assertions
            .Expect(visit.Page.Locator($"tr[data-batch='{batch.Id}']"))
            .ToContainTextAsync(profit.ToString("#,0.00", CultureInfo.InvariantCulture));

        var (x, y) = await visit.PixelAsync("symbol-prices", 3);
        await visit.Page.Mouse.ClickAsync(x, y);
        await Assertions.Expect(visit.Dialog).ToContainTextAsync(symbol);
        await visit.Button("Close").ClickAsync();
        await visit.Link(batch.Symbols[0]).First.ClickAsync();
        await Assertions
            .Expect(visit.Page.Locator("[data-figure=netProfit]"))
            .ToContainTextAsync(profit.ToString("#,0.00", CultureInfo.InvariantCulture));
        visit.NothingWentWrong();
    }

    [Theory]
    [InlineData("ledger", "Profit", "Closed trades", "sort=pnl&order=asc", "sort=pnl&order=desc")]
    [InlineData("ledger", "Duration", "Closed trades", "sort=holding&order=desc", "sort=holding&order=asc")]
    [InlineData(
        "trades",
        "Return before fees",
        "All trades",
        "state=closed&sort=changePercentage&order=asc",
        "state=closed&sort=changePercentage&order=desc"
    )]
    public async Task Trades_are_sorted_by_a_column_the_worst_first_in_one_click(
        string view,
        string column,
        string table,
        string first,
        string second
    )
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}?view={view}"
        );
        var rows = visit.Page.GetByRole(AriaRole.Table, new() { Name = table }).GetByRole(AriaRole.Row);
        foreach (var query in (string[])[first, second])
        {
            await visit
                .Page.GetByRole(AriaRole.Columnheader, new() { Name = column })
                .GetByRole(AriaRole.Button)
                .ClickAsync();
            var expected = (await _trader.GetAsync($"{Api}/{view}?{query}&limit=1")).GetProperty("items")[0];
            // Unique by its times, shown to the minute.
            await Assertions
                .Expect(rows.Nth(1).Locator("time").First)
                .ToHaveAttributeAsync("datetime", expected.GetProperty("entryTime").GetString()!);
            await Assertions.Expect(rows.Nth(1)).ToContainTextAsync(expected.GetProperty("symbol").GetString()!);
        }

        Assert.Contains(
            second[second.IndexOf("sort", StringComparison.Ordinal)..],
            visit.Page.Url,
            StringComparison.Ordinal
        );
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task Drawdown_periods_and_hours_are_those_of_the_API_and_a_period_opens_in_the_charts()
    {
        var periods = (await _trader.GetAsync($"{Api}/drawdowns?limit=10&tz=UTC")).GetProperty("items");
        var groups = (await _trader.GetAsync($"{Api}/breakdown?by=weekday&by=hour&tz=UTC")).GetProperty("groups");
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/batches/{batch.Id}");
        await Eventually.EqualAsync<decimal>(
            [.. groups.EnumerateArray().Select(group => group.GetProperty("pnl").GetDecimal())],
            async () =>
                (await visit.DrawnAsync("breakdown-weekday-hour")).TryGetValue("Profit", out var drawn)
                    ? [.. drawn.EnumerateArray().Select(cell => cell[1].GetDecimal())]
                    : [],
            Within
        );

        await visit.GoAsync($"/batches/{batch.Id}?view=statistics");
        var rows = visit.Page.Locator("[data-list=drawdowns] tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(periods.GetArrayLength());
        await Assertions
            .Expect(rows.First)
            .ToContainTextAsync(
                periods[0].GetProperty("depth").GetDecimal().ToString("#,0.00", CultureInfo.InvariantCulture)
            );
        await rows.First.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(visit.Heading("Growth of capital")).ToBeVisibleAsync();
        Assert.Contains(
            Uri.EscapeDataString(periods[0].GetProperty("peakTime").GetString()!),
            visit.Page.Url,
            StringComparison.Ordinal
        );
        // The trade that recovered it is of the period.
        if (periods[0].GetProperty("recoveryTime") is { ValueKind: JsonValueKind.String } recovered)
            Assert.Contains(
                Uri.EscapeDataString($"{recovered.GetDateTime().AddMilliseconds(1):yyyy-MM-ddTHH:mm:ss.fff}Z"),
                visit.Page.Url,
                StringComparison.Ordinal
            );
        visit.NothingWentWrong();
    }

    private async Task<Dictionary<string, decimal>> ByDayAsync(string chart)
    {
        var series = await _trader.GetAsync($"{Api}/charts/{chart}?by=day&mode=absolute&tz=UTC");
        return series
            .GetProperty("time")
            .EnumerateArray()
            .Zip(series.GetProperty("value").EnumerateArray())
            .ToDictionary(
                pair =>
                    DateTimeOffset
                        .FromUnixTimeMilliseconds(pair.First.GetInt64())
                        .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                pair => pair.Second.GetDecimal(),
                StringComparer.Ordinal
            );
    }
}
